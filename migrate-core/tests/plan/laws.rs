//! Laws over generated worlds.

use std::collections::BTreeMap;

use migrate_core::diff::diff;
use migrate_core::history::Ownership;
use migrate_core::migration::Version;
use migrate_core::plan::{Droppable, Effect, Phase};
use migrate_core::schema::{
    Aspect, Billing, Encryption, GlobalIndex, Hazard, IndexName, LiveTable, Projection, Recovery, Setting, Status, TableName,
    TableSchema, Throughput,
};
use migrate_core::step::Step;
use proptest::prelude::*;

use super::generate::{Tape, arbitrary, tapes, world};
use super::world::{World, table_name};

/// What the user asked for, judged without `diff`.
fn wanted(world: &World) {
    for (name, declared) in &world.declared.tables {
        let found = &world.observed.tables[name];
        if declared.is_verified() {
            enough(world, declared, found);
            continue;
        }
        assert!(found.is_settled());
        let live = &found.schema;
        assert_eq!(live.key, declared.key);
        for (index, definition) in &declared.global_indexes {
            assert!(live.global_indexes[index].same_shape(definition));
        }
        for (index, definition) in &declared.local_indexes {
            assert_eq!(live.local_indexes.get(index), Some(definition));
        }
        let held = |aspect| !world.incapable.contains(&aspect) && !declared.handling.ignore.contains(&aspect);
        let numbers = !declared.handling.ignore.contains(&Aspect::Throughput);
        if held(Aspect::Billing) {
            paid_for(declared.billing, live.billing, numbers);
        }
        for (index, definition) in &declared.global_indexes {
            let found = &live.global_indexes[index];
            if held(Aspect::Billing) {
                paid_for(definition.billing, found.billing, numbers);
            }
            assert!(warm(definition.warm_throughput, found.warm_throughput));
            on(&definition.contributor_insights, &found.contributor_insights, true);
        }
        on(&declared.stream, &live.stream, held(Aspect::Stream));
        on(&declared.ttl, &live.ttl, held(Aspect::Ttl));
        let value = |declared: Option<String>, live: Option<String>, held: bool| {
            assert!(!held || declared.is_none() || declared == live, "{declared:?} {live:?}");
        };
        let text = |value: &dyn std::fmt::Debug| format!("{value:?}");
        value(
            declared.deletion_protection.map(|on| text(&on)),
            live.deletion_protection.map(|on| text(&on)),
            held(Aspect::DeletionProtection),
        );
        value(declared.table_class.map(|on| text(&on)), live.table_class.map(|on| text(&on)), held(Aspect::TableClass));
        // DescribeTable does not tell the account's managed key from its own.
        let live_key = live.encryption.as_ref().map(|key| match (&declared.encryption, key) {
            (Some(managed @ Encryption::AwsManaged), Encryption::Customer(_)) => managed,
            (_, key) => key,
        });
        value(declared.encryption.as_ref().map(|on| text(on)), live_key.map(|on| text(on)), true);
        let days = |setting: Setting<migrate_core::schema::Recovery>| setting.map(|on| on.days.unwrap_or(35));
        match declared.point_in_time_recovery {
            Setting::Set(Recovery { days: None }) if held(Aspect::PointInTimeRecovery) => {
                assert!(live.point_in_time_recovery.value().is_some());
            }
            wanted => on(&days(wanted), &days(live.point_in_time_recovery), held(Aspect::PointInTimeRecovery)),
        }
        for (key, wanted) in declared.tags.iter().filter(|_| held(Aspect::Tags)) {
            assert_eq!(live.tags.get(key).cloned().unwrap_or(Setting::Off), *wanted, "tag {key}");
        }
        assert!(warm(declared.warm_throughput, live.warm_throughput));
        on(&declared.contributor_insights, &live.contributor_insights, true);
        on(&declared.resource_policy, &live.resource_policy, true);
        let stream = |setting: &Setting<migrate_core::schema::KinesisStream>, precise: bool| {
            setting.clone().map(|stream| (stream.arn, stream.precision.filter(|_| precise)))
        };
        let precise = declared.kinesis_stream.value().is_some_and(|stream| stream.precision.is_some());
        on(&stream(&declared.kinesis_stream, precise), &stream(&live.kinesis_stream, precise), held(Aspect::KinesisStream));
        on(&declared.replicas, &live.replicas, true);
    }
}

/// What the code needs of a table that somebody else makes.
fn enough(world: &World, declared: &TableSchema, found: &LiveTable) {
    let live = &found.schema;
    assert!(matches!(found.status, Status::Active | Status::Updating));
    assert_eq!(live.key, declared.key);
    let covers = |live: &Projection, declared: &Projection| match (live, declared) {
        (Projection::All, _) | (_, Projection::KeysOnly) => true,
        (Projection::Include(live), Projection::Include(declared)) => declared.is_subset(live),
        (Projection::KeysOnly | Projection::Include(_), _) => false,
    };
    for (index, definition) in &declared.global_indexes {
        assert_eq!(*found.index_status.get(index).unwrap_or(&Status::Active), Status::Active);
        assert_eq!(live.global_indexes[index].key, definition.key);
        assert!(covers(&live.global_indexes[index].projection, &definition.projection));
    }
    for (index, definition) in &declared.local_indexes {
        assert_eq!(live.local_indexes[index].sort, definition.sort);
        assert!(covers(&live.local_indexes[index].projection, &definition.projection));
    }
    let held = |aspect| !world.incapable.contains(&aspect) && !declared.handling.ignore.contains(&aspect);
    on(&declared.ttl, &live.ttl, held(Aspect::Ttl));
    assert!(!held(Aspect::Stream) || declared.stream.value().is_none() || live.stream.value().is_some());
}

fn on<T: PartialEq + std::fmt::Debug>(declared: &Setting<T>, live: &Setting<T>, held: bool) {
    assert!(!held || declared.is_unmanaged() || declared == live, "{declared:?} is wanted, {live:?} is there");
}

fn warm(declared: Setting<Throughput>, live: Setting<Throughput>) -> bool {
    declared.value().is_none_or(|wanted| live.value().is_some_and(|live| live.read >= wanted.read && live.write >= wanted.write))
}

fn paid_for(declared: Option<Billing>, live: Option<Billing>, numbers: bool) {
    match (declared, live.unwrap()) {
        (None, _) => {}
        (Some(Billing::OnDemand(wanted)), Billing::OnDemand(found)) => {
            on(&wanted.read, &found.read, numbers);
            on(&wanted.write, &found.write, numbers);
        }
        (Some(Billing::Provisioned(wanted)), Billing::Provisioned(found)) => assert!(!numbers || wanted == found),
        (Some(wanted), found) => panic!("{wanted} is wanted, {found} is there"),
    }
}

fn contracted(world: &World) {
    for droppable in world.declared.drops.iter().chain(&world.request.consent) {
        match droppable {
            Droppable::Table(table) => assert!(!world.observed.tables.contains_key(table), "{table} is still there"),
            Droppable::Index(table, index) => {
                let found = world.observed.tables.get(table).filter(|table| table.status != Status::Deleting);
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

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig { cases: number, max_global_rejects: 20 * number, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_schema_does_not_differ_from_itself(bytes in tapes()) {
        let schema = arbitrary(&mut Tape(bytes.iter()), &table_name("table"));
        prop_assert_eq!(diff(&schema, &schema), vec![]);
    }

    #[test]
    fn what_is_unmanaged_never_differs(a in tapes(), b in tapes()) {
        let live = arbitrary(&mut Tape(a.iter()), &table_name("table"));
        let mut declared = arbitrary(&mut Tape(b.iter()), &table_name("table"));
        declared = TableSchema {
            global_indexes: declared.global_indexes.into_iter().map(|(name, index)| (name, GlobalIndex::new(index.key, index.projection))).collect(),
            local_indexes: declared.local_indexes,
            ..TableSchema::new(declared.name, declared.key)
        };
        for change in diff(&live, &declared) {
            prop_assert!(change.setting().is_none(), "{}", change);
        }
    }

    /// Each step is judged by the simulator as it is done; nothing is refused after the first write.
    #[test]
    fn steps_are_legal_and_lead_to_what_was_asked_for(bytes in tapes()) {
        let mut world = world(&bytes);
        let first = world.plan();
        let before = world.observed.tables.clone();
        world.up().unwrap();
        if first.refusals.is_empty() && first.ahead.is_none() {
            prop_assert!(world.plan().is_empty());
            // A change of time to live that was under way, a rename's first half, and its second.
            for _ in 0..4 {
                time_passes(&mut world);
                world.up().unwrap();
            }
        }
        let last = world.plan();
        if !first.refusals.is_empty() || first.ahead.is_some() {
            prop_assert_eq!(&world.observed.tables, &before);
        } else {
            prop_assert!(last.is_empty() && last.refusals.is_empty(), "{:?} {:?} {:?}", last.refusals, last.expand, last.records);
            prop_assert!(last.expand.is_empty() && last.contract.is_empty() && last.not_now.is_empty(), "{:?} {:?}", last.expand, last.not_now);
            if world.request.phase != Phase::After || last.later.is_empty() {
                wanted(&world);
            }
            if last.later.is_empty() {
                contracted(&world);
            }
        }
    }

    #[test]
    fn nothing_is_dropped_without_consent_or_ownership(bytes in tapes()) {
        let world = world(&bytes);
        let plan = world.plan();
        for step in plan.expand.iter().chain(&plan.contract).chain(&plan.later).map(|planned| &planned.step).filter(|step| Effect::of(step) == Effect::Drop) {
            let droppable = match step {
                Step::DropGlobalIndex { table, index } => Droppable::Index(table.clone(), index.clone()),
                other => Droppable::Table(other.table().clone()),
            };
            let replaced = plan.hazards().any(|(table, accepted)| accepted.hazard == Hazard::IndexReplaced && table == step.table());
            prop_assert!(world.consents(&droppable) || replaced, "{}", step);
            prop_assert!(world.observed.history.tables().contains_key(step.table()), "{}", step);
            let (owner, found) = (&world.observed.history.tables()[step.table()], &world.observed.tables[step.table()].table_id);
            if let (Ownership::Owned { table_id: Some(ours) }, Some(found)) = (owner, found) {
                prop_assert_eq!(ours, found, "{}: made again", step);
            }
        }
        let mut silent = world;
        silent.declared.drops.clear();
        silent.request.consent.clear();
        silent.declared.tables.values_mut().for_each(|table| table.handling.accept.clear());
        let before = silent.observed.tables.clone();
        silent.up().unwrap();
        for (name, table) in before.iter().filter(|(_, table)| table.status != Status::Deleting) {
            let after = &silent.observed.tables[name].schema;
            for index in table.schema.global_indexes.keys().filter(|index| table.index_status.get(*index) != Some(&Status::Deleting)) {
                prop_assert!(after.global_indexes.contains_key(index));
            }
        }
    }

    /// What is only verified belongs to somebody else: it is waited for at most, and never ours.
    #[test]
    fn no_step_touches_a_verified_table(bytes in tapes()) {
        let mut world = world(&bytes);
        let verified: Vec<_> = world.declared.tables.values().filter(|table| table.is_verified()).map(|table| table.name.clone()).collect();
        let plan = world.plan();
        for step in plan.expand.iter().chain(&plan.contract).chain(&plan.later).map(|planned| &planned.step) {
            prop_assert!(Effect::of(step) == Effect::Wait || !verified.contains(step.table()), "{}", step);
        }
        // A migration changes items, whoever made their table.
        let of_tables = plan.hazards().filter(|(_, accepted)| accepted.hazard != Hazard::StreamRecords);
        prop_assert!(of_tables.map(|(table, _)| table).all(|table| !verified.contains(table)));
        prop_assert!(plan.not_now.iter().all(|postponed| !verified.contains(postponed.step.table())));
        let before = world.observed.clone();
        world.up().unwrap();
        for table in &verified {
            let owner = |observed: &migrate_core::plan::Observed| observed.history.tables().get(table).cloned();
            prop_assert_eq!(owner(&world.observed), owner(&before));
            let shape = |observed: &migrate_core::plan::Observed| observed.tables.get(table).map(|live| {
                let going = |index: &IndexName| live.index_status.get(index) == Some(&Status::Deleting);
                let mut schema = live.schema.clone();
                schema.global_indexes.retain(|index, _| !going(index));
                schema
            });
            prop_assert_eq!(shape(&world.observed), shape(&before));
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
            let (before, after) = (&before.schema, &after.schema);
            prop_assert!(!declared.stream.is_unmanaged() || before.stream == after.stream);
            prop_assert!(!declared.ttl.is_unmanaged() || before.ttl == after.ttl);
            prop_assert!(declared.billing.is_some() || before.billing == after.billing);
            prop_assert!(declared.deletion_protection.is_some() || before.deletion_protection == after.deletion_protection);
            prop_assert!(declared.table_class.is_some() || before.table_class == after.table_class);
            prop_assert!(declared.encryption.is_some() || before.encryption == after.encryption);
            prop_assert!(!declared.point_in_time_recovery.is_unmanaged() || before.point_in_time_recovery == after.point_in_time_recovery);
            prop_assert!(!declared.warm_throughput.is_unmanaged() || before.warm_throughput == after.warm_throughput);
            prop_assert!(!declared.contributor_insights.is_unmanaged() || before.contributor_insights == after.contributor_insights);
            prop_assert!(!declared.resource_policy.is_unmanaged() || before.resource_policy == after.resource_policy);
            prop_assert!(!declared.kinesis_stream.is_unmanaged() || before.kinesis_stream == after.kinesis_stream);
            prop_assert!(!declared.replicas.is_unmanaged() || before.replicas == after.replicas);
            for (key, value) in before.tags.iter().filter(|(key, _)| !declared.tags.contains_key(*key)) {
                prop_assert_eq!(after.tags.get(key), Some(value), "tag {}", key);
            }
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
        let steps: Vec<Step> = world.plan().expand.into_iter().map(|planned| planned.step).collect();
        let (mut a, mut b) = (world.clone(), turned);
        a.observed.unsupported = steps.clone();
        b.observed.unsupported = steps.into_iter().rev().collect();
        prop_assert_eq!(world.plan(), world.clone().plan());
        prop_assert_eq!(a.plan(), b.plan());
    }
}

proptest! {
    #![proptest_config(cases(100))]

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
}

/// A day later DynamoDB takes what it did not take before.
fn time_passes(world: &mut World) {
    world.observed.at += jiff::SignedDuration::from_hours(24);
    for table in world.observed.tables.values_mut() {
        table.recent.ttl_changing = false;
        table.recent.decreases = Default::default();
    }
}

fn restarted(world: &World) -> migrate_core::plan::Observed {
    let mut observed = world.observed.clone();
    observed.unsupported.clear();
    observed.made_here.clear();
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
            let word = match step.aspect() {
                Some(aspect) => aspect.words().to_owned(),
                None => format!("{step:?}").split_whitespace().next().unwrap().to_owned(),
            };
            *steps.entry(word).or_insert(0) += 1;
        }
    }
    println!("{done} of 2000 worlds are not refused; steps {steps:?}; refusals {refused:?}");
    assert!(done > 500 && steps.len() >= 6 && refused.len() >= 6);
}

use proptest::strategy::ValueTree;
