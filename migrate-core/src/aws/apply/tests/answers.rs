//! Answers that are neither done nor failed: not now, left on its way, not to be read, not to be done here.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::settings::{described, scripted};
use super::*;
use crate::schema::{Insights, KinesisStream, Policy, Recovery, Throughput};

fn to_on_demand() -> Step {
    let from = Billing::Provisioned(Throughput { read: 1, write: 1 });
    let to = Billing::OnDemand(MaxThroughput::OFF);
    set(SettingChange::Capacity { table: Some(Delta::new(from, to)), indexes: Default::default() })
}

fn class() -> Step {
    set(SettingChange::TableClass(Delta::new(TableClass::Standard, TableClass::StandardInfrequentAccess)))
}

/// A table of which DescribeTable says this, and that refuses to be changed with these words.
fn refusing(table: Value, code: &'static str, message: &'static str) -> Client {
    let told = described(table, json!({})).to_string();
    fake::client(move |operation, _| match operation {
        "DescribeTable" => json(200, &told),
        "DescribeTimeToLive" => json(200, "{}"),
        _ => refusal(code, message),
    })
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_too_often_is_told_with_the_time() {
    let now = jiff::Timestamp::now().as_second();
    let ago = |hours: i64| now - hours * 3600;
    let until = |hours: i64| Some(jiff::Timestamp::from_second(now + hours * 3600).unwrap());
    let provisioned = json!({"ReadCapacityUnits": 1, "WriteCapacityUnits": 1});
    let billing = |hours| {
        json!({"ProvisionedThroughput": provisioned,
            "BillingModeSummary": {"BillingMode": "PROVISIONED", "LastUpdateToPayPerRequestDateTime": ago(hours)}})
    };
    const BILLING: &str = "Subscriber limit exceeded: Update to PayPerRequest mode are limited to once in 1 day(s).";
    const CLASS: &str = "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).";
    const TTL: &str = "Time to live has been modified multiple times within a fixed interval";
    let summary = json!({"TableClassSummary": {"TableClass": "STANDARD", "LastUpdateDateTime": ago(24)}});
    for (step, table, code, message, expected) in [
        (to_on_demand(), billing(4), "LimitExceededException", BILLING, until(20)),
        (to_on_demand(), billing(30), "LimitExceededException", BILLING, None),
        (class(), summary, "LimitExceededException", CLASS, until(29 * 24)),
        (class(), json!({}), "LimitExceededException", CLASS, None),
        (ttl(), json!({}), "ValidationException", TTL, None),
    ] {
        for is_aws in [true, false] {
            let applied = take_as(&refusing(table.clone(), code, message), &step, is_aws).await.unwrap();
            assert_eq!(applied, Applied::NotNow { until: expected, reason: message.to_owned() }, "{step}");
        }
    }
}

/// The first call did it, its reply was lost, and the second is one too many.
#[tokio::test(start_paused = true)]
async fn too_often_is_no_answer_where_it_shows() {
    let infrequent = json!({"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}});
    let client = refusing(infrequent, "LimitExceededException", "Updates to TableClass are limited to 2 times in 30 day(s).");
    assert_eq!(take_as(&client, &class(), true).await.unwrap(), Applied::Done);
}

#[tokio::test(start_paused = true)]
async fn a_build_is_left_to_itself_only_once_it_goes_on() {
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, before| match (operation, before) {
        ("UpdateTable", 0..3) => Fate::Instead(refusal("ResourceInUseException", "busy")),
        ("DescribeTable", 3..) => Fate::Edit(|body| body.replace(r#""IndexStatus":"ACTIVE""#, r#""IndexStatus":"CREATING""#)),
        _ => Fate::Pass,
    });
    let wait = Wait { leave_builds: true, ..Wait::default() };
    let applied = apply(&client, &create_index(), &wait, true, &mut |_, _| {}).await.unwrap();
    assert_eq!(applied, Applied::StillGoing { status: "index by-email is CREATING".to_owned() });
    assert_eq!(calls.count("UpdateTable"), 4);
    let waited = apply(&client, &Step::AwaitTable { table: name("orders") }, &wait, true, &mut |_, _| {}).await.unwrap();
    assert_eq!(waited, applied, "nor is it waited for by the next run");
    assert_eq!(apply(&client, &protect(false), &wait, true, &mut |_, _| {}).await.unwrap(), Applied::Done);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_leaves_what_is_on_its_way_and_begins_nothing() {
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, _| match operation {
        "DescribeTable" => Fate::Edit(|body| body.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"UPDATING""#)),
        _ => Fate::Pass,
    });
    let wait = |left: u64| Wait { deadline: Some(Instant::now() + Duration::from_secs(left)), ..Wait::default() };
    let begun = Instant::now();
    let applied = apply(&client, &protect(false), &wait(60), true, &mut |_, _| {}).await.unwrap();
    assert_eq!(applied, Applied::StillGoing { status: "the table is UPDATING".to_owned() });
    assert_eq!(begun.elapsed().as_secs(), 60);
    assert_eq!(calls.count("UpdateTable"), 1);
    for step in [protect(true), create_index(), drop_orders(None)] {
        let applied = apply(&client, &step, &wait(0), true, &mut |_, _| {}).await.unwrap();
        assert_eq!(applied, Applied::NotBegun, "{step}");
    }
    assert_eq!((calls.count("UpdateTable"), calls.count("DeleteTable")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_settled_even_after_the_deadline() {
    let client = refusing(json!({}), "ValidationException", "no such thing");
    let wait = Wait { deadline: Some(Instant::now() + Duration::from_millis(10)), ..Wait::default() };
    let error = apply(&client, &class(), &wait, true, &mut |_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("no such thing"), "{error}");
}

const APART: [(Aspect, &str, &str); 6] = [
    (Aspect::Ttl, "DescribeTimeToLive", "dynamodb:DescribeTimeToLive"),
    (Aspect::PointInTimeRecovery, "DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups"),
    (Aspect::Tags, "ListTagsOfResource", "dynamodb:ListTagsOfResource"),
    (Aspect::ContributorInsights, "DescribeContributorInsights", "dynamodb:DescribeContributorInsights"),
    (Aspect::ResourcePolicy, "GetResourcePolicy", "dynamodb:GetResourcePolicy"),
    (Aspect::KinesisStream, "DescribeKinesisStreamingDestination", "dynamodb:DescribeKinesisStreamingDestination"),
];

#[tokio::test]
async fn what_the_role_may_not_read_is_unknown_and_the_rest_goes_on() {
    let told = described(json!({}), json!({})).to_string();
    let all: Vec<Aspect> = APART.iter().map(|(aspect, ..)| *aspect).collect();
    for (denied, operation, action) in APART {
        let told = told.clone();
        let client = fake::client(move |asked, _| match asked {
            "DescribeTable" => json(200, &told),
            asked if asked == operation => refusal("AccessDeniedException", "no"),
            "GetResourcePolicy" => refusal("PolicyNotFoundException", "none"),
            _ => json(200, "{}"),
        });
        let live = describe(&client, &name("orders"), &apart(&all)).await.unwrap().unwrap();
        assert_eq!(live.unknown, [(denied, action.to_owned())].into());
        let schema = &live.schema;
        assert_eq!(schema.ttl.is_unmanaged(), denied == Aspect::Ttl);
        assert_eq!(schema.point_in_time_recovery.is_unmanaged(), denied == Aspect::PointInTimeRecovery);
        assert_eq!(schema.kinesis_stream.is_unmanaged(), denied == Aspect::KinesisStream);
        assert_eq!(schema.resource_policy.is_unmanaged(), denied == Aspect::ResourcePolicy);
        let of_index = schema.global_indexes[&index("by-email")].contributor_insights;
        assert_eq!((schema.contributor_insights.is_unmanaged(), of_index.is_unmanaged()), {
            let unknown = denied == Aspect::ContributorInsights;
            (unknown, unknown)
        });
    }
    let denied = fake::client(|_, _| refusal("AccessDeniedException", "no"));
    let error = describe(&denied, &name("orders"), &apart(&all)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "the table itself must be readable");
}

#[tokio::test]
async fn an_engine_without_an_api_leaves_its_setting_unmanaged() {
    let told = described(json!({}), json!({})).to_string();
    let all: Vec<Aspect> = APART.iter().map(|(aspect, ..)| *aspect).collect();
    for (status, body) in [
        (400, r#"{"__type":"UnknownOperationException","message":""}"#),
        (501, r#"{"__type":"InternalFailure","message":"not here"}"#),
        (500, r#"{"__type":"InternalFailure","message":"The action has not been implemented"}"#),
        (500, "<!doctype html><title>500 Internal Server Error</title>"),
    ] {
        let told = told.clone();
        let client = fake::client(move |asked, _| match asked {
            "DescribeTable" => json(200, &told),
            _ => json(status, body),
        });
        let live = describe(&client, &name("orders"), &apart(&all)).await.unwrap().unwrap();
        assert!(live.unknown.is_empty(), "{body}");
        assert_eq!((live.schema.ttl, live.schema.point_in_time_recovery), (Setting::Unmanaged, Setting::Unmanaged), "{body}");
    }
}

#[tokio::test]
async fn tags_are_read_to_the_last_page() {
    let told = described(json!({}), json!({})).to_string();
    let client = fake::client(move |asked, body| match asked {
        "DescribeTable" => json(200, &told),
        _ if body.contains("NextToken") => json(200, r#"{"Tags":[{"Key":"b","Value":"2"}]}"#),
        _ => json(200, r#"{"Tags":[{"Key":"a","Value":"1"}],"NextToken":"t"}"#),
    });
    let live = describe(&client, &name("orders"), &apart(&[Aspect::Tags])).await.unwrap().unwrap();
    assert!(live.schema.tags.keys().eq(["a", "b"]));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_back_is_an_error_that_says_so() {
    let denied = json!("AccessDeniedException");
    let (client, _) = scripted(1, vec![("DescribeContinuousBackups", denied.clone(), denied)]);
    let step = set(SettingChange::PointInTimeRecovery(Delta::new(Setting::Off, Setting::Set(Recovery { days: None }))));
    let error = take_as(&client, &step, true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(error.to_string().contains("dynamodb:DescribeContinuousBackups"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn recovery_of_a_new_table_is_asked_for_again() {
    let told = described(json!({}), json!({})).to_string();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let client = fake::client(move |operation, _| match operation {
        "DescribeTable" => json(200, &told),
        "UpdateContinuousBackups" if asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3 => {
            refusal("ContinuousBackupsUnavailableException", "not yet")
        }
        _ => {
            let on = asked.load(std::sync::atomic::Ordering::Relaxed) > 3;
            let status = if on { "ENABLED" } else { "DISABLED" };
            let recovery = json!({"PointInTimeRecoveryStatus": status});
            let backups = json!({"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery});
            json(200, &json!({"ContinuousBackupsDescription": backups}).to_string())
        }
    });
    let step = set(SettingChange::PointInTimeRecovery(Delta::new(Setting::Off, Setting::Set(Recovery { days: None }))));
    assert_eq!(take_as(&client, &step, true).await.unwrap(), Applied::Done);
}

/// A local engine takes it and makes something else of it; on AWS somebody else did.
#[tokio::test(start_paused = true)]
async fn another_value_is_a_stale_plan_on_aws_and_a_lack_elsewhere() {
    let told = |days| {
        json!({"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription":
            {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": days}}})
    };
    let on = |days| Setting::Set(Recovery { days: Some(days) });
    let step = set(SettingChange::PointInTimeRecovery(Delta::new(on(35), on(7))));
    let (client, _) = scripted(1, vec![("DescribeContinuousBackups", told(35), told(9))]);
    assert_eq!(take_as(&client, &step, true).await.unwrap_err().kind(), ErrorKind::StalePlan);
    assert!(matches!(take(&client, &step).await.unwrap(), Applied::Unsupported { .. }));
}

/// DynamoDB Local does not know most members of UpdateTable, and then finds none.
#[tokio::test(start_paused = true)]
async fn nothing_to_update_means_that_the_engine_lacks_the_setting() {
    let client = refusing(json!({}), "ValidationException", "Nothing to update");
    assert!(matches!(take(&client, &class()).await.unwrap(), Applied::Unsupported { .. }));
    assert!(take_as(&client, &class(), true).await.is_err());
}

/// The SDK repeats a call whose reply was lost, and is refused: what is read decides.
#[tokio::test(start_paused = true)]
async fn what_is_refused_because_it_is_so_already_is_done() {
    let policy = Policy::new("{}").unwrap();
    let kinesis = KinesisStream { arn: "arn:k".to_owned(), precision: None };
    let steps = [
        (class(), "ValidationException"),
        (
            set(SettingChange::Replica { region: "us-east-1".to_owned(), present: Delta::new(false, true) }),
            "ReplicaAlreadyExistsException",
        ),
        (
            set(SettingChange::ResourcePolicy { policy: Delta::new(Setting::Off, Setting::Set(policy)), revision: None }),
            "PolicyNotFoundException",
        ),
        (set(SettingChange::KinesisStream(Delta::new(Setting::Off, Setting::Set(kinesis)))), "ResourceInUseException"),
    ];
    let table = json!({"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        "Replicas": [{"RegionName": "us-east-1", "ReplicaStatus": "ACTIVE"}]});
    let told = described(table, json!({})).to_string();
    for (step, code) in steps {
        let told = told.clone();
        let client = fake::client(move |operation, _| match operation {
            "DescribeTable" => json(200, &told),
            "GetResourcePolicy" => json(200, r#"{"Policy":" {} ","RevisionId":"1"}"#),
            "DescribeKinesisStreamingDestination" => {
                json(200, r#"{"KinesisDataStreamDestinations":[{"StreamArn":"arn:k","DestinationStatus":"ACTIVE"}]}"#)
            }
            _ => refusal(code, "it is so already"),
        });
        assert_eq!(take_as(&client, &step, true).await.unwrap(), Applied::Done, "{step}");
    }
}

/// A description of before the last change is no sign of somebody else.
#[tokio::test(start_paused = true)]
async fn a_look_that_lags_behind_is_looked_at_again() {
    let viewed = |view: &str| {
        let stream = json!({"StreamEnabled": view != "OFF", "StreamViewType": view});
        described(json!({"StreamSpecification": stream}), json!({}))
    };
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let lagging = [viewed("OLD_IMAGE"), viewed("OLD_IMAGE"), viewed("OFF"), viewed("KEYS_ONLY")].map(|told| told.to_string());
    let client = fake::client(move |operation, _| match operation {
        "DescribeTable" => json(200, &lagging[looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed).min(3)]),
        _ => json(200, "{}"),
    });
    assert_eq!(take_as(&client, &stream(StreamView::KeysOnly), true).await.unwrap(), Applied::Done);
}

/// DynamoDB's word for a setting that it is changing is waited for.
#[tokio::test(start_paused = true)]
async fn a_setting_that_is_on_its_way_is_waited_for() {
    let told = |status: &str| json!({"ContributorInsightsStatus": status});
    let (client, _) = scripted(1, vec![("DescribeContributorInsights", told("DISABLED"), told("ENABLING"))]);
    let insights = Delta::new(Setting::Off, Setting::Set(Insights::AccessedAndThrottled));
    let step = set(SettingChange::ContributorInsights { index: None, insights });
    let wait = Wait { deadline: Some(Instant::now() + Duration::from_secs(60)), ..Wait::default() };
    let applied = apply(&client, &step, &wait, true, &mut |_, _| {}).await.unwrap();
    assert_eq!(applied, Applied::StillGoing { status: "contributor insights are ENABLING".to_owned() });
}
