//! What the migrator says while it works; knows neither who listens nor how it is shown.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::budget::InForce;
use crate::history::{Counts, LockInfo};
use crate::migration::MigrationId;
use crate::schema::{IndexName, TableName};
use crate::step::Step;

/// A table or an index that is not at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnderWay {
    /// The table.
    pub table: TableName,
    /// Its index, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexName>,
    /// DynamoDB's word for what happens to it.
    pub status: String,
}

impl UnderWay {
    /// Whether it is being deleted: then it may go.
    pub fn is_leaving(&self) -> bool {
        self.status == "DELETING"
    }
}

/// Which.
impl fmt::Display for UnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.index {
            None => write!(f, "table {}", self.table),
            Some(index) => write!(f, "index {}/{index}", self.table),
        }
    }
}

/// One way through a table: how far, how fast, and what it waits for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pass {
    /// The table's physical name.
    pub table: String,
    /// Which pass over it: a migration for after the deploy goes through it again until nothing old is left.
    pub sweep: u32,
    /// Items read in this pass.
    pub items: u64,
    /// Roughly how many it has: DynamoDB's count is hours old. `None` where nobody knows.
    pub of_items: Option<u64>,
    /// Items read per second, of late.
    pub per_second: f64,
    /// Write units per second, of late.
    pub write_units_per_second: f64,
    /// How many of them are allowed.
    pub write_limit: Option<f64>,
    /// Read units per second, of late.
    pub read_units_per_second: f64,
    /// How many of them are allowed.
    pub read_limit: Option<f64>,
    /// What it waits for.
    pub waiting: Option<Waiting>,
    /// How long it still takes, roughly.
    pub left: Option<Duration>,
}

/// What a pass waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Waiting {
    /// The budget of write units is used up.
    WriteBudget,
    /// The budget of read units is used up.
    ReadBudget,
    /// As many items were changed as may be in a second.
    Changes,
    /// DynamoDB throttles: the table, or one of its partitions, has no more to give.
    Throttled,
    /// Somebody said `migrate pause`.
    Paused,
    /// DynamoDB answers with errors of its own, and the request is tried again.
    Trouble,
}

/// One thing that happens during `up` or `rollback`, in order.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Somebody else holds the lock; said again when they do something else.
    WaitingForLock {
        /// Who, since when, doing what.
        lock: LockInfo,
    },
    /// The lock is ours.
    LockTaken {
        /// Its epoch.
        epoch: u64,
        /// The holder that stood still for a lease, if it was taken over.
        over_from: Option<LockInfo>,
    },
    /// Somebody else changes a table that several sequences share; said again when they do something else.
    WaitingForTable {
        /// The table.
        table: TableName,
        /// Who, since when, doing what.
        lock: LockInfo,
    },
    /// The lock of a shared table is ours.
    TableTaken {
        /// The table.
        table: TableName,
        /// Its epoch.
        epoch: u64,
        /// The holder that stood still for a lease, if it was taken over.
        over_from: Option<LockInfo>,
    },
    /// The management table is being made.
    CreatingManagementTable {
        /// Its name.
        table: TableName,
    },
    /// A step begins.
    StepStarted {
        /// Which.
        step: Step,
    },
    /// A step waits for DynamoDB.
    StepWaiting {
        /// Which.
        step: Step,
        /// Since when.
        elapsed: Duration,
        /// What DynamoDB says: `CREATING`, …
        status: String,
    },
    /// A step shows.
    StepDone {
        /// Which.
        step: Step,
        /// How long it took.
        elapsed: Duration,
    },
    /// The engine cannot do a step; it is not counted.
    StepUnsupported {
        /// Which.
        step: Step,
        /// What the engine said.
        reason: String,
    },
    /// A migration begins.
    MigrationStarted {
        /// Which.
        migration: MigrationId,
        /// Whether an earlier run began it.
        again: bool,
    },
    /// A migration moves on, or its rollback.
    MigrationProgress {
        /// Which.
        migration: MigrationId,
        /// So far, all tables together.
        counts: Counts,
        /// The table that is being gone through.
        pass: Pass,
    },
    /// A line that the migration wrote with `cx.note`, or what is worth knowing of how it works.
    MigrationNote {
        /// Which.
        migration: MigrationId,
        /// What it says.
        text: String,
    },
    /// A migration is recorded as applied.
    MigrationApplied {
        /// Which.
        migration: MigrationId,
        /// What it did.
        counts: Counts,
        /// How long it took.
        elapsed: Duration,
    },
    /// A migration is recorded as failed.
    MigrationFailed {
        /// Which.
        migration: MigrationId,
        /// What it said.
        error: String,
    },
    /// A migration is recorded as not needed on a fresh database.
    MigrationSkipped {
        /// Which.
        migration: MigrationId,
    },
    /// A migration's rollback begins.
    RollbackStarted {
        /// Which.
        migration: MigrationId,
        /// Whether an earlier run began it.
        again: bool,
    },
    /// A migration is recorded as rolled back: it is pending again.
    RolledBack {
        /// Which.
        migration: MigrationId,
        /// What its rollback did.
        counts: Counts,
        /// How long it took.
        elapsed: Duration,
    },
    /// A migration's rollback is recorded as failed.
    RollbackFailed {
        /// Which.
        migration: MigrationId,
        /// What it said.
        error: String,
    },
    /// `wait` looked, and something is not at rest.
    Waiting {
        /// What.
        under_way: Vec<UnderWay>,
        /// Since when it waits.
        elapsed: Duration,
    },
    /// What people said to the runs of this sequence, before its migrations run.
    InForce {
        /// What they said.
        said: InForce,
    },
    /// The wanted state is being read back.
    Verifying,
    /// The lock was given back.
    LockReleased,
}

/// Who is told the [`Event`]s: a callback, called from the task that works, so it should return at once.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(Event) + Send + Sync>);

impl Listener {
    /// Calls `listen` with every event.
    pub fn new(listen: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listen))
    }

    /// Tells nobody.
    pub fn silent() -> Self {
        Self::new(|_| ())
    }

    /// Tells one event.
    pub fn say(&self, event: Event) {
        (self.0)(event);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
