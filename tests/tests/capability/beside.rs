//! Settings that have operations of their own; it never knows UpdateTable.

use crate::answer::{Answer, Refusal, Told, read_back};
use crate::bench::{Bench, Note};
use aws_sdk_dynamodb::types::{
    ContributorInsightsAction, ContributorInsightsMode, PointInTimeRecoverySpecification, Tag, TimeToLiveSpecification,
};

const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/nobody-made-it";

/// What a request was answered, if a read that follows it is of no use.
fn accepted<T, E>(result: Result<T, E>) -> Told
where
    Refusal: From<E>,
{
    result.map(|_| Answer::Ignores(String::new())).map_err(Refusal::from)
}

async fn arn(bench: &Bench) -> Result<String, Refusal> {
    Ok(bench.describe().await?.table_arn.expect("an ARN"))
}

/// The tags, as `key=value` in order.
pub async fn tags(bench: &Bench) -> Result<Option<String>, Refusal> {
    let answer = bench.client.list_tags_of_resource().resource_arn(arn(bench).await?).send().await?;
    let mut tags: Vec<_> = answer.tags().iter().map(|tag| format!("{}={}", tag.key(), tag.value())).collect();
    tags.sort();
    Ok((!tags.is_empty()).then(|| tags.join(" ")))
}

pub async fn tagging(mut bench: Bench) -> Vec<Note> {
    let arn = bench.ready(bench.create()).await.table_arn.expect("an ARN");
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().expect("a tag");
    let put = bench.client.tag_resource().resource_arn(&arn);
    let told =
        read_back(put.clone().tags(tag("team", "red")).tags(tag("cost", "1")).send().await, tags(&bench), "cost=1 team=red")
            .await;
    bench.note("tags: put", told);
    let told = read_back(put.tags(tag("team", "blue")).send().await, tags(&bench), "cost=1 team=blue").await;
    bench.note("tags: changed", told);
    let told = read_back(
        bench.client.untag_resource().resource_arn(&arn).tag_keys("cost").tag_keys("nothing").send().await,
        tags(&bench),
        "team=blue",
    )
    .await;
    bench.note("tags: removed", told);
    let told = tags(&bench).await.map(|seen| Answer::of(seen.unwrap_or("none".to_owned())));
    bench.note("tags: listed", told);
    bench.notes()
}

pub async fn time_to_live(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    for (setting, on, attribute, want) in [
        ("TTL: off, while off", false, "x", "DISABLED"),
        ("TTL: on", true, "x", "ENABLED x"),
        ("TTL: on, again", true, "x", "ENABLED x"),
        ("TTL: on by another attribute, while on", true, "y", "ENABLED y"),
        ("TTL: off by another attribute", false, "y", "DISABLED"),
        ("TTL: off", false, "x", "DISABLED"),
        ("TTL: on by another attribute, after off", true, "y", "ENABLED y"),
    ] {
        let spec = TimeToLiveSpecification::builder().enabled(on).attribute_name(attribute).build().expect("a setting");
        let change = bench.client.update_time_to_live().table_name(&bench.table).time_to_live_specification(spec);
        let told = read_back(change.send().await, ttl(&bench), want).await;
        bench.note(setting, told);
    }
    bench.notes()
}

async fn ttl(bench: &Bench) -> Result<Option<String>, Refusal> {
    let answer = bench.client.describe_time_to_live().table_name(&bench.table).send().await?;
    let Some(ttl) = answer.time_to_live_description else { return Ok(None) };
    let status = ttl.time_to_live_status().map_or("no state", |status| status.as_str());
    // Emulators go on to show the attribute of what is off.
    let attribute = ttl.attribute_name().filter(|_| status != "DISABLED");
    Ok(Some([Some(status), attribute].into_iter().flatten().collect::<Vec<_>>().join(" ")))
}

pub async fn recovery(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let told = recovers(&bench).await.map(|seen| Answer::of(seen.unwrap_or("nothing".to_owned())));
    bench.note("point-in-time recovery: described", told);
    for (setting, on, days, want) in [
        ("point-in-time recovery: on", true, None, "ENABLED 35 days"),
        ("point-in-time recovery: 35 days", true, Some(35), "ENABLED 35 days"),
        ("point-in-time recovery: 7 days", true, Some(7), "ENABLED 7 days"),
        ("point-in-time recovery: 36 days", true, Some(36), "ENABLED 36 days"),
        ("point-in-time recovery: off", false, None, "DISABLED"),
    ] {
        let spec = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(on);
        let spec = spec.set_recovery_period_in_days(days).build().expect("a setting");
        let change = bench.client.update_continuous_backups().table_name(&bench.table);
        let told = read_back(change.point_in_time_recovery_specification(spec).send().await, recovers(&bench), want).await;
        bench.note(setting, told);
    }
    bench.notes()
}

async fn recovers(bench: &Bench) -> Result<Option<String>, Refusal> {
    let answer = bench.client.describe_continuous_backups().table_name(&bench.table).send().await?;
    let recovery = answer.continuous_backups_description.and_then(|backups| backups.point_in_time_recovery_description);
    let Some(recovery) = recovery else { return Ok(None) };
    let status = recovery.point_in_time_recovery_status().map_or("no state", |status| status.as_str()).to_owned();
    let days = recovery.recovery_period_in_days().map(|days| format!("{days} days"));
    Ok(Some([Some(status), days].into_iter().flatten().collect::<Vec<_>>().join(" ")))
}

pub async fn insights(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create_provisioned()).await;
    let told = insight(&bench, None).await.map(|seen| Answer::of(seen.unwrap_or("nothing".to_owned())));
    bench.note("contributor insights: described", told);
    let throttled = ContributorInsightsMode::ThrottledKeys;
    for (setting, on, index, mode, want) in [
        ("contributor insights: on", true, None, None, "ENABLED ACCESSED_AND_THROTTLED_KEYS"),
        ("contributor insights: throttled keys", true, None, Some(throttled), "ENABLED THROTTLED_KEYS"),
        ("contributor insights: on, of an index", true, Some("by-a"), None, "ENABLED ACCESSED_AND_THROTTLED_KEYS"),
        ("contributor insights: off", false, None, None, "DISABLED"),
        ("contributor insights: off, again", false, None, None, "DISABLED"),
    ] {
        let action = if on { ContributorInsightsAction::Enable } else { ContributorInsightsAction::Disable };
        let change = bench.client.update_contributor_insights().table_name(&bench.table).contributor_insights_action(action);
        let change = change.set_index_name(index.map(str::to_owned)).set_contributor_insights_mode(mode);
        let told = read_back(change.send().await, insight(&bench, index), want).await;
        bench.note(setting, told);
    }
    bench.notes()
}

async fn insight(bench: &Bench, index: Option<&str>) -> Result<Option<String>, Refusal> {
    let read = bench.client.describe_contributor_insights().table_name(&bench.table);
    let answer = read.set_index_name(index.map(str::to_owned)).send().await?;
    let status = answer.contributor_insights_status().map(|status| status.as_str());
    let mode = answer.contributor_insights_mode().map(|mode| mode.as_str());
    Ok(status.map(|status| [Some(status), mode].into_iter().flatten().collect::<Vec<_>>().join(" ")))
}

/// A policy that lets an account call one operation.
pub fn policy(table: &str, operation: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": format!("dynamodb:{operation}"),
            "Resource": format!("arn:aws:dynamodb:us-east-1:123456789012:table/{table}"),
        }],
    })
    .to_string()
}

/// The operation that a table's policy speaks of.
pub async fn get_policy(bench: &Bench) -> Result<Option<String>, Refusal> {
    let answer = bench.client.get_resource_policy().resource_arn(arn(bench).await?).send().await?;
    let Some(policy) = answer.policy else { return Ok(None) };
    let policy: serde_json::Value = serde_json::from_str(&policy).expect("JSON");
    Ok(policy["Statement"][0]["Action"].as_str().map(|action| action.trim_start_matches("dynamodb:").to_owned()))
}

async fn revision(bench: &Bench) -> Option<String> {
    let arn = arn(bench).await.ok()?;
    bench.client.get_resource_policy().resource_arn(arn).send().await.ok()?.revision_id
}

pub async fn policies(mut bench: Bench) -> Vec<Note> {
    let arn = bench.ready(bench.create()).await.table_arn.expect("an ARN");
    let told = get_policy(&bench).await.map(|seen| Answer::of(seen.unwrap_or("nothing".to_owned())));
    bench.note("policy: got, none there", told);
    let stale = "1111111111111";
    for (setting, operation, expected, want) in [
        ("policy: put on a stale revision, none there", "Query", Some(stale), "must be refused"),
        ("policy: put where none is (NO_POLICY)", "GetItem", Some("NO_POLICY"), "GetItem"),
        ("policy: put where none is (NO_POLICY), one there", "Query", Some("NO_POLICY"), "must be refused"),
        ("policy: put on a stale revision", "Query", Some(stale), "must be refused"),
        ("policy: put on its revision", "Scan", None, "Scan"),
        ("policy: put, the same again", "Scan", None, "Scan"),
    ] {
        let expected = match expected {
            Some(expected) => Some(expected.to_owned()),
            None => revision(&bench).await,
        };
        let put = bench.client.put_resource_policy().resource_arn(&arn).policy(policy(&bench.table, operation));
        let told = read_back(put.set_expected_revision_id(expected).send().await, get_policy(&bench), want).await;
        bench.note(setting, told);
    }
    let delete = bench.client.delete_resource_policy().resource_arn(&arn);
    bench.note("policy: deleted on a stale revision", accepted(delete.clone().expected_revision_id(stale).send().await));
    let told = match delete.clone().set_expected_revision_id(revision(&bench).await).send().await {
        Ok(_) => match get_policy(&bench).await {
            Ok(None) => Ok(Answer::of("")),
            Ok(Some(_)) => Ok(Answer::Ignores("shows the policy".to_owned())),
            Err(_) => Ok(Answer::of("")),
        },
        Err(error) => Err(error.into()),
    };
    bench.note("policy: deleted", told);
    let told = delete.send().await;
    bench.note("policy: deleted, none there", told.map(|_| Answer::of("")).map_err(Into::into));
    bench.notes()
}

pub async fn kinesis(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let told = destinations(&bench).await.map(|seen| Answer::of(seen.unwrap_or("none".to_owned())));
    bench.note("Kinesis: described", told);
    let enable = bench.client.enable_kinesis_streaming_destination().table_name(&bench.table).stream_arn(STREAM);
    for setting in ["Kinesis: enabled, to a stream that nobody made", "Kinesis: enabled, again"] {
        let told = read_back(enable.clone().send().await, destinations(&bench), "ACTIVE").await;
        bench.note(setting, told);
    }
    let disable = bench.client.disable_kinesis_streaming_destination().table_name(&bench.table).stream_arn(STREAM);
    for setting in ["Kinesis: disabled", "Kinesis: disabled, again"] {
        let told = read_back(disable.clone().send().await, destinations(&bench), "DISABLED").await;
        bench.note(setting, told);
    }
    bench.notes()
}

async fn destinations(bench: &Bench) -> Result<Option<String>, Refusal> {
    let answer = bench.client.describe_kinesis_streaming_destination().table_name(&bench.table).send().await?;
    let seen = answer.kinesis_data_stream_destinations().iter();
    let seen: Vec<_> = seen.filter_map(|one| Some(one.destination_status()?.as_str())).collect();
    Ok((!seen.is_empty()).then(|| seen.join(" ")))
}

pub async fn backups(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let told = bench.client.create_backup().table_name(&bench.table).backup_name("before").send().await;
    let told = told.map(|answer| answer.backup_details.expect("details")).map_err(Refusal::from);
    let arn = told.as_ref().ok().map(|details| details.backup_arn.clone());
    let told = told.map(|details| Answer::of(details.backup_status().as_str()));
    bench.note("backup: created", told);
    let lost = "arn:aws:dynamodb:us-east-1:123456789012:table/lost/backup/01489173575360-b308cd7d";
    let told = backup(&bench, lost).await.map(Answer::of);
    bench.note("backup: described, that is not there", told);
    let arn = arn.unwrap_or_else(|| lost.to_owned());
    let told = backup(&bench, &arn).await.map(Answer::of);
    bench.note("backup: described", told);
    let told = bench.client.delete_backup().backup_arn(&arn).send().await.map_err(Refusal::from);
    let told = told.map(|answer| answer.backup_description.and_then(|one| one.backup_details));
    let told = told.map(|one| Answer::of(one.map_or("no status".to_owned(), |one| one.backup_status().as_str().to_owned())));
    bench.note("backup: deleted", told);
    let told = backup(&bench, &arn).await.map(Answer::of);
    bench.note("backup: described, once deleted", told);
    bench.notes()
}

async fn backup(bench: &Bench, arn: &str) -> Result<String, Refusal> {
    let answer = bench.client.describe_backup().backup_arn(arn).send().await?;
    let details = answer.backup_description.and_then(|one| one.backup_details);
    Ok(details.map_or("no status".to_owned(), |details| details.backup_status().as_str().to_owned()))
}

/// An operation that nobody has.
pub async fn unknown(mut bench: Bench) -> Vec<Note> {
    let request = bench.client.list_tables().customize();
    let request = request.mutate_request(|request| {
        request.headers_mut().insert("x-amz-target", "DynamoDB_20120810.InventedByTheTests");
    });
    bench.note("an operation that nobody has", accepted(request.send().await));
    let told = bench.describe().await.map(|_| Answer::of("a table"));
    bench.note("describe: a table that is not there", told);
    bench.notes()
}
