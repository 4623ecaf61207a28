//! Laws over generated worlds. A world is read off a tape of bytes, so that a failing one shrinks towards a small one.

use std::collections::BTreeMap;

use migrate_core::diff::{Change, diff};
use migrate_core::history::Entry;
use migrate_core::migration::{OnFresh, Version};
use migrate_core::plan::{Droppable, Effect, Phase};
use migrate_core::schema::{
    Billing, GlobalIndex, IndexKey, KeyElement, LiveTable, LocalIndex, PrimaryKey, Projection, ScalarType, Setting, Status,
    StreamView, TableName, TableSchema, Throughput, check,
};
use migrate_core::step::Step;
use proptest::prelude::*;

use super::world::{World, element, index_name, live, meta, table_name};

struct Tape<'a>(std::slice::Iter<'a, u8>);

impl Tape<'_> {
    fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % n
    }

    /// True in `n` of 16 cases; never on a tape that shrank to nothing.
    fn chance(&mut self, n: usize) -> bool {
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
    GlobalIndex { key: IndexKey { partition, sort }, projection: projection(tape) }
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

fn arbitrary(tape: &mut Tape<'_>, name: &TableName) -> TableSchema {
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
    schema.billing = match tape.below(3) {
        0 => None,
        1 => Some(Billing::OnDemand),
        _ => Some(Billing::Provisioned(Throughput { read: 5, write: 1 })),
    };
    schema.stream = setting(tape, view);
    schema.ttl = setting(tape, |_| "expires".to_owned());
    schema.deletion_protection = [None, Some(true), Some(false)][tape.below(3)];
    schema
}

/// A live table from which the declared one can be reached.
fn reachable(tape: &mut Tape<'_>, declared: &TableSchema, id: Option<&str>) -> LiveTable {
    let mut table = live(declared.clone(), id);
    let schema = &mut table.schema;
    schema.global_indexes.retain(|_, _| tape.chance(8));
    for n in 0..tape.below(3) {
        schema.global_indexes.insert(index_name(&format!("old-{n}")), global(tape));
    }
    if !matches!(declared.stream, Setting::Set(_)) || tape.chance(8) {
        schema.stream =
            if tape.chance(8) && !matches!(declared.stream, Setting::Set(_)) { Setting::Set(view(tape)) } else { Setting::Off };
    }
    if !matches!(declared.ttl, Setting::Set(_)) || tape.chance(8) {
        schema.ttl = if tape.chance(8) && !matches!(declared.ttl, Setting::Set(_)) {
            Setting::Set("until".to_owned())
        } else {
            Setting::Off
        };
    }
    schema.deletion_protection = Some(tape.chance(8));
    if declared.billing.is_none() && tape.chance(5) {
        schema.billing = Some(Billing::Provisioned(Throughput { read: 2, write: 2 }));
    }
    if tape.chance(4) {
        table.status = [Status::Updating, Status::Creating][tape.below(2)].clone();
    }
    for index in table.schema.global_indexes.keys() {
        if tape.chance(3) {
            table.index_status.insert(index.clone(), [Status::Creating, Status::Deleting][tape.below(2)].clone());
        }
    }
    table
}

fn slot(tape: &mut Tape<'_>, n: usize, mut world: World) -> World {
    let name = table_name(&format!("table-{n}"));
    let schema = arbitrary(tape, &name);
    assert_eq!(check(&schema), []);
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

fn world(bytes: &[u8]) -> World {
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
    for what in ["stream", "ttl", "protection"] {
        if tape.chance(2) {
            world.incapable.insert(what);
            for table in world.observed.tables.values_mut() {
                match what {
                    "stream" => table.schema.stream = Setting::Unmanaged,
                    "ttl" => table.schema.ttl = Setting::Unmanaged,
                    _ => table.schema.deletion_protection = None,
                }
            }
        }
    }
    world.request.phase = [Phase::All, Phase::All, Phase::Before, Phase::After][tape.below(4)];
    if count > 0 && tape.chance(3) {
        world.request.to = Some(Version::new(1 + tape.below(count as usize) as u32));
    }
    world
}

/// What the user asked for, judged without `diff`.
fn wanted(world: &World) {
    for (name, declared) in &world.declared.tables {
        let found = &world.observed.tables[name];
        assert!(found.is_settled());
        let live = &found.schema;
        assert_eq!(live.key, declared.key);
        for (index, definition) in &declared.global_indexes {
            assert_eq!(live.global_indexes.get(index), Some(definition));
        }
        for (index, definition) in &declared.local_indexes {
            assert_eq!(live.local_indexes.get(index), Some(definition));
        }
        assert!(declared.billing.is_none() || live.billing == declared.billing);
        if !world.incapable.contains("stream") {
            assert!(declared.stream.is_unmanaged() || live.stream == declared.stream);
        }
        if !world.incapable.contains("ttl") {
            assert!(declared.ttl.is_unmanaged() || live.ttl == declared.ttl);
        }
        if !world.incapable.contains("protection") {
            assert!(declared.deletion_protection.is_none() || live.deletion_protection == declared.deletion_protection);
        }
    }
}

fn contracted(world: &World) {
    for droppable in world.declared.drops.iter().chain(&world.request.consent) {
        match droppable {
            Droppable::Table(table) => assert!(!world.observed.tables.contains_key(table), "{table} is still there"),
            Droppable::Index(table, index) => {
                let found = world.observed.tables.get(table);
                assert!(
                    !found.is_some_and(|table| table.schema.global_indexes.contains_key(index)),
                    "{table}/{index} is still there"
                );
            }
        }
    }
}

/// The account and what was settled, without the records' order, the ids of new tables and what only the process remembers.
fn picture(world: &World) -> (BTreeMap<TableName, TableSchema>, Vec<Version>, Vec<TableName>) {
    let tables = world.observed.tables.iter().map(|(name, table)| (name.clone(), table.schema.clone())).collect();
    let history = &world.observed.history;
    let settled =
        history.migrations().iter().filter(|(_, state)| state.status.is_settled()).map(|(version, _)| *version).collect();
    let ours = history.tables().keys().cloned().collect();
    (tables, settled, ours)
}

fn tapes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 300)
}

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig { cases: number, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn a_schema_does_not_differ_from_itself(bytes in tapes()) {
        let schema = arbitrary(&mut Tape(bytes.iter()), &table_name("table"));
        prop_assert_eq!(diff(&schema, &schema), vec![]);
    }

    #[test]
    fn what_is_unmanaged_never_differs(a in tapes(), b in tapes()) {
        let live = arbitrary(&mut Tape(a.iter()), &table_name("table"));
        let mut declared = arbitrary(&mut Tape(b.iter()), &table_name("table"));
        (declared.stream, declared.ttl, declared.billing, declared.deletion_protection) = (Setting::Unmanaged, Setting::Unmanaged, None, None);
        for change in diff(&live, &declared) {
            let setting = matches!(change, Change::Stream { .. } | Change::Ttl { .. } | Change::Billing { .. } | Change::DeletionProtection { .. });
            prop_assert!(!setting, "{}", change);
        }
    }

    /// Each step is judged by the simulator as it is done; nothing is refused after the first write.
    #[test]
    fn steps_are_legal_and_lead_to_what_was_asked_for(bytes in tapes()) {
        let mut world = world(&bytes);
        let first = world.plan();
        let before = world.observed.tables.clone();
        world.up().unwrap();
        let last = world.plan();
        if !first.refusals.is_empty() || first.ahead.is_some() {
            prop_assert_eq!(&world.observed.tables, &before);
        } else {
            prop_assert!(last.is_empty() && last.refusals.is_empty());
            prop_assert!(last.expand.is_empty() && last.contract.is_empty());
            wanted(&world);
            if last.later.is_empty() {
                contracted(&world);
            }
        }
    }

    #[test]
    fn a_crash_anywhere_comes_to_the_same_end(bytes in tapes(), more in proptest::collection::vec(0usize..12, 0..3)) {
        let start = world(&bytes);
        prop_assume!(start.plan().refusals.is_empty());
        let mut straight = start.clone();
        straight.up().unwrap();
        for k in 0..400 {
            let mut world = World { writes_left: Some(k), ..start.clone() };
            if world.up().is_ok() {
                break;
            }
            for again in &more {
                world = World { writes_left: Some(*again), observed: restarted(&world), ..world };
                let _ = world.up();
            }
            world = World { writes_left: None, observed: restarted(&world), ..world };
            prop_assert_eq!(world.plan().refusals, vec![], "after {} writes", k);
            world.up().unwrap();
            prop_assert_eq!(picture(&world), picture(&straight), "killed after {} writes", k);
            prop_assert!(world.plan().is_empty());
        }
    }

    #[test]
    fn nothing_is_dropped_without_consent_or_ownership(bytes in tapes()) {
        let world = world(&bytes);
        let plan = world.plan();
        for step in plan.expand.iter().chain(&plan.contract).chain(&plan.later).filter(|step| Effect::of(step) == Effect::Drop) {
            let droppable = match step {
                Step::DropGlobalIndex { table, index } => Droppable::Index(table.clone(), index.clone()),
                other => Droppable::Table(other.table().clone()),
            };
            prop_assert!(world.consents(&droppable), "{}", step);
            prop_assert!(world.observed.history.tables().contains_key(step.table()), "{}", step);
        }
        let mut silent = world;
        silent.declared.drops.clear();
        silent.request.consent.clear();
        let before = silent.observed.tables.clone();
        silent.up().unwrap();
        for (name, table) in before.iter().filter(|(_, table)| table.status != Status::Deleting) {
            let after = &silent.observed.tables[name].schema;
            for index in table.schema.global_indexes.keys().filter(|index| table.index_status.get(*index) != Some(&Status::Deleting)) {
                prop_assert!(after.global_indexes.contains_key(index));
            }
        }
    }

    /// An empty or shrunken declaration takes nothing away (P8).
    #[test]
    fn declaring_nothing_removes_nothing(bytes in tapes()) {
        let mut world = world(&bytes);
        world.declared.tables.clear();
        world.declared.drops.clear();
        world.request.consent.clear();
        let before = world.observed.tables.clone();
        prop_assert_eq!(world.up().unwrap(), vec![]);
        prop_assert_eq!(&world.observed.tables, &before);
    }

    #[test]
    fn unmanaged_settings_survive(bytes in tapes()) {
        let mut world = world(&bytes);
        let before = world.observed.tables.clone();
        world.up().unwrap();
        for (name, declared) in &world.declared.tables {
            let (Some(before), Some(after)) = (before.get(name), world.observed.tables.get(name)) else { continue };
            if before.status == Status::Deleting { continue; }
            prop_assert!(!declared.stream.is_unmanaged() || before.schema.stream == after.schema.stream);
            prop_assert!(!declared.ttl.is_unmanaged() || before.schema.ttl == after.schema.ttl);
            prop_assert!(declared.billing.is_some() || before.schema.billing == after.schema.billing);
            prop_assert!(declared.deletion_protection.is_some() || before.schema.deletion_protection == after.schema.deletion_protection);
        }
    }

    #[test]
    fn a_plan_depends_on_its_inputs_alone_and_not_on_their_order(bytes in tapes()) {
        let world = world(&bytes);
        let mut turned = world.clone();
        turned.declared.tables = world.declared.tables.clone().into_iter().rev().collect();
        turned.declared.migrations = world.declared.migrations.clone().into_iter().rev().collect();
        turned.observed.tables = world.observed.tables.clone().into_iter().rev().collect();
        turned.declared.drops = world.declared.drops.iter().rev().cloned().collect();
        let steps: Vec<Step> = world.plan().expand;
        let (mut a, mut b) = (world.clone(), turned);
        a.observed.unsupported = steps.clone();
        b.observed.unsupported = steps.into_iter().rev().collect();
        prop_assert_eq!(world.plan(), world.clone().plan());
        prop_assert_eq!(a.plan(), b.plan());
    }
}

fn restarted(world: &World) -> migrate_core::plan::Observed {
    let mut observed = world.observed.clone();
    observed.unsupported.clear();
    observed
}

/// The generator is worth something only if many of its worlds can be brought to an end, by many kinds of steps.
#[test]
fn the_generated_worlds_are_varied() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut done, mut steps, mut refused) = (0, BTreeMap::new(), BTreeMap::new());
    for _ in 0..2000 {
        let mut world = world(&tapes().new_tree(&mut runner).unwrap().current());
        for refusal in &world.plan().refusals {
            *refused.entry(refusal.kind).or_insert(0) += 1;
        }
        done += usize::from(world.plan().refusals.is_empty());
        for step in world.up().unwrap() {
            let word = format!("{step:?}").split_whitespace().next().unwrap().to_owned();
            *steps.entry(word).or_insert(0) += 1;
        }
    }
    println!("{done} of 2000 worlds are not refused; steps {steps:?}; refusals {refused:?}");
    assert!(done > 500 && steps.len() == 10 && refused.len() >= 6);
}

use proptest::strategy::ValueTree;
