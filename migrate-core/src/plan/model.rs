//! What a plan is made from and what it consists of: plain data that prints, serialises and travels.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use super::reach::{Reach, Reached};
use crate::budget::Budget;
use crate::diff::Change;
use crate::error::ErrorKind;
use crate::history::{Entry, Freshness, History};
use crate::migration::{MigrationId, MigrationMeta, SequenceInfo, Version};
use crate::schema::{Aspect, Hazard, IndexName, LiveTable, Naming, TableName, TableSchema};
use crate::step::Step;

/// Which part of the pipeline runs: what must be there before new code is deployed, or what must wait until it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the deploy: create and add, then migrations.
    Before,
    /// After the deploy: migrations marked `after_deploy`, then drops.
    After,
    /// Both, in that order.
    All,
}

/// Something that may be dropped because the code or the command line names it. Names are physical.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Droppable {
    /// A whole table.
    Table(TableName),
    /// A global index.
    Index(TableName, IndexName),
}

/// What the code declares for one sequence. Names are physical.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The sequence.
    pub sequence: SequenceInfo,
    /// How its tables are named: recipes show the names that the code and the command line use.
    pub naming: Naming,
    /// Its tables.
    pub tables: BTreeMap<TableName, TableSchema>,
    /// Whether nothing is dropped, whatever was consented to.
    pub no_drops: bool,
    /// What `drop_table!` and `drop_index!` name.
    pub drops: BTreeSet<Droppable>,
    /// Its migrations, by number, without gaps.
    pub migrations: BTreeMap<Version, MigrationMeta>,
    /// What they go through and accept, of those that say so.
    pub reach: BTreeMap<Version, Reach>,
    /// The migrations that have a rollback, each with what that goes through and accepts.
    pub rollbacks: BTreeMap<Version, Reach>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The tables that are there, of those that are declared, owned or named for a drop.
    pub tables: BTreeMap<TableName, LiveTable>,
    /// The declared tables that hold at least one item. Looked at only while there is no history.
    pub with_data: BTreeSet<TableName>,
    /// The history of the sequence.
    pub history: History,
    /// Declared tables that are there and that another sequence owns, each with that sequence's name.
    pub owned_elsewhere: BTreeMap<TableName, String>,
    /// Declared tables with an owner elsewhere that this owner has on record as its own. Looked at only before the first index on them.
    pub with_owner: BTreeSet<TableName>,
    /// Our tables on which other sequences have had indexes, each with those sequences.
    pub guests: BTreeMap<TableName, BTreeSet<String>>,
    /// The indexes on them that are other sequences', each with its owner. Looked at only where an index is found that is not as declared,
    /// or a drop is asked for.
    pub guest_indexes: BTreeMap<(TableName, IndexName), String>,
    /// Changes of settings that this run tried and the engine cannot do: left out, with a notice. Steps of
    /// another sort are not passed over: a table or an index that cannot be made is an error.
    pub unsupported: Vec<Step>,
    /// Changes of settings that this run tried and DynamoDB does not take now.
    pub postponed: Vec<Postponed>,
    /// Tables whose time to live would be switched on, with what the attribute holds already; counted only where that is cheap.
    pub expiring: BTreeMap<TableName, Expiring>,
    /// Indexes that would be built, with the items that could not be in them; looked for only where that is cheap or was asked for.
    pub misfits: BTreeMap<(TableName, IndexName), Misfits>,
    /// Tables that this very run has made, so that they hold nothing and nobody reads them.
    pub made_here: BTreeSet<TableName>,
    /// Tables whose items could not be looked at, or not for little: not asked again in this run.
    pub uncounted: BTreeSet<TableName>,
    /// Who holds the lock, if that is another run than the one that asks: what they began they may still be at work on.
    pub holder: Option<String>,
    /// When all this was looked at.
    pub at: Timestamp,
}

/// Items that an index would silently leave out, and whose next write DynamoDB would refuse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Misfits {
    /// How many.
    pub items: u64,
    /// The first of them, by key, each with what is wrong.
    pub named: Vec<String>,
}

/// Items that have the attribute that time to live would go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Expiring {
    /// Items in which it is a number.
    pub items: u64,
    /// Those of them whose time is past: DynamoDB would delete them within days.
    pub past: u64,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Which phase.
    pub phase: Phase,
    /// The last migration to run; `None` for all.
    pub to: Option<Version>,
    /// What `--drop` names.
    pub consent: BTreeSet<Droppable>,
    /// What `--accept` names.
    pub accept: BTreeSet<(TableName, Hazard)>,
    /// Whether a table is backed up before it is dropped, where the engine can.
    pub backup: bool,
    /// Whether items are looked at before an index is built or time to live is switched on.
    pub verify_keys: VerifyKeys,
    /// What migrations may use of a table's capacity: estimates follow it. It is no part of what is approved by a saved plan.
    #[serde(skip)]
    pub budget: Budget,
    /// Whether the engine costs nothing and serves nobody else; as above.
    #[serde(skip)]
    pub local: bool,
}

/// Whether every item of a table is looked at before an index is built on it or its time to live is switched on: a scan that is charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyKeys {
    /// Where that costs next to nothing: up to 64 MB.
    #[default]
    WhenCheap,
    /// Whatever it costs.
    Always,
    /// Never.
    Never,
}

impl Request {
    /// A phase with all its migrations, no consent beyond the code's, and backups.
    pub const fn of(phase: Phase) -> Self {
        Self {
            phase,
            to: None,
            consent: BTreeSet::new(),
            accept: BTreeSet::new(),
            backup: true,
            verify_keys: VerifyKeys::WhenCheap,
            budget: Budget { write: None, read: None, utilization: None, changes: None, max_cost: None },
            local: false,
        }
    }
}

/// A step of a plan, with what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedStep {
    /// What is done.
    #[serde(flatten)]
    pub step: Step,
    /// Why, where that is not obvious.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The hazards that it brings, all accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
    /// How long it takes and what it costs, where that can be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
}

impl PlannedStep {
    pub(super) const fn new(step: Step) -> Self {
        Self { step, reason: None, accepted: Vec::new(), estimate: None }
    }

    pub(super) fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

/// A change that DynamoDB does not take now: the rest goes on, and a later run does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Postponed {
    /// What is not done.
    #[serde(flatten)]
    pub step: Step,
    /// From when it may be done, if DynamoDB's rules tell.
    pub until: Option<Timestamp>,
    /// Which rule.
    pub reason: String,
    /// The hazards that it brings, all accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
}

/// A hazard of a step that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Which.
    pub hazard: Hazard,
    /// What it means here.
    pub what: String,
}

/// A setting that the caller may not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unknown {
    /// The table.
    pub table: TableName,
    /// The setting.
    pub setting: Aspect,
    /// The action that is missing, such as `dynamodb:DescribeTimeToLive`.
    pub needs: String,
}

/// What a planned migration will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Run from its beginning: for the first time, or because it was taken back, or a table that it touched was restored.
    Run,
    /// Run again: an earlier run began it and it failed or was killed.
    RunAgain,
    /// Be recorded as skipped: the database is fresh.
    Skip,
    /// Wait: it belongs to the other phase or lies behind `--to`.
    Wait,
}

/// A pending migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedMigration {
    /// Which.
    #[serde(flatten)]
    pub migration: MigrationId,
    /// Its description.
    pub description: String,
    /// What will be done with it in this run.
    pub action: Action,
    /// Why it runs again, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
    /// Whether it waits until the new code is deployed.
    pub after_deploy: bool,
    /// The tables that it says it goes through, where it runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Reached>,
}

/// Something that stops `up` before its first write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What kind; its code is stable.
    #[serde(serialize_with = "code")]
    pub kind: ErrorKind,
    /// The table, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
    /// The hazard that was not accepted, if that is it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hazard: Option<Hazard>,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What differs, where a whole table is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Change>,
    /// How to mend it, step by step, for this very table or migration.
    pub recipe: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self { kind, table: None, hazard: None, what: what.into(), differences: Vec::new(), recipe: Vec::new() }
    }

    pub(crate) fn of(mut self, table: &TableName) -> Self {
        self.table = Some(table.clone());
        self
    }

    pub(crate) fn help(mut self, line: impl Into<String>) -> Self {
        self.recipe.push(line.into());
        self
    }
}

fn code<S: serde::Serializer>(kind: &ErrorKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.code())
}

/// Something worth knowing that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What, in one sentence.
    pub what: String,
    /// What could be done about it.
    pub help: Option<String>,
}

impl Notice {
    pub(crate) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: Some(help.into()) }
    }
}

/// A database that a newer binary has already moved on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ahead {
    /// The highest migration that the database, or the binary that shaped its tables last, has.
    pub database: Version,
    /// The highest migration of this binary.
    pub binary: Option<Version>,
}

/// What `up` does, in order: expand, migrate, contract. Plain data; two plans from the same inputs are equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The sequence.
    pub sequence: String,
    /// The freshness that this run goes by; recorded first if the history is empty.
    pub freshness: Freshness,
    /// Whether the history is empty, so that the freshness is this run's to record.
    pub first_run: bool,
    /// Records that settle what an earlier run began and that shows by now; to be written before anything else.
    pub records: Vec<Entry>,
    /// Tables, indexes and settings to make, in order. In phase `after` nothing but waiting for tables to come to rest.
    pub expand: Vec<PlannedStep>,
    /// All pending migrations in order, each with what happens to it.
    pub migrations: Vec<PlannedMigration>,
    /// Indexes and tables to drop, in order, all consented to. Empty in phase `before`, and while a migration has to wait.
    pub contract: Vec<PlannedStep>,
    /// Steps of the other phase, or drops behind a migration that waits: shown, not done.
    pub later: Vec<PlannedStep>,
    /// Changes that DynamoDB does not take now: a later run does them.
    pub not_now: Vec<Postponed>,
    /// Settings that the caller may not read: whether they differ is not known.
    pub unknown: Vec<Unknown>,
    /// What stops `up`, by kind, table and text. While there is any, nothing of the rest is done.
    pub refusals: Vec<Refusal>,
    /// What is worth knowing.
    pub notices: Vec<Notice>,
    /// Set if a newer binary was here: then nothing is done.
    pub ahead: Option<Ahead>,
}

impl Plan {
    /// Whether this run would write anything.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.expand.is_empty() && self.contract.is_empty() && self.due().next().is_none()
    }

    /// Every accepted hazard, with its table.
    pub fn hazards(&self) -> impl Iterator<Item = (&TableName, &Accepted)> {
        let planned = self.expand.iter().chain(&self.contract).chain(&self.later);
        let planned = planned.map(|planned| (planned.step.table(), &planned.accepted));
        let postponed = self.not_now.iter().map(|postponed| (postponed.step.table(), &postponed.accepted));
        let reached = self.migrations.iter().flat_map(|migration| &migration.tables);
        let reached = reached.map(|reached| (&reached.table, &reached.accepted));
        planned
            .chain(postponed)
            .chain(reached)
            .flat_map(|(table, accepted)| accepted.iter().map(move |accepted| (table, accepted)))
    }

    /// The migrations that this run deals with.
    pub fn due(&self) -> impl Iterator<Item = &PlannedMigration> {
        self.migrations.iter().filter(|migration| migration.action != Action::Wait)
    }
}
