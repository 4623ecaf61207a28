//! How many calls `up` makes when there is nothing to do: one for the history, one a table, one for each setting with an API of its own.

use crate::case::{by_email, plain};
use crate::cases::{ORDERS, policy};
use crate::play::Stand;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::schema::{Insights, KinesisStream, Recovery, Setting, TableSchema};
use migrate_tests::model::{Model, Policy, Quirks, Table};
use migrate_tests::scenario::table_name;
use migrate_tests::seam::Recorder;
use serde_json::json;
use std::collections::BTreeMap;

const TABLES: usize = 100;

fn tables(declare: impl Fn(&mut TableSchema)) -> Vec<TableSchema> {
    let named = |n| {
        let mut table = plain().named(table_name(&format!("table-{n}")));
        declare(&mut table);
        table
    };
    (0..TABLES).map(named).collect()
}

/// Makes the tables, switches the settings on by hand, and counts what a second run asks.
async fn idle_calls(tables: Vec<TableSchema>, by_hand: fn(&mut Table)) -> BTreeMap<String, usize> {
    let model = Model::with(Quirks::instant());
    let stand = Stand::of_model(&model);
    let bare = tables.iter().map(|table| plain().named(table.name.clone()));
    stand.up(bare, Options::default()).await.unwrap();
    model.edit(|state| {
        let ours = state.tables.iter_mut().filter(|(name, _)| name.contains("table-"));
        ours.for_each(|(_, table)| by_hand(table));
    });
    let recorder = Recorder::of(&stand.engine.client());
    let report = stand.migrator(recorder.attach(&stand.engine.client()), tables).up(Options::default()).await.unwrap();
    assert_eq!(report.outcome, Outcome::NothingToDo, "{report:?}");
    let mut calls = BTreeMap::new();
    for operation in recorder.operations() {
        *calls.entry(operation).or_default() += 1;
    }
    calls
}

fn counted<const N: usize>(calls: [(&str, usize); N]) -> BTreeMap<String, usize> {
    calls.into_iter().map(|(operation, times)| (operation.to_owned(), times)).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_to_do_is_one_query_and_one_description_a_table() {
    assert_eq!(idle_calls(tables(|_| ()), |_| ()).await, counted([("Query", 1), ("DescribeTable", TABLES)]));
}

#[tokio::test(start_paused = true)]
async fn each_declared_setting_with_an_api_of_its_own_is_one_call_more() {
    let declare = |table: &mut TableSchema| {
        table.ttl = Setting::Set("expires".to_owned());
        table.point_in_time_recovery = Setting::Set(Recovery { days: None });
        table.tags.insert("team".to_owned(), Setting::Set("red".to_owned()));
        table.resource_policy = policy("GetItem");
        table.kinesis_stream = Setting::Set(KinesisStream { arn: ORDERS.to_owned(), precision: None });
    };
    assert_eq!(
        idle_calls(tables(declare), |table| {
            table.ttl = json!({ "TimeToLiveStatus": "ENABLED", "AttributeName": "expires" });
            table.backups["PointInTimeRecoveryDescription"] = json!({ "PointInTimeRecoveryStatus": "ENABLED" });
            table.tags.insert("team".to_owned(), "red".to_owned());
            let text = policy("GetItem").value().unwrap().as_str().to_owned();
            table.policy = Some(Policy { text, revision: "1".to_owned() });
            table.kinesis.push(json!({ "StreamArn": ORDERS, "DestinationStatus": "ACTIVE" }));
        })
        .await,
        counted([
            ("Query", 1),
            ("DescribeTable", TABLES),
            ("DescribeTimeToLive", TABLES),
            ("DescribeContinuousBackups", TABLES),
            ("ListTagsOfResource", TABLES),
            ("GetResourcePolicy", TABLES),
            ("DescribeKinesisStreamingDestination", TABLES),
        ])
    );
}

/// DynamoDB tells them of a table and of an index by two calls.
#[tokio::test(start_paused = true)]
async fn contributor_insights_are_asked_of_the_table_and_of_its_index() {
    let declare = |table: &mut TableSchema| by_email(table).contributor_insights = Setting::Set(Insights::Throttled);
    assert_eq!(
        idle_calls(tables(declare), |table| {
            let on = json!({ "ContributorInsightsStatus": "ENABLED", "ContributorInsightsMode": "THROTTLED_KEYS" });
            table.insights.insert("by-email".to_owned(), on);
        })
        .await,
        counted([("Query", 1), ("DescribeTable", TABLES), ("DescribeContributorInsights", 2 * TABLES)])
    );
}
