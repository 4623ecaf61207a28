//! Worlds read off a tape of bytes, so that one that breaks a law shrinks towards a small one.

use jiff::Timestamp;
use migrate_core::history::Entry;
use migrate_core::migration::{Management, OnFresh, Version};
use migrate_core::plan::{Droppable, Expiring, Phase, Reach};
use migrate_core::schema::{
    Aspect, Billing, Decreases, Encryption, GlobalIndex, Hazard, IndexKey, Insights, KeyElement, KinesisStream, LiveTable,
    LocalIndex, MaxThroughput, Policy, Precision, PrimaryKey, Projection, Recovery, ScalarType, Setting, Status, StreamView,
    TableClass, TableName, TableSchema, Throughput, check,
};
use proptest::prelude::*;

use super::rules;
use super::world::{World, element, index_name, live, meta, table_name};

/// When every world is looked at: a noon.
pub const NOW: Timestamp = Timestamp::constant(1_767_268_800, 0);

pub fn tapes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 600)
}

pub struct Tape<'a>(pub std::slice::Iter<'a, u8>);

impl Tape<'_> {
    pub fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % n
    }

    /// True in `n` of 16 cases; never on a tape that shrank to nothing.
    pub fn chance(&mut self, n: usize) -> bool {
        self.below(16) >= 16 - n
    }
}

const POOL: [(&str, ScalarType); 6] = [
    ("id", ScalarType::S),
    ("at", ScalarType::N),
    ("email", ScalarType::S),
    ("raw", ScalarType::B),
    ("size", ScalarType::N),
    ("city", ScalarType::S),
];

fn elements(tape: &mut Tape<'_>, count: usize, not: &[KeyElement]) -> Vec<KeyElement> {
    let mut chosen: Vec<KeyElement> = Vec::new();
    for _ in 0..count {
        let start = tape.below(POOL.len());
        let free = (0..POOL.len()).map(|n| POOL[(start + n) % POOL.len()]).map(|(name, scalar)| element(name, scalar));
        chosen.extend(free.into_iter().find(|one| !not.contains(one) && !chosen.contains(one)));
    }
    chosen
}

fn projection(tape: &mut Tape<'_>) -> Projection {
    match tape.below(3) {
        0 => Projection::All,
        1 => Projection::KeysOnly,
        _ => Projection::Include(["p", "q", "r"].into_iter().take(1 + tape.below(3)).map(str::to_owned).collect()),
    }
}

fn global(tape: &mut Tape<'_>) -> GlobalIndex {
    let count = 1 + tape.below(2);
    let partition = elements(tape, count, &[]);
    let count = tape.below(3);
    let sort = elements(tape, count, &partition);
    GlobalIndex::new(IndexKey { partition, sort }, projection(tape))
}

fn view(tape: &mut Tape<'_>) -> StreamView {
    [StreamView::NewAndOldImages, StreamView::KeysOnly][tape.below(2)]
}

fn setting<T>(tape: &mut Tape<'_>, value: impl Fn(&mut Tape<'_>) -> T) -> Setting<T> {
    match tape.below(3) {
        0 => Setting::Unmanaged,
        1 => Setting::Off,
        _ => Setting::Set(value(tape)),
    }
}

pub fn arbitrary(tape: &mut Tape<'_>, name: &TableName) -> TableSchema {
    let partition = elements(tape, 1, &[]).remove(0);
    let sort = tape.chance(8).then(|| elements(tape, 1, std::slice::from_ref(&partition)).remove(0));
    let mut schema = TableSchema::new(name.clone(), PrimaryKey { partition, sort });
    for n in 0..tape.below(4) {
        schema.global_indexes.insert(index_name(&format!("by-{n}")), global(tape));
    }
    if schema.key.sort.is_some() {
        for n in 0..tape.below(3) {
            let sort = elements(tape, 1, std::slice::from_ref(&schema.key.partition)).remove(0);
            let local = LocalIndex { sort, projection: projection(tape) };
            schema.local_indexes.insert(index_name(&format!("local-{n}")), local);
        }
    }
    settings(tape, &mut schema);
    schema
}

fn throughput(tape: &mut Tape<'_>) -> Throughput {
    Throughput { read: 1 + tape.below(4) as u64, write: 1 + tape.below(4) as u64 }
}

fn maximum(tape: &mut Tape<'_>) -> MaxThroughput {
    MaxThroughput { read: setting(tape, |tape| 1 + tape.below(3) as u64), write: setting(tape, |tape| 1 + tape.below(3) as u64) }
}

fn billing(tape: &mut Tape<'_>) -> Billing {
    if tape.chance(8) { Billing::Provisioned(throughput(tape)) } else { Billing::OnDemand(maximum(tape)) }
}

fn some<T>(tape: &mut Tape<'_>, chance: usize, value: impl Fn(&mut Tape<'_>) -> T) -> Option<T> {
    tape.chance(chance).then(|| value(tape))
}

fn policy(tape: &mut Tape<'_>) -> Policy {
    Policy::new(&format!("{{\"Version\": \"{}\"}}", "1".repeat(1 + tape.below(3)))).unwrap()
}

/// Settings as somebody may declare them: everything legal, much of it unmanaged.
fn settings(tape: &mut Tape<'_>, schema: &mut TableSchema) {
    schema.billing = some(tape, 10, billing);
    for index in schema.global_indexes.values_mut() {
        index.billing = match schema.billing {
            Some(Billing::Provisioned(_)) => some(tape, 6, throughput).map(Billing::Provisioned),
            Some(Billing::OnDemand(_)) => some(tape, 6, maximum).map(Billing::OnDemand),
            None => None,
        };
        index.warm_throughput = Setting::of(some(tape, 3, throughput));
        if index.warm_throughput == Setting::Off {
            index.warm_throughput = Setting::Unmanaged;
        }
        index.contributor_insights = setting(tape, |_| Insights::Throttled);
    }
    schema.stream = setting(tape, view);
    schema.ttl = setting(tape, |tape| ["expires", "until"][tape.below(2)].to_owned());
    schema.deletion_protection = [None, Some(true), Some(false)][tape.below(3)];
    schema.table_class = some(tape, 5, |tape| [TableClass::Standard, TableClass::StandardInfrequentAccess][tape.below(2)]);
    let keys = [Encryption::AwsOwned, Encryption::AwsManaged, Encryption::Customer("arn:aws:kms:x:1:key/1".to_owned())];
    schema.encryption = some(tape, 4, |tape| keys[tape.below(3)].clone());
    schema.point_in_time_recovery = setting(tape, |tape| Recovery { days: some(tape, 8, |tape| 1 + tape.below(35) as u8) });
    for key in ["team", "cost"].into_iter().take(tape.below(3)) {
        let value = if tape.chance(4) { Setting::Off } else { Setting::Set(["a", "b"][tape.below(2)].to_owned()) };
        schema.tags.insert(key.to_owned(), value);
    }
    schema.warm_throughput = some(tape, 3, throughput).map_or(Setting::Unmanaged, Setting::Set);
    schema.contributor_insights = setting(tape, |tape| [Insights::AccessedAndThrottled, Insights::Throttled][tape.below(2)]);
    schema.resource_policy = setting(tape, policy);
    schema.kinesis_stream = setting(tape, |tape| KinesisStream {
        arn: format!("arn:aws:kinesis:x:1:stream/{}", tape.below(2)),
        precision: some(tape, 5, |tape| [Precision::Millisecond, Precision::Microsecond][tape.below(2)]),
    });
    if schema.stream == Setting::Set(StreamView::NewAndOldImages) {
        schema.replicas = setting(tape, |tape| ["eu-1", "us-1"].into_iter().take(1 + tape.below(2)).map(str::to_owned).collect());
    }
    if tape.chance(2) {
        let aspects = [Aspect::Throughput, Aspect::Tags, Aspect::Billing, Aspect::Stream];
        schema.handling.ignore.insert(aspects[tape.below(4)]);
    }
    for hazard in Hazard::ALL {
        if !tape.chance(1) {
            schema.handling.accept.insert(hazard);
        }
    }
}

/// A live table from which the declared one can be reached.
fn reachable(tape: &mut Tape<'_>, declared: &TableSchema, id: Option<&str>) -> LiveTable {
    let mut table = live(declared.clone(), id);
    let schema = &mut table.schema;
    schema.global_indexes.retain(|_, _| tape.chance(8));
    for n in 0..tape.below(3) {
        schema.global_indexes.insert(index_name(&format!("old-{n}")), global(tape));
    }
    let mut other = schema.clone();
    settings(tape, &mut other);
    let other = live(other, id).schema;
    let mode = if tape.chance(5) { other.billing } else { schema.billing };
    schema.billing = mode;
    for (name, index) in &mut schema.global_indexes {
        let found = &other.global_indexes[name];
        index.billing = [index.billing, found.billing]
            .into_iter()
            .flatten()
            .find(|billing| mode.is_some_and(|mode| mode.same_mode(billing)))
            .or(mode);
        if tape.chance(4) {
            (index.warm_throughput, index.contributor_insights) = (found.warm_throughput, found.contributor_insights);
        }
    }
    let TableSchema { stream, ttl, deletion_protection, table_class, encryption, .. } = other.clone();
    if tape.chance(6) {
        (schema.ttl, schema.deletion_protection) = (ttl, deletion_protection);
    }
    if tape.chance(5) {
        (schema.stream, schema.replicas) = (stream, other.replicas.clone());
    }
    if tape.chance(5) {
        (schema.table_class, schema.encryption) = (table_class, encryption);
    }
    if tape.chance(5) {
        (schema.point_in_time_recovery, schema.tags) = (other.point_in_time_recovery, other.tags.clone());
        schema.tags.insert("theirs".to_owned(), Setting::Set("x".to_owned()));
    }
    if tape.chance(5) {
        (schema.warm_throughput, schema.contributor_insights) = (other.warm_throughput, other.contributor_insights);
        (schema.resource_policy, schema.kinesis_stream) = (other.resource_policy.clone(), other.kinesis_stream.clone());
    }
    table.policy_revision = table.schema.resource_policy.value().map(|policy| format!("r-{}", policy.as_str().len()));
    if tape.chance(2) {
        table.recent.decreases = Decreases { today: 27, last: Some(NOW) };
    }
    table.recent.ttl_changing = tape.chance(1);
    if tape.chance(4) {
        table.status = [Status::Updating, Status::Creating][tape.below(2)].clone();
    }
    for index in table.schema.global_indexes.keys() {
        if tape.chance(3) {
            let deleting = tape.chance(8) && table.status != Status::Creating;
            table.index_status.insert(index.clone(), if deleting { Status::Deleting } else { Status::Creating });
        }
    }
    table
}

/// What somebody else made so that it is enough: all that the code needs, and more.
fn enough(tape: &mut Tape<'_>, declared: &TableSchema, table: &mut LiveTable) {
    let made = live(declared.clone(), None).schema;
    let schema = &mut table.schema;
    schema.key = made.key;
    schema.local_indexes = made.local_indexes;
    schema.global_indexes = made.global_indexes;
    for index in schema.global_indexes.values_mut().filter(|_| tape.chance(4)) {
        index.projection = Projection::All;
    }
    (schema.stream, schema.ttl) = (made.stream, made.ttl);
    table.index_status.retain(|_, status| *status != Status::Deleting);
    table.index_status.retain(|index, _| schema.global_indexes.contains_key(index));
}

fn slot(tape: &mut Tape<'_>, n: usize, mut world: World) -> World {
    let name = table_name(&format!("table-{n}"));
    let mut schema = arbitrary(tape, &name);
    assert_eq!(check(&schema), []);
    if tape.chance(3) {
        schema.handling.management = Management::Verify;
    }
    let declared = !tape.chance(5);
    if declared {
        world = world.declare(schema.clone());
    }
    let with_history = world.observed.history.freshness().is_some();
    let id = tape.chance(12).then_some("old");
    if tape.chance(11) && (with_history || tape.chance(2)) {
        let mut table = if tape.chance(15) { reachable(tape, &schema, id) } else { live(arbitrary(tape, &name), id) };
        if tape.chance(1) {
            table.status = Status::Deleting;
        }
        if schema.is_verified() && tape.chance(12) {
            enough(tape, &schema, &mut table);
        }
        world = world.found(table);
        if with_history {
            let (table, table_id) = (name.clone(), id.map(str::to_owned));
            world = match tape.below(16) {
                0 => world,
                1 => world.recorded(Entry::TableCreating { table }),
                2 => world.owned(name.as_str(), Some("another")),
                3 => world.owned(name.as_str(), id).recorded(Entry::TableDropping { table, table_id }),
                _ => world.owned(name.as_str(), id),
            };
        }
    } else if with_history {
        world = match tape.below(20) {
            1 => world.recorded(Entry::TableCreating { table: name.clone() }),
            2 => world.owned(name.as_str(), None).recorded(Entry::TableDropping { table: name.clone(), table_id: None }),
            3 => world.owned(name.as_str(), id),
            _ => world,
        };
    }
    if !declared && tape.chance(8) || tape.chance(1) {
        consent(tape, &mut world, Droppable::Table(name.clone()));
    }
    for index in ["old-0", "old-1", "by-0"] {
        if tape.chance(if index == "by-0" { 1 } else { 7 }) {
            let droppable = Droppable::Index(name.clone(), index_name(index));
            let there = world
                .observed
                .tables
                .get(&name)
                .is_some_and(|table| table.schema.global_indexes.contains_key(&index_name(index)));
            if there {
                consent(tape, &mut world, droppable)
            } else {
                world.declared.drops.insert(droppable);
            }
        }
    }
    world
}

fn consent(tape: &mut Tape<'_>, world: &mut World, droppable: Droppable) {
    if tape.chance(8) { &mut world.declared.drops } else { &mut world.request.consent }.insert(droppable);
}

pub fn world(bytes: &[u8]) -> World {
    let tape = &mut Tape(bytes.iter());
    let mut world = World::new();
    let count = tape.below(5) as u32;
    let metas: Vec<_> = (1..=count)
        .map(|number| {
            let mut meta = meta(number);
            meta.after_deploy = tape.chance(5);
            meta.on_fresh = [None, Some(OnFresh::Skip), Some(OnFresh::Run)][tape.below(3)];
            meta
        })
        .collect();
    world = world.migrations(metas.clone());
    if tape.chance(12) {
        world = world.recorded(Entry::SequenceStarted { fresh_up_to: tape.chance(5).then(|| Version::new(count)) });
        let settled = tape.below(count as usize + 1);
        for meta in metas.iter().take(settled) {
            world = world.applied(*meta);
        }
        if let Some(next) = metas.get(settled) {
            world = match tape.below(4) {
                1 => world.started(*next),
                2 => world.failed(*next),
                _ => world,
            };
        }
    }
    for n in 0..1 + tape.below(3) {
        world = slot(tape, n, world);
    }
    for aspect in [
        Aspect::Ttl,
        Aspect::DeletionProtection,
        Aspect::PointInTimeRecovery,
        Aspect::TableClass,
        Aspect::Tags,
        Aspect::KinesisStream,
    ] {
        if tape.chance(1) {
            world.incapable.insert(aspect);
        }
    }
    for (name, table) in &mut world.observed.tables {
        rules::forget(&mut table.schema, &world.incapable);
        if tape.chance(10) {
            let items = tape.below(3) as u64;
            world.observed.expiring.insert(name.clone(), Expiring { items, past: items / 2 });
        }
    }
    world.observed.at = NOW;
    world.picky = tape.chance(4);
    // A table that is made bare, and killed then, gets its key later.
    if world.picky {
        for table in world.declared.tables.values_mut() {
            table.handling.accept.insert(Hazard::KeyChange);
        }
    }
    world.request.phase = [Phase::All, Phase::All, Phase::Before, Phase::After][tape.below(4)];
    if count > 0 && tape.chance(3) {
        world.request.to = Some(Version::new(1 + tape.below(count as usize) as u32));
    }
    reaching(tape, &mut world);
    world
}

/// Some tables hold items, some migrations say that they go through them, and some of these were accepted.
fn reaching(tape: &mut Tape<'_>, world: &mut World) {
    for (name, table) in &mut world.observed.tables {
        (table.item_count, table.size_bytes) = [(0, 0), (1, 10), (5_000, 7_000_000)][tape.below(3)];
        if tape.chance(5) {
            world.request.accept.insert((name.clone(), Hazard::StreamRecords));
        }
    }
    let tables: Vec<TableName> = world.declared.tables.keys().chain(world.observed.tables.keys()).cloned().collect();
    for version in world.declared.migrations.keys() {
        let mut reach = Reach::default();
        reach.tables.extend(tables.iter().filter(|_| tape.chance(4)).cloned());
        reach.accept.extend(tape.chance(8).then_some(Hazard::StreamRecords));
        world.declared.reach.insert(*version, reach);
    }
}
