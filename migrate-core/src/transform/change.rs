//! What of a stored item a function changed, from its serialised form before and after; pure, knows no table and no client.

use std::borrow::Cow;

use super::same::same;
use crate::aws::wire::{Attributes, Value};
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

/// Whether an attribute is part of the key.
pub(super) fn is_key(key: &PrimaryKey, name: &str) -> bool {
    key.attributes().any(|element| element.name == name)
}

/// The function gave this key attribute another value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyChanged(pub(super) String);

/// The attributes to write, by name and in order; values are DynamoDB's JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Change {
    pub(super) set: Vec<(String, String)>,
    pub(super) remove: Vec<String>,
}

/// What an item must still hold for a write to be carried out. `None` must be absent.
pub(super) type Expected = Vec<(String, Option<String>)>;

impl Change {
    /// What turns `stored` into what the function wants, given its input and its output in serialised form.
    pub(super) fn between(
        before: &Attributes<'_>,
        after: &Attributes<'_>,
        stored: &Attributes<'_>,
        reading: Reading<'_>,
    ) -> Result<Self, KeyChanged> {
        let mut change = Self::default();
        let (mut was, mut is) = (before.iter().peekable(), after.iter().peekable());
        loop {
            // Both are in order: they are walked side by side.
            let (name, was_there, is) = match (was.peek().copied(), is.peek().copied()) {
                (None, None) => return Ok(change),
                (Some((a, _)), Some((b, value))) if b < a => {
                    is.next();
                    (b, None, Some(value))
                }
                (Some((a, old)), Some((b, new))) if a == b => {
                    was.next();
                    is.next();
                    if same(old, new) {
                        continue;
                    }
                    (a, Some(old), Some(new))
                }
                (Some((a, _)), _) => {
                    was.next();
                    (a, None, None)
                }
                (None, Some((b, value))) => {
                    is.next();
                    (b, None, Some(value))
                }
            };
            let there = stored.get(name);
            if is_key(reading.key, name) {
                match (is, there) {
                    (None, _) if reading.key_may_lack => {}
                    (Some(is), Some(there)) if same(is, there) => {}
                    (_, _) => return Err(KeyChanged(name.to_owned())),
                }
                continue;
            }
            match (is, there) {
                (None, None) => {}
                (None, Some(_)) => change.remove.push(name.to_owned()),
                (Some(is), there) if reading.null_is_none && is_null(is) => {
                    // What was NULL all along is left so.
                    if there.is_some_and(|there| !is_null(there)) {
                        change.remove.push(name.to_owned());
                    }
                }
                (Some(is), None) => change.set.push((name.to_owned(), is.to_owned())),
                (Some(is), Some(there)) => {
                    let wanted = was_there.map_or_else(|| Cow::Borrowed(is), |was| carried(is, was, there));
                    if !same(&wanted, there) {
                        change.set.push((name.to_owned(), wanted.into_owned()));
                    }
                }
            }
        }
    }

    /// Whether nothing is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// The attributes that are written.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.set.iter().map(|(name, _)| name.as_str()).chain(self.remove.iter().map(String::as_str))
    }

    /// What it makes of an attribute, if it writes it; `None` inside is removed.
    pub(super) fn value(&self, name: &str) -> Option<Option<&str>> {
        let set = self.set.iter().find(|(set, _)| set == name).map(|(_, value)| Some(value.as_str()));
        set.or_else(|| self.remove.iter().any(|removed| removed == name).then_some(None))
    }

    /// Also sets this one.
    pub(super) fn and_set(&mut self, name: &str, value: String) {
        self.remove.retain(|removed| removed != name);
        match self.set.binary_search_by(|(set, _)| set.as_str().cmp(name)) {
            Ok(at) => self.set[at].1 = value,
            Err(at) => self.set.insert(at, (name.to_owned(), value)),
        }
    }

    /// The item as it will be.
    pub(super) fn apply<'b>(&'b self, stored: &'b Attributes<'_>) -> Attributes<'b> {
        let kept = stored.iter().filter(|(name, _)| !self.remove.iter().any(|removed| removed == name));
        let set = self.set.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // Of two with one name the last counts.
        Attributes::new(kept.chain(set).map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value))).collect())
    }

    /// Whether an item is already as this would leave it.
    pub(super) fn shows_in(&self, item: &Attributes<'_>) -> bool {
        self.set.iter().all(|(name, value)| item.get(name).is_some_and(|there| same(there, value)))
            && self.remove.iter().all(|name| item.get(name).is_none())
    }
}

/// A map with the stored entries that its type does not know: what was not in the form before the function is none of its business.
fn carried<'a>(is: &'a str, was: &str, there: &str) -> Cow<'a, str> {
    let [Ok(Value::M(map)), Ok(Value::M(was)), Ok(Value::M(there))] = [is, was, there].map(Value::parse) else {
        return Cow::Borrowed(is);
    };
    let known = map.iter().map(|(name, text)| match (was.get(name), there.get(name)) {
        (Some(was), Some(there)) => (name, carried(text, was, there)),
        (None, _) | (_, None) => (name, Cow::Borrowed(text)),
    });
    let unknown = there.iter().filter(|(name, _)| was.get(name).is_none() && map.get(name).is_none());
    let all = known.chain(unknown.map(|(name, text)| (name, Cow::Borrowed(text))));
    let all = Attributes::new(all.map(|(name, text)| (Cow::Borrowed(name), text)).collect());
    Cow::Owned(format!(r#"{{"M":{}}}"#, all.to_json()))
}

/// Attributes as they are stored, each once, without those of the key.
pub(super) fn expected<'a>(stored: &Attributes<'_>, names: impl Iterator<Item = &'a str>, key: &PrimaryKey) -> Expected {
    let mut names: Vec<&str> = names.filter(|name| !is_key(key, name)).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| (name.to_owned(), stored.get(name).map(str::to_owned))).collect()
}

/// Whether attributes still are as expected, but for those that are `written`.
pub(super) fn holds<'a>(expected: &Expected, written: impl Fn(&str) -> bool, item: &Attributes<'a>) -> bool {
    expected.iter().filter(|(name, _)| !written(name)).all(|(name, value)| match (value, item.get(name)) {
        (Some(value), Some(there)) => same(value, there),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    })
}

pub(super) fn is_null(text: &str) -> bool {
    text == r#"{"NULL":true}"# || (text.contains("NULL") && matches!(Value::parse(text), Ok(Value::Null)))
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
