//! What a run did; knows no text.

use serde::Serialize;

use crate::history::Counts;
use crate::migration::MigrationId;
use crate::plan::{Action, Ahead, Notice, Plan, PlannedMigration, Postponed, Unknown};
use crate::step::Step;

/// How a run ended, when it ended well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was left to do; nothing was written.
    NothingToDo,
    /// Something was done, and the wanted state shows.
    Done,
    /// Not all was done, and nothing is wrong with that: run it again.
    Incomplete {
        /// What ended it: the deadline, or a build that is not waited for.
        why: String,
    },
    /// A newer binary was here: nothing was done.
    Ahead(Ahead),
}

/// A migration that a run dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationReport {
    /// Which.
    #[serde(flatten)]
    pub migration: MigrationId,
    /// Whether it was recorded as not needed on a fresh database, instead of run.
    pub skipped: bool,
    /// What it did.
    pub counts: Counts,
    /// What its units cost at list prices, in millionths of a dollar, as far as tables are paid for by request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_microdollars: Option<u64>,
    /// How long it took.
    pub duration_ms: u64,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The sequence.
    pub sequence: String,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The changes of tables, in order.
    pub steps: Vec<Step>,
    /// Changes that the engine cannot hold, with its reason; not counted.
    pub unsupported: Vec<(Step, String)>,
    /// The migrations, in order.
    pub migrations: Vec<MigrationReport>,
    /// What is worth knowing.
    pub notices: Vec<Notice>,
    /// Steps that wait for the other phase.
    pub later: Vec<Step>,
    /// Changes that DynamoDB does not take now: run it again after that.
    pub not_now: Vec<Postponed>,
    /// Settings that the caller may not read: whether they differ is not known.
    pub unknown: Vec<Unknown>,
    /// Migrations that wait for the other phase, or lie behind `to`.
    pub waiting: Vec<PlannedMigration>,
}

impl Report {
    /// A report of nothing, for a plan that was empty.
    pub(super) fn of(plan: &Plan) -> Self {
        let waiting = plan.migrations.iter().filter(|m| m.action == Action::Wait).cloned();
        Self {
            sequence: plan.sequence.clone(),
            outcome: plan.ahead.clone().map_or(Outcome::NothingToDo, Outcome::Ahead),
            steps: Vec::new(),
            unsupported: Vec::new(),
            migrations: Vec::new(),
            notices: plan.notices.clone(),
            later: plan.later.iter().map(|planned| planned.step.clone()).collect(),
            not_now: plan.not_now.clone(),
            unknown: plan.unknown.clone(),
            waiting: waiting.collect(),
        }
    }
}
