//! An item's key as `only` sees it and as errors show it; knows no table and no type of the user's.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use super::store::Item;
use super::wire::{Attributes, Value};
use crate::schema::{PrimaryKey, ScalarType};

/// As many characters of a key value are shown.
const SHOWN: usize = 48;

/// The value of a key attribute. Shown escaped and cut.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyValue {
    /// A string.
    S(String),
    /// A number, as DynamoDB writes it.
    N(String),
    /// Bytes.
    B(Vec<u8>),
}

impl KeyValue {
    /// The text, where the key is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::S(text) => Some(text),
            Self::N(_) | Self::B(_) => None,
        }
    }

    /// The digits, where the key is a number.
    pub fn as_number(&self) -> Option<&str> {
        match self {
            Self::N(digits) => Some(digits),
            Self::S(_) | Self::B(_) => None,
        }
    }

    /// The bytes, where the key is binary.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::B(bytes) => Some(bytes),
            Self::S(_) | Self::N(_) => None,
        }
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.as_str().is_some_and(|text| text.starts_with(prefix))
    }

    fn of(value: &AttributeValue) -> Option<Self> {
        match value {
            AttributeValue::S(text) => Some(Self::S(text.clone())),
            AttributeValue::N(digits) => Some(Self::N(digits.clone())),
            AttributeValue::B(bytes) => Some(Self::B(bytes.as_ref().to_vec())),
            _ => None,
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        match Value::parse(text).ok()? {
            Value::S(text) => Some(Self::S(text.into_owned())),
            Value::N(digits) => Some(Self::N(digits.into_owned())),
            Value::B(bytes) => Some(Self::B(bytes)),
            Value::Bool(_)
            | Value::Null
            | Value::M(_)
            | Value::L(_)
            | Value::Ss(_)
            | Value::Ns(_)
            | Value::Bs(_)
            | Value::Unknown => None,
        }
    }

    fn scalar(&self) -> ScalarType {
        match self {
            Self::S(_) => ScalarType::S,
            Self::N(_) => ScalarType::N,
            Self::B(_) => ScalarType::B,
        }
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |longer: bool| if longer { "…" } else { "" };
        match self {
            Self::S(text) => {
                let shown: String = text.chars().take(SHOWN).collect();
                write!(f, "\"{}{}\"", shown.escape_debug(), cut(shown.len() < text.len()))
            }
            Self::N(digits) => f.write_str(digits),
            Self::B(bytes) => {
                f.write_str("0x")?;
                bytes.iter().take(SHOWN / 2).try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str(cut(bytes.len() > SHOWN / 2))
            }
        }
    }
}

impl fmt::Debug for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The primary key of an item, as [`only`](crate::transform::TableHandle::only) sees it.
///
/// ```
/// # use migrate_core::{MigrationContext, Table};
/// # async fn f<App: Table>(cx: &MigrationContext) -> migrate_core::Result {
/// cx.items::<App>()
///     .only(|key| key.sort_starts_with("ORDER#") && key.partition().as_str() != Some("TENANT#demo"))
///     .update(|item| {
///         item.remove("legacy");
///     })
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    partition: KeyValue,
    sort: Option<KeyValue>,
}

impl ItemKey {
    /// The partition key's value.
    pub fn partition(&self) -> &KeyValue {
        &self.partition
    }

    /// The sort key's value, where the table has one.
    pub fn sort(&self) -> Option<&KeyValue> {
        self.sort.as_ref()
    }

    /// Whether the partition key is a string that begins with `prefix`.
    pub fn partition_starts_with(&self, prefix: &str) -> bool {
        self.partition.starts_with(prefix)
    }

    /// Whether the sort key is a string that begins with `prefix`.
    pub fn sort_starts_with(&self, prefix: &str) -> bool {
        self.sort.as_ref().is_some_and(|sort| sort.starts_with(prefix))
    }

    /// The key of an item; `Err` names the attribute that is missing or cannot be a key.
    pub(crate) fn of<'a>(key: &'a PrimaryKey, item: &Item) -> Result<Self, &'a str> {
        let value = |name: &'a str| item.get(name).and_then(KeyValue::of).ok_or(name);
        Ok(Self { partition: value(&key.partition.name)?, sort: key.sort.as_ref().map(|sort| value(&sort.name)).transpose()? })
    }

    /// The key of an item that is still text; `Err` names the attribute that is missing or cannot be a key.
    pub(crate) fn of_text<'a>(key: &'a PrimaryKey, item: &Attributes<'_>) -> Result<Self, &'a str> {
        let value = |name: &'a str| item.get(name).and_then(KeyValue::of_text).ok_or(name);
        Ok(Self { partition: value(&key.partition.name)?, sort: key.sort.as_ref().map(|sort| value(&sort.name)).transpose()? })
    }

    /// The first attribute that is of another type than the table's key.
    pub(crate) fn wrong_type<'a>(&self, key: &'a PrimaryKey) -> Option<&'a str> {
        let sort = key.sort.as_ref().zip(self.sort.as_ref());
        std::iter::once((&key.partition, &self.partition))
            .chain(sort)
            .find(|(element, value)| element.scalar != value.scalar())
            .map(|(element, _)| element.name.as_str())
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sort {
            Some(sort) => write!(f, "({}, {sort})", self.partition),
            None => self.partition.fmt(f),
        }
    }
}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_escaped_and_cut() {
        let key = ItemKey { partition: KeyValue::S("a\"\n\u{1b}".to_owned()), sort: Some(KeyValue::S("x".repeat(500))) };
        assert_eq!(key.to_string(), format!("(\"a\\\"\\n\\u{{1b}}\", \"{}…\")", "x".repeat(48)));
        assert_eq!(format!("{:?}", KeyValue::B(vec![0, 255])), "0x00ff");
    }
}
