//! One item at a time through the SDK's own operations: where statements are forbidden, or a name or a size does not fit them. Knows no
//! function of the user's.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};

use super::answer::Refusal;
use super::change::{Change, Expected};
use super::target::Place;
use super::task::{Effect, Task};
use crate::aws::wire::{Attributes, Unreadable, to_sdk};
use crate::error::{Error, ErrorKind};
use crate::iam::Action;

/// It was not deleted meanwhile.
const ITEM_IS_THERE: &str = "attribute_exists";
/// Nobody put one there.
const ITEM_IS_NEW: &str = "attribute_not_exists";
/// An attribute is as it was given to the function.
const STILL_AS_GIVEN: &str = "=";
/// An attribute that the item had not still is not there.
const STILL_ABSENT: &str = "attribute_not_exists";

/// As the SDK holds it.
type Item = HashMap<String, AttributeValue>;

/// What became of a write.
#[derive(Debug)]
pub(super) enum Single {
    /// It is carried out.
    Done {
        units: Option<f64>,
    },
    /// A condition failed; the item, where the engine sends it.
    Failed {
        item: Option<Attributes<'static>>,
        units: Option<f64>,
    },
    Refused(Refusal),
}

/// Writes one item.
pub(super) async fn write(client: &Client, place: &Place, task: &Task) -> Single {
    match request(place, task) {
        Ok(request) => request.send(client, place, task).await,
        Err(error) => Single::Refused(Refusal::Fatal(Error::new(ErrorKind::Service, error))),
    }
}

/// The expressions of a write. Names and values stand behind placeholders, so that any name will do.
struct Request {
    key: Item,
    /// All of an item that is put.
    item: Item,
    condition: String,
    update: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

fn request(place: &Place, task: &Task) -> Result<Request, Unreadable> {
    let mut places = Places::default();
    let mut condition = Vec::new();
    let (mut update, mut item) = (String::new(), Item::new());
    let exists = |places: &mut Places| format!("{ITEM_IS_THERE}({})", places.name(&place.key.partition.name));
    match &task.effect {
        Effect::Update(write) => {
            condition.push(exists(&mut places));
            places.expect(&write.expected, &mut condition)?;
            update = places.update(&write.change)?;
        }
        Effect::Delete(expected) => {
            condition.push(exists(&mut places));
            places.expect(expected, &mut condition)?;
        }
        Effect::Insert(new) => {
            condition.push(format!("{ITEM_IS_NEW}({})", places.name(&place.key.partition.name)));
            item = new.to_item()?;
        }
        Effect::Replace { item: new, expected } => {
            // An older version is among what is expected: an item that is gone has none.
            places.expect(expected, &mut condition)?;
            item = new.to_item()?;
        }
    }
    let names = places.names.into_iter().map(|(name, place)| (place, name)).collect();
    Ok(Request { key: task.key.to_item()?, item, condition: condition.join(" AND "), update, names, values: places.values })
}

impl Request {
    async fn send(self, client: &Client, place: &Place, task: &Task) -> Single {
        let values = (!self.values.is_empty()).then_some(self.values);
        let (total, all_old) = (ReturnConsumedCapacity::Total, ReturnValuesOnConditionCheckFailure::AllOld);
        match &task.effect {
            // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
            Effect::Update(_) => {
                let sent = client.update_item().table_name(&place.table).set_key(Some(self.key)).update_expression(self.update);
                let sent = sent.condition_expression(self.condition).set_expression_attribute_names(Some(self.names));
                let sent = sent.set_expression_attribute_values(values).return_consumed_capacity(total);
                match sent.return_values_on_condition_check_failure(all_old).send().await {
                    Ok(answer) => Single::Done { units: units(answer.consumed_capacity.as_ref()) },
                    Err(error) => match error.as_service_error() {
                        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => failed_with(failed.item()),
                        _ => Single::Refused(Refusal::of(Action::UpdateItem, &place.resource(), error)),
                    },
                }
            }
            // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
            Effect::Delete(_) => {
                let sent = client.delete_item().table_name(&place.table).set_key(Some(self.key));
                let sent = sent.condition_expression(self.condition).set_expression_attribute_names(Some(self.names));
                let sent = sent.set_expression_attribute_values(values).return_consumed_capacity(total);
                match sent.return_values_on_condition_check_failure(all_old).send().await {
                    Ok(answer) => Single::Done { units: units(answer.consumed_capacity.as_ref()) },
                    Err(error) => match error.as_service_error() {
                        Some(DeleteItemError::ConditionalCheckFailedException(failed)) => failed_with(failed.item()),
                        _ => Single::Refused(Refusal::of(Action::DeleteItem, &place.resource(), error)),
                    },
                }
            }
            // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
            Effect::Insert(_) | Effect::Replace { .. } => {
                let sent = client.put_item().table_name(&place.table).set_item(Some(self.item));
                let sent = sent.condition_expression(self.condition).set_expression_attribute_names(Some(self.names));
                let sent = sent.set_expression_attribute_values(values).return_consumed_capacity(total);
                match sent.return_values_on_condition_check_failure(all_old).send().await {
                    Ok(answer) => Single::Done { units: units(answer.consumed_capacity.as_ref()) },
                    Err(error) => match error.as_service_error() {
                        Some(PutItemError::ConditionalCheckFailedException(failed)) => failed_with(failed.item()),
                        _ => Single::Refused(Refusal::of(Action::PutItem, &place.resource(), error)),
                    },
                }
            }
        }
    }
}

fn units(consumed: Option<&ConsumedCapacity>) -> Option<f64> {
    consumed.and_then(ConsumedCapacity::capacity_units)
}

/// Some engines send no item, or an empty one.
fn failed_with(item: Option<&Item>) -> Single {
    Single::Failed { item: item.filter(|item| !item.is_empty()).map(Attributes::of), units: None }
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

    fn value(&mut self, text: &str) -> Result<String, Unreadable> {
        let place = format!(":v{}", self.values.len());
        self.values.insert(place.clone(), to_sdk(text)?);
        Ok(place)
    }

    fn expect(&mut self, expected: &Expected, condition: &mut Vec<String>) -> Result<(), Unreadable> {
        for (name, value) in expected {
            let name = self.name(name);
            condition.push(match value {
                Some(value) => format!("{name}{STILL_AS_GIVEN}{}", self.value(value)?),
                None => format!("{STILL_ABSENT}({name})"),
            });
        }
        Ok(())
    }

    fn update(&mut self, change: &Change) -> Result<String, Unreadable> {
        let mut set = Vec::new();
        for (name, value) in &change.set {
            set.push(format!("{}={}", self.name(name), self.value(value)?));
        }
        let remove: Vec<String> = change.remove.iter().map(|name| self.name(name)).collect();
        let clause = |verb: &str, parts: Vec<String>| (!parts.is_empty()).then(|| format!("{verb} {}", parts.join(",")));
        Ok(clause("SET", set).into_iter().chain(clause("REMOVE", remove)).collect::<Vec<_>>().join(" "))
    }
}
