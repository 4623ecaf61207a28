//! A raw item: read from its text attribute by attribute, as they are asked for; knows no table.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::fmt;
use std::ops::Index;

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::{Change, KeyChanged, Reading, is_key};
use super::same::same;
use crate::aws::wire::{Attributes, from_sdk, to_sdk};

/// An item raw: attributes by name, as the SDK's values. It is used as the SDK's `HashMap` is, and turns into one and from one; an attribute
/// that nobody asks for is never read.
///
/// ```
/// use std::collections::HashMap;
/// use migrate_core::transform::{AttributeValue, Item};
///
/// let mut item = Item::from(HashMap::from([("id".to_owned(), AttributeValue::S("1".to_owned()))]));
/// item.insert("email", AttributeValue::S("a@example.com".to_owned()));
/// if let Some(AttributeValue::S(email)) = item.get_mut("email") {
///     email.make_ascii_uppercase();
/// }
/// assert_eq!(item.remove("id"), Some(AttributeValue::S("1".to_owned())));
/// assert_eq!(HashMap::from(item), HashMap::from([("email".to_owned(), AttributeValue::S("A@EXAMPLE.COM".to_owned()))]));
/// ```
///
/// Its `Debug` shows names alone.
#[derive(Clone, Default)]
pub struct Item {
    /// Names and stored values, one behind the other.
    text: String,
    /// In the order of names.
    entries: Vec<Entry>,
    /// The place of the first attribute that could not be read.
    unreadable: Cell<Option<usize>>,
}

/// Small: an item has one for each attribute, and most are never read.
#[derive(Clone)]
struct Entry {
    name: Place,
    /// As it is stored, if it is.
    stored: Option<Place>,
    /// Read or set; `None` inside is removed.
    value: OnceCell<Box<Option<AttributeValue>>>,
    /// Whether it may be another than what is stored.
    touched: bool,
}

impl Item {
    /// An item without attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is stored, still unread.
    pub(super) fn stored(attributes: &Attributes<'_>) -> Self {
        let length = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
        let (mut text, mut entries) = (String::with_capacity(length), Vec::with_capacity(attributes.len() + 1));
        for (name, value) in attributes.iter() {
            let name = append(&mut text, name);
            let stored = Some(append(&mut text, value));
            entries.push(Entry { name, stored, value: OnceCell::new(), touched: false });
        }
        Self { text, entries, unreadable: Cell::new(None) }
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&AttributeValue> {
        self.value(self.place(name).ok()?)
    }

    /// The value of an attribute, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut AttributeValue> {
        let place = self.place(name).ok()?;
        self.value(place)?;
        let entry = self.entries.get_mut(place)?;
        entry.touched = true;
        entry.value.get_mut()?.as_mut().as_mut()
    }

    /// Sets an attribute; the value that it had.
    pub fn insert(&mut self, name: impl AsRef<str>, value: AttributeValue) -> Option<AttributeValue> {
        match self.place(name.as_ref()) {
            Ok(place) => self.replace(place, Some(value)),
            Err(place) => {
                let name = append(&mut self.text, name.as_ref());
                self.entries
                    .insert(place, Entry { name, stored: None, value: OnceCell::from(Box::new(Some(value))), touched: true });
                None
            }
        }
    }

    /// Takes an attribute away; the value that it had.
    pub fn remove(&mut self, name: &str) -> Option<AttributeValue> {
        let place = self.place(name).ok()?;
        self.replace(place, None)
    }

    /// Takes all attributes away.
    pub fn clear(&mut self) {
        for entry in &mut self.entries {
            entry.touched = true;
            entry.value = OnceCell::from(Box::new(None));
        }
    }

    /// Keeps the attributes that `keep` takes, and takes all others away. All of them are read for it.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &AttributeValue) -> bool) {
        for place in 0..self.entries.len() {
            let name = self.entries[place].name.of(&self.text);
            if self.value(place).is_some_and(|value| !keep(name, value)) {
                self.entries[place].touched = true;
                self.entries[place].value = OnceCell::from(Box::new(None));
            }
        }
    }

    /// Whether it has an attribute.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok_and(|place| self.entries[place].is_there())
    }

    /// How many attributes it has.
    pub fn len(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_there()).count()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of its attributes, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|entry| entry.is_there()).map(|entry| entry.name.of(&self.text))
    }

    /// Its attributes, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeValue)> {
        let value = |(place, entry): (usize, &Entry)| Some((entry.name.of(&self.text), self.value(place)?));
        self.entries.iter().enumerate().filter_map(value)
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.name.of(&self.text).cmp(name))
    }

    fn value(&self, place: usize) -> Option<&AttributeValue> {
        let entry = &self.entries[place];
        let read = || {
            let stored = entry.stored?;
            // What cannot be read is told when the function has returned; until then there is nothing.
            to_sdk(stored.of(&self.text)).inspect_err(|_| self.unreadable.set(self.unreadable.get().or(Some(place)))).ok()
        };
        entry.value.get_or_init(|| Box::new(read())).as_ref().as_ref()
    }

    fn replace(&mut self, place: usize, value: Option<AttributeValue>) -> Option<AttributeValue> {
        let before = self.value(place).cloned();
        let entry = &mut self.entries[place];
        entry.touched = true;
        entry.value = OnceCell::from(Box::new(value));
        before
    }

    /// The first attribute that was asked for and could not be read.
    pub(super) fn unreadable(&self) -> Option<&str> {
        self.unreadable.get().map(|place| self.entries[place].name.of(&self.text))
    }

    /// All of it, as text.
    pub(super) fn attributes(&self) -> Attributes<'static> {
        let text = |entry: &Entry| match (entry.stored, entry.touched) {
            (Some(stored), false) => Some(stored.of(&self.text).to_owned()),
            _ => entry.value.get().and_then(|value| value.as_ref().as_ref()).map(written),
        };
        let all =
            self.entries.iter().filter_map(|entry| Some((entry.name.of(&self.text).to_owned().into(), text(entry)?.into())));
        Attributes::new(all.collect())
    }

    /// What of a stored item was changed: what nobody touched is not even looked at.
    pub(super) fn change<'a>(
        &self,
        stored: impl Fn(&str) -> Option<&'a str>,
        reading: Reading<'_>,
    ) -> Result<Change, KeyChanged> {
        let mut change = Change::default();
        for entry in self.entries.iter().filter(|entry| entry.touched) {
            let name = entry.name.of(&self.text);
            let (wanted, there) = (entry.value.get().and_then(|value| value.as_ref().as_ref()).map(written), stored(name));
            match (wanted, there) {
                (None, None) => {}
                (Some(wanted), Some(there)) if same(&wanted, there) => {}
                _ if is_key(reading.key, name) => return Err(KeyChanged(name.to_owned())),
                (Some(wanted), _) => change.set.push((name.to_owned(), wanted)),
                (None, Some(_)) => change.remove.push(name.to_owned()),
            }
        }
        Ok(change)
    }
}

impl Entry {
    fn is_there(&self) -> bool {
        self.value.get().map_or(self.stored.is_some(), |value| value.is_some())
    }
}

/// A part of an item's text. An item is at most 400 KB.
#[derive(Clone, Copy)]
struct Place {
    start: u32,
    end: u32,
}

impl Place {
    fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

fn append(text: &mut String, more: &str) -> Place {
    let at = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
    let start = at(text);
    text.push_str(more);
    Place { start, end: at(text) }
}

fn written(value: &AttributeValue) -> String {
    let mut text = String::with_capacity(64);
    from_sdk(value, &mut text);
    text
}

impl Index<&str> for Item {
    type Output = AttributeValue;

    /// # Panics
    ///
    /// It has no such attribute.
    #[track_caller]
    fn index(&self, name: &str) -> &AttributeValue {
        match self.get(name) {
            Some(value) => value,
            None => panic!("the item has no attribute `{}`", name.escape_debug()),
        }
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<N: AsRef<str>> FromIterator<(N, AttributeValue)> for Item {
    fn from_iter<I: IntoIterator<Item = (N, AttributeValue)>>(attributes: I) -> Self {
        let mut item = Self::new();
        item.extend(attributes);
        item
    }
}

impl<N: AsRef<str>> Extend<(N, AttributeValue)> for Item {
    fn extend<I: IntoIterator<Item = (N, AttributeValue)>>(&mut self, attributes: I) {
        attributes.into_iter().for_each(|(name, value)| drop(self.insert(name, value)));
    }
}

impl From<HashMap<String, AttributeValue>> for Item {
    fn from(map: HashMap<String, AttributeValue>) -> Self {
        map.into_iter().collect()
    }
}

impl From<Item> for HashMap<String, AttributeValue> {
    fn from(item: Item) -> Self {
        item.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}

#[cfg(test)]
#[path = "item_tests.rs"]
mod tests;
