//! Replicas in other regions: one action a call, over a stream of both images; it never knows what is in a replica.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicationGroupUpdate.html>

use super::super::json::{find, find_mut, given, list, members, push, put, text};
use super::super::refusal::Refusal;
use super::super::state::{REGION, State, Table};
use super::super::step::End;
use super::{known, one_of, required, settings};
use serde_json::{Value, json};

const OVERRIDES: &[&str] = &[
    "RegionName",
    "KMSMasterKeyId",
    "ProvisionedThroughputOverride",
    "OnDemandThroughputOverride",
    "GlobalSecondaryIndexes",
    "TableClassOverride",
];

pub(super) fn update(state: &mut State, table: &mut Table, request: &Value) -> Result<(), Refusal> {
    if given(request, "ReplicaUpdates").is_none() {
        return Ok(());
    }
    let updates: Vec<_> = list(request, "ReplicaUpdates").collect();
    let [update] = updates.as_slice() else {
        return Err(Refusal::invalid("Only one replica action is allowed per UpdateTable request"));
    };
    known(update, "ReplicaUpdates", &["Create", "Update", "Delete"])?;
    let mut actions = members(update);
    let (Some(action), None) = (actions.next(), actions.next()) else {
        return Err(Refusal::invalid("Only one replica action is allowed per UpdateTable request"));
    };
    let wanted = &update[action];
    known(wanted, "a replica action", OVERRIDES)?;
    let region = required(wanted, "RegionName")?;
    if region == REGION {
        return Err(Refusal::invalid(format!("Cannot add, delete, or update the local region through ReplicaUpdates: {region}")));
    }
    if let Some(class) = text(wanted, "TableClassOverride") {
        one_of(class, "tableClassOverride", settings::CLASSES)?;
    }
    let there = find(&table.description, "Replicas", "RegionName", region).is_some();
    match (action, there) {
        ("Create", true) => return Err(Refusal::invalid(format!("Replica already exists in the region: {region}"))),
        ("Create", false) => add(table, wanted, region)?,
        (_, false) => return Err(Refusal::invalid(format!("Replica does not exist in the region: {region}"))),
        ("Delete", true) => status(table, region, "DELETING"),
        (_, true) => {
            if members(wanted).count() < 2 {
                return Err(Refusal::invalid("Update of a replica must change something"));
            }
            status(table, region, "UPDATING");
            overrides(table, wanted, region);
        }
    }
    let end = if action == "Delete" { End::ReplicaGone } else { End::ReplicaActive };
    table.later("DescribeTable", state.quirks.polls_updating, end(region.to_owned()));
    Ok(())
}

fn add(table: &mut Table, wanted: &Value, region: &str) -> Result<(), Refusal> {
    let view = table.description.pointer("/StreamSpecification/StreamViewType").and_then(Value::as_str);
    if view != Some("NEW_AND_OLD_IMAGES") {
        return Err(Refusal::invalid(
            "Table must have stream specification enabled with NEW_AND_OLD_IMAGES to be part of a global table",
        ));
    }
    let arn = table.arn().replacen(REGION, region, 1);
    let replica = json!({ "RegionName": region, "ReplicaStatus": "CREATING", "ReplicaArn": arn });
    push(&mut table.description, "Replicas", replica);
    table.description["GlobalTableVersion"] = json!("2019.11.21");
    overrides(table, wanted, region);
    Ok(())
}

fn status(table: &mut Table, region: &str, status: &str) {
    if let Some(replica) = find_mut(&mut table.description, "Replicas", "RegionName", region) {
        replica["ReplicaStatus"] = json!(status);
    }
}

fn overrides(table: &mut Table, wanted: &Value, region: &str) {
    let Some(replica) = find_mut(&mut table.description, "Replicas", "RegionName", region) else { return };
    for member in ["KMSMasterKeyId", "ProvisionedThroughputOverride", "OnDemandThroughputOverride", "GlobalSecondaryIndexes"] {
        if let Some(value) = given(wanted, member) {
            replica[member] = value.clone();
        }
    }
    let class = text(wanted, "TableClassOverride").map(|class| json!({ "TableClass": class }));
    if class.is_some() {
        put(replica, "ReplicaTableClassSummary", class);
    }
}
