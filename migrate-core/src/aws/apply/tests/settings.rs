//! Each setting: the one call that is sent for it, word by word, and that it is done when it reads back as wanted.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;
use crate::schema::{Insights, KinesisStream, Policy, Precision, Recovery, Throughput};

pub(super) const ARN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

/// What DescribeTable says of the table, with `extra` members of the table and of its index.
pub(super) fn described(extra: Value, of_index: Value) -> Value {
    let merge = |base: Value, extra: Value| -> Value {
        let members = [base, extra].into_iter().flat_map(|value| value.as_object().cloned().unwrap());
        Value::Object(members.collect())
    };
    let index = json!({
        "IndexName": "by-email", "IndexStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    });
    let table = json!({
        "TableName": "orders", "TableStatus": "ACTIVE", "TableId": "id", "TableArn": ARN,
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "email", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [merge(index, of_index)],
    });
    json!({ "Table": merge(table, extra) })
}

pub(super) type Writes = Arc<Mutex<Vec<(String, Value)>>>;

/// An engine that says `before` of a read until `writes` calls of another sort came, and `after` from then on.
pub(super) fn scripted(writes: usize, reads: Vec<(&'static str, Value, Value)>) -> (Client, Writes) {
    let sent = Writes::default();
    let seen = sent.clone();
    let client = fake::client(move |operation, body| {
        let done = sent.lock().unwrap().len() >= writes;
        if let Some((_, before, after)) = reads.iter().find(|(read, ..)| *read == operation) {
            let body = if done { after } else { before };
            return match body.as_str() {
                Some(code) => refusal(code, ""),
                None => json(200, &body.to_string()),
            };
        }
        if operation == "DescribeTable" {
            return json(200, &described(json!({}), json!({})).to_string());
        }
        sent.lock().unwrap().push((operation.to_owned(), serde_json::from_str(body).unwrap()));
        json(200, "{}")
    });
    (client, seen)
}

async fn sends(change: SettingChange, calls: &[(&str, Value)], reads: Vec<(&'static str, Value, Value)>) {
    let step = set(change);
    let (client, sent) = scripted(calls.len(), reads);
    assert_eq!(take_as(&client, &step, true).await.unwrap(), Applied::Done, "{step}");
    let calls: Vec<(String, Value)> = calls.iter().map(|(call, body)| ((*call).to_owned(), body.clone())).collect();
    assert_eq!(*sent.lock().unwrap(), calls, "{step}");
    // Taken again, as after a crash, it does no harm.
    assert_eq!(take_as(&client, &step, true).await.unwrap(), Applied::Done, "{step}, again");
}

fn table(before: Value, after: Value) -> Vec<(&'static str, Value, Value)> {
    vec![("DescribeTable", described(before, json!({})), described(after, json!({})))]
}

fn index_of(before: Value, after: Value) -> Vec<(&'static str, Value, Value)> {
    let on_demand = json!({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}});
    vec![("DescribeTable", described(on_demand.clone(), before), described(on_demand, after))]
}

fn max(read: Setting<u64>) -> Billing {
    Billing::OnDemand(MaxThroughput { read, write: Setting::Off })
}

fn units(read: u64, write: u64) -> Throughput {
    Throughput { read, write }
}

#[tokio::test(start_paused = true)]
async fn capacity_in_one_mode() {
    let on_demand = json!({"BillingMode": "PAY_PER_REQUEST"});
    let update = |body: Value| ("UpdateTable", body);
    let one = |delta| SettingChange::Capacity { table: Some(delta), indexes: Default::default() };
    sends(
        one(Delta::new(max(Setting::Off), max(Setting::Set(9)))),
        &[update(json!({"TableName": "orders", "OnDemandThroughput": {"MaxReadRequestUnits": 9}}))],
        table(
            json!({"BillingModeSummary": on_demand}),
            json!({"BillingModeSummary": on_demand, "OnDemandThroughput": {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": -1}}),
        ),
    )
    .await;
    sends(
        one(Delta::new(max(Setting::Set(9)), max(Setting::Off))),
        &[update(json!({"TableName": "orders", "OnDemandThroughput": {"MaxReadRequestUnits": -1}}))],
        table(
            json!({"BillingModeSummary": on_demand, "OnDemandThroughput": {"MaxReadRequestUnits": 9}}),
            json!({"BillingModeSummary": on_demand, "OnDemandThroughput": {"MaxReadRequestUnits": -1}}),
        ),
    )
    .await;
    // The table's maximum goes with nothing else, so that its indexes' are a second call.
    let both = SettingChange::Capacity {
        table: Some(Delta::new(max(Setting::Off), max(Setting::Set(9)))),
        indexes: [(index("by-email"), Delta::new(max(Setting::Off), max(Setting::Set(8))))].into(),
    };
    let of_index = json!([{"Update": {"IndexName": "by-email", "OnDemandThroughput": {"MaxReadRequestUnits": 8}}}]);
    sends(
        both,
        &[
            update(json!({"TableName": "orders", "OnDemandThroughput": {"MaxReadRequestUnits": 9}})),
            update(json!({"TableName": "orders", "GlobalSecondaryIndexUpdates": of_index})),
        ],
        vec![(
            "DescribeTable",
            described(json!({"BillingModeSummary": on_demand}), json!({})),
            described(
                json!({"BillingModeSummary": on_demand, "OnDemandThroughput": {"MaxReadRequestUnits": 9}}),
                json!({"OnDemandThroughput": {"MaxReadRequestUnits": 8}}),
            ),
        )],
    )
    .await;
    let provisioned = |read: u64| json!({"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": 2}});
    let delta = |from, to| Delta::new(Billing::Provisioned(units(from, 2)), Billing::Provisioned(units(to, 2)));
    let of_index = json!([{"Update": {
        "IndexName": "by-email", "ProvisionedThroughput": {"ReadCapacityUnits": 6, "WriteCapacityUnits": 2}}}]);
    sends(
        SettingChange::Capacity { table: Some(delta(3, 5)), indexes: [(index("by-email"), delta(4, 6))].into() },
        &[update(json!({"TableName": "orders", "GlobalSecondaryIndexUpdates": of_index,
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}}))],
        vec![("DescribeTable", described(provisioned(3), provisioned(4)), described(provisioned(5), provisioned(6)))],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn capacity_in_another_mode() {
    let update = |body: Value| ("UpdateTable", body);
    let provisioned = json!({"ReadCapacityUnits": 3, "WriteCapacityUnits": 2});
    let of_table = json!({"BillingModeSummary": {"BillingMode": "PROVISIONED"}, "ProvisionedThroughput": provisioned});
    let on_demand = json!({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}});
    let none = json!({"ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}});
    let to = Delta::new(max(Setting::Off), Billing::Provisioned(units(3, 2)));
    sends(
        SettingChange::Capacity { table: Some(to.clone()), indexes: [(index("by-email"), to)].into() },
        &[update(json!({"TableName": "orders", "BillingMode": "PROVISIONED", "ProvisionedThroughput": provisioned,
            "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by-email", "ProvisionedThroughput": provisioned}}]}))],
        vec![(
            "DescribeTable",
            described(on_demand.clone(), none.clone()),
            described(of_table.clone(), json!({"ProvisionedThroughput": provisioned})),
        )],
    )
    .await;
    sends(
        SettingChange::Capacity {
            table: Some(Delta::new(Billing::Provisioned(units(3, 2)), max(Setting::Set(7)))),
            indexes: Default::default(),
        },
        &[update(json!({"TableName": "orders", "BillingMode": "PAY_PER_REQUEST", "OnDemandThroughput": {"MaxReadRequestUnits": 7}}))],
        vec![(
            "DescribeTable",
            described(of_table, none.clone()),
            described(
                json!({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}, "OnDemandThroughput": {"MaxReadRequestUnits": 7}}),
                none,
            ),
        )],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn class_encryption_and_replicas() {
    sends(
        SettingChange::TableClass(Delta::new(TableClass::Standard, TableClass::StandardInfrequentAccess)),
        &[("UpdateTable", json!({"TableName": "orders", "TableClass": "STANDARD_INFREQUENT_ACCESS"}))],
        table(json!({}), json!({"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}})),
    )
    .await;
    let key = |key: &str| Encryption::Customer(key.to_owned());
    let sse = |key: &str| json!({"SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}});
    for (from, to, body, before, after) in [
        (
            Encryption::AwsOwned,
            key("arn:a"),
            json!({"Enabled": true, "SSEType": "KMS", "KMSMasterKeyId": "arn:a"}),
            json!({}),
            sse("arn:a"),
        ),
        (Encryption::AwsOwned, Encryption::AwsManaged, json!({"Enabled": true, "SSEType": "KMS"}), json!({}), sse("arn:of-aws")),
        (key("arn:a"), Encryption::AwsManaged, json!({"Enabled": true, "SSEType": "KMS"}), sse("arn:a"), sse("arn:of-aws")),
        (key("arn:a"), Encryption::AwsOwned, json!({"Enabled": false}), sse("arn:a"), json!({})),
    ] {
        let call = ("UpdateTable", json!({"TableName": "orders", "SSESpecification": body}));
        sends(SettingChange::Encryption(Delta::new(from, to)), &[call], table(before, after)).await;
    }
    let replica = |status: &str| json!({"Replicas": [{"RegionName": "us-east-1", "ReplicaStatus": status}]});
    let change = |from, to| SettingChange::Replica { region: "us-east-1".to_owned(), present: Delta::new(from, to) };
    let update = |action: &str| json!({"TableName": "orders", "ReplicaUpdates": [{action: {"RegionName": "us-east-1"}}]});
    sends(change(false, true), &[("UpdateTable", update("Create"))], table(json!({}), replica("ACTIVE"))).await;
    sends(change(true, false), &[("UpdateTable", update("Delete"))], table(replica("ACTIVE"), json!({}))).await;
}

#[tokio::test(start_paused = true)]
async fn warm_throughput_of_table_and_index_and_what_rose_by_itself_is_enough() {
    let wanted = Delta::new(Setting::Set(units(1, 1)), Setting::Set(units(20, 10)));
    let warm = |read: u64| json!({"WarmThroughput": {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": 12, "Status": "ACTIVE"}});
    let body = json!({"ReadUnitsPerSecond": 20, "WriteUnitsPerSecond": 10});
    sends(
        SettingChange::WarmThroughput { index: None, units: wanted.clone() },
        &[("UpdateTable", json!({"TableName": "orders", "WarmThroughput": body}))],
        table(warm(1), warm(25)),
    )
    .await;
    let of_index = json!([{"Update": {"IndexName": "by-email", "WarmThroughput": body}}]);
    sends(
        SettingChange::WarmThroughput { index: Some(index("by-email")), units: wanted },
        &[("UpdateTable", json!({"TableName": "orders", "GlobalSecondaryIndexUpdates": of_index}))],
        index_of(warm(1), warm(20)),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn recovery_and_insights() {
    let recovery = |status: &str, days: Option<u8>| {
        json!({"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status, "RecoveryPeriodInDays": days}}})
    };
    let on = |days| Setting::Set(Recovery { days });
    for (from, to, specification, before, after) in [
        (
            Setting::Off,
            on(None),
            json!({"PointInTimeRecoveryEnabled": true}),
            recovery("DISABLED", None),
            recovery("ENABLED", Some(35)),
        ),
        (
            on(Some(35)),
            on(Some(7)),
            json!({"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 7}),
            recovery("ENABLED", Some(35)),
            recovery("ENABLED", Some(7)),
        ),
        (
            on(Some(7)),
            Setting::Off,
            json!({"PointInTimeRecoveryEnabled": false}),
            recovery("ENABLED", Some(7)),
            recovery("DISABLED", None),
        ),
    ] {
        let call = json!({"TableName": "orders", "PointInTimeRecoverySpecification": specification});
        let change = SettingChange::PointInTimeRecovery(Delta::new(from, to));
        sends(change, &[("UpdateContinuousBackups", call)], vec![("DescribeContinuousBackups", before, after)]).await;
    }
    let insights = |status: &str, mode: &str| json!({"ContributorInsightsStatus": status, "ContributorInsightsMode": mode});
    sends(
        SettingChange::ContributorInsights { index: None, insights: Delta::new(Setting::Off, Setting::Set(Insights::Throttled)) },
        &[(
            "UpdateContributorInsights",
            json!({"TableName": "orders", "ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": "THROTTLED_KEYS"}),
        )],
        vec![("DescribeContributorInsights", json!({}), insights("ENABLED", "THROTTLED_KEYS"))],
    )
    .await;
    let delta = Delta::new(Setting::Set(Insights::AccessedAndThrottled), Setting::Off);
    sends(
        SettingChange::ContributorInsights { index: Some(index("by-email")), insights: delta },
        &[(
            "UpdateContributorInsights",
            json!({"TableName": "orders", "IndexName": "by-email", "ContributorInsightsAction": "DISABLE"}),
        )],
        vec![(
            "DescribeContributorInsights",
            insights("ENABLED", "ACCESSED_AND_THROTTLED_KEYS"),
            insights("DISABLED", "THROTTLED_KEYS"),
        )],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn tags_by_two_calls_where_both_are_needed() {
    let tags = |tags: &[(&str, &str)]| json!({"Tags": tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Vec<_>>()});
    let set_to = |from: Setting<&str>, to: Setting<&str>| Delta::new(from.map(str::to_owned), to.map(str::to_owned));
    let change = SettingChange::Tags {
        tags: [
            ("cost".to_owned(), set_to(Setting::Off, Setting::Set("1"))),
            ("old".to_owned(), set_to(Setting::Set("x"), Setting::Off)),
            ("team".to_owned(), set_to(Setting::Set("red"), Setting::Set("blue"))),
        ]
        .into(),
    };
    sends(
        change,
        &[
            (
                "TagResource",
                json!({"ResourceArn": ARN, "Tags": [{"Key": "cost", "Value": "1"}, {"Key": "team", "Value": "blue"}]}),
            ),
            ("UntagResource", json!({"ResourceArn": ARN, "TagKeys": ["old"]})),
        ],
        vec![(
            "ListTagsOfResource",
            tags(&[("team", "red"), ("old", "x"), ("aws:x", "y"), ("theirs", "z")]),
            tags(&[("team", "blue"), ("cost", "1"), ("theirs", "z")]),
        )],
    )
    .await;
    let change = SettingChange::Tags { tags: [("old".to_owned(), set_to(Setting::Set("x"), Setting::Off))].into() };
    let call = ("UntagResource", json!({"ResourceArn": ARN, "TagKeys": ["old"]}));
    sends(change, &[call], vec![("ListTagsOfResource", tags(&[("old", "x")]), tags(&[]))]).await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_by_compare_and_set() {
    let policy = |text: &str| Setting::Set(Policy::new(text).unwrap());
    let told = |text: &str| json!({"Policy": text, "RevisionId": "7"});
    let none = json!("PolicyNotFoundException");
    let change = |from, to, revision: Option<&str>| SettingChange::ResourcePolicy {
        policy: Delta::new(from, to),
        revision: revision.map(str::to_owned),
    };
    sends(
        change(Setting::Off, policy(r#"{"a":1}"#), None),
        &[("PutResourcePolicy", json!({"ResourceArn": ARN, "Policy": r#"{"a":1}"#, "ExpectedRevisionId": "NO_POLICY"}))],
        vec![("GetResourcePolicy", none.clone(), told(r#"{ "a": 1 }"#))],
    )
    .await;
    sends(
        change(policy(r#"{"a":1}"#), policy(r#"{"a":2}"#), Some("7")),
        &[("PutResourcePolicy", json!({"ResourceArn": ARN, "Policy": r#"{"a":2}"#, "ExpectedRevisionId": "7"}))],
        vec![("GetResourcePolicy", told(r#"{"a":1}"#), told(r#"{"a":2}"#))],
    )
    .await;
    sends(
        change(policy(r#"{"a":2}"#), Setting::Off, Some("7")),
        &[("DeleteResourcePolicy", json!({"ResourceArn": ARN, "ExpectedRevisionId": "7"}))],
        vec![("GetResourcePolicy", told(r#"{"a":2}"#), none)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_kinesis_stream_on_precise_and_off() {
    let told = |status: &str, precision: &str| {
        json!({"TableName": "orders", "KinesisDataStreamDestinations": [
            {"StreamArn": "arn:k", "DestinationStatus": status, "ApproximateCreationDateTimePrecision": precision}]})
    };
    let to = |precision| Setting::Set(KinesisStream { arn: "arn:k".to_owned(), precision });
    let change = |from, to| SettingChange::KinesisStream(Delta::new(from, to));
    let read = |before, after| vec![("DescribeKinesisStreamingDestination", before, after)];
    sends(
        change(Setting::Off, to(None)),
        &[("EnableKinesisStreamingDestination", json!({"TableName": "orders", "StreamArn": "arn:k"}))],
        read(json!({}), told("ACTIVE", "MILLISECOND")),
    )
    .await;
    sends(
        change(to(Some(Precision::Millisecond)), to(Some(Precision::Microsecond))),
        &[(
            "UpdateKinesisStreamingDestination",
            json!({"TableName": "orders", "StreamArn": "arn:k",
                "UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "MICROSECOND"}}),
        )],
        read(told("ACTIVE", "MILLISECOND"), told("ACTIVE", "MICROSECOND")),
    )
    .await;
    sends(
        change(to(Some(Precision::Microsecond)), Setting::Off),
        &[("DisableKinesisStreamingDestination", json!({"TableName": "orders", "StreamArn": "arn:k"}))],
        read(told("ACTIVE", "MICROSECOND"), told("DISABLED", "MICROSECOND")),
    )
    .await;
}
