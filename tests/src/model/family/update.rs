//! UpdateTable: what may share a call, and when; it never knows one member's own rules.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>

use super::super::json::{given, list, members};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::{billing, index, known, replica, settings, stream, table_name};
use serde_json::{Value, json};

const MEMBERS: &[&str] = &[
    "TableName",
    "AttributeDefinitions",
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "WarmThroughput",
    "TableClass",
    "SSESpecification",
    "StreamSpecification",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexUpdates",
    "ReplicaUpdates",
];

pub(in super::super) fn update(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    known(request, "UpdateTable", MEMBERS)?;
    company(request)?;
    state.change(name, |state, table| {
        table.must_be_active()?;
        quiet(table, request)?;
        index::definitions(table, request)?;
        let provisioned_now = billing::update(state, table, request)?;
        index::update(state, table, request, provisioned_now)?;
        stream::update(state, table, request)?;
        settings::class(state, table, request)?;
        settings::encryption(state, table, request)?;
        settings::protection(state, table, request);
        replica::update(state, table, request)?;
        table.updating(state.quirks.polls_updating);
        Ok(json!({ "TableDescription": table.description }))
    })
}

fn changes_index(request: &Value) -> bool {
    let mut updates = list(request, "GlobalSecondaryIndexUpdates");
    updates.any(|update| given(update, "Create").is_some() || given(update, "Delete").is_some())
}

/// Which members cannot share a call.
fn company(request: &Value) -> Result<(), Refusal> {
    let changes = |member: &str| given(request, member).is_some();
    let others = |member: &str, companions: &[&str]| {
        let neutral = ["TableName", "AttributeDefinitions", member];
        members(request).find(|other| !neutral.contains(other) && !companions.contains(other)).map(str::to_owned)
    };
    if others("", &[]).is_none() {
        return Err(Refusal::validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or \
             SSESpecification or ReplicaUpdates is required",
        ));
    }
    for member in ["TableClass", "SSESpecification", "DeletionProtectionEnabled", "ReplicaUpdates"] {
        if let Some(other) = others(member, &[]).filter(|_| changes(member)) {
            return Err(Refusal::invalid(format!(
                "{member} modification must be the only operation in the request, found {other}"
            )));
        }
    }
    if let Some(other) = others("OnDemandThroughput", &["BillingMode"]).filter(|_| changes("OnDemandThroughput")) {
        return Err(Refusal::invalid(format!(
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request, found {other}"
        )));
    }
    let throughput = changes("ProvisionedThroughput") || changes("BillingMode");
    let stream = changes("StreamSpecification");
    if changes_index(request) && stream {
        return Err(Refusal::invalid("You cannot create or delete index while changing stream status"));
    }
    if changes_index(request) && throughput {
        return Err(Refusal::invalid("You cannot create or delete index while updating table IOPS"));
    }
    if stream && throughput {
        return Err(Refusal::invalid("You cannot modify stream status while updating table IOPS"));
    }
    Ok(())
}

/// While an index is allocated nothing else changes indexes or throughput; while it backfills, it alone may be deleted.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html>
fn quiet(table: &Table, request: &Value) -> Result<(), Refusal> {
    let throughput =
        ["ProvisionedThroughput", "BillingMode", "OnDemandThroughput", "WarmThroughput", "GlobalSecondaryIndexUpdates"];
    if table.indexes().any(index::allocating) && throughput.iter().any(|member| given(request, member).is_some()) {
        return Err(Refusal::in_use(
            "Attempt to change a resource which is still in use: indexes and throughput cannot change while an index is created",
        ));
    }
    Ok(())
}
