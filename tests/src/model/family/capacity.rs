//! What a number of a capacity may be, and how it is described; it never knows when one may change.

use super::super::json::{given, number, put};
use super::super::refusal::Refusal;
use super::known;
use serde_json::{Value, json};

const ON_DEMAND_READ: i64 = 12_000;
const ON_DEMAND_WRITE: i64 = 4_000;

/// Provisioned units, at least one of each.
pub(super) fn provisioned(value: &Value, whose: &str) -> Result<(i64, i64), Refusal> {
    let units = (number(value, "ReadCapacityUnits"), number(value, "WriteCapacityUnits"));
    match units {
        (Some(read), Some(write)) if read >= 1 && write >= 1 => Ok((read, write)),
        _ => Err(Refusal::validation(format!(
            "1 validation error detected: the provisioned throughput of {whose} failed to satisfy constraint: \
             Member must have value greater than or equal to 1"
        ))),
    }
}

/// How provisioned units are described; none are {0,0}.
pub(super) fn describe_provisioned(units: Option<(i64, i64)>) -> Value {
    let (read, write) = units.unwrap_or_default();
    json!({ "NumberOfDecreasesToday": 0, "ReadCapacityUnits": read, "WriteCapacityUnits": write })
}

/// On-demand maximums: at least one, or −1 for none.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html>
pub(super) fn ceilings(value: &Value, whose: &str) -> Result<(), Refusal> {
    known(value, "OnDemandThroughput", &["MaxReadRequestUnits", "MaxWriteRequestUnits"])?;
    for member in ["MaxReadRequestUnits", "MaxWriteRequestUnits"] {
        if number(value, member).is_some_and(|units| units < 1 && units != -1) {
            return Err(Refusal::invalid(format!(
                "Requested {member} for OnDemandThroughput for {whose} is outside of valid range"
            )));
        }
    }
    Ok(())
}

/// Puts maximums into a description; says whether that changed anything.
pub(super) fn set_ceilings(description: &mut Value, wanted: &Value, shows_none: bool) -> bool {
    let before = description.get("OnDemandThroughput").cloned();
    let mut now = before.clone().unwrap_or_else(|| json!({}));
    for member in ["MaxReadRequestUnits", "MaxWriteRequestUnits"] {
        match number(wanted, member) {
            Some(-1) if !shows_none => put(&mut now, member, None),
            Some(units) => now[member] = json!(units),
            None => {}
        }
    }
    let nothing = now.as_object().is_some_and(serde_json::Map::is_empty);
    put(description, "OnDemandThroughput", if nothing { None } else { Some(now) });
    before.as_ref() != description.get("OnDemandThroughput")
}

/// The warm throughput that AWS gives a table or an index by itself.
pub(super) fn natural_warmth(units: Option<(i64, i64)>) -> Value {
    let (read, write) = units.unwrap_or((ON_DEMAND_READ, ON_DEMAND_WRITE));
    json!({ "ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "ACTIVE" })
}

/// AWS raises the warm throughput to what is provisioned.
pub(super) fn follow(description: &mut Value, units: Option<(i64, i64)>) {
    let natural = natural_warmth(units);
    let live = description.get("WarmThroughput").cloned().unwrap_or_else(|| natural.clone());
    let higher = |member| number(&live, member).max(number(&natural, member));
    let mut warm = live.clone();
    warm["ReadUnitsPerSecond"] = json!(higher("ReadUnitsPerSecond"));
    warm["WriteUnitsPerSecond"] = json!(higher("WriteUnitsPerSecond"));
    description["WarmThroughput"] = warm;
}

/// Raises warm throughput: it never goes down, and a call that raises nothing is refused.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html>
pub(super) fn raise(description: &mut Value, wanted: &Value, whose: &str, creating: bool) -> Result<(), Refusal> {
    known(wanted, "WarmThroughput", &["ReadUnitsPerSecond", "WriteUnitsPerSecond"])?;
    let mut warm = description.get("WarmThroughput").cloned().unwrap_or_else(|| natural_warmth(None));
    let mut raised = creating;
    for member in ["ReadUnitsPerSecond", "WriteUnitsPerSecond"] {
        let Some(units) = given(wanted, member).and_then(Value::as_i64) else { continue };
        let live = number(&warm, member).unwrap_or_default();
        if units < live {
            return Err(Refusal::invalid(format!(
                "Requested {member} for WarmThroughput for {whose} is lower than the current value: {units} < {live}"
            )));
        }
        raised |= units > live;
        warm[member] = json!(units);
    }
    if !raised {
        return Err(Refusal::invalid(format!("Requested WarmThroughput for {whose} equals the current value")));
    }
    warm["Status"] = json!(if creating { "ACTIVE" } else { "UPDATING" });
    description["WarmThroughput"] = warm;
    Ok(())
}
