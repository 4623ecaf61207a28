//! An item's attributes by name, each still as text.

use std::borrow::Cow;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::body::Unreadable;

/// An item: names in order, each with its value as DynamoDB's JSON, such as `{"S":"x"}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Attributes<'a> {
    /// Reads `{"id":{"S":"x"},…}`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        todo!()
    }

    /// From names and values in any order; of two with one name the last counts.
    pub(crate) fn new(entries: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        todo!()
    }

    /// An SDK item.
    pub(crate) fn of(item: &HashMap<String, AttributeValue>) -> Attributes<'static> {
        todo!()
    }

    /// A value's text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        todo!()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// In the order of names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// As the SDK holds it.
    pub(crate) fn to_item(&self) -> Result<HashMap<String, AttributeValue>, Unreadable> {
        todo!()
    }

    /// As DynamoDB's JSON.
    pub(crate) fn to_json(&self) -> String {
        todo!()
    }

    /// What DynamoDB counts for it, roughly: names and values in bytes.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
    pub(crate) fn size(&self) -> usize {
        todo!()
    }
}
