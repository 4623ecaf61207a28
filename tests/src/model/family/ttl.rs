//! Time to live: one attribute, never the same again, one change an hour; it never expires an item.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>

use super::super::clock::HOUR;
use super::super::json::{flag, given, text};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::step::End;
use super::{known, required, table_name};
use serde_json::{Value, json};

pub(in super::super) fn update(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    known(request, "UpdateTimeToLive", &["TableName", "TimeToLiveSpecification"])?;
    let wanted = given(request, "TimeToLiveSpecification").unwrap_or(&Value::Null);
    let attribute = required(wanted, "AttributeName")?;
    if !(1..=255).contains(&attribute.len()) {
        return Err(Refusal::validation("1 validation error detected: 'attributeName' must have length from 1 to 255"));
    }
    let Some(enable) = flag(wanted, "Enabled") else {
        return Err(Refusal::validation("1 validation error detected: Value null at 'timeToLiveSpecification.enabled'"));
    };
    state.change(name, |state, table| {
        if ["CREATING", "DELETING"].contains(&table.status()) {
            table.must_be_active()?;
        }
        let status = text(&table.ttl, "TimeToLiveStatus").unwrap_or("DISABLED");
        let current = text(&table.ttl, "AttributeName").filter(|_| status != "DISABLED");
        if let Some(current) = current.filter(|current| *current != attribute) {
            return Err(Refusal::validation(format!(
                "TimeToLive is active on a different AttributeName: current AttributeName is {current}"
            )));
        }
        match (enable, status) {
            (true, "ENABLED" | "ENABLING") => return Err(Refusal::validation("TimeToLive is already enabled")),
            (false, "DISABLED" | "DISABLING") => return Err(Refusal::validation("TimeToLive is already disabled")),
            _ => {}
        }
        if table.past.ttl.is_some_and(|changed| state.now < changed + HOUR) {
            let refusal = Refusal::validation("Time to live has been modified multiple times within a fixed interval");
            // What is under way can be seen; when the last change was cannot.
            let under_way = ["ENABLING", "DISABLING"].contains(&status);
            return Err(if under_way { refusal } else { refusal.excused() });
        }
        table.past.ttl = Some(state.now);
        let status = if enable { "ENABLING" } else { "DISABLING" };
        table.ttl = json!({ "TimeToLiveStatus": status, "AttributeName": attribute });
        table.later("DescribeTimeToLive", state.quirks.polls_ttl, End::TtlSettled);
        Ok(json!({ "TimeToLiveSpecification": wanted }))
    })
}

pub(in super::super) fn describe(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    Ok(json!({ "TimeToLiveDescription": state.table(table_name(request)?)?.ttl }))
}
