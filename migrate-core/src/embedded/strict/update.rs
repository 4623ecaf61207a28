//! The rules of UpdateTable: one thing at a time, and nothing that is so already; it never knows how long AWS would take.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>

use super::create::{index_is_held, view_type};
use super::{given, held, invalid, live, name_of, objects};
use crate::embedded::answer::Refusal;
use dynoxide::{Database, TableMetadata};
use serde_json::{Map, Value};

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
const GLOBAL_INDEXES: usize = 20;

const HELD: &[&str] = &[
    "TableName",
    "AttributeDefinitions",
    "GlobalSecondaryIndexUpdates",
    "VectorIndexUpdates",
    "StreamSpecification",
    "DeletionProtectionEnabled",
    "ProvisionedThroughput",
    "BillingMode",
    "TableClass",
    "OnDemandThroughput",
];

pub(super) fn check(db: &Database, request: &Map<String, Value>) -> Result<(), Refusal> {
    company(request)?;
    if let Some(meta) = live(db, request)? {
        stream(&meta, request)?;
        indexes(&meta, request)?;
    }
    held("UpdateTable", request, HELD)?;
    for update in objects(given(request, "GlobalSecondaryIndexUpdates")) {
        held("an index update", update, &["Create", "Delete"])?;
        if let Some(create) = given(update, "Create").and_then(Value::as_object) {
            index_is_held(create)?;
        }
    }
    Ok(())
}

/// Which changes cannot share a call. The table's class, its protection and its ceilings are not on the API page;
/// the rules are AWS's answers.
fn company(request: &Map<String, Value>) -> Result<(), Refusal> {
    let changes = |member: &str| given(request, member).is_some();
    let alone = |member: &str, companions: &[&str]| {
        request.iter().all(|(name, value)| {
            let name = name.as_str();
            let changes_nothing = ["TableName", "AttributeDefinitions"].contains(&name);
            value.is_null() || changes_nothing || name == member || companions.contains(&name)
        })
    };
    if changes("TableClass") && !alone("TableClass", &[]) {
        return Err(invalid("TableClass modification must be the only operation in the request"));
    }
    if changes("DeletionProtectionEnabled") && !alone("DeletionProtectionEnabled", &[]) {
        return Err(invalid("DeletionProtection modification must be the only operation in the request"));
    }
    if changes("OnDemandThroughput") && !alone("OnDemandThroughput", &["BillingMode"]) {
        return Err(invalid("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"));
    }
    let index = objects(given(request, "GlobalSecondaryIndexUpdates"))
        .any(|update| given(update, "Create").is_some() || given(update, "Delete").is_some());
    let stream = changes("StreamSpecification");
    if index && stream {
        return Err(invalid("You cannot create or delete index while changing stream status"));
    }
    if index && changes("ProvisionedThroughput") {
        return Err(invalid("You cannot create or delete index while updating table IOPS"));
    }
    if stream && changes("ProvisionedThroughput") {
        return Err(invalid("You cannot modify stream status while updating table IOPS"));
    }
    Ok(())
}

/// Neither enabling nor disabling may be repeated, and the view type of an enabled stream is fixed.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html>
fn stream(meta: &TableMetadata, request: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(wanted) = given(request, "StreamSpecification").and_then(Value::as_object) else {
        return Ok(());
    };
    let Some(enable) = given(wanted, "StreamEnabled").and_then(Value::as_bool) else {
        return Ok(());
    };
    match (enable, given(wanted, "StreamViewType").and_then(Value::as_str)) {
        (true, None) => {
            return Err(invalid("If stream is being enabled then UpdateViewType is required"));
        }
        (false, Some(_)) => {
            return Err(invalid("If stream is being disabled, then UpdateViewType must not be specified"));
        }
        (true, Some(view)) => view_type(view)?,
        (false, None) => {}
    }
    let table = &meta.table_name;
    match (enable, meta.stream_enabled) {
        (true, true) => Err(Refusal::validation(&format!("Table already has an enabled stream: TableName: {table}"))),
        (false, false) => Err(Refusal::validation(&format!("Table has no stream to disable: TableName: {table}"))),
        (true, false) | (false, true) => Ok(()),
    }
}

/// One index is created or deleted at a time, up to the limit; on a provisioned table each has its throughput, those too
/// that are there when a table on demand becomes provisioned.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndexUpdate.html>
fn indexes(meta: &TableMetadata, request: &Map<String, Value>) -> Result<(), Refusal> {
    let updates = || objects(given(request, "GlobalSecondaryIndexUpdates"));
    if updates().any(|update| update.values().filter(|value| !value.is_null()).count() > 1) {
        return Err(invalid("Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object"));
    }
    let creates = || updates().filter_map(|update| given(update, "Create")?.as_object());
    let deletes = updates().filter(|update| given(update, "Delete").is_some());
    if creates().count() + deletes.count() > 1 {
        return Err(Refusal::limit_exceeded(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
        ));
    }
    let billing = given(request, "BillingMode").and_then(Value::as_str);
    let billing = billing.or(meta.billing_mode.as_deref());
    let on_demand = billing == Some("PAY_PER_REQUEST");
    if !on_demand && meta.billing_mode.as_deref() == Some("PAY_PER_REQUEST") {
        let named = |name: &str| {
            updates().filter_map(|update| given(update, "Update")?.as_object()).any(|update| name_of(update) == name)
        };
        if let Some(name) = live_indexes(meta).into_iter().find(|name| !named(name)) {
            return Err(invalid(&format!("ProvisionedThroughput must be specified for index: {name}")));
        }
    }
    for create in creates() {
        let name = name_of(create);
        match (on_demand, given(create, "ProvisionedThroughput")) {
            (false, None) => {
                return Err(invalid(&format!("ProvisionedThroughput must be specified for index: {name}")));
            }
            (true, Some(_)) => {
                return Err(invalid(&format!(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {name} when \
                     BillingMode is PAY_PER_REQUEST"
                )));
            }
            (false, Some(_)) | (true, None) => {}
        }
        if live_indexes(meta).len() >= GLOBAL_INDEXES {
            return Err(Refusal::limit_exceeded(&format!(
                "Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_INDEXES}"
            )));
        }
    }
    Ok(())
}

fn live_indexes(meta: &TableMetadata) -> Vec<String> {
    let definitions = meta.gsi_definitions.as_deref().unwrap_or("[]");
    // A definition that cannot be read is the engine's to report.
    let definitions: Value = serde_json::from_str(definitions).unwrap_or_default();
    objects(Some(&definitions)).map(|index| name_of(index).to_owned()).collect()
}
