//! The statements of BatchExecuteStatement, each for itself; it never knows how a statement is written.

use serde_json::Value;

use super::condition::Condition;
use super::key::Key;
use super::state::{Failed, Intent, State, Write};
use super::statement::{Statement, parse};
use super::tally::Record;
use super::value::Item;

/// Why a statement was not carried out, as `BatchStatementError` says it.
#[derive(Clone, Debug)]
pub(super) struct Error {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) item: Option<Box<str>>,
}

impl Error {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), item: None }
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationError", message)
    }
}

/// A statement that can be carried out.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) write: Write,
    inserts: bool,
    wants_old: bool,
}

/// Reads `{"Statement":"..","Parameters":[..],"ReturnValuesOnConditionCheckFailure":".."}`.
pub(super) fn plan(state: &State, request: &Value) -> Result<Planned, Error> {
    let schema = state.schema().map_err(|_| Error::new("ResourceNotFound", "Requested resource not found"))?;
    let text = request["Statement"].as_str().unwrap_or_default();
    let none = Vec::new();
    let statement = parse(text, request["Parameters"].as_array().unwrap_or(&none)).map_err(Error::validation)?;
    let wants_old = request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
    let exists = || Condition::Exists(schema.partition.name.clone());
    let (write, inserts) = match statement {
        Statement::Insert { item } => {
            let key = schema.key(&item).map_err(Error::validation)?;
            (Write { key, condition: Some(Condition::Not(Box::new(exists()))), intent: Intent::Put(item) }, true)
        }
        Statement::Update { changes, condition } => {
            let (key, of_key, mut rest) = split(state, condition)?;
            rest.push(exists());
            (Write { key, condition: Some(Condition::And(rest)), intent: Intent::Update(of_key, changes) }, false)
        }
        Statement::Delete { condition } => {
            let (key, _, rest) = split(state, condition)?;
            let condition = (!rest.is_empty()).then_some(Condition::And(rest));
            (Write { key, condition, intent: Intent::Delete }, false)
        }
    };
    Ok(Planned { write, inserts, wants_old })
}

/// Parts a `WHERE` into the key that it names and what else must hold.
fn split(state: &State, condition: Condition) -> Result<(Key, Item, Vec<Condition>), Error> {
    let schema = state.schema().map_err(|_| Error::new("ResourceNotFound", "Requested resource not found"))?;
    let (mut of_key, mut rest) = (Item::new(), Vec::new());
    for part in condition.parts() {
        match part.equality() {
            Some((name, value)) if schema.has(name) && !of_key.contains_key(name) => {
                of_key.insert(name.to_owned(), value.clone());
            }
            _ => rest.push(part),
        }
    }
    if of_key.len() != schema.attributes().count() {
        return Err(Error::validation("Where clause does not contain a mandatory equality on all key attributes"));
    }
    let key = schema.key_only(&of_key).map_err(Error::validation)?;
    Ok((key, of_key, rest))
}

pub(super) fn carry_out(state: &mut State, planned: Planned, record: &mut Record) -> Result<(), Error> {
    match state.write(planned.write) {
        Ok(done) => {
            record.write_units += done.units;
            Ok(())
        }
        Err(Failed::Invalid(message)) => Err(Error::validation(message)),
        Err(Failed::Throttled) => {
            record.throttled = true;
            record.throttled_writes += 1;
            Err(if state.setup.provisioned.is_some() {
                Error::new("ProvisionedThroughputExceeded", "The level of configured provisioned throughput was exceeded")
            } else {
                Error::new("ThrottlingError", "Throughput exceeds the current capacity of your table or index")
            })
        }
        Err(Failed::Condition { old, units }) => {
            record.failed_conditions += 1;
            record.write_units += units;
            if planned.inserts {
                return Err(Error::new("DuplicateItem", "Duplicate primary key exists in table"));
            }
            let item = old.filter(|_| planned.wants_old);
            Err(Error { item, ..Error::new("ConditionalCheckFailed", "The conditional request failed") })
        }
    }
}
