//! Which room answers which operation, and what each call's table is; it never knows the rules.

use super::family::{backup, create, delete, insights, kinesis, pitr, policy, read, tags, ttl, update};
use super::json::text;
use super::refusal::Refusal;
use super::state::State;
use serde_json::Value;

pub(super) type Operation = fn(&mut State, &Value) -> Result<Value, Refusal>;

/// The control plane.
pub(super) fn control(operation: &str) -> Option<Operation> {
    Some(match operation {
        "CreateTable" => create::create,
        "UpdateTable" => update::update,
        "DeleteTable" => delete::delete,
        "DescribeTable" => read::describe,
        "ListTables" => read::list_tables,
        "UpdateTimeToLive" => ttl::update,
        "DescribeTimeToLive" => ttl::describe,
        "UpdateContinuousBackups" => pitr::update,
        "DescribeContinuousBackups" => pitr::describe,
        "TagResource" => tags::tag,
        "UntagResource" => tags::untag,
        "ListTagsOfResource" => tags::list_tags,
        "UpdateContributorInsights" => insights::update,
        "DescribeContributorInsights" => insights::describe,
        "PutResourcePolicy" => policy::put,
        "GetResourcePolicy" => policy::get,
        "DeleteResourcePolicy" => policy::delete,
        "EnableKinesisStreamingDestination" => kinesis::enable,
        "DisableKinesisStreamingDestination" => kinesis::disable,
        "UpdateKinesisStreamingDestination" => kinesis::update,
        "DescribeKinesisStreamingDestination" => kinesis::describe,
        "CreateBackup" => backup::create,
        "DescribeBackup" => backup::describe,
        "ListBackups" => backup::list_backups,
        "DeleteBackup" => backup::delete,
        _ => return None,
    })
}

/// What the engine below does.
pub(super) fn is_data(operation: &str) -> bool {
    const DATA: &[&str] = &[
        "PutItem",
        "GetItem",
        "DeleteItem",
        "UpdateItem",
        "Query",
        "Scan",
        "BatchGetItem",
        "BatchWriteItem",
        "TransactWriteItems",
        "TransactGetItems",
        "ExecuteStatement",
        "ExecuteTransaction",
        "BatchExecuteStatement",
        "ListStreams",
        "DescribeStream",
        "GetShardIterator",
        "GetRecords",
    ];
    DATA.contains(&operation)
}

/// Whether an operation shows and changes nothing.
pub(super) fn reads(operation: &str) -> bool {
    ["Describe", "List", "Get"].iter().any(|prefix| operation.starts_with(prefix))
}

/// The table that a call is about, if it is about one.
pub(super) fn table_of(request: &Value) -> Option<&str> {
    let arn = || text(request, "ResourceArn").and_then(|arn| arn.split_once(":table/")).map(|(_, name)| name);
    text(request, "TableName").or_else(arn)
}
