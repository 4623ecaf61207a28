//! DynamoDB's refusals that the engine below does not make, so that what works here works on AWS; it never changes
//! anything and never judges items.
//!
//! Only rules that the engine below is lax about are here. The texts are those that AWS answers with.

mod create;
mod update;

use super::answer::Refusal;
use dynoxide::Database;
use serde_json::{Map, Value};

/// Refuses a request that DynamoDB would refuse, or that asks for a setting which the engine cannot hold.
pub(super) fn check(db: &Database, operation: &str, body: &[u8]) -> Result<(), Refusal> {
    let rule: fn(&Database, &Map<String, Value>) -> Result<(), Refusal> = match operation {
        "CreateTable" => |_, request| create::check(request),
        "UpdateTable" => update::check,
        "UpdateTimeToLive" => time_to_live,
        _ => return Ok(()),
    };
    match serde_json::from_slice(body) {
        Ok(Value::Object(request)) => rule(db, &request),
        // What cannot be read is refused where it is decoded.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Not idempotent, and one attribute at a time.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
fn time_to_live(db: &Database, request: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(meta) = live(db, request)? else {
        return Ok(());
    };
    let wanted = request.get("TimeToLiveSpecification");
    let enable = wanted.and_then(|spec| spec.get("Enabled")).and_then(Value::as_bool);
    let attribute = wanted.and_then(|spec| spec.get("AttributeName")).and_then(Value::as_str);
    let (Some(enable), Some(attribute)) = (enable, attribute) else {
        return Ok(());
    };
    let current = meta.ttl_attribute.filter(|_| meta.ttl_enabled);
    match (enable, current) {
        (true, None) => Ok(()),
        (false, None) => Err(Refusal::validation("TimeToLive is already disabled")),
        (_, Some(current)) if current != attribute => Err(Refusal::validation(&format!(
            "TimeToLive is active on a different AttributeName: current AttributeName is {current}"
        ))),
        (true, Some(_)) => Err(Refusal::validation("TimeToLive is already enabled")),
        (false, Some(_)) => Ok(()),
    }
}

/// The table as it is; None where the engine will find it missing.
fn live(db: &Database, request: &Map<String, Value>) -> Result<Option<dynoxide::TableMetadata>, Refusal> {
    match request.get("TableName").and_then(Value::as_str) {
        Some(name) => Ok(db.get_table_metadata(name)?),
        None => Ok(None),
    }
}

/// What the engine would drop without a word is refused like an operation it does not have.
fn held(what: &str, given: &Map<String, Value>, members: &[&str]) -> Result<(), Refusal> {
    let stranger = given.iter().find(|(name, value)| !value.is_null() && !members.contains(&name.as_str()));
    match stranger {
        Some((name, _)) => Err(Refusal::unknown(&format!("the embedded engine cannot hold `{name}` of {what}"))),
        None => Ok(()),
    }
}

fn invalid(rule: &str) -> Refusal {
    Refusal::validation(&format!("One or more parameter values were invalid: {rule}"))
}

fn given<'a>(request: &'a Map<String, Value>, member: &str) -> Option<&'a Value> {
    request.get(member).filter(|value| !value.is_null())
}

fn objects(value: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn name_of(index: &Map<String, Value>) -> &str {
    index.get("IndexName").and_then(Value::as_str).unwrap_or_default()
}
