//! One record of the history: who did what, when, under which epoch; knows no other record.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::migration::{MigrationId, Version};
use crate::schema::{IndexName, TableName};

/// The run that wrote a record or holds a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Unique to the run.
    pub run_id: String,
    /// The caller: its ARN on AWS, else the user's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The process.
    #[serde(default)]
    pub pid: u32,
    /// The application's package and version.
    #[serde(default)]
    pub binary: String,
    /// The commit, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The page of the CI run, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<String>,
}

impl RunInfo {
    /// Who, in a few words: the caller or else the run, and the machine.
    pub fn who(&self) -> String {
        let who = self.caller.as_deref().unwrap_or(&self.run_id);
        match &self.host {
            Some(host) => format!("{who} on {host} (process {})", self.pid),
            None => format!("{who} (process {})", self.pid),
        }
    }
}

/// What a migration did to items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items that were read.
    #[serde(default)]
    pub scanned: u64,
    /// Items that were changed.
    #[serde(default)]
    pub changed: u64,
    /// Items that already were as the function wants them.
    #[serde(default)]
    pub unchanged: u64,
    /// Items of other entities, left alone.
    #[serde(default)]
    pub skipped: u64,
    /// Items that were inserted.
    #[serde(default)]
    pub inserted: u64,
    /// Items that `put_all` found already there, with other content.
    #[serde(default)]
    pub existing: u64,
    /// Items that were deleted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deleted: u64,
    /// Writes that met a write of somebody else and were decided anew.
    #[serde(default)]
    pub conflicts: u64,
    /// Items that failed and were put aside as dead letters.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// Read capacity units consumed, rounded up; what the engine does not tell is estimated.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub read_units: u64,
    /// Write capacity units consumed, those of indexes included, rounded up.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub write_units: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    #[cfg(feature = "aws")]
    /// What came on top of an earlier count of the same.
    pub(crate) const fn since(self, before: Self) -> Self {
        Self {
            scanned: self.scanned - before.scanned,
            changed: self.changed - before.changed,
            unchanged: self.unchanged - before.unchanged,
            skipped: self.skipped - before.skipped,
            inserted: self.inserted - before.inserted,
            existing: self.existing - before.existing,
            deleted: self.deleted - before.deleted,
            conflicts: self.conflicts - before.conflicts,
            failed: self.failed - before.failed,
            read_units: self.read_units - before.read_units,
            write_units: self.write_units - before.write_units,
        }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.scanned += other.scanned;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.inserted += other.inserted;
        self.existing += other.existing;
        self.deleted += other.deleted;
        self.conflicts += other.conflicts;
        self.failed += other.failed;
        self.read_units += other.read_units;
        self.write_units += other.write_units;
    }
}

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
            | Self::MigrationBaselined { migration, .. } => Some(migration),
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
