//! A crate's sequence with all that is linked for it, sorted; knows neither prefix nor database.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::MigrationEntry;
use super::rollback::RollbackEntry;
use crate::migration::{SequenceInfo, Version};
use crate::schema::{IndexName, TableName, TableSchema};

/// One sequence: its tables, its consents to drop, its migrations and what takes them back.
#[derive(Clone, Debug)]
pub struct Sequence {
    pub(super) info: SequenceInfo,
    pub(super) tables: BTreeMap<TableName, TableSchema>,
    pub(super) drops: BTreeSet<(TableName, Option<IndexName>)>,
    pub(super) migrations: BTreeMap<Version, &'static MigrationEntry>,
    pub(super) rollbacks: BTreeMap<Version, &'static RollbackEntry>,
}

impl Sequence {
    pub(super) fn empty(info: SequenceInfo) -> Self {
        let (tables, drops) = (BTreeMap::new(), BTreeSet::new());
        Self { info, tables, drops, migrations: BTreeMap::new(), rollbacks: BTreeMap::new() }
    }

    /// This sequence with these tables in place of its own, and without consent to drop what they declare.
    #[must_use]
    pub fn with_tables(mut self, tables: impl IntoIterator<Item = TableSchema>) -> Self {
        self.tables = tables.into_iter().map(|table| (table.name.clone(), table)).collect();
        self.drops.retain(|(table, index)| match (self.tables.get(table), index) {
            (Some(table), Some(index)) => !table.global_indexes.contains_key(index) && !table.local_indexes.contains_key(index),
            (Some(_), None) => false,
            (None, _) => true,
        });
        self
    }

    /// This sequence with these migrations in place of its own: static entries that were made by hand.
    #[must_use]
    pub fn with_migrations(self, migrations: impl IntoIterator<Item = &'static MigrationEntry>) -> Self {
        Self { migrations: migrations.into_iter().map(|entry| (entry.meta.version, entry)).collect(), ..self }
    }

    /// This sequence with these rollbacks in place of its own: static entries that were made by hand.
    #[must_use]
    pub fn with_rollbacks(self, rollbacks: impl IntoIterator<Item = &'static RollbackEntry>) -> Self {
        Self { rollbacks: rollbacks.into_iter().map(|entry| (entry.version, entry)).collect(), ..self }
    }

    /// This sequence as it was when `last` was its last migration.
    #[must_use]
    pub fn up_to(mut self, last: Version) -> Self {
        self.migrations.retain(|version, _| *version <= last);
        self.rollbacks.retain(|version, _| *version <= last);
        self
    }

    /// What `migrations!()` says of it.
    pub fn info(&self) -> &SequenceInfo {
        &self.info
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.info.name
    }

    /// Its tables, by logical name.
    pub fn tables(&self) -> impl Iterator<Item = &TableSchema> {
        self.tables.values()
    }

    /// What `drop_table!` and `drop_index!` name, by logical names; `None` is the whole table.
    pub fn drops(&self) -> impl Iterator<Item = &(TableName, Option<IndexName>)> {
        self.drops.iter()
    }

    /// Its migrations in order.
    pub fn migrations(&self) -> impl Iterator<Item = &'static MigrationEntry> {
        self.migrations.values().copied()
    }

    /// One migration.
    pub fn migration(&self, version: Version) -> Option<&'static MigrationEntry> {
        self.migrations.get(&version).copied()
    }

    /// What takes its migrations back, in their order.
    pub fn rollbacks(&self) -> impl Iterator<Item = &'static RollbackEntry> {
        self.rollbacks.values().copied()
    }

    /// What takes one migration back, if it has such a function.
    pub fn rollback(&self, version: Version) -> Option<&'static RollbackEntry> {
        self.rollbacks.get(&version).copied()
    }

    /// The number of its last migration.
    pub fn last(&self) -> Option<Version> {
        self.migrations.last_key_value().map(|(version, _)| *version)
    }
}
