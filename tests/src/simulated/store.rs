//! A table's items in the order of their hash, each as the text that it is sent as; it never knows requests.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::key::Key;
use super::value::{Item, size};

/// An item.
#[derive(Debug)]
pub(super) struct Stored {
    /// `{"pk":{"S":"a"},…}`.
    pub(super) text: Box<str>,
    /// What DynamoDB counts for it.
    pub(super) size: u32,
}

impl Stored {
    pub(super) fn new(item: &Item) -> Self {
        let text = serde_json::to_string(item).expect("an item is JSON");
        Self { text: text.into(), size: u32::try_from(size(item)).unwrap_or(u32::MAX) }
    }

    pub(super) fn item(&self) -> Item {
        serde_json::from_str(&self.text).expect("an item was stored as JSON")
    }
}

/// Items by key.
#[derive(Debug, Default)]
pub(super) struct Store {
    items: BTreeMap<Key, Stored>,
    bytes: u64,
}

impl Store {
    pub(super) fn get(&self, key: &Key) -> Option<&Stored> {
        self.items.get(key)
    }

    /// Gives back what was there.
    pub(super) fn put(&mut self, key: Key, stored: Stored) -> Option<Stored> {
        self.bytes += u64::from(stored.size);
        let old = self.items.insert(key, stored);
        self.bytes -= old.as_ref().map_or(0, |old| u64::from(old.size));
        old
    }

    /// Gives back what was there.
    pub(super) fn delete(&mut self, key: &Key) -> Option<Stored> {
        let old = self.items.remove(key);
        self.bytes -= old.as_ref().map_or(0, |old| u64::from(old.size));
        old
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Stored> {
        self.items.values()
    }

    /// Items from a bound on, in order.
    pub(super) fn from(&self, start: Bound<Key>) -> impl DoubleEndedIterator<Item = (&Key, &Stored)> {
        self.items.range((start, Bound::Unbounded))
    }
}
