//! One record of the history: who did what, when, under which epoch; knows no other record.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::run_info::RunInfo;
use crate::migration::{MigrationId, Version};
use crate::schema::{IndexName, TableName};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// The first record: whether the database was fresh, decided once.
    SequenceStarted {
        /// On a fresh database, the last migration that the code had then: those up to it meet no old data.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fresh_up_to: Option<Version>,
    },
    /// A table is about to be created.
    TableCreating {
        /// The table.
        table: TableName,
    },
    /// A table was created, and is ours.
    TableCreated {
        /// The table.
        table: TableName,
        /// DynamoDB's id for it, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
    },
    /// A table whose creation was begun was not made: whatever has its name later is not ours.
    TableNotCreated {
        /// The table.
        table: TableName,
    },
    /// A table that was there came under ownership.
    TableAdopted {
        /// The table.
        table: TableName,
        /// DynamoDB's id for it, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
    },
    /// A table is about to be changed.
    TableChanging {
        /// The table.
        table: TableName,
        /// The change in words.
        change: String,
    },
    /// A table was changed.
    TableChanged {
        /// The table.
        table: TableName,
        /// The change in words.
        change: String,
    },
    /// A table is about to be dropped.
    TableDropping {
        /// The table.
        table: TableName,
        /// DynamoDB's id for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
    },
    /// A table was dropped.
    TableDropped {
        /// The table.
        table: TableName,
    },
    /// Another sequence's table gets indexes of this one: from then on both take the table's lock before they change it.
    TableShared {
        /// The table.
        table: TableName,
        /// The sequence that owns it.
        owner: String,
    },
    /// An index is about to be created on a table that another sequence owns.
    IndexCreating {
        /// The table.
        table: TableName,
        /// DynamoDB's id for the table, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
        /// The index.
        index: IndexName,
    },
    /// It was created, and is ours.
    IndexCreated {
        /// The table.
        table: TableName,
        /// DynamoDB's id for the table, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
        /// The index.
        index: IndexName,
    },
    /// An index that was there on such a table came under ownership.
    IndexAdopted {
        /// The table.
        table: TableName,
        /// DynamoDB's id for the table, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
        /// The index.
        index: IndexName,
    },
    /// An index on such a table is about to be dropped.
    IndexDropping {
        /// The table.
        table: TableName,
        /// DynamoDB's id for the table, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
        /// The index.
        index: IndexName,
    },
    /// It was dropped.
    IndexDropped {
        /// The table.
        table: TableName,
        /// DynamoDB's id for the table, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
        /// The index.
        index: IndexName,
    },
    /// A migration is about to run.
    MigrationStarted {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
    },
    /// A migration finished.
    MigrationApplied {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
        /// Whether older binaries must not run any more.
        #[serde(default)]
        breaking: bool,
        /// How long it took.
        duration_ms: u64,
        /// What it did.
        counts: Counts,
        /// The tables it touched, each with DynamoDB's id where the engine has one.
        #[serde(default)]
        tables: Vec<String>,
    },
    /// A migration failed; it is run again by the next `up`.
    MigrationFailed {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
        /// What it said, cut.
        error: String,
    },
    /// A migration was not needed on a fresh database.
    MigrationSkipped {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
        /// Whether older binaries must not run any more.
        #[serde(default)]
        breaking: bool,
    },
    /// A migration was declared applied by `baseline`.
    MigrationBaselined {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
        /// Whether older binaries must not run any more.
        #[serde(default)]
        breaking: bool,
    },
    /// A migration's rollback is about to run.
    MigrationRollingBack {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// The fingerprint of the migration's text.
        fingerprint: String,
    },
    /// A migration's rollback finished: it is pending again.
    MigrationRolledBack {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// The fingerprint of the migration's text.
        fingerprint: String,
        /// How long it took.
        duration_ms: u64,
        /// What it did.
        counts: Counts,
        /// The tables it touched, each with DynamoDB's id where the engine has one.
        #[serde(default)]
        tables: Vec<String>,
    },
    /// A migration's rollback failed; `rollback` runs it again.
    MigrationRollbackFailed {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// The fingerprint of the migration's text.
        fingerprint: String,
        /// What it said, cut.
        error: String,
    },
    /// Somebody says that a migration is done, and not to be run: `resolve --applied`.
    ResolvedApplied {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
        /// Whether older binaries must not run any more.
        #[serde(default)]
        breaking: bool,
        /// Why.
        reason: String,
    },
    /// Somebody says that nothing of a migration is left in the database: `resolve --rolled-back`. It is pending again.
    ResolvedRolledBack {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// Its text's fingerprint.
        fingerprint: String,
        /// Why.
        reason: String,
    },
    /// Somebody says that a migration's edited text means the same as the one that ran: `resolve --rebless`.
    Reblessed {
        /// Which.
        #[serde(flatten)]
        migration: MigrationId,
        /// The text's fingerprint from now on.
        fingerprint: String,
        /// Why.
        reason: String,
    },
    /// A table of ours came back from a backup under another id: `resolve --restored`. Later migrations that touched it run again.
    TableRestored {
        /// The table.
        table: TableName,
        /// DynamoDB's id for it now, where the engine has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_id: Option<String>,
        /// The last migration whose effect its data has. A record's own `at` is when.
        #[serde(rename = "as_of")]
        at: Version,
        /// Why.
        reason: String,
    },
    /// Somebody took the lock away from its holder: `unlock --epoch`.
    LockForced {
        /// The epoch that was ended.
        ended: u64,
        /// Who held it.
        holder: String,
        /// Why.
        reason: String,
    },
    /// The tables were brought to a declared state.
    SchemaApplied {
        /// A hash of the declared schemas.
        revision: String,
        /// The last migration that the code had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<Version>,
    },
    /// Something that a newer version wrote; the record's text tells it.
    #[serde(other)]
    Unknown,
}

impl Entry {
    /// The migration it is about, if any.
    pub fn migration(&self) -> Option<&MigrationId> {
        match self {
            Self::MigrationStarted { migration, .. }
            | Self::MigrationApplied { migration, .. }
            | Self::MigrationFailed { migration, .. }
            | Self::MigrationSkipped { migration, .. }
            | Self::MigrationBaselined { migration, .. }
            | Self::MigrationRollingBack { migration, .. }
            | Self::MigrationRolledBack { migration, .. }
            | Self::MigrationRollbackFailed { migration, .. }
            | Self::ResolvedApplied { migration, .. }
            | Self::ResolvedRolledBack { migration, .. }
            | Self::Reblessed { migration, .. } => Some(migration),
            Self::SequenceStarted { .. }
            | Self::TableCreating { .. }
            | Self::TableCreated { .. }
            | Self::TableNotCreated { .. }
            | Self::TableAdopted { .. }
            | Self::TableChanging { .. }
            | Self::TableChanged { .. }
            | Self::TableDropping { .. }
            | Self::TableDropped { .. }
            | Self::TableShared { .. }
            | Self::IndexCreating { .. }
            | Self::IndexCreated { .. }
            | Self::IndexAdopted { .. }
            | Self::IndexDropping { .. }
            | Self::IndexDropped { .. }
            | Self::TableRestored { .. }
            | Self::LockForced { .. }
            | Self::SchemaApplied { .. }
            | Self::Unknown => None,
        }
    }
}

/// The sentence that is stored beside the entry, so that any version can read it.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SequenceStarted { fresh_up_to: Some(version) } => write!(f, "started on a fresh database, up to {version}"),
            Self::SequenceStarted { fresh_up_to: None } => f.write_str("started on a database that holds data"),
            Self::TableCreating { table } => write!(f, "creating table {table}"),
            Self::TableCreated { table, .. } => write!(f, "created table {table}"),
            Self::TableNotCreated { table } => write!(f, "table {table} was not created"),
            Self::TableAdopted { table, .. } => write!(f, "adopted table {table}"),
            Self::TableChanging { change, .. } => write!(f, "begun: {change}"),
            Self::TableChanged { change, .. } => write!(f, "done: {change}"),
            Self::TableDropping { table, .. } => write!(f, "dropping table {table}"),
            Self::TableDropped { table } => write!(f, "dropped table {table}"),
            Self::TableShared { table, owner } => write!(f, "shares table {table}, which sequence {owner} owns"),
            Self::IndexCreating { table, index, .. } => write!(f, "creating index {table}/{index}"),
            Self::IndexCreated { table, index, .. } => write!(f, "created index {table}/{index}"),
            Self::IndexAdopted { table, index, .. } => write!(f, "adopted index {table}/{index}"),
            Self::IndexDropping { table, index, .. } => write!(f, "dropping index {table}/{index}"),
            Self::IndexDropped { table, index, .. } => write!(f, "dropped index {table}/{index}"),
            Self::MigrationStarted { migration, .. } => write!(f, "started migration {migration}"),
            Self::MigrationApplied { migration, .. } => write!(f, "applied migration {migration}"),
            Self::MigrationFailed { migration, error, .. } => write!(f, "migration {migration} failed: {error}"),
            Self::MigrationSkipped { migration, .. } => write!(f, "skipped migration {migration}: fresh database"),
            Self::MigrationBaselined { migration, .. } => write!(f, "baselined migration {migration}"),
            Self::MigrationRollingBack { migration, .. } => write!(f, "rolling back migration {migration}"),
            Self::MigrationRolledBack { migration, .. } => write!(f, "rolled back migration {migration}"),
            Self::MigrationRollbackFailed { migration, error, .. } => {
                write!(f, "rolling back migration {migration} failed: {error}")
            }
            Self::ResolvedApplied { migration, reason, .. } => write!(f, "migration {migration} counts as applied: {reason}"),
            Self::ResolvedRolledBack { migration, reason, .. } => {
                write!(f, "migration {migration} counts as rolled back: {reason}")
            }
            Self::Reblessed { migration, reason, .. } => write!(f, "the text of migration {migration} is accepted: {reason}"),
            Self::TableRestored { table, at, reason, .. } => {
                write!(f, "table {table} was restored as of migration {at}: {reason}")
            }
            Self::LockForced { ended, holder, reason } => {
                write!(f, "the lock was taken from {holder}, epoch {ended}: {reason}")
            }
            Self::SchemaApplied { revision, .. } => write!(f, "tables are as declared, revision {revision}"),
            Self::Unknown => f.write_str("written by a newer version"),
        }
    }
}

/// One record: an [`Entry`] with who, when and under which epoch. No record is ever overwritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the history, from 1.
    pub number: u64,
    /// When, by the writer's clock.
    pub at: Timestamp,
    /// The lock's epoch that it was written under.
    pub epoch: u64,
    /// Who wrote it.
    pub run: RunInfo,
    /// The entry in words, readable by any version.
    pub text: String,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}
