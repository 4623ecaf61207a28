//! Keys in the order of their hash, and the parts into which the space of hashes falls; it never knows what is stored under one.

use std::ops::RangeInclusive;

use aws_sdk_dynamodb::types::{KeyType, TableDescription};
use serde_json::Value;

use super::number::Number;
use super::value::{Item, bytes, number, typed};

/// A key attribute: its name, and `S`, `N` or `B`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyAttribute {
    pub(super) name: String,
    pub(super) kind: String,
}

/// A table's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schema {
    pub(super) partition: KeyAttribute,
    pub(super) sort: Option<KeyAttribute>,
}

impl Schema {
    /// From what the engine below tells of a table.
    pub(super) fn of(table: &TableDescription) -> Option<Self> {
        let attribute = |role: KeyType| {
            let name = &table.key_schema().iter().find(|element| element.key_type == role)?.attribute_name;
            let definition = table.attribute_definitions().iter().find(|one| one.attribute_name == *name)?;
            Some(KeyAttribute { name: name.clone(), kind: definition.attribute_type.as_str().to_owned() })
        };
        Some(Self { partition: attribute(KeyType::Hash)?, sort: attribute(KeyType::Range) })
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.partition).chain(&self.sort)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes().any(|attribute| attribute.name == name)
    }

    /// An item's key, or what is wrong with it.
    pub(super) fn key(&self, item: &Item) -> Result<Key, String> {
        for attribute in self.attributes() {
            let value = item.get(&attribute.name);
            let Some((kind, inner)) = value.and_then(typed) else {
                return Err(format!("One of the required keys was not given a value: {}", attribute.name));
            };
            if kind != attribute.kind {
                return Err(format!(
                    "One or more parameter values were invalid: Type mismatch for key {} expected: {} actual: {kind}",
                    attribute.name, attribute.kind
                ));
            }
            if inner.as_str() == Some("") {
                return Err(format!(
                    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty \
                     string value. Key: {}",
                    attribute.name
                ));
            }
        }
        let unreadable = || "a key that cannot be read".to_owned();
        let part = |attribute: &KeyAttribute| Sort::of(&item[&attribute.name]).ok_or_else(unreadable);
        let sort = self.sort.as_ref().map_or(Ok(Sort::None), part)?;
        Ok(Key::new(part(&self.partition)?, sort))
    }

    /// As [`Schema::key`], of attributes that must be the key and no more.
    pub(super) fn key_only(&self, key: &Item) -> Result<Key, String> {
        if key.len() != self.attributes().count() {
            return Err("The provided key element does not match the schema".to_owned());
        }
        self.key(key).map_err(|_| "The provided key element does not match the schema".to_owned())
    }

    /// The key attributes of an item.
    pub(super) fn of_item(&self, item: &Item) -> Item {
        item.iter().filter(|(name, _)| self.has(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// A key value in the order of its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    None,
    Text(Box<str>),
    Number(Number),
    Bytes(Box<[u8]>),
}

impl Sort {
    fn of(value: &Value) -> Option<Self> {
        Some(match typed(value)? {
            ("S", text) => Self::Text(text.as_str()?.into()),
            ("N", text) => Self::Number(number(text)?),
            ("B", text) => Self::Bytes(bytes(text)?.into()),
            _ => return None,
        })
    }

    fn hash(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Text(text) => hash(text.as_bytes()),
            Self::Number(number) => hash(number.canonical().as_bytes()),
            Self::Bytes(bytes) => hash(bytes),
        }
    }
}

/// A key; keys are ordered as a scan meets them: by the hash of the partition key, and within a partition key by the sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) hash: u64,
    pub(super) partition: Sort,
    pub(super) sort: Sort,
}

impl Key {
    fn new(partition: Sort, sort: Sort) -> Self {
        Self { hash: partition.hash(), partition, sort }
    }

    /// Before every key of this hash.
    pub(super) fn before(hash: u64) -> Self {
        Self { hash, partition: Sort::None, sort: Sort::None }
    }

    /// The least key that can have this partition key.
    pub(super) fn first_of(partition: &Value) -> Option<Self> {
        Some(Self::new(Sort::of(partition)?, Sort::None))
    }
}

/// FNV-1a, stirred once more: like keys must land far apart.
fn hash(bytes: &[u8]) -> u64 {
    let mut hash =
        bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The hashes of one of `total` equal parts: a segment of a scan, or a partition.
pub(super) fn part(index: u64, total: u64) -> RangeInclusive<u64> {
    let start = |index: u64| (u128::from(index) << 64).div_ceil(u128::from(total));
    let (first, next) = (start(index), start(index + 1));
    u64::try_from(first).unwrap_or(u64::MAX)..=u64::try_from(next - 1).unwrap_or(u64::MAX)
}

/// The part of `total` that a hash lies in.
pub(super) fn part_of(hash: u64, total: u64) -> usize {
    usize::try_from((u128::from(hash) * u128::from(total)) >> 64).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_hash_once() {
        for total in [1, 2, 3, 7, 40, 1_000_000] {
            let mut next = 0;
            for index in 0..total {
                let range = part(index, total);
                assert_eq!(*range.start(), next, "{index}/{total}");
                for hash in [*range.start(), *range.end()] {
                    assert_eq!(part_of(hash, total) as u64, index, "{index}/{total}");
                }
                next = range.end().wrapping_add(1);
            }
            assert_eq!(next, 0, "{total}: the last part ends with the last hash");
        }
    }

    #[test]
    fn equal_keys_are_one_key() {
        let schema = Schema { partition: KeyAttribute { name: "n".to_owned(), kind: "N".to_owned() }, sort: None };
        let key = |text: &str| schema.key(serde_json::json!({"n": {"N": text}}).as_object().unwrap()).unwrap();
        assert_eq!(key("10"), key("1e1"));
        assert_ne!(key("10"), key("11"));
    }
}
