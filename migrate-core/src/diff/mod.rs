//! What differs between a table as it is found and as the code declares it, one by one; knows neither how to get there nor what is allowed.

#![deny(clippy::wildcard_enum_match_arm, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod settings;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::{GlobalIndex, IndexName, LocalIndex, PrimaryKey, ScalarType, SettingChange, TableSchema};

/// One difference of one table: what is found, and what the code declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// The table's primary key is another.
    Key {
        /// As found.
        live: PrimaryKey,
        /// As declared.
        declared: PrimaryKey,
    },
    /// A key attribute of an index has another type. A table has one type for an attribute, in all its indexes.
    KeyType {
        /// The attribute.
        attribute: String,
        /// As found.
        live: ScalarType,
        /// As declared.
        declared: ScalarType,
    },
    /// A declared global index is not there.
    GlobalIndexMissing {
        /// Its name.
        index: IndexName,
        /// As declared.
        declared: GlobalIndex,
    },
    /// A global index has another key or projection.
    GlobalIndexDiffers {
        /// Its name.
        index: IndexName,
        /// As found.
        live: GlobalIndex,
        /// As declared.
        declared: GlobalIndex,
    },
    /// A global index is there that the code does not declare.
    GlobalIndexUndeclared {
        /// Its name.
        index: IndexName,
        /// As found.
        live: GlobalIndex,
    },
    /// A declared local index is not there.
    LocalIndexMissing {
        /// Its name.
        index: IndexName,
        /// As declared.
        declared: LocalIndex,
    },
    /// A local index has another sort key or projection.
    LocalIndexDiffers {
        /// Its name.
        index: IndexName,
        /// As found.
        live: LocalIndex,
        /// As declared.
        declared: LocalIndex,
    },
    /// A local index is there that the code does not declare.
    LocalIndexUndeclared {
        /// Its name.
        index: IndexName,
        /// As found.
        live: LocalIndex,
    },
    /// A setting is another one.
    Setting(SettingChange),
}

impl Change {
    /// The setting that differs, if it is one.
    pub const fn setting(&self) -> Option<&SettingChange> {
        match self {
            Self::Setting(change) => Some(change),
            Self::Key { .. }
            | Self::KeyType { .. }
            | Self::GlobalIndexMissing { .. }
            | Self::GlobalIndexDiffers { .. }
            | Self::GlobalIndexUndeclared { .. }
            | Self::LocalIndexMissing { .. }
            | Self::LocalIndexDiffers { .. }
            | Self::LocalIndexUndeclared { .. } => None,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { live, declared } => write!(f, "key: {live} → {declared}"),
            Self::KeyType { attribute, live, declared } => write!(f, "type of key attribute {attribute}: {live} → {declared}"),
            Self::GlobalIndexMissing { index, declared } => write!(f, "global index {index}: none → {declared}"),
            Self::GlobalIndexDiffers { index, live, declared } => write!(f, "global index {index}: {live} → {declared}"),
            Self::GlobalIndexUndeclared { index, live } => write!(f, "global index {index}: {live} → not declared"),
            Self::LocalIndexMissing { index, declared } => write!(f, "local index {index}: none → {declared}"),
            Self::LocalIndexDiffers { index, live, declared } => write!(f, "local index {index}: {live} → {declared}"),
            Self::LocalIndexUndeclared { index, live } => write!(f, "local index {index}: {live} → not declared"),
            Self::Setting(change) => change.fmt(f),
        }
    }
}

/// What differs, in a fixed order: key, key types, global indexes by name, local ones, then the settings in the order that changes them best.
///
/// - What `declared` leaves unmanaged never differs, nor what it ignores.
/// - Where the engine cannot tell (`Unmanaged` or `None` in `live`), a setting counts as off, or as what DynamoDB begins with: a
///   declared `off` is then nothing to do, and a declared value is attempted, so that an engine that cannot hold it says so
///   itself. Billing that the engine cannot tell never differs: nothing would be compared.
/// - The attributes of the declared struct are not compared: a live table knows only those of its keys.
pub fn diff(live: &TableSchema, declared: &TableSchema) -> Vec<Change> {
    let mut changes = Vec::new();
    if live.key != declared.key {
        changes.push(Change::Key { live: live.key.clone(), declared: declared.key.clone() });
    }
    key_types(live, declared, &mut changes);
    global_indexes(live, declared, &mut changes);
    local_indexes(live, declared, &mut changes);
    let ignored = &declared.handling.ignore;
    let settings = settings::settings(live, declared).into_iter().filter(|change| !ignored.contains(&change.aspect()));
    changes.extend(settings.map(Change::Setting));
    changes
}

// A type that is part of both primary keys shows as a change of the key.
fn key_types(live: &TableSchema, declared: &TableSchema, changes: &mut Vec<Change>) {
    let in_key = |schema: &TableSchema, name: &str| schema.key.attributes().any(|element| element.name == name);
    for element in declared.key_elements() {
        let name = &element.name;
        if in_key(live, name) && in_key(declared, name) {
            continue;
        }
        if let Some(found) = live.scalar_of(name).filter(|found| *found != element.scalar) {
            changes.push(Change::KeyType { attribute: name.clone(), live: found, declared: element.scalar });
        }
    }
}

fn global_indexes(live: &TableSchema, declared: &TableSchema, changes: &mut Vec<Change>) {
    let mut names: Vec<&IndexName> = live.global_indexes.keys().chain(declared.global_indexes.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let index = name.clone();
        match (live.global_indexes.get(name).cloned(), declared.global_indexes.get(name).cloned()) {
            (None, Some(declared)) => changes.push(Change::GlobalIndexMissing { index, declared }),
            (Some(live), None) => changes.push(Change::GlobalIndexUndeclared { index, live }),
            (Some(live), Some(declared)) if !live.same_shape(&declared) => {
                changes.push(Change::GlobalIndexDiffers { index, live, declared });
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

fn local_indexes(live: &TableSchema, declared: &TableSchema, changes: &mut Vec<Change>) {
    let mut names: Vec<&IndexName> = live.local_indexes.keys().chain(declared.local_indexes.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let index = name.clone();
        match (live.local_indexes.get(name).cloned(), declared.local_indexes.get(name).cloned()) {
            (None, Some(declared)) => changes.push(Change::LocalIndexMissing { index, declared }),
            (Some(live), None) => changes.push(Change::LocalIndexUndeclared { index, live }),
            (Some(live), Some(declared)) if live != declared => {
                changes.push(Change::LocalIndexDiffers { index, live, declared });
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Billing, IndexKey, KeyElement, Projection, Setting, StreamView, TableName, Throughput};

    fn table() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        TableSchema::new(TableName::checked("orders"), key)
    }

    fn words(live: &TableSchema, declared: &TableSchema) -> Vec<String> {
        diff(live, declared).iter().map(ToString::to_string).collect()
    }

    fn index(scalar: ScalarType, included: &[&str]) -> GlobalIndex {
        let projection = Projection::Include(included.iter().map(|name| (*name).to_owned()).collect());
        GlobalIndex::new(IndexKey { partition: vec![KeyElement::new("email", scalar)], sort: Vec::new() }, projection)
    }

    #[test]
    fn what_the_engine_cannot_tell_counts_as_off() {
        let (live, mut declared) = (table(), table());
        (declared.stream, declared.ttl, declared.deletion_protection) = (Setting::Off, Setting::Off, Some(false));
        declared.billing = Some(Billing::ON_DEMAND);
        assert_eq!(words(&live, &declared), Vec::<String>::new());
        (declared.stream, declared.ttl) = (Setting::Set(StreamView::KeysOnly), Setting::Set("until".to_owned()));
        declared.deletion_protection = Some(true);
        assert_eq!(
            words(&live, &declared),
            ["deletion protection: off → on", "stream: off → keys_only", "time to live: off → until"]
        );
    }

    #[test]
    fn every_sort_of_change_in_words() {
        let (mut live, mut declared) = (table(), table());
        declared.key.sort = Some(KeyElement::new("at", ScalarType::N));
        let name = |name| IndexName::checked(name);
        live.global_indexes.insert(name("by-email"), index(ScalarType::S, &["b", "a"]));
        declared.global_indexes.insert(name("by-email"), index(ScalarType::N, &["a", "b"]));
        live.global_indexes.insert(name("by-old"), index(ScalarType::S, &["a"]));
        declared.global_indexes.insert(name("by-new"), index(ScalarType::N, &["a"]));
        let local = |sort: &str| LocalIndex { sort: KeyElement::new(sort, ScalarType::S), projection: Projection::All };
        live.local_indexes.insert(name("l-1"), local("x"));
        declared.local_indexes.insert(name("l-1"), local("y"));
        live.local_indexes.insert(name("l-2"), local("x"));
        declared.local_indexes.insert(name("l-3"), local("x"));
        live.billing = Some(Billing::ON_DEMAND);
        declared.billing = Some(Billing::Provisioned(Throughput { read: 1, write: 2 }));
        assert_eq!(
            words(&live, &declared),
            [
                "key: (id S) → (id S, at N)",
                "type of key attribute email: S → N",
                "global index by-email: (email S) projection include(a, b) → (email N) projection include(a, b)",
                "global index by-new: none → (email N) projection include(a)",
                "global index by-old: (email S) projection include(a) → not declared",
                "local index l-1: (x S) projection all → (y S) projection all",
                "local index l-2: (x S) projection all → not declared",
                "local index l-3: none → (x S) projection all",
                "billing: on_demand → provisioned(read = 1, write = 2)",
            ]
        );
    }
}
