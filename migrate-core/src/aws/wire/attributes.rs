//! An item's attributes by name, each still as text; it never knows what a name is for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

use aws_sdk_dynamodb::types::AttributeValue;

use super::body::Unreadable;
use super::read::Reader;
use super::sdk::{from_sdk, to_sdk};
use super::write::Object;

/// An item: names in order, each with its value as DynamoDB's JSON, such as `{"S":"x"}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes<'a>(pub(super) Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Attributes<'a> {
    /// Reads `{"id":{"S":"x"},…}`: outside of tests an item stands in the body of an answer.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(text);
        let attributes = Self::read(&mut reader)?;
        reader.end()?;
        Ok(attributes)
    }

    /// The same, of its own.
    pub(crate) fn owned(text: &str) -> Result<Attributes<'static>, Unreadable> {
        let own = |(name, value): (Cow<'_, str>, Cow<'_, str>)| (Cow::Owned(name.into_owned()), Cow::Owned(value.into_owned()));
        Ok(Attributes(Attributes::parse(text)?.0.into_iter().map(own).collect()))
    }

    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Unreadable> {
        let mut entries = Vec::with_capacity(16);
        reader.members(|reader, name| {
            entries.push((name, Cow::Borrowed(reader.skip()?)));
            Ok(())
        })?;
        Ok(Self::new(entries))
    }

    /// From names and values in any order; of two with one name the last counts.
    pub(crate) fn new(mut entries: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                mem::swap(later, kept);
            }
            same
        });
        Self(entries)
    }

    /// An SDK item.
    pub(crate) fn of(item: &HashMap<String, AttributeValue>) -> Attributes<'static> {
        let entry = |(name, value): (&String, &AttributeValue)| {
            let mut text = String::with_capacity(64);
            from_sdk(value, &mut text);
            (Cow::Owned(name.clone()), Cow::Owned(text))
        };
        Attributes::new(item.iter().map(entry).collect())
    }

    /// A value's text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let place = self.0.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
        self.0.get(place).map(|(_, value)| &**value)
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
        self.iter().map(|(name, value)| Ok((name.to_owned(), to_sdk(value)?))).collect()
    }

    /// As DynamoDB's JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut object = Object::new();
        for (name, value) in self.iter() {
            object.json(name, value);
        }
        object.finish()
    }

    /// What DynamoDB counts for it, roughly: the length of names and values without what is JSON's own. A budget corrects it by what is really
    /// consumed.
    pub(crate) fn rough_size(&self) -> usize {
        // `{"S":"…"}`
        self.iter().map(|(name, value)| name.len() + value.len().saturating_sub(9)).sum()
    }
}
