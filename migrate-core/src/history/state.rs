//! What follows from the records: each migration's state, who owns which table, whether the database began fresh; knows no code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::index::{IndexOwnership, IndexState};
use super::record::{Entry, Record};
use super::status::{MigrationState, MigrationStatus};
use crate::migration::{MigrationId, Version};
use crate::schema::{IndexName, TableName};

/// What the history says of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// Its creation was begun: a table that is there and fits is ours.
    Creating,
    /// It is ours.
    Owned {
        /// DynamoDB's id for it, where the engine has one.
        table_id: Option<String>,
    },
    /// Its removal was begun.
    Dropping {
        /// DynamoDB's id for it, where the engine has one.
        table_id: Option<String>,
    },
}

/// Whether the database was fresh when its history began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// It was; migrations up to this one meet no old data.
    Fresh {
        /// The last migration that the code had then.
        up_to: Version,
    },
    /// It held data.
    Settled,
}

/// Records that contradict each other or a new entry that does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// A record's number is not its predecessor's plus one.
    #[error("record {found} of the history stands where record {expected} should")]
    Gap {
        /// The number that was due.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// An entry that its predecessors do not allow.
    #[error("record {number} says «{entry}», but {reason}")]
    Illegal {
        /// Its place.
        number: u64,
        /// The entry in words.
        entry: String,
        /// What speaks against it.
        reason: &'static str,
    },
}

/// All records of a sequence in order, and what follows from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    records: Vec<Record>,
    migrations: BTreeMap<Version, MigrationState>,
    tables: BTreeMap<TableName, Ownership>,
    shared: BTreeMap<TableName, String>,
    indexes: BTreeMap<(TableName, IndexName), IndexOwnership>,
    freshness: Option<Freshness>,
    highest_ever_settled: Option<Version>,
}

impl History {
    /// Reads a history from its records, which must be in order and follow from each other.
    pub fn from_records(records: impl IntoIterator<Item = Record>) -> Result<Self, Conflict> {
        let mut history = Self::default();
        records.into_iter().try_for_each(|record| history.append(record))?;
        Ok(history)
    }

    /// Adds a record. The one place that says which transitions are legal.
    pub fn append(&mut self, record: Record) -> Result<(), Conflict> {
        if record.number != self.next_number() {
            return Err(Conflict::Gap { expected: self.next_number(), found: record.number });
        }
        self.check(&record.entry).map_err(|reason| Conflict::Illegal {
            number: record.number,
            entry: record.entry.to_string(),
            reason,
        })?;
        self.fold(&record);
        self.records.push(record);
        Ok(())
    }

    /// Whether an entry may come next; if not, why.
    pub fn check(&self, entry: &Entry) -> Result<(), &'static str> {
        let status = entry.migration().and_then(|id| self.migrations.get(&id.version)).map(|state| &state.status);
        let owner = |table: &TableName| self.tables.get(table);
        let state = |table: &TableName, index: &IndexName| {
            self.indexes.get(&(table.clone(), index.clone())).map(|ownership| ownership.state)
        };
        let refuse = |refused: bool, reason| if refused { Err(reason) } else { Ok(()) };
        match entry {
            Entry::SequenceStarted { .. } => refuse(self.freshness.is_some(), "the sequence was started before"),
            Entry::MigrationStarted { .. }
            | Entry::MigrationSkipped { .. }
            | Entry::MigrationBaselined { .. }
            | Entry::ResolvedApplied { .. } => {
                refuse(status.is_some_and(MigrationStatus::is_settled), "the migration is settled already")?;
                let open = status.is_some_and(MigrationStatus::is_rolling_back);
                refuse(open && !matches!(entry, Entry::ResolvedApplied { .. }), "its rollback is not finished")
            }
            Entry::MigrationRollingBack { .. } => {
                // Also one that failed or was killed: it may have changed items already.
                refuse(status.is_none_or(|status| *status == MigrationStatus::RolledBack), "nothing of the migration is left")
            }
            Entry::MigrationRolledBack { .. } | Entry::MigrationRollbackFailed { .. } => {
                refuse(status != Some(&MigrationStatus::RollingBack), "its rollback was not begun")
            }
            Entry::ResolvedRolledBack { .. } => {
                refuse(status.is_none_or(MigrationStatus::is_pending_again), "nothing of the migration is recorded")
            }
            Entry::Reblessed { .. } => refuse(status.is_none(), "nothing of the migration is recorded"),
            Entry::TableRestored { table, .. } => {
                refuse(!matches!(owner(table), Some(Ownership::Owned { .. })), "the table is not ours")
            }
            Entry::MigrationApplied { .. } | Entry::MigrationFailed { .. } => {
                refuse(status != Some(&MigrationStatus::Started), "the migration was not started")
            }
            Entry::TableCreating { table } => {
                refuse(matches!(owner(table), Some(Ownership::Owned { .. })), "the table is ours already")
            }
            Entry::TableCreated { table, .. } | Entry::TableNotCreated { table } => {
                refuse(owner(table) != Some(&Ownership::Creating), "its creation was not begun")
            }
            Entry::TableChanging { table, .. } | Entry::TableChanged { table, .. } => {
                refuse(!matches!(owner(table), Some(Ownership::Owned { .. })), "the table is not ours")
            }
            Entry::TableDropping { table, .. } => refuse(owner(table).is_none(), "the table is not ours"),
            Entry::TableDropped { table } => {
                refuse(!matches!(owner(table), Some(Ownership::Dropping { .. })), "its removal was not begun")
            }
            Entry::IndexCreating { table, index, .. } => {
                refuse(state(table, index) == Some(IndexState::Dropping), "its removal is not finished")
            }
            Entry::IndexCreated { table, index, .. } => {
                refuse(state(table, index) != Some(IndexState::Creating), "its creation was not begun")
            }
            Entry::IndexDropping { table, index, .. } => refuse(state(table, index).is_none(), "the index is not ours"),
            Entry::IndexDropped { table, index, .. } => {
                refuse(state(table, index) != Some(IndexState::Dropping), "its removal was not begun")
            }
            Entry::TableShared { table, .. } => refuse(owner(table).is_some(), "the table is ours"),
            Entry::TableAdopted { .. }
            | Entry::IndexAdopted { .. }
            | Entry::LockForced { .. }
            | Entry::SchemaApplied { .. }
            | Entry::Unknown => Ok(()),
        }
    }

    fn fold(&mut self, record: &Record) {
        match &record.entry {
            Entry::SequenceStarted { fresh_up_to } => {
                self.freshness = Some(fresh_up_to.map_or(Freshness::Settled, |up_to| Freshness::Fresh { up_to }));
            }
            Entry::TableCreating { table } => {
                self.tables.insert(table.clone(), Ownership::Creating);
            }
            Entry::TableCreated { table, table_id } | Entry::TableAdopted { table, table_id } => {
                self.tables.insert(table.clone(), Ownership::Owned { table_id: table_id.clone() });
            }
            Entry::TableDropping { table, table_id } => {
                self.tables.insert(table.clone(), Ownership::Dropping { table_id: table_id.clone() });
            }
            Entry::TableDropped { table } | Entry::TableNotCreated { table } => {
                self.tables.remove(table);
            }
            Entry::TableShared { table, owner } => {
                self.shared.insert(table.clone(), owner.clone());
            }
            Entry::IndexCreating { table, table_id, index } => self.index(table, table_id, index, IndexState::Creating),
            Entry::IndexCreated { table, table_id, index } | Entry::IndexAdopted { table, table_id, index } => {
                self.index(table, table_id, index, IndexState::Owned);
            }
            Entry::IndexDropping { table, table_id, index } => self.index(table, table_id, index, IndexState::Dropping),
            Entry::IndexDropped { table, index, .. } => {
                self.indexes.remove(&(table.clone(), index.clone()));
            }
            Entry::MigrationStarted { migration, fingerprint } => {
                self.settle(record, migration, fingerprint, false, MigrationStatus::Started);
            }
            Entry::MigrationFailed { migration, fingerprint, error } => {
                let status = MigrationStatus::Failed { error: error.clone() };
                self.settle(record, migration, fingerprint, false, status);
            }
            Entry::MigrationApplied { migration, fingerprint, breaking, duration_ms, counts, tables } => {
                let status = MigrationStatus::Applied { duration_ms: *duration_ms, counts: *counts };
                self.settle(record, migration, fingerprint, *breaking, status);
                if let Some(state) = self.migrations.get_mut(&migration.version) {
                    state.tables.clone_from(tables);
                }
            }
            Entry::MigrationSkipped { migration, fingerprint, breaking } => {
                self.settle(record, migration, fingerprint, *breaking, MigrationStatus::Skipped);
            }
            Entry::MigrationBaselined { migration, fingerprint, breaking } => {
                self.settle(record, migration, fingerprint, *breaking, MigrationStatus::Baselined);
            }
            Entry::MigrationRollingBack { migration, fingerprint } => {
                self.settle(record, migration, fingerprint, self.is_breaking(migration), MigrationStatus::RollingBack);
            }
            Entry::MigrationRollbackFailed { migration, fingerprint, error } => {
                let status = MigrationStatus::RollbackFailed { error: error.clone() };
                self.settle(record, migration, fingerprint, self.is_breaking(migration), status);
            }
            Entry::MigrationRolledBack { migration, fingerprint, .. }
            | Entry::ResolvedRolledBack { migration, fingerprint, .. } => {
                self.settle(record, migration, fingerprint, false, MigrationStatus::RolledBack);
            }
            Entry::ResolvedApplied { migration, fingerprint, breaking, reason } => {
                let status = MigrationStatus::Resolved { reason: reason.clone() };
                self.settle(record, migration, fingerprint, *breaking, status);
            }
            Entry::Reblessed { migration, fingerprint, .. } => {
                if let Some(state) = self.migrations.get_mut(&migration.version) {
                    state.fingerprint.clone_from(fingerprint);
                }
            }
            Entry::TableRestored { table, table_id, at, .. } => {
                self.tables.insert(table.clone(), Ownership::Owned { table_id: table_id.clone() });
                self.reopen(record, table, *at);
            }
            Entry::TableChanging { .. }
            | Entry::TableChanged { .. }
            | Entry::LockForced { .. }
            | Entry::SchemaApplied { .. }
            | Entry::Unknown => {}
        }
    }

    fn index(&mut self, table: &TableName, table_id: &Option<String>, index: &IndexName, state: IndexState) {
        self.indexes.insert((table.clone(), index.clone()), IndexOwnership { table_id: table_id.clone(), state });
    }

    fn settle(&mut self, record: &Record, id: &MigrationId, fingerprint: &str, breaking: bool, status: MigrationStatus) {
        let before = self.migrations.get(&id.version);
        let attempts = before.map_or(0, |state| state.attempts) + u32::from(status == MigrationStatus::Started);
        let tables = before.map(|state| state.tables.clone()).unwrap_or_default();
        let state = MigrationState {
            migration: id.clone(),
            fingerprint: fingerprint.to_owned(),
            status,
            breaking,
            at: record.at,
            by: record.run.who(),
            attempts,
            tables,
        };
        if state.status.is_settled() {
            self.highest_ever_settled = self.highest_ever_settled.max(Some(id.version));
        }
        self.migrations.insert(id.version, state);
    }

    fn is_breaking(&self, id: &MigrationId) -> bool {
        self.migrations.get(&id.version).is_some_and(|state| state.breaking)
    }

    /// What was applied to a table after its backup is pending again.
    fn reopen(&mut self, record: &Record, table: &TableName, at: Version) {
        for state in self.migrations.range_mut(at.next()..).map(|(_, state)| state) {
            if state.touched(table.as_str()) && matches!(state.status, MigrationStatus::Applied { .. }) {
                state.status = MigrationStatus::Reopened { table: table.clone() };
                (state.at, state.by) = (record.at, record.run.who());
            }
        }
    }

    /// The records in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The place of the next record.
    pub fn next_number(&self) -> u64 {
        self.records.last().map_or(1, |record| record.number + 1)
    }

    /// Every migration that it knows, by number.
    pub fn migrations(&self) -> &BTreeMap<Version, MigrationState> {
        &self.migrations
    }

    /// Every table that it knows, by physical name.
    pub fn tables(&self) -> &BTreeMap<TableName, Ownership> {
        &self.tables
    }

    /// Tables of other sequences that this one has shared, each with its owner.
    pub fn shared(&self) -> &BTreeMap<TableName, String> {
        &self.shared
    }

    /// Every index of ours on a table of another sequence.
    pub fn indexes(&self) -> &BTreeMap<(TableName, IndexName), IndexOwnership> {
        &self.indexes
    }

    /// Whether the database was fresh; `None` before the first record.
    pub fn freshness(&self) -> Option<Freshness> {
        self.freshness
    }

    /// The highest migration that ever was settled, whatever became of it since: data may have seen it.
    pub fn highest_ever_settled(&self) -> Option<Version> {
        self.highest_ever_settled
    }

    /// The highest settled migration.
    pub fn highest_settled(&self) -> Option<Version> {
        self.migrations.iter().rev().find(|(_, state)| state.status.is_settled()).map(|(version, _)| *version)
    }
}
