//! The rules of CreateTable; it never knows which tables there are.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>

use super::{given, held, invalid, name_of, objects};
use crate::embedded::answer::Refusal;
use serde_json::{Map, Value};

const HELD: &[&str] = &[
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
    "VectorIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "StreamSpecification",
    "SSESpecification",
    "TableClass",
    "Tags",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
];
const HELD_OF_INDEX: &[&str] = &["IndexName", "KeySchema", "Projection", "ProvisionedThroughput"];

pub(super) fn check(request: &Map<String, Value>) -> Result<(), Refusal> {
    stream(request)?;
    let on_demand = given(request, "BillingMode").and_then(Value::as_str) == Some("PAY_PER_REQUEST");
    for index in objects(given(request, "GlobalSecondaryIndexes")) {
        if !on_demand && given(index, "ProvisionedThroughput").is_none() {
            return Err(invalid(&format!("ProvisionedThroughput is not specified for index: {}", name_of(index))));
        }
        index_is_held(index)?;
    }
    held("CreateTable", request, HELD)
}

/// An enabled stream has a view type.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html>
fn stream(request: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(wanted) = given(request, "StreamSpecification").and_then(Value::as_object) else {
        return Ok(());
    };
    let enabled = given(wanted, "StreamEnabled").and_then(Value::as_bool);
    match given(wanted, "StreamViewType").and_then(Value::as_str) {
        None if enabled == Some(true) => Err(invalid("Table is being created with a stream enabled, UpdateViewType is required")),
        Some(view) => view_type(view),
        None => Ok(()),
    }
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html>
pub(super) fn view_type(view: &str) -> Result<(), Refusal> {
    if ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"].contains(&view) {
        return Ok(());
    }
    Err(Refusal::validation(&format!(
        "1 validation error detected: Value '{view}' at 'streamSpecification.streamViewType' failed to satisfy \
         constraint: Member must satisfy enum value set: [NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]"
    )))
}

pub(super) fn index_is_held(index: &Map<String, Value>) -> Result<(), Refusal> {
    held("a global secondary index", index, HELD_OF_INDEX)
}
