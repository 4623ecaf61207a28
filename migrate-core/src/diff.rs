//! What differs between a table as it is found and as the code declares it, one by one; knows neither how to get there nor what is allowed.

use std::fmt;

use serde::Serialize;

use crate::schema::{Billing, GlobalIndex, IndexName, LocalIndex, PrimaryKey, ScalarType, Setting, StreamView, TableSchema};

/// One difference of one table: what is found, and what the code declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// It is paid for in another way, or with another capacity.
    Billing {
        /// As found.
        live: Billing,
        /// As declared.
        declared: Billing,
    },
    /// Its stream is on, off, or holds something else.
    Stream {
        /// As found; never `Unmanaged`.
        live: Setting<StreamView>,
        /// As declared; never `Unmanaged`.
        declared: Setting<StreamView>,
    },
    /// Its time to live is on, off, or goes by another attribute.
    Ttl {
        /// As found; never `Unmanaged`.
        live: Setting<String>,
        /// As declared; never `Unmanaged`.
        declared: Setting<String>,
    },
    /// Its deletion protection is on or off.
    DeletionProtection {
        /// As found.
        live: bool,
        /// As declared.
        declared: bool,
    },
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
            Self::Billing { live, declared } => write!(f, "billing: {live} → {declared}"),
            Self::Stream { live, declared } => write!(f, "stream: {live} → {declared}"),
            Self::Ttl { live, declared } => write!(f, "time to live: {live} → {declared}"),
            Self::DeletionProtection { live, declared } => {
                write!(f, "deletion protection: {} → {}", on_off(*live), on_off(*declared))
            }
        }
    }
}

const fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// What differs, in a fixed order: key, key types, global indexes by name, local ones, billing, stream, time to live, protection.
///
/// - What `declared` leaves unmanaged never differs.
/// - Where the engine cannot tell (`Unmanaged` or `None` in `live`), a stream, a time to live or a protection counts as off: a
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
    if let (Some(live), Some(declared)) = (live.billing, declared.billing)
        && live != declared
    {
        changes.push(Change::Billing { live, declared });
    }
    if let Some((live, declared)) = setting(&live.stream, &declared.stream) {
        changes.push(Change::Stream { live, declared });
    }
    if let Some((live, declared)) = setting(&live.ttl, &declared.ttl) {
        changes.push(Change::Ttl { live, declared });
    }
    let protected = live.deletion_protection.unwrap_or(false);
    if let Some(declared) = declared.deletion_protection.filter(|declared| *declared != protected) {
        changes.push(Change::DeletionProtection { live: protected, declared });
    }
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
            (Some(live), Some(declared)) if live != declared => {
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

fn setting<T: Clone + PartialEq>(live: &Setting<T>, declared: &Setting<T>) -> Option<(Setting<T>, Setting<T>)> {
    let live = if live.is_unmanaged() { Setting::Off } else { live.clone() };
    (!declared.is_unmanaged() && live != *declared).then(|| (live, declared.clone()))
}
