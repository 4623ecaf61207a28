//! What a plan amounts to, counted; knows no glyph, no colour and no sentence.

use serde::Serialize;

use super::model::{Plan, PlannedStep};
use crate::step::Step;

/// What a step does to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A table or an index comes.
    Create,
    /// A setting becomes another.
    Change,
    /// A table or an index goes.
    Drop,
    /// Nothing: something under way comes to rest.
    Wait,
}

impl Effect {
    /// The effect of a step.
    pub const fn of(step: &Step) -> Self {
        match step {
            Step::CreateTable { .. } | Step::CreateGlobalIndex { .. } => Self::Create,
            Step::Set { .. } => Self::Change,
            Step::DropGlobalIndex { .. } | Step::DropTable { .. } => Self::Drop,
            Step::AwaitTable { .. } => Self::Wait,
        }
    }
}

/// How much this run would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Tables and indexes that come.
    pub create: usize,
    /// Settings of existing tables that become others.
    pub change: usize,
    /// Tables and indexes that go.
    pub drop: usize,
    /// Migrations that run or are recorded as skipped.
    pub migrations: usize,
}

impl Plan {
    /// Counts what this run would do. The settings of a table that is made by the same plan count as part of the table.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { migrations: self.due().count(), ..Summary::default() };
        let made = |table| {
            self.expand.iter().any(|planned| matches!(&planned.step, Step::CreateTable { schema } if &schema.name == table))
        };
        for PlannedStep { step, .. } in self.expand.iter().chain(&self.contract) {
            match Effect::of(step) {
                Effect::Create => summary.create += 1,
                Effect::Change if made(step.table()) => {}
                Effect::Change => summary.change += 1,
                Effect::Drop => summary.drop += 1,
                Effect::Wait => {}
            }
        }
        summary
    }
}
