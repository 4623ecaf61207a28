//! Billing and capacity of a table and its index: what is sent together, what apart, and what is not sent at all.

use serde_json::{Value, json};

use super::settings::{described, sends, table, units};
use super::*;

fn max(read: Setting<u64>) -> Billing {
    Billing::OnDemand(MaxThroughput { read, write: Setting::Off })
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
            json!([
                described(json!({"BillingModeSummary": on_demand}), json!({})),
                described(json!({"BillingModeSummary": on_demand, "OnDemandThroughput": {"MaxReadRequestUnits": 9}}), json!({})),
            ]),
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
