//! What of a stored item a function changed, from its serialised form before and after; pure, knows no table and no client.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use super::Item;
use super::given::Given;
use super::same::same;
use crate::schema::PrimaryKey;

/// How the two forms are to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// The table's key.
    pub(super) key: &'a PrimaryKey,
    /// Whether NULL means that there is nothing.
    pub(super) null_is_none: bool,
    /// Whether the new form may lack the key: another type, that does not name it.
    pub(super) key_may_lack: bool,
}

impl Reading<'_> {
    fn is_key(&self, name: &str) -> bool {
        self.key.attributes().any(|element| element.name == name)
    }
}

/// The function gave this key attribute another value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyChanged(pub(super) String);

/// The attributes to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Change {
    pub(super) set: BTreeMap<String, AttributeValue>,
    pub(super) remove: BTreeSet<String>,
}

impl Change {
    /// What turns `stored` into what the function wants, given its input and its output in serialised form.
    pub(super) fn between(before: &Item, after: &Item, stored: &Item, reading: Reading<'_>) -> Result<Self, KeyChanged> {
        let mut change = Self::default();
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (was, is, there) = (before.get(name), after.get(name), stored.get(name));
            let touched = match (was, is) {
                (Some(was), Some(is)) => !same(was, is),
                (_, _) => true,
            };
            if !touched {
                continue;
            }
            if reading.is_key(name) {
                match (is, there) {
                    (None, _) if reading.key_may_lack => {}
                    (Some(is), Some(there)) if same(is, there) => {}
                    (_, _) => return Err(KeyChanged(name.clone())),
                }
                continue;
            }
            match (is, there) {
                (None, None) => {}
                (None, Some(_)) => {
                    change.remove.insert(name.clone());
                }
                (Some(AttributeValue::Null(_)), there) if reading.null_is_none => {
                    if there.is_some_and(|there| !there.is_null()) {
                        change.remove.insert(name.clone());
                    }
                }
                (Some(is), Some(there)) if same(is, there) => {}
                (Some(is), _) => {
                    change.set.insert(name.clone(), is.clone());
                }
            }
        }
        Ok(change)
    }

    /// Whether nothing is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// The attributes that are written, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.set.keys().chain(&self.remove).map(String::as_str)
    }

    /// The item as it will be.
    pub(super) fn apply(&self, stored: &Item) -> Item {
        let mut item = stored.clone();
        item.retain(|name, _| !self.remove.contains(name));
        item.extend(self.set.iter().map(|(name, value)| (name.clone(), value.clone())));
        item
    }

    /// Whether an item is already as this would leave it.
    pub(super) fn shows_in(&self, item: &Item) -> bool {
        self.set.iter().all(|(name, value)| item.get(name).is_some_and(|there| same(there, value)))
            && self.remove.iter().all(|name| !item.contains_key(name))
    }

    /// What the item must still hold for this to be written: all that the function was given and all that is written. `None`
    /// must still be absent.
    pub(super) fn expected(&self, stored: &Item, given: Given, key: &PrimaryKey) -> BTreeMap<String, Option<AttributeValue>> {
        let is_key = |name: &str| key.attributes().any(|element| element.name == name);
        given
            .names(stored)
            .chain(self.names())
            .filter(|name| !is_key(name))
            .map(|name| (name.to_owned(), stored.get(name).cloned()))
            .collect()
    }
}

/// A change with its conditions: what the one seam to the table takes.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) expected: BTreeMap<String, Option<AttributeValue>>,
}
