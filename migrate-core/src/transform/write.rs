//! The one seam through which items are written, each write under its conditions; knows no function of the user's.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};

use super::Item;
use super::change::Write;
use super::target::Target;
use crate::aws::fault::explain;
use crate::aws::item_key::ItemKey;
use crate::error::Error;

/// How long a transaction of somebody else is waited for before the item is looked at.
const TRANSACTION: Duration = Duration::from_millis(50);

/// What became of a write.
pub(super) enum Outcome {
    /// The item is as it was to be.
    Written,
    /// Somebody else wrote it in the meantime; this is how it is now.
    Overtaken(Item),
    /// Somebody else deleted it in the meantime.
    Gone,
}

/// Writes attributes of an item that must be there, and must be as expected.
pub(super) async fn update(target: &Target<'_>, key: &ItemKey, write: &Write) -> Result<Outcome, Error> {
    let request = Request::of(target, write);
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
    let answer = target
        .cx
        .client()
        .update_item()
        .table_name(&target.table)
        .set_key(Some(key.attributes(&target.key)))
        .condition_expression(request.condition)
        .update_expression(request.update)
        .set_expression_attribute_names(Some(request.names))
        .set_expression_attribute_values((!request.values.is_empty()).then_some(request.values))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let error = match answer {
        Ok(_) => return Ok(Outcome::Written),
        Err(error) => error,
    };
    let there = match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
        Some(UpdateItemError::TransactionConflictException(_)) => in_a_transaction().await,
        _ => return Err(explain("dynamodb:UpdateItem", &target.resource(), error)),
    };
    Ok(match item_there(target, key, there).await? {
        None => Outcome::Gone,
        // A reply that got lost makes the SDK send the write again, and that meets the first one. Was that me?
        Some(item) if write.shows_in(&item) => Outcome::Written,
        Some(item) => Outcome::Overtaken(item),
    })
}

/// What became of an insertion.
pub(super) enum Insertion {
    Done,
    /// An item of that key was there already.
    There(Item),
    /// One was there, and is gone again.
    Gone,
}

/// Puts an item where there is none.
pub(super) async fn insert(target: &Target<'_>, key: &ItemKey, item: &Item) -> Result<Insertion, Error> {
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
    let answer = target
        .cx
        .client()
        .put_item()
        .table_name(&target.table)
        .set_item(Some(item.clone()))
        .condition_expression("attribute_not_exists(#key)")
        .expression_attribute_names("#key", &target.key.partition.name)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let error = match answer {
        Ok(_) => return Ok(Insertion::Done),
        Err(error) => error,
    };
    let there = match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(failed)) => failed.item.clone(),
        Some(PutItemError::TransactionConflictException(_)) => in_a_transaction().await,
        _ => return Err(explain("dynamodb:PutItem", &target.resource(), error)),
    };
    Ok(match item_there(target, key, there).await? {
        Some(item) => Insertion::There(item),
        None => Insertion::Gone,
    })
}

/// A transaction of somebody else has the item, and the SDK does not try again: it is over soon, and then the item tells.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>
async fn in_a_transaction() -> Option<Item> {
    tokio::time::sleep(TRANSACTION).await;
    None
}

/// The item that made a condition fail: from the answer, or read, since some engines do not send it.
async fn item_there(target: &Target<'_>, key: &ItemKey, sent: Option<Item>) -> Result<Option<Item>, Error> {
    if let Some(item) = sent.filter(|item| !item.is_empty()) {
        return Ok(Some(item));
    }
    let read = target
        .cx
        .client()
        .get_item()
        .table_name(&target.table)
        .set_key(Some(key.attributes(&target.key)))
        .consistent_read(true)
        .send()
        .await
        .map_err(|error| explain("dynamodb:GetItem", &target.resource(), error))?;
    Ok(read.item)
}

/// The expressions of a write. Names and values stand behind placeholders, so that any name will do.
struct Request {
    condition: String,
    update: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Request {
    fn of(target: &Target<'_>, write: &Write) -> Self {
        let mut places = Places::default();
        let mut conditions = vec![format!("attribute_exists({})", places.name(&target.key.partition.name))];
        for (name, value) in &write.expected {
            let name = places.name(name);
            conditions.push(match value {
                Some(value) => format!("{name}={}", places.value(value)),
                None => format!("attribute_not_exists({name})"),
            });
        }
        let set: Vec<String> =
            write.change.set.iter().map(|(name, value)| format!("{}={}", places.name(name), places.value(value))).collect();
        let remove: Vec<String> = write.change.remove.iter().map(|name| places.name(name)).collect();
        let clause = |verb: &str, parts: Vec<String>| (!parts.is_empty()).then(|| format!("{verb} {}", parts.join(",")));
        let update: Vec<String> = clause("SET", set).into_iter().chain(clause("REMOVE", remove)).collect();
        Self {
            condition: conditions.join(" AND "),
            update: update.join(" "),
            names: places.names.into_iter().map(|(name, place)| (place, name)).collect(),
            values: places.values,
        }
    }
}

#[derive(Default)]
struct Places {
    /// Each name once, by its placeholder.
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Places {
    fn name(&mut self, name: &str) -> String {
        let next = self.names.len();
        self.names.entry(name.to_owned()).or_insert_with(|| format!("#n{next}")).clone()
    }

    fn value(&mut self, value: &AttributeValue) -> String {
        let place = format!(":v{}", self.values.len());
        self.values.insert(place.clone(), value.clone());
        place
    }
}
