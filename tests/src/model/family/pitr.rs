//! Point-in-time recovery; it never restores anything.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html>

use super::super::clock::MINUTE;
use super::super::json::{flag, given, number, text};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::{known, table_name};
use serde_json::{Value, json};

pub(super) fn disabled() -> Value {
    json!({
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "DISABLED" },
    })
}

pub(in super::super) fn update(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    known(request, "UpdateContinuousBackups", &["TableName", "PointInTimeRecoverySpecification"])?;
    let wanted = given(request, "PointInTimeRecoverySpecification").unwrap_or(&Value::Null);
    known(wanted, "PointInTimeRecoverySpecification", &["PointInTimeRecoveryEnabled", "RecoveryPeriodInDays"])?;
    let Some(enable) = flag(wanted, "PointInTimeRecoveryEnabled") else {
        return Err(Refusal::validation("1 validation error detected: Value null at 'pointInTimeRecoveryEnabled'"));
    };
    let days = number(wanted, "RecoveryPeriodInDays");
    if days.is_some_and(|days| !(1..=35).contains(&days)) {
        return Err(Refusal::validation("1 validation error detected: 'recoveryPeriodInDays' must be from 1 to 35"));
    }
    if days.is_some() && !enable {
        return Err(Refusal::invalid("RecoveryPeriodInDays can only be specified if point in time recovery is enabled"));
    }
    if !state.tables.contains_key(name) {
        return Err(Refusal::new("TableNotFoundException", format!("Table not found: {name}")));
    }
    state.change(name, |state, table| {
        if table.status() == "CREATING" {
            return Err(unavailable(name));
        }
        let live = &table.backups["PointInTimeRecoveryDescription"];
        let days = days.or_else(|| number(live, "RecoveryPeriodInDays")).unwrap_or(35);
        let enabled = text(live, "PointInTimeRecoveryStatus") == Some("ENABLED");
        if enabled == enable && (!enable || number(live, "RecoveryPeriodInDays") == Some(days)) {
            state.idle(format!("the point-in-time recovery of {name} is so already"));
        }
        table.backups = disabled();
        if enable {
            table.backups["PointInTimeRecoveryDescription"] = json!({
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": days,
                "EarliestRestorableDateTime": state.now,
                "LatestRestorableDateTime": state.now - 5 * MINUTE,
            });
        }
        Ok(json!({ "ContinuousBackupsDescription": table.backups }))
    })
}

/// For some seconds after a table was created.
pub(in super::super) fn unavailable(name: &str) -> Refusal {
    Refusal::new(
        "ContinuousBackupsUnavailableException",
        format!("Backups are being enabled for the table: {name}. Please retry later"),
    )
}

pub(in super::super) fn describe(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    match state.tables.get(name) {
        Some(table) => Ok(json!({ "ContinuousBackupsDescription": table.backups })),
        None => Err(Refusal::new("TableNotFoundException", format!("Table not found: {name}"))),
    }
}
