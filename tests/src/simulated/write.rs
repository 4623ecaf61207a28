//! PutItem, UpdateItem, DeleteItem and BatchWriteItem of simulated tables; it never knows PartiQL.

use serde_json::Value;

use super::answer::Refusal;
use super::parser::{Dialect, Parser};
use super::read::{condition, consumed};
use super::state::{Failed, Intent, State, Write};
use super::tally::Record;
use super::update::changes;
use super::value::Item;

pub(super) fn put_item(state: &mut State, request: &Value, record: &mut Record) -> Result<String, Refusal> {
    let item = request["Item"].as_object().cloned().unwrap_or_default();
    let key = state.schema()?.key(&item).map_err(Refusal::validation)?;
    single(state, request, record, key, Intent::Put(item))
}

pub(super) fn delete_item(state: &mut State, request: &Value, record: &mut Record) -> Result<String, Refusal> {
    let key = state.schema()?.key_only(request["Key"].as_object().unwrap_or(&Item::new())).map_err(Refusal::validation)?;
    single(state, request, record, key, Intent::Delete)
}

pub(super) fn update_item(state: &mut State, request: &Value, record: &mut Record) -> Result<String, Refusal> {
    let of_key = request["Key"].as_object().cloned().unwrap_or_default();
    let key = state.schema()?.key_only(&of_key).map_err(Refusal::validation)?;
    let changes = match request["UpdateExpression"].as_str() {
        None => Vec::new(),
        Some(text) => {
            let wrong = |message: String| Refusal::validation(format!("Invalid UpdateExpression: {message}"));
            let dialect = Dialect::Expression {
                names: request["ExpressionAttributeNames"].as_object(),
                values: request["ExpressionAttributeValues"].as_object(),
            };
            let mut parser = Parser::new(text, dialect).map_err(wrong)?;
            let changes = changes(&mut parser).map_err(wrong)?;
            parser.end().map_err(wrong)?;
            changes
        }
    };
    single(state, request, record, key, Intent::Update(of_key, changes))
}

fn single(
    state: &mut State,
    request: &Value,
    record: &mut Record,
    key: super::key::Key,
    intent: Intent,
) -> Result<String, Refusal> {
    for unknown in ["Expected", "AttributeUpdates", "ConditionalOperator"] {
        if !request[unknown].is_null() {
            return Err(Refusal::validation(format!("the simulation knows no {unknown}")));
        }
    }
    let condition = condition(request, "ConditionExpression")?;
    record.writes = 1;
    let done = match state.write(Write { key: key.clone(), condition, intent }) {
        Ok(done) => done,
        Err(Failed::Invalid(message)) => return Err(Refusal::Validation(message)),
        Err(Failed::Throttled) => {
            (record.throttled, record.throttled_writes) = (true, 1);
            return Err(state.throttled());
        }
        Err(Failed::Condition { old, units }) => {
            record.failed_conditions = 1;
            record.write_units += units;
            let wanted = request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
            return Err(Refusal::Condition(old.filter(|_| wanted)));
        }
    };
    record.write_units += done.units;
    let attributes = match request["ReturnValues"].as_str() {
        None | Some("NONE") => None,
        Some("ALL_OLD") => done.old.map(|old| old.text),
        Some("ALL_NEW") => state.store.get(&key).map(|new| new.text.clone()),
        Some(other) => return Err(Refusal::validation(format!("the simulation returns no values {other}"))),
    };
    let attributes = attributes.map(|attributes| format!(",\"Attributes\":{attributes}")).unwrap_or_default();
    let body = format!("{attributes}{}", consumed(request, &state.setup.name, done.units));
    Ok(format!("{{{}}}", body.trim_start_matches(',')))
}

/// The keys and changes of a table's put and delete requests.
pub(super) fn planned(state: &State, requests: &[Value]) -> Result<Vec<Write>, Refusal> {
    let schema = state.schema()?;
    let mut writes: Vec<Write> = Vec::new();
    for request in requests {
        let (key, intent) = match (request["PutRequest"]["Item"].as_object(), request["DeleteRequest"]["Key"].as_object()) {
            (Some(item), None) => (schema.key(item), Intent::Put(item.clone())),
            (None, Some(key)) => (schema.key_only(key), Intent::Delete),
            _ => return Err(Refusal::validation("a write request puts or deletes")),
        };
        let key = key.map_err(Refusal::validation)?;
        if writes.iter().any(|write| write.key == key) {
            return Err(Refusal::validation("Provided list of item keys contains duplicates"));
        }
        writes.push(Write { key, condition: None, intent });
    }
    Ok(writes)
}

/// Makes them; gives back the requests that found no capacity.
pub(super) fn batch(
    state: &mut State,
    requests: &[Value],
    writes: Vec<Write>,
    record: &mut Record,
) -> Result<Vec<Value>, Refusal> {
    let mut unprocessed = Vec::new();
    record.writes += u32::try_from(requests.len()).unwrap_or(u32::MAX);
    for (request, write) in requests.iter().zip(writes) {
        match state.write(write) {
            Ok(done) => record.write_units += done.units,
            Err(Failed::Throttled) => {
                record.throttled = true;
                record.throttled_writes += 1;
                unprocessed.push(request.clone());
            }
            Err(Failed::Invalid(message)) => return Err(Refusal::Validation(message)),
            Err(Failed::Condition { .. }) => unreachable!("a batch has no conditions"),
        }
    }
    Ok(unprocessed)
}
