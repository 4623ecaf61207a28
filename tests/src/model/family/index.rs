//! Global indexes of a live table: one is made or dropped at a time; it never knows the table's own capacity.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndexUpdate.html>

use super::super::json::{find, find_mut, flag, given, list, members, push, text, unset};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::super::step::End;
use super::{billing, capacity, create, known, required, shape};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Being made, and not yet filled.
pub(super) fn allocating(index: &Value) -> bool {
    text(index, "IndexStatus") == Some("CREATING") && flag(index, "Backfilling") != Some(true)
}

pub(super) fn update(state: &mut State, table: &mut Table, request: &Value, provisioned_now: bool) -> Result<(), Refusal> {
    let mut named = BTreeSet::new();
    let mut rebuilt = 0;
    for update in list(request, "GlobalSecondaryIndexUpdates") {
        known(update, "GlobalSecondaryIndexUpdates", &["Create", "Update", "Delete"])?;
        let mut actions = members(update);
        let (Some(action), None) = (actions.next(), actions.next()) else {
            return Err(Refusal::invalid(
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
            ));
        };
        let name = required(&update[action], "IndexName")?;
        if !named.insert(name) {
            return Err(Refusal::invalid(format!("Only one action per index is allowed, found two for {name}")));
        }
        rebuilt += usize::from(action != "Update");
    }
    let under_way = |index: &Value| matches!(text(index, "IndexStatus"), Some("CREATING" | "DELETING"));
    let cancels = |index: &Value| {
        let mut deletes = list(request, "GlobalSecondaryIndexUpdates").filter_map(|update| given(update, "Delete"));
        let name = text(index, "IndexName");
        text(index, "IndexStatus") == Some("CREATING") && deletes.any(|delete| text(delete, "IndexName") == name)
    };
    if rebuilt > 1 || (rebuilt == 1 && table.indexes().any(|index| under_way(index) && !cancels(index))) {
        return Err(Refusal::limit("Only 1 online index can be created or deleted simultaneously per table").blamed());
    }
    for update in list(request, "GlobalSecondaryIndexUpdates") {
        if let Some(wanted) = given(update, "Create") {
            add(state, table, wanted)?;
        } else if let Some(wanted) = given(update, "Delete") {
            remove(state, table, required(wanted, "IndexName")?)?;
        } else if let Some(wanted) = given(update, "Update") {
            change(state, table, wanted, provisioned_now)?;
        }
    }
    Ok(())
}

fn add(state: &mut State, table: &mut Table, wanted: &Value) -> Result<(), Refusal> {
    known(wanted, "a new index", create::INDEX)?;
    let name = required(wanted, "IndexName")?;
    if table.index(name).is_some() {
        return Err(Refusal::invalid(format!("Attempting to create an index which already exists: {name}")));
    }
    let mut index = create::describe_index(wanted, table.arn());
    index["IndexStatus"] = json!("CREATING");
    index["Backfilling"] = json!(false);
    create::capacity(state, &mut index, wanted, name, table.on_demand())?;
    push(&mut table.description, "GlobalSecondaryIndexes", index);
    shape::check(&table.description)?;
    let (creating, backfilling) = (state.quirks.polls_index_creating, state.quirks.polls_index_backfilling);
    table.later("DescribeTable", creating, End::IndexBackfills(name.to_owned()));
    table.later("DescribeTable", creating + backfilling, End::IndexActive(name.to_owned()));
    let create = json!({
        "TableName": table.name(),
        "AttributeDefinitions": table.description["AttributeDefinitions"],
        "GlobalSecondaryIndexUpdates": [{ "Create": create::reduced_index(wanted) }],
    });
    state.inner.push(("UpdateTable", create));
    Ok(())
}

fn remove(state: &mut State, table: &mut Table, name: &str) -> Result<(), Refusal> {
    let index = find_mut(&mut table.description, "GlobalSecondaryIndexes", "IndexName", name).ok_or_else(|| missing(name))?;
    if text(index, "IndexStatus") == Some("UPDATING") {
        return Err(Refusal::in_use(format!(
            "Attempt to change a resource which is still in use: Index is being updated: {name}"
        )));
    }
    index["IndexStatus"] = json!("DELETING");
    unset(index, "Backfilling");
    table.forget_index(name);
    table.later("DescribeTable", state.quirks.polls_index_deleting, End::IndexGone(name.to_owned()));
    let delete = json!({ "TableName": table.name(), "GlobalSecondaryIndexUpdates": [{ "Delete": { "IndexName": name } }] });
    state.inner.push(("UpdateTable", delete));
    Ok(())
}

fn change(state: &mut State, table: &mut Table, wanted: &Value, provisioned_now: bool) -> Result<(), Refusal> {
    known(wanted, "an index update", &["IndexName", "ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput"])?;
    let name = required(wanted, "IndexName")?;
    let status = table.index(name).and_then(|index| text(index, "IndexStatus")).ok_or_else(|| missing(name))?;
    // With the table's billing mode every index changes, one that backfills too.
    if status != "ACTIVE" && !provisioned_now {
        return Err(Refusal::in_use(format!("Attempt to change a resource which is still in use: Index is {status}: {name}")));
    }
    if members(wanted).count() < 2 {
        return Err(Refusal::invalid(format!(
            "One of ProvisionedThroughput, OnDemandThroughput, WarmThroughput is required: {name}"
        )));
    }
    let active = status == "ACTIVE";
    let on_demand = table.on_demand();
    if let Some(throughput) = given(wanted, "ProvisionedThroughput") {
        if on_demand {
            return Err(Refusal::invalid(format!(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {name} when BillingMode is PAY_PER_REQUEST"
            )));
        }
        billing::change_index(table, name, throughput, provisioned_now, state.now)?;
    }
    let shows_none = state.quirks.shows_no_ceiling;
    let index = find_mut(&mut table.description, "GlobalSecondaryIndexes", "IndexName", name).ok_or_else(|| missing(name))?;
    if let Some(ceilings) = given(wanted, "OnDemandThroughput") {
        if !on_demand {
            return Err(Refusal::invalid(format!("OnDemandThroughput of index {name} needs the BillingMode PAY_PER_REQUEST")));
        }
        capacity::ceilings(ceilings, &format!("index {name}"))?;
        if !capacity::set_ceilings(index, ceilings, shows_none) {
            state.idle(format!("the OnDemandThroughput of index {name} is so already"));
        }
    }
    if let Some(warm) = given(wanted, "WarmThroughput") {
        capacity::raise(index, warm, &format!("index {name}"), false)?;
        table.later("DescribeTable", state.quirks.polls_updating, End::Warm);
    }
    if active {
        if let Some(index) = find_mut(&mut table.description, "GlobalSecondaryIndexes", "IndexName", name) {
            index["IndexStatus"] = json!("UPDATING");
        }
        table.later("DescribeTable", state.quirks.polls_updating, End::IndexActive(name.to_owned()));
    }
    Ok(())
}

fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("Requested resource not found: Index: {name}")).blamed()
}

/// The wanted list of key attributes: complete, of the types that they have, with nothing else.
pub(super) fn definitions(table: &mut Table, request: &Value) -> Result<(), Refusal> {
    let action = |action| list(request, "GlobalSecondaryIndexUpdates").any(|update| given(update, action).is_some());
    let live = &table.description;
    for wanted in list(request, "AttributeDefinitions") {
        let name = text(wanted, "AttributeName").unwrap_or_default();
        let defined = find(live, "AttributeDefinitions", "AttributeName", name);
        if defined.is_none() && !action("Create") {
            return Err(Refusal::invalid(format!("Some AttributeDefinitions are not used: {name}")));
        }
        if defined.is_some_and(|defined| text(defined, "AttributeType") != text(wanted, "AttributeType")) {
            return Err(Refusal::invalid(format!("Attribute {name} is a key attribute of another type")));
        }
    }
    match (action("Create"), given(request, "AttributeDefinitions")) {
        (true, None) => Err(Refusal::invalid("AttributeDefinitions must be given when an index is created")),
        (true, Some(wanted)) => {
            table.description["AttributeDefinitions"] = wanted.clone();
            Ok(())
        }
        // On a deletion the attributes of the index may be left out already.
        (false, Some(_)) if !action("Delete") => {
            let names = |holder| list(holder, "AttributeDefinitions").filter_map(|it| text(it, "AttributeName")).collect();
            let (wanted, live): (BTreeSet<_>, BTreeSet<_>) = (names(request), names(&table.description));
            if wanted != live {
                return Err(Refusal::invalid(format!("AttributeDefinitions must be those in use: {wanted:?} are not {live:?}")));
            }
            Ok(())
        }
        (false, Some(_) | None) => Ok(()),
    }
}
