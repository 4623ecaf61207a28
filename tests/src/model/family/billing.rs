//! Billing mode and throughput of a table, and how often each may change; it never knows how indexes are made.

use super::super::clock::{DAY, HOUR, words};
use super::super::json::{find_mut, given, list, number, text, unset};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::super::step::End;
use super::capacity::{ceilings, describe_provisioned, follow, provisioned, raise, set_ceilings};
use super::one_of;
use serde_json::{Value, json};

/// Says whether the table has just become provisioned.
pub(super) fn update(state: &mut State, table: &mut Table, request: &Value) -> Result<bool, Refusal> {
    let was = table.on_demand();
    let mode = text(request, "BillingMode");
    if let Some(mode) = mode {
        one_of(mode, "billingMode", &["PROVISIONED", "PAY_PER_REQUEST"])?;
    }
    let is = mode.map_or(was, |mode| mode == "PAY_PER_REQUEST");
    let wanted = given(request, "ProvisionedThroughput");
    if is && wanted.is_some() {
        return Err(Refusal::invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ));
    }
    match (was, is) {
        (false, true) => to_on_demand(table, state.now)?,
        (true, false) => to_provisioned(table, request)?,
        (true, true) | (false, false) => {
            if mode.is_some() && wanted.is_none() && given(request, "OnDemandThroughput").is_none() {
                state.idle(format!("the BillingMode of {} is so already", table.name()));
            }
            if let Some(wanted) = wanted {
                let name = table.name().to_owned();
                change(&mut table.description, &mut table.past.decreases, wanted, &format!("table: {name}"), "", state.now)?;
            }
        }
    }
    if let Some(wanted) = given(request, "OnDemandThroughput") {
        if !is {
            return Err(Refusal::invalid("OnDemandThroughput needs the BillingMode PAY_PER_REQUEST"));
        }
        ceilings(wanted, "table")?;
        if !set_ceilings(&mut table.description, wanted, state.quirks.shows_no_ceiling) {
            state.idle(format!("the OnDemandThroughput of {} is so already", table.name()));
        }
    }
    if let Some(wanted) = given(request, "WarmThroughput") {
        raise(&mut table.description, wanted, "table", false)?;
        table.later("DescribeTable", state.quirks.polls_updating, End::Warm);
    }
    Ok(was && !is)
}

/// Four times in 24 hours.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/switching.capacitymode.html>
fn to_on_demand(table: &mut Table, now: u64) -> Result<(), Refusal> {
    let recent: Vec<_> = table.past.on_demand.iter().filter(|when| **when + DAY > now).collect();
    if let (true, Some(first)) = (recent.len() >= 4, recent.first()) {
        return Err(Refusal::limit(format!(
            "Update to PayPerRequest mode are limited to 4 times in 1 day(s). Last update at {}. Next update can be made at {}",
            words(table.past.on_demand.last().copied().unwrap_or_default()),
            words(**first + DAY)
        )));
    }
    table.past.on_demand.push(now);
    let description = &mut table.description;
    description["BillingModeSummary"] = json!({ "BillingMode": "PAY_PER_REQUEST", "LastUpdateToPayPerRequestDateTime": now });
    description["ProvisionedThroughput"] = describe_provisioned(None);
    follow(description, None);
    for index in description.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut).into_iter().flatten() {
        index["ProvisionedThroughput"] = describe_provisioned(None);
        follow(index, None);
    }
    Ok(())
}

/// With the throughput of the table and of every index that lives, in one call. On-demand maximums are gone for good.
fn to_provisioned(table: &mut Table, request: &Value) -> Result<(), Refusal> {
    let Some(wanted) = given(request, "ProvisionedThroughput") else {
        return Err(Refusal::invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        ));
    };
    let units = provisioned(wanted, "table")?;
    let named = |name: &str| {
        let mut updates = list(request, "GlobalSecondaryIndexUpdates").filter_map(|update| given(update, "Update"));
        updates.any(|update| text(update, "IndexName") == Some(name) && given(update, "ProvisionedThroughput").is_some())
    };
    let alive = |index: &&Value| text(index, "IndexStatus") != Some("DELETING");
    let name_of = |index| text(index, "IndexName");
    if let Some(name) = table.indexes().filter(alive).filter_map(name_of).find(|name| !named(name)) {
        return Err(Refusal::invalid(format!("ProvisionedThroughput must be specified for index: {name}")));
    }
    let description = &mut table.description;
    description["BillingModeSummary"]["BillingMode"] = json!("PROVISIONED");
    description["ProvisionedThroughput"] = describe_provisioned(Some(units));
    unset(description, "OnDemandThroughput");
    follow(description, Some(units));
    Ok(())
}

/// Changes provisioned throughput of a table or an index on a provisioned table: to something else, and down only so often.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
fn change(
    description: &mut Value,
    decreases: &mut std::collections::BTreeMap<String, Vec<u64>>,
    wanted: &Value,
    whose: &str,
    index: &str,
    now: u64,
) -> Result<(), Refusal> {
    let (read, write) = provisioned(wanted, whose)?;
    let live = description.get("ProvisionedThroughput").unwrap_or(&Value::Null);
    let live_read = number(live, "ReadCapacityUnits").unwrap_or_default();
    let live_write = number(live, "WriteCapacityUnits").unwrap_or_default();
    if (read, write) == (live_read, live_write) {
        return Err(Refusal::validation(format!(
            "The provisioned throughput for the {whose} will not change. The requested value equals the current value. \
             Current ReadCapacityUnits: {live_read}. Current WriteCapacityUnits: {live_write}. Refer to the Amazon DynamoDB \
             Developer Guide for current limits and how to request higher limits."
        )));
    }
    if read < live_read || write < live_write {
        let past = decreases.entry(index.to_owned()).or_default();
        decrease(past, now)?;
        past.push(now);
    }
    let past = description.get_mut("ProvisionedThroughput").map(Value::take).unwrap_or_default();
    description["ProvisionedThroughput"] = describe_provisioned(Some((read, write)));
    for member in ["LastDecreaseDateTime", "LastIncreaseDateTime"] {
        if let Some(when) = given(&past, member) {
            description["ProvisionedThroughput"][member] = when.clone();
        }
    }
    if read > live_read || write > live_write {
        description["ProvisionedThroughput"]["LastIncreaseDateTime"] = json!(now);
    }
    follow(description, Some((read, write)));
    Ok(())
}

/// Four in a day (UTC), then one more after each hour without one: 27 at the most.
fn decrease(past: &[u64], now: u64) -> Result<(), Refusal> {
    let today = past.iter().filter(|when| **when / DAY == now / DAY).count();
    let Some(last) = past.last().copied() else { return Ok(()) };
    if today < 4 || (today < 27 && now >= last + HOUR) {
        return Ok(());
    }
    let next = if today < 27 { last + HOUR } else { (now / DAY + 1) * DAY };
    Err(Refusal::limit(format!(
        "Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, each subsequent decrease in \
         the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: {today}. Last decrease at {}. \
         Next decrease can be made at {}",
        words(last),
        words(next)
    )))
}

/// The provisioned throughput of an index.
pub(super) fn change_index(
    table: &mut Table,
    name: &str,
    wanted: &Value,
    provisioned_now: bool,
    now: u64,
) -> Result<(), Refusal> {
    let index = find_mut(&mut table.description, "GlobalSecondaryIndexes", "IndexName", name);
    let index = index.ok_or_else(|| Refusal::not_found(format!("Requested resource not found: Index: {name}")))?;
    if !provisioned_now {
        return change(index, &mut table.past.decreases, wanted, &format!("index: {name}"), name, now);
    }
    let units = provisioned(wanted, name)?;
    index["ProvisionedThroughput"] = describe_provisioned(Some(units));
    unset(index, "OnDemandThroughput");
    follow(index, Some(units));
    Ok(())
}
