//! Where one migration stands; knows no record.

use jiff::Timestamp;
use serde::Serialize;

use super::counts::Counts;
use crate::migration::{MigrationId, MigrationMeta, OnInterrupt};
use crate::schema::TableName;

/// Where a migration stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MigrationStatus {
    /// It began and nothing more is known: it was killed, or runs now.
    Started,
    /// It failed.
    Failed {
        /// What it said.
        error: String,
    },
    /// It finished.
    Applied {
        /// How long it took.
        duration_ms: u64,
        /// What it did.
        counts: Counts,
    },
    /// It was not needed on a fresh database.
    Skipped,
    /// It was declared applied.
    Baselined,
    /// Somebody settled it: it counts as applied, and is not run.
    Resolved {
        /// Why.
        reason: String,
    },
    /// Its rollback began and nothing more is known: it was killed, or runs now.
    RollingBack,
    /// Its rollback failed.
    RollbackFailed {
        /// What it said.
        error: String,
    },
    /// It was rolled back, or somebody says so: it is pending again.
    RolledBack,
    /// A table that it touched came back from a backup older than it: it is pending again.
    Reopened {
        /// The table.
        table: TableName,
    },
}

impl MigrationStatus {
    /// Whether nothing is left to do.
    pub const fn is_settled(&self) -> bool {
        match self {
            Self::Applied { .. } | Self::Skipped | Self::Baselined | Self::Resolved { .. } => true,
            Self::Started
            | Self::Failed { .. }
            | Self::RollingBack
            | Self::RollbackFailed { .. }
            | Self::RolledBack
            | Self::Reopened { .. } => false,
        }
    }

    /// Whether a rollback of it was begun and is not finished: until then it may neither run nor count as applied.
    pub const fn is_rolling_back(&self) -> bool {
        matches!(self, Self::RollingBack | Self::RollbackFailed { .. })
    }

    /// Whether it was settled once and is pending again, because somebody wanted that: it may then run behind later ones.
    pub const fn is_pending_again(&self) -> bool {
        matches!(self, Self::RolledBack | Self::Reopened { .. })
    }
}

/// A migration as the history knows it, readable without the code that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationState {
    /// Number and name, as recorded last.
    pub migration: MigrationId,
    /// The fingerprint, as recorded last.
    pub fingerprint: String,
    /// Where it stands.
    pub status: MigrationStatus,
    /// Whether older binaries must not run any more.
    pub breaking: bool,
    /// When that was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// How often it was begun.
    pub attempts: u32,
    /// The tables that it touched when it was applied last, each with DynamoDB's id where the engine has one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
}

impl MigrationState {
    /// Whether it is the code's migration under its number: it may have been renamed or edited since, but not both.
    pub fn is_of(&self, code: &MigrationMeta) -> bool {
        code.name == self.migration.name || code.accepts(&self.fingerprint)
    }

    /// Whether the code's text is another one than was recorded. What was skipped on a fresh database never ran: its text may change.
    pub fn is_edited(&self, code: &MigrationMeta) -> bool {
        self.status != MigrationStatus::Skipped && !code.accepts(&self.fingerprint)
    }

    /// Whether it touched the table of this physical name when it was applied last.
    pub fn touched(&self, table: &str) -> bool {
        self.tables.iter().any(|touched| touched.split(' ').next() == Some(table))
    }

    /// Whether a person must say how it stands before anything else is done: its rollback is not finished, or it was begun, did not end, and the
    /// code says that it asks. `code` is what the code has under its number.
    pub fn is_unsettled(&self, code: Option<&MigrationMeta>) -> bool {
        let asks = code.is_some_and(|meta| meta.on_interrupt == OnInterrupt::Ask);
        self.status.is_rolling_back() || (asks && self.status == MigrationStatus::Started)
    }
}
