//! What a saved plan holds: names, settings, numbers and fingerprints; never an item's key or attribute, a credential, or a text that tells of one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::diff::{Change, diff};
use crate::history::{Environment, Freshness, Record};
use crate::migration::{MigrationId, MigrationMeta};
use crate::plan::model::{Action, Declared, Droppable, Observed, Plan, Request};
use crate::plan::tables::at_rest;
use crate::schema::{Aspect, Hazard, LiveTable, TableName, TableSchema};
use crate::step::Step;

/// The only version of the form that this code reads and writes.
pub(super) const FORMAT: u32 = 1;

/// A plan as it is kept. Two of the same state are equal, to the byte: no clock, no estimate and no binary is part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    pub(super) format: u32,
    pub(super) sequence: String,
    pub(super) place: Place,
    pub(super) environment: Option<Environment>,
    pub(super) request: Request,
    pub(super) history: Past,
    pub(super) code: Code,
    pub(super) found: BTreeMap<TableName, Found>,
    pub(super) work: Work,
}

/// Which database it is, as far as that is known without asking it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// What runs there, such as `aws` or `embedded`.
    pub engine: String,
    /// The AWS account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The address or the file, without anything secret, where the rest does not tell.
    pub at: Option<String>,
}

/// What a plan was made from and for.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// Which database.
    pub place: &'a Place,
    /// Which environment, where one was named.
    pub environment: Option<&'a Environment>,
    /// The management table.
    pub management: &'a TableName,
    /// What the code declares.
    pub declared: &'a Declared,
    /// What was found.
    pub observed: &'a Observed,
    /// What was asked for.
    pub request: &'a Request,
}

/// Where the history is, and its last record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Past {
    pub(super) table: TableName,
    pub(super) head: Option<Head>,
}

/// A record by what no other has. Its words stay out: a migration's own error is among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) epoch: u64,
    pub(super) at: Timestamp,
    pub(super) run: String,
}

/// What the code says; physical names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub(super) tables: BTreeMap<TableName, TableSchema>,
    pub(super) migrations: Vec<Text>,
}

/// A migration's text, and what else of it decides what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    pub(super) migration: MigrationId,
    pub(super) fingerprint: String,
    pub(super) after_deploy: bool,
    pub(super) breaking: bool,
}

/// A table that was there. Its managed settings are told by what differs from the code: the rest is as declared, or nobody's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    pub(super) id: Option<String>,
    pub(super) differs: Vec<Change>,
    /// What could not be read, and so is not vouched for.
    pub(super) unknown: BTreeSet<Aspect>,
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Work {
    pub(super) freshness: Freshness,
    pub(super) expand: Vec<Step>,
    pub(super) migrations: Vec<Due>,
    pub(super) contract: Vec<Step>,
    /// What DynamoDB did not take then; it is done if it takes it now.
    pub(super) not_now: Vec<Step>,
    pub(super) hazards: BTreeSet<(TableName, Hazard)>,
}

/// A migration that is dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Due {
    pub(super) migration: MigrationId,
    pub(super) action: Action,
}

impl SavedPlan {
    /// A plan with all that it depends on.
    pub fn of(basis: Basis<'_>, plan: &Plan) -> Self {
        let Basis { place, environment, management, declared, observed, request } = basis;
        let steps = |part: &[crate::plan::PlannedStep]| part.iter().map(|planned| planned.step.clone()).collect();
        let named = |name: &&TableName| declared.tables.contains_key(*name) || is_named(declared, request, name);
        let found = observed.tables.iter().filter(|(name, _)| named(name));
        Self {
            format: FORMAT,
            sequence: declared.sequence.name.to_owned(),
            place: place.clone(),
            environment: environment.cloned(),
            request: Request { budget: Budget::default(), local: false, ..request.clone() },
            history: Past { table: management.clone(), head: observed.history.records().last().map(Head::of) },
            code: Code { tables: declared.tables.clone(), migrations: declared.migrations.values().map(Text::of).collect() },
            found: found.map(|(name, live)| (name.clone(), Found::of(declared, request, live))).collect(),
            work: Work {
                freshness: plan.freshness,
                expand: steps(&plan.expand),
                migrations: plan.due().map(Due::of).collect(),
                contract: steps(&plan.contract),
                not_now: plan.not_now.iter().map(|postponed| postponed.step.clone()).collect(),
                hazards: plan.hazards().map(|(table, accepted)| (table.clone(), accepted.hazard)).collect(),
            },
        }
    }

    /// The sequence that it is for.
    pub fn sequence(&self) -> &str {
        &self.sequence
    }

    /// What was asked for when it was made.
    pub fn request(&self) -> &Request {
        &self.request
    }
}

/// Everything that the code or the command line names for a drop.
fn drops<'a>(declared: &'a Declared, request: &'a Request) -> impl Iterator<Item = &'a Droppable> {
    declared.drops.iter().chain(&request.consent)
}

fn is_named(declared: &Declared, request: &Request, name: &TableName) -> bool {
    drops(declared, request).any(|droppable| match droppable {
        Droppable::Table(table) | Droppable::Index(table, _) => table == name,
    })
}

impl Head {
    fn of(record: &Record) -> Self {
        Self { number: record.number, epoch: record.epoch, at: record.at, run: record.run.run_id.clone() }
    }
}

impl Text {
    fn of(meta: &MigrationMeta) -> Self {
        Self {
            migration: meta.id(),
            fingerprint: meta.fingerprint.to_owned(),
            after_deploy: meta.after_deploy,
            breaking: meta.breaking,
        }
    }
}

impl Due {
    pub(super) fn of(planned: &crate::plan::PlannedMigration) -> Self {
        Self { migration: planned.migration.clone(), action: planned.action }
    }
}

impl Found {
    fn of(declared: &Declared, request: &Request, live: &LiveTable) -> Self {
        let name = &live.schema.name;
        let managed = |change: &Change| match change {
            // Nobody's business, unless somebody wants to drop it.
            Change::GlobalIndexUndeclared { index, .. } | Change::LocalIndexUndeclared { index, .. } => {
                drops(declared, request).any(|droppable| *droppable == Droppable::Index(name.clone(), index.clone()))
            }
            Change::Setting(change) => !live.unknown.contains_key(&change.aspect()),
            Change::Key { .. }
            | Change::KeyType { .. }
            | Change::GlobalIndexMissing { .. }
            | Change::GlobalIndexDiffers { .. }
            | Change::LocalIndexMissing { .. }
            | Change::LocalIndexDiffers { .. } => true,
        };
        let schema = declared.tables.get(name);
        let mut differs = schema.map(|schema| diff(&at_rest(live), schema)).unwrap_or_default();
        differs.retain(managed);
        Self { id: live.table_id.clone(), differs, unknown: live.unknown.keys().copied().collect() }
    }
}
