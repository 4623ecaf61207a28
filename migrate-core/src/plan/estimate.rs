//! How long a step takes and what it costs, from what is there; knows no account's prices and nobody's traffic.
//!
//! Rough on purpose, and `docs/estimates.md` tells what is assumed: item counts are hours old, and no one knows how many requests will come.

use serde::Serialize;

use super::model::{Plan, PlannedStep};
use super::prices;
use crate::schema::{
    Billing, Delta, GlobalIndex, IndexName, LiveTable, Projection, Setting, SettingChange, TableClass, TableSchema, Throughput,
};
use crate::step::Step;

/// An estimate, rough on purpose: item counts are hours old, and prices are those of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// How many items it is about, where they are gone through one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<u64>,
    /// How long, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// What it costs once, in millionths of a dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_microdollars: Option<u64>,
    /// What it adds to a month's bill, in millionths of a dollar; less than nothing where it saves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_microdollars: Option<i64>,
}

/// Even an empty index takes minutes.
const SHORTEST_BUILD: u64 = 5 * 60;
/// What an on-demand index takes from its beginning, and what a new on-demand table is warm for.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html>
const ON_DEMAND: Throughput = Throughput { read: 12_000, write: 4_000 };
/// What an attribute is taken to need, name and value, where only some are in an index.
const ATTRIBUTE: u64 = 100;
/// What DynamoDB counts for each item of an index besides its attributes.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.StorageConsiderations>
const INDEX_OVERHEAD: u64 = 100;

impl Estimate {
    /// Zero is not worth a word.
    fn of(once: i64, monthly: i64) -> Self {
        let once = u64::try_from(once).ok().filter(|once| *once > 0);
        Self { once_microdollars: once, monthly_microdollars: Some(monthly).filter(|monthly| *monthly != 0), ..Self::default() }
    }

    fn says_something(&self) -> bool {
        *self != Self::default()
    }
}

impl Plan {
    /// What the steps and the migrations of this run take and cost together; `None` where nothing is known. Items are not added up.
    pub fn estimate(&self) -> Option<Estimate> {
        let all: Vec<&Estimate> =
            self.expand.iter().chain(&self.contract).filter_map(|planned| planned.estimate.as_ref()).collect();
        let passages = || self.due().flat_map(|migration| &migration.tables).filter_map(|reached| reached.estimate.as_ref());
        let paces = passages().filter_map(|passage| passage.pace).map(|pace| pace.seconds);
        let seconds = all.iter().filter_map(|estimate| estimate.seconds).chain(paces).reduce(u64::saturating_add);
        let costs = passages().filter_map(|passage| passage.once_microdollars);
        let once = all.iter().filter_map(|estimate| estimate.once_microdollars).chain(costs).reduce(u64::saturating_add);
        let monthly = all.iter().filter_map(|estimate| estimate.monthly_microdollars).reduce(i64::saturating_add);
        let sum = Estimate { items: None, seconds, once_microdollars: once, monthly_microdollars: monthly };
        Some(sum).filter(Estimate::says_something)
    }

    /// Without estimates: for an engine that costs nothing and is as fast as the machine that it runs on.
    #[must_use]
    pub fn without_estimates(mut self) -> Self {
        for planned in self.expand.iter_mut().chain(&mut self.contract).chain(&mut self.later) {
            planned.estimate = None;
        }
        for reached in self.migrations.iter_mut().flat_map(|migration| &mut migration.tables) {
            reached.estimate = None;
        }
        self
    }
}

/// Puts to each step what it takes and costs, as far as that can be known.
pub(super) fn estimate_all<'a>(steps: &mut [PlannedStep], live: impl Fn(&Step) -> Option<&'a LiveTable>) {
    for planned in steps {
        planned.estimate = estimate(&planned.step, live(&planned.step));
    }
}

/// What a step takes and costs; `live` is its table, where that is there.
pub(super) fn estimate(step: &Step, live: Option<&LiveTable>) -> Option<Estimate> {
    let estimate = match step {
        Step::CreateTable { schema } => made(schema),
        Step::AwaitTable { .. } => return None,
        Step::CreateGlobalIndex { definition, .. } => build(live?, definition),
        Step::DropGlobalIndex { index, .. } => {
            let live = live?;
            let definition = live.schema.global_indexes.get(index)?;
            Estimate::of(0, -index_month(live, definition))
        }
        Step::Set { change, .. } => setting(change, live)?,
        Step::DropTable { backup, .. } => {
            let live = live?;
            let backup = if *backup { prices::backup(live.size_bytes) } else { 0 };
            let recovery = live.schema.point_in_time_recovery.value().map_or(0, |_| prices::recovery(live.size_bytes));
            let class = class(&live.schema);
            let saved = storage(live, class).saturating_add(capacity(&live.schema, class)).saturating_add(recovery);
            Estimate::of(0, backup - saved)
        }
    };
    Some(estimate).filter(Estimate::says_something)
}

fn class(schema: &TableSchema) -> TableClass {
    schema.table_class.unwrap_or(TableClass::Standard)
}

/// An empty table costs what was reserved for it.
fn made(schema: &TableSchema) -> Estimate {
    let warm = |setting: Setting<Throughput>, billing: Option<Billing>| {
        setting.value().map_or(0, |units| prices::warm(baseline(billing), *units))
    };
    let indexes = schema.global_indexes.values().map(|index| warm(index.warm_throughput, index.billing.or(schema.billing)));
    let once = indexes.fold(warm(schema.warm_throughput, schema.billing), i64::saturating_add);
    Estimate::of(once, capacity(schema, class(schema)))
}

/// What a table or an index is warm for before anything was done about it.
const fn baseline(billing: Option<Billing>) -> Throughput {
    match billing {
        Some(Billing::Provisioned(units)) => units,
        Some(Billing::OnDemand(_)) | None => ON_DEMAND,
    }
}

/// A month of what one thing reserves; requests on demand are nobody's guess.
fn reserved(billing: Option<Billing>, class: TableClass) -> i64 {
    match billing {
        Some(Billing::Provisioned(units)) => prices::provisioned(units, class),
        Some(Billing::OnDemand(_)) | None => 0,
    }
}

/// A month of what a table and its indexes reserve.
fn capacity(schema: &TableSchema, class: TableClass) -> i64 {
    let indexes = schema.global_indexes.values().map(|index| reserved(index.billing, class));
    indexes.fold(reserved(schema.billing, class), i64::saturating_add)
}

/// A month of what a table and its indexes hold.
fn storage(live: &LiveTable, class: TableClass) -> i64 {
    let indexes = live.schema.global_indexes.values().map(|index| prices::storage(index_bytes(live, index), class));
    indexes.fold(prices::storage(live.size_bytes, class), i64::saturating_add)
}

/// How large an item is in an index: all of it, or so many attributes, but never more than all of it.
fn index_item(live: &LiveTable, index: &GlobalIndex) -> u64 {
    let average = live.size_bytes.div_ceil(live.item_count.max(1));
    let keys = live.schema.key.attributes().chain(index.key.attributes()).count();
    let attributes = match &index.projection {
        Projection::All => return average,
        Projection::KeysOnly => keys,
        Projection::Include(names) => keys + names.len(),
    };
    average.min(ATTRIBUTE.saturating_mul(u64::try_from(attributes).unwrap_or(u64::MAX)))
}

fn index_bytes(live: &LiveTable, index: &GlobalIndex) -> u64 {
    live.item_count.saturating_mul(index_item(live, index).saturating_add(INDEX_OVERHEAD))
}

fn index_month(live: &LiveTable, index: &GlobalIndex) -> i64 {
    let class = class(&live.schema);
    prices::storage(index_bytes(live, index), class).saturating_add(reserved(index.billing, class))
}

/// Every item is written into the index once; reading them costs nothing.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html>
fn build(live: &LiveTable, index: &GlobalIndex) -> Estimate {
    let units = live.item_count.saturating_mul(index_item(live, index).div_ceil(1024).max(1));
    let (rate, once) = match index.billing.or(live.schema.billing) {
        Some(Billing::Provisioned(throughput)) => (throughput.write.max(1), 0),
        Some(Billing::OnDemand(_)) | None => (ON_DEMAND.write, prices::writes(units, class(&live.schema))),
    };
    let seconds = units.div_ceil(rate).max(SHORTEST_BUILD);
    Estimate { items: Some(live.item_count), seconds: Some(seconds), ..Estimate::of(once, index_month(live, index)) }
}

fn setting(change: &SettingChange, live: Option<&LiveTable>) -> Option<Estimate> {
    let month = |monthly| Some(Estimate::of(0, monthly));
    match change {
        SettingChange::TableClass(Delta { from, to }) => {
            let live = live?;
            let bill = |class| storage(live, class).saturating_add(capacity(&live.schema, class));
            month(bill(*to) - bill(*from))
        }
        SettingChange::Capacity { table, indexes } => {
            let class = live.map_or(TableClass::Standard, |live| class(&live.schema));
            let more = |delta: &Delta<Billing>| match (delta.from, delta.to) {
                (from, to @ Billing::Provisioned(_)) => reserved(Some(to), class) - reserved(Some(from), class),
                // What requests on demand will cost instead, nobody knows: it is not called a saving.
                (_, Billing::OnDemand(_)) => 0,
            };
            month(table.iter().chain(indexes.values()).map(more).fold(0, i64::saturating_add))
        }
        SettingChange::Replica { present, .. } => {
            let live = live?;
            let class = class(&live.schema);
            let bill = storage(live, class).saturating_add(capacity(&live.schema, class));
            month(if present.to { bill } else { -bill })
        }
        SettingChange::PointInTimeRecovery(Delta { from, to }) => {
            let bytes = live?.size_bytes;
            let bill = |setting: &Setting<_>| setting.value().map_or(0, |_| prices::recovery(bytes));
            month(bill(to) - bill(from))
        }
        SettingChange::WarmThroughput { index, units } => {
            let to = units.to.value()?;
            let from = units.from.value().copied().unwrap_or_else(|| baseline(billing(live, index.as_ref())));
            Some(Estimate::of(prices::warm(from, *to), 0))
        }
        // They cost nothing, or by requests and records that nobody can know.
        SettingChange::DeletionProtection(_)
        | SettingChange::Stream(_)
        | SettingChange::Encryption(_)
        | SettingChange::Ttl(_)
        | SettingChange::Tags { .. }
        | SettingChange::ContributorInsights { .. }
        | SettingChange::ResourcePolicy { .. }
        | SettingChange::KinesisStream(_) => None,
    }
}

fn billing(live: Option<&LiveTable>, index: Option<&IndexName>) -> Option<Billing> {
    let schema = &live?.schema;
    index.and_then(|index| schema.global_indexes.get(index)?.billing).or(schema.billing)
}

#[cfg(test)]
#[path = "estimate_tests.rs"]
mod tests;
