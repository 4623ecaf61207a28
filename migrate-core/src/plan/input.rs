//! The three inputs of a plan side by side, with the questions that every room asks of them; knows no answer in words but names and commands.

use std::collections::BTreeMap;

use super::model::{Accepted, Declared, Droppable, Notice, Observed, Phase, PlannedStep, Postponed, Refusal, Request, Unknown};
use crate::history::{Entry, Ownership};
use crate::migration::Version;
use crate::schema::{LiveTable, TableName};
use crate::step::Step;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) declared: &'a Declared,
    pub(super) observed: &'a Observed,
    pub(super) request: &'a Request,
}

/// A plan's parts while they are gathered.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) records: Vec<Entry>,
    pub(super) expand: Vec<PlannedStep>,
    pub(super) contract: Vec<PlannedStep>,
    pub(super) not_now: Vec<Postponed>,
    pub(super) unknown: Vec<Unknown>,
    /// What was accepted of the change that is being planned: its first step takes it.
    pub(super) accepted: Vec<Accepted>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) notices: Vec<Notice>,
}

impl Draft {
    /// A step of the expand part, about which nothing more is to be said.
    pub(super) fn expand(&mut self, step: Step) {
        self.expand.push(PlannedStep::new(step));
    }
}

impl<'a> Input<'a> {
    pub(super) fn live(self, table: &TableName) -> Option<&'a LiveTable> {
        self.observed.tables.get(table)
    }

    pub(super) fn owner(self, table: &TableName) -> Option<&'a Ownership> {
        self.observed.history.tables().get(table)
    }

    /// Everything that may be dropped, with whether the code says so (else only the command line does).
    pub(super) fn consents(self) -> BTreeMap<&'a Droppable, bool> {
        let asked = self.request.consent.iter().map(|droppable| (droppable, false));
        asked.chain(self.declared.drops.iter().map(|droppable| (droppable, true))).collect()
    }

    /// Whether this very thing may be dropped.
    pub(super) fn consented(self, droppable: &Droppable) -> bool {
        self.declared.drops.contains(droppable) || self.request.consent.contains(droppable)
    }

    /// The name that the code and the command line use.
    pub(super) fn logical(self, table: &'a TableName) -> &'a str {
        self.declared.naming.logical(table)
    }

    /// The last version that the code has; the one before its first if it has none.
    pub(super) fn last(self) -> Version {
        self.declared.migrations.keys().next_back().copied().unwrap_or(self.before_first())
    }

    /// The version before the sequence's first: 0, or higher after a squash.
    pub(super) fn before_first(self) -> Version {
        Version::new(self.declared.sequence.first.get().saturating_sub(1))
    }

    /// The number for `migrate baseline` that adopts tables and settles no migration that still has to run.
    ///
    /// Without a history, data that is there is taken to be in today's form; without data every migration may still run.
    pub(super) fn baseline(self) -> Version {
        if self.observed.history.freshness().is_none() && !self.observed.with_data.is_empty() {
            self.last()
        } else {
            let history = self.observed.history.migrations();
            let settled = |version: &Version| history.get(version).is_some_and(|state| state.status.is_settled());
            let open = self.declared.migrations.keys().find(|version| !settled(version));
            let below = open.map_or(self.last(), |open| Version::new(open.get().saturating_sub(1)));
            self.observed.history.highest_settled().unwrap_or(self.before_first()).min(below.max(self.before_first()))
        }
    }

    /// The command that runs a phase, up to a version if one is given.
    pub(super) fn up(phase: Phase, to: Option<Version>) -> String {
        let phase = match phase {
            Phase::Before => "before",
            Phase::After => "after",
            Phase::All => "all",
        };
        to.map_or_else(|| format!("`migrate up --phase {phase}`"), |to| format!("`migrate up --phase {phase} --to {to}`"))
    }
}
