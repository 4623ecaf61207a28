//! The rules of each family of operations; it never knows HTTP.

use super::json::text;
use super::refusal::Refusal;
use super::state::State;
use serde_json::Value;

pub(super) mod backup;
mod billing;
mod capacity;
pub(super) mod create;
pub(super) mod delete;
mod index;
pub(super) mod insights;
pub(super) mod kinesis;
pub(super) mod pitr;
pub(super) mod policy;
pub(super) mod read;
mod replica;
mod settings;
mod shape;
mod stream;
pub(super) mod tags;
pub(super) mod ttl;
pub(super) mod update;

/// A member that must be there.
fn required<'a>(request: &'a Value, member: &str) -> Result<&'a str, Refusal> {
    text(request, member).ok_or_else(|| {
        Refusal::validation(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

/// The name of the table, which must be a name.
fn table_name(request: &Value) -> Result<&str, Refusal> {
    let name = required(request, "TableName")?;
    shape::name(name, "tableName")?;
    Ok(name)
}

/// The table that an ARN of a resource names.
fn by_arn<'a>(state: &State, request: &'a Value) -> Result<&'a str, Refusal> {
    let arn = required(request, "ResourceArn")?;
    let name = arn.split_once(":table/").map(|(_, name)| name);
    let Some(name) = name.filter(|_| arn.starts_with("arn:aws:dynamodb:")) else {
        return Err(Refusal::validation(format!("Invalid TableArn: Invalid ResourceArn provided as input {arn}")));
    };
    match state.tables.get(name) {
        Some(table) if table.arn() == arn => Ok(name),
        Some(_) | None => Err(Refusal::not_found(format!("Requested resource not found: ResourcArn: {arn} not found"))),
    }
}

/// A member that is one of these.
fn one_of(value: &str, member: &str, allowed: &[&str]) -> Result<(), Refusal> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let allowed = allowed.join(", ");
    Err(Refusal::validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: [{allowed}]"
    )))
}

/// What the model does not know is refused and never dropped without a word.
fn known(request: &Value, what: &str, allowed: &[&str]) -> Result<(), Refusal> {
    match super::json::members(request).find(|member| !allowed.contains(member)) {
        Some(member) => Err(Refusal::validation(format!("the model of DynamoDB has no `{member}` in {what}"))),
        None => Ok(()),
    }
}
