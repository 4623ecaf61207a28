//! What a due migration goes through, at most: the items of the tables that it names, and who else sees them change; knows no function to run.
//!
//! Rough on purpose, and `docs/estimates.md` tells what is assumed: nobody knows how many items a function really changes.

use std::collections::BTreeSet;

use serde::Serialize;

use super::hazards;
use super::input::{Draft, Input};
use super::model::{Accepted, Phase};
use super::prices;
use crate::budget::{Budget, Control, Limits, READ_UNIT, WRITE_UNIT};
use crate::history::Freshness;
use crate::migration::{MigrationMeta, Version};
use crate::schema::{Billing, Hazard, KinesisStream, LiveTable, Setting, SettingChange, StreamView, TableClass, TableName};
use crate::step::Step;

/// What the code says of a migration or of a rollback besides its text: which tables it goes through, and which hazards it accepts. Names are physical.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The tables.
    pub tables: BTreeSet<TableName>,
    /// The hazards.
    pub accept: BTreeSet<Hazard>,
}

/// A table that a due migration goes through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// Which.
    pub table: TableName,
    /// The hazards that this brings, all accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
    /// What it takes and costs, where items are known to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Passage>,
}

/// What it takes and costs to go through a table and to change each of its items: more than that only where items change their keys of an
/// index, are written in transactions, or must be decided anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// How many items there are.
    pub items: u64,
    /// Write units, those of indexes included: at most.
    pub write_units: u64,
    /// Read units.
    pub read_units: u64,
    /// How long that takes at least, if each item is changed, where the budget limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// What it costs, in millionths of a dollar: at most. Provisioned capacity is paid for anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_microdollars: Option<u64>,
}

/// The limit of a budget that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Pace {
    /// How long it takes under it.
    pub seconds: u64,
    /// So many a second, at least one.
    pub per_second: u64,
    /// Of what.
    pub of: Limit,
}

/// What a budget limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Write units.
    WriteUnits,
    /// Read units.
    ReadUnits,
    /// Items changed.
    Changes,
}

impl Passage {
    /// Through all items of a table; `None` where none are known.
    pub(super) fn of(live: &LiveTable, budget: Budget, local: bool) -> Option<Self> {
        Self::writing(live, live.item_count, budget, local)
    }

    /// Through all items of a table, of which only so many are written.
    pub(crate) fn writing(live: &LiveTable, written: u64, budget: Budget, local: bool) -> Option<Self> {
        let items = Some(live.item_count).filter(|items| *items > 0)?;
        let schema = &live.schema;
        // Every index gets the change at most once more.
        let copies = 1 + schema.global_indexes.len() + schema.local_indexes.len();
        let each = live.size_bytes.div_ceil(items).div_ceil(WRITE_UNIT).max(1);
        let write_units = written.saturating_mul(each).saturating_mul(u64::try_from(copies).unwrap_or(u64::MAX));
        let read_units = live.size_bytes.div_ceil(READ_UNIT).max(1);
        let once_microdollars = match schema.billing {
            Some(Billing::Provisioned(_)) => None,
            Some(Billing::OnDemand(_)) | None => {
                let class = schema.table_class.unwrap_or(TableClass::Standard);
                // Each replica is written too, at the same price.
                let regions = 1 + schema.replicas.value().map_or(0, BTreeSet::len);
                let everywhere = write_units.saturating_mul(u64::try_from(regions).unwrap_or(u64::MAX));
                let cost = prices::writes(everywhere, class).saturating_add(prices::reads(read_units, class));
                u64::try_from(cost).ok().filter(|cost| *cost > 0)
            }
        };
        let pace = Pace::of(budget.limits(schema, local, Control::default()), write_units, read_units, written);
        Some(Self { items, write_units, read_units, pace, once_microdollars })
    }
}

impl Pace {
    /// The slowest of what is limited.
    fn of(limits: Limits, writes: u64, reads: u64, items: u64) -> Option<Self> {
        let under = |amount: u64, rate: Option<f64>, of| {
            let rate = rate.filter(|rate| *rate > 0.0)?;
            let (seconds, per_second) = ((amount as f64 / rate).ceil() as u64, (rate.round() as u64).max(1));
            Some(Self { seconds, per_second, of })
        };
        let all = [
            under(writes, limits.write, Limit::WriteUnits),
            under(reads, limits.read, Limit::ReadUnits),
            under(items, limits.changes, Limit::Changes),
        ];
        // Of two that are equal the first is told.
        all.into_iter().flatten().rev().max_by_key(|pace| pace.seconds)
    }
}

/// What a migration that is due goes through. A fresh database has no old items, and nobody reads the streams of its tables yet.
pub(super) fn reached(input: Input<'_>, meta: &MigrationMeta, freshness: Freshness, draft: &mut Draft) -> Vec<Reached> {
    let Some(reach) = input.declared.reach.get(&meta.version) else { return Vec::new() };
    let is_fresh = matches!(freshness, Freshness::Fresh { up_to } if meta.version <= up_to);
    let goer = Goer { what: format!("migration {}", meta.id()), attribute: "migration", version: meta.version, by_flag: true };
    goer.reached(input, reach, is_fresh, draft)
}

/// What goes through tables.
pub(super) struct Goer {
    /// For people.
    pub(super) what: String,
    /// The attribute on it.
    pub(super) attribute: &'static str,
    pub(super) version: Version,
    /// Whether a hazard can be accepted on the command line too.
    pub(super) by_flag: bool,
}

impl Goer {
    /// What it goes through: nothing that is known where the database `is_fresh`.
    pub(super) fn reached(&self, input: Input<'_>, reach: &Reach, is_fresh: bool, draft: &mut Draft) -> Vec<Reached> {
        let through = |table: &TableName| {
            let live = input.live(table).filter(|_| !is_fresh && !input.observed.made_here.contains(table));
            let estimate = live.and_then(|live| Passage::of(live, input.request.budget, input.request.local));
            let what = live.and_then(|live| records(input, live, draft));
            let accepted = what.and_then(|what| accepted(input, self, reach, table, what, draft)).into_iter().collect();
            Reached { table: table.clone(), accepted, estimate }
        };
        reach.tables.iter().map(through).collect()
    }
}

/// Who will see the items of this table change, if anybody. Nobody where DynamoDB counts none: of a table that an earlier run has made
/// this one must not ask for more consent than that one. By the time that the migration runs, settings are as this run makes them.
fn records(input: Input<'_>, live: &LiveTable, draft: &Draft) -> Option<String> {
    if live.item_count == 0 {
        return None;
    }
    let mut stream: &Setting<StreamView> = &live.schema.stream;
    let mut kinesis: &Setting<KinesisStream> = &live.schema.kinesis_stream;
    let planned = if input.request.phase == Phase::After { &[] } else { draft.expand.as_slice() };
    for planned in planned.iter().filter(|planned| *planned.step.table() == live.schema.name) {
        if let Step::Set { change, .. } = &planned.step {
            if let SettingChange::Stream(delta) = change {
                stream = &delta.to;
            } else if let SettingChange::KinesisStream(delta) = change {
                kinesis = &delta.to;
            }
        }
    }
    let what = match (stream, kinesis) {
        (Setting::Set(_), Setting::Set(_)) => "its stream and its Kinesis stream are on",
        (Setting::Set(_), Setting::Off | Setting::Unmanaged) => "its stream is on",
        (Setting::Off | Setting::Unmanaged, Setting::Set(_)) => "its Kinesis stream is on",
        (Setting::Off | Setting::Unmanaged, Setting::Off | Setting::Unmanaged) => return None,
    };
    let count = match live.item_count {
        1 => "about 1 record will be emitted if each item is changed".to_owned(),
        items => format!("about {items} records will be emitted if each item is changed"),
    };
    Some(format!("{what}, and {count}"))
}

/// The consent of the code or of the command line; else a refusal asks for it.
fn accepted(
    input: Input<'_>,
    goer: &Goer,
    reach: &Reach,
    table: &TableName,
    what: String,
    draft: &mut Draft,
) -> Option<Accepted> {
    let hazard = Hazard::StreamRecords;
    if reach.accept.contains(&hazard) || input.request.accept.contains(&(table.clone(), hazard)) {
        return Some(Accepted { hazard, what });
    }
    let name = input.logical(table);
    let Goer { what: goer, attribute, version, by_flag } = goer;
    let attribute = format!("`#[{attribute}({version}, accept({hazard}))]`");
    // Only what is declared can be named on the command line.
    let mend = if *by_flag && input.declared.tables.contains_key(table) {
        format!("`migrate up --accept {name}:{hazard}` once, or {attribute}")
    } else {
        attribute
    };
    let refusal = hazards::unaccepted(hazard, &format!("{goer} goes through table `{table}`: {what}"));
    draft.refusals.push(
        refusal
            .of(table)
            .help(format!("if that is meant: {mend}"))
            .help(format!("docs/hazards.md explains {hazard}, and how consumers pass over what a migration writes")),
    );
    None
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
