//! Tables that another sequence owns: laws over generated ones, and the texts of what is refused.

use std::collections::BTreeMap;

use migrate_core::history::{Entry, IndexState};
use migrate_core::plan::{Droppable, Effect};
use migrate_core::schema::{Hazard, IndexName, LiveTable, ScalarType, Status, TableSchema};
use migrate_core::step::Step;
use proptest::prelude::*;

use super::generate::{Tape, arbitrary, tapes};
use super::texts::{by, by_email, indexed, ours, reads};
use super::world::{World, index_name, live, schema, table_name};

fn shared(mut schema: TableSchema) -> TableSchema {
    schema.handling.owner = Some("stock".to_owned());
    schema
}

fn entry(kind: usize, index: &str, id: &str) -> Entry {
    let (table, table_id, index) = (table_name("orders"), Some(id.to_owned()), index_name(index));
    match kind {
        0 => Entry::IndexAdopted { table, table_id, index },
        1 => Entry::IndexCreating { table, table_id, index },
        _ => Entry::IndexDropping { table, table_id, index },
    }
}

/// A table of another sequence that is there, at rest or not, with indexes of ours and of others, and what the code wants of it.
fn world(bytes: &[u8]) -> World {
    let mut tape = Tape(bytes.iter());
    let found = arbitrary(&mut tape, &table_name("orders"));
    let other = arbitrary(&mut tape, &table_name("orders"));
    let mut declared = shared(TableSchema::new(found.name.clone(), found.key.clone()));
    if tape.chance(1) {
        declared.key = other.key.clone();
    }
    if tape.chance(8) {
        declared.handling.accept = [Hazard::IndexReplaced].into();
    }
    let mut world = World::new().settled();
    for (name, index) in other.global_indexes.iter().chain(&found.global_indexes) {
        if tape.chance(10) {
            let plain = migrate_core::schema::GlobalIndex::new(index.key.clone(), index.projection.clone());
            declared.global_indexes.insert(name.clone(), plain);
        }
    }
    let mut live = live(found.clone(), Some("t-1"));
    for name in found.global_indexes.keys() {
        if tape.chance(11) {
            let id = if tape.chance(1) { "t-0" } else { "t-1" };
            world = world.recorded(entry(0, name.as_str(), id));
            let kind = tape.below(3);
            if kind > 0 {
                world = world.recorded(entry(kind, name.as_str(), id));
            }
        }
        if !declared.global_indexes.contains_key(name) && tape.chance(8) {
            world.declared.drops.insert(Droppable::Index(table_name("orders"), name.clone()));
        }
        match tape.below(8) {
            0 => live.index_status.insert(name.clone(), Status::Creating),
            1 => live.index_status.insert(name.clone(), Status::Deleting),
            _ => None,
        };
    }
    if tape.chance(15) {
        world.observed.with_owner.insert(table_name("orders"));
    }
    let world = world.declare(declared);
    if tape.chance(15) { world.found(live) } else { world }
}

/// The table without its indexes.
fn settings(world: &World) -> Option<TableSchema> {
    let live = world.observed.tables.get(&table_name("orders"))?;
    Some(TableSchema { global_indexes: BTreeMap::new(), ..live.schema.clone() })
}

fn claimed(world: &World, index: &IndexName) -> bool {
    let live = &world.observed.tables[&table_name("orders")];
    world
        .observed
        .history
        .indexes()
        .get(&(table_name("orders"), index.clone()))
        .is_some_and(|claim| claim.table_id == live.table_id)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_but_our_own_indexes_is_touched(bytes in tapes()) {
        let world = world(&bytes);
        let plan = world.plan();
        let declared = &world.declared.tables[&table_name("orders")];
        let steps = plan.expand.iter().chain(&plan.contract).chain(&plan.later);
        for step in steps.map(|planned| &planned.step).filter(|_| plan.refusals.is_empty()) {
            match step {
                Step::AwaitTable { .. } => prop_assert_eq!(Effect::of(step), Effect::Wait),
                Step::CreateGlobalIndex { index, .. } => prop_assert!(declared.global_indexes.contains_key(index), "{}", step),
                Step::DropGlobalIndex { index, .. } => prop_assert!(claimed(&world, index), "{}", step),
                other => prop_assert!(false, "{}", other),
            }
        }
        for entry in &plan.records {
            prop_assert!(!matches!(entry, Entry::TableAdopted { .. } | Entry::TableCreated { .. } | Entry::TableChanged { .. }), "{}", entry);
        }
    }

    #[test]
    fn a_run_makes_the_declared_indexes_and_leaves_the_rest(bytes in tapes()) {
        let start = world(&bytes);
        let refused = !start.plan().refusals.is_empty();
        let mut world = start.clone();
        world.up().unwrap();
        prop_assert_eq!(settings(&world), settings(&start));
        prop_assert!(world.observed.history.tables().is_empty(), "the table is never ours");
        if refused {
            prop_assert_eq!(&world.observed.tables, &start.observed.tables);
            return Ok(());
        }
        prop_assert!(world.plan().is_empty());
        let (before, after) = (&start.observed.tables[&table_name("orders")], &world.observed.tables[&table_name("orders")]);
        let declared = &world.declared.tables[&table_name("orders")].global_indexes;
        for (index, definition) in declared {
            prop_assert!(after.schema.global_indexes[index].same_shape(definition));
            let claim = &world.observed.history.indexes()[&(table_name("orders"), index.clone())];
            prop_assert_eq!((claim.state, &claim.table_id), (IndexState::Owned, &after.table_id), "{}", index);
        }
        let stays = |live: &LiveTable, index: &IndexName| live.index_status.get(index) != Some(&Status::Deleting);
        for index in before.schema.global_indexes.keys().filter(|index| stays(before, index) && !claimed(&start, index)) {
            prop_assert!(after.schema.global_indexes.contains_key(index), "{} is somebody else's", index);
        }
    }

    #[test]
    fn a_crash_anywhere_comes_to_the_same_end(bytes in tapes()) {
        let start = world(&bytes);
        prop_assume!(start.plan().refusals.is_empty());
        let mut straight = start.clone();
        straight.up().unwrap();
        for k in 0..40 {
            let mut world = World { writes_left: Some(k), ..start.clone() };
            if world.up().is_ok() {
                break;
            }
            world.writes_left = None;
            prop_assert_eq!(world.plan().refusals, vec![], "after {} writes", k);
            world.up().unwrap();
            let indexes = |world: &World| world.observed.tables[&table_name("orders")].schema.global_indexes.clone();
            prop_assert_eq!(indexes(&world), indexes(&straight), "killed after {} writes", k);
            prop_assert_eq!(world.observed.history.indexes(), straight.observed.history.indexes(), "killed after {} writes", k);
            prop_assert!(world.plan().is_empty());
        }
    }
}

fn guest(found: TableSchema, declared: TableSchema) -> World {
    let mut world = World::new().found(live(found, Some("t-1"))).settled().declare(shared(declared));
    world.observed.with_owner.insert(table_name("orders"));
    world
}

#[test]
fn an_index_comes_to_a_table_of_another_sequence() {
    let world = guest(schema("orders"), indexed(schema("orders"), "by-email", by_email()));
    reads(
        &world,
        "
        record shares table orders, which sequence stock owns
        expand create index orders/by-email (email S) projection keys_only",
    );
    let mut world = world;
    world.up().unwrap();
    reads(&world, "");
    // Other indexes are nobody's business, nor are they waited for.
    let found = world.observed.tables.get_mut(&table_name("orders")).unwrap();
    let other =
        live(indexed(schema("orders"), "by-day", by(&[("day", ScalarType::S)], migrate_core::schema::Projection::All)), None);
    found.schema.global_indexes.extend(other.schema.global_indexes);
    found.index_status.insert(index_name("by-day"), Status::Creating);
    reads(&world, "");
}

#[test]
fn what_stands_in_the_way_of_a_guest() {
    let by_email = || indexed(schema("orders"), "by-email", by_email());
    reads(
        &World::new().settled().declare(shared(by_email())),
        "
        error[M0604]: table `orders` is not there: sequence `stock` owns it, and makes it
          help: if this binary has both: `migrate up --sequence stock`, then this again
          help: else `migrate up` of the application that has sequence `stock`
          help: if it should be here: another --prefix, region or account?",
    );
    let mut unknown = guest(schema("orders"), by_email());
    unknown.observed.with_owner.clear();
    reads(
        &unknown,
        "
        error[M0303]: table `orders` is here, but not on record as sequence `stock`'s
          help: if it is: `migrate up --sequence stock`, which makes it or says how it comes under ownership
          help: if it is not: name its owner; a sequence is called as its package, or by `migrations!(name = \"..\")`",
    );
    reads(
        &guest(schema("orders"), by_email()).owned("orders", Some("t-1")),
        "
        error[M0303]: table `orders` is on record as this sequence's, but the code says `owner = \"stock\"`
          help: take `owner` out, and state the table's settings here: a table does not change its owner",
    );
    let mut keyed = schema("orders");
    keyed.key.partition.name = "number".to_owned();
    reads(
        &guest(keyed, by_email()),
        "
        error[M0302]: table `orders`, key: (number S) → (id S): sequence `stock` owns it, and a table keeps its key for life
          differs: key: (number S) → (id S)
          help: declare its key here as it is, (number S)",
    );
    reads(
        &guest(by_email(), by_email()),
        "
        error[M0303]: index `orders/by-email` is here, but no record says that it is this sequence's
          help: if it is: `migrate adopt orders` brings it under ownership
          help: if it is another sequence's: take it out of the code here, or declare one under a new name, `by-email-2`",
    );
    let other = by(&[("day", ScalarType::S)], migrate_core::schema::Projection::All);
    reads(
        &guest(indexed(schema("orders"), "by-email", other), by_email()),
        "
        error[M0303]: index `orders/by-email` is here, but no record says that it is this sequence's
          differs: global index by-email: (day S) projection all → (email S) projection keys_only
          help: if it is: declare it as it is, (day S) projection all; `migrate adopt orders`; then change it
          help: if it is another sequence's: take it out of the code here, or declare one under a new name, `by-email-2`",
    );
}

fn dropping(mut world: World, droppable: Droppable) -> World {
    world.declared.drops.insert(droppable);
    world
}

fn by_email_of_orders() -> Droppable {
    Droppable::Index(table_name("orders"), index_name("by-email"))
}

#[test]
fn a_guest_drops_what_is_its_own() {
    let found = || indexed(schema("orders"), "by-email", by_email());
    let world = guest(found(), schema("orders")).recorded(entry(0, "by-email", "t-1"));
    reads(
        &world,
        "
        note: index `orders/by-email` is not declared; it stays
          help: drop it with `drop_index!(\"orders\", \"by-email\");` in the code or `--drop orders/by-email`, or declare it",
    );
    let mut world = dropping(world, by_email_of_orders());
    reads(&world, "contract drop index orders/by-email");
    // Without its struct too.
    world.declared.tables.clear();
    reads(&world, "contract drop index orders/by-email");
    world.up().unwrap();
    reads(&world, "");
    assert!(world.observed.history.indexes().is_empty());
    reads(
        &dropping(guest(found(), schema("orders")), by_email_of_orders()),
        "
        error[M0303]: index `orders/by-email` is named for a drop, but no record says that it is this sequence's
          help: sequence `stock` owns the table: leave the drop to that one, or to the sequence that made the index",
    );
}

#[test]
fn an_owner_keeps_its_hands_off_indexes_of_guests() {
    let found = || indexed(schema("orders"), "by-email", by_email());
    let with_guest = |declared| {
        let mut world = ours(found(), declared);
        world.observed.guests.insert(table_name("orders"), ["reports".to_owned()].into());
        world.observed.guest_indexes.insert((table_name("orders"), index_name("by-email")), "reports".to_owned());
        world
    };
    reads(&with_guest(schema("orders")), "");
    reads(
        &dropping(with_guest(schema("orders")), by_email_of_orders()),
        "
        error[M0303]: index `orders/by-email` is named for a drop, but it is sequence `reports`'s
          help: if it is to go: `drop_index!(\"orders\", \"by-email\");` in the code of `reports`, or its `migrate up --drop orders/by-email`
          help: if it is to stay: take that out of the code here",
    );
    let other = by(&[("day", ScalarType::S)], migrate_core::schema::Projection::All);
    reads(
        &with_guest(indexed(schema("orders"), "by-email", other)),
        "
        error[M0303]: index `orders/by-email` is declared otherwise, but it is sequence `reports`'s
          help: if it is to go: `drop_index!(\"orders\", \"by-email\");` in the code of `reports`, or its `migrate up --drop orders/by-email`
          help: if it is to stay: take that out of the code here",
    );
    let mut world = dropping(with_guest(schema("orders")), Droppable::Table(table_name("orders")));
    world.declared.tables.clear();
    reads(
        &world,
        "
        error[M0303]: table `orders` is named for a drop, but others have indexes on it: `by-email` of sequence `reports`
          help: drop these first, each by `drop_index!` in the code of its sequence; then this again",
    );
}
