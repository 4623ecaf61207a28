//! What a person reads of the tables that migrations go through.

use migrate_core::budget::{Allowance, Budget};
use migrate_core::history::Entry;
use migrate_core::migration::{MigrationMeta, OnFresh, Version};
use migrate_core::plan::{Limit, Pace, Phase, Reach};
use migrate_core::schema::{Hazard, KinesisStream, Naming, Prefix, Setting, StreamView, TableSchema};

use super::texts::{ours, reads};
use super::world::{World, meta, schema, table_name};

const STREAM: Setting<StreamView> = Setting::Set(StreamView::KeysOnly);

fn streaming() -> TableSchema {
    TableSchema { stream: STREAM, ..schema("orders") }
}

fn kinesis() -> Setting<KinesisStream> {
    Setting::Set(KinesisStream { arn: "arn:aws:kinesis:eu-west-1:1:stream/all".to_owned(), precision: None })
}

/// 1,204,000 items, and migrations that say that they go through them.
fn holding(mut world: World, migrations: &[MigrationMeta], accept: &[Hazard]) -> World {
    let live = world.observed.tables.get_mut("orders").unwrap();
    (live.item_count, live.size_bytes) = (1_204_000, 481_600_000);
    let reach = Reach { tables: [table_name("orders")].into(), accept: accept.iter().copied().collect() };
    world.declared.reach.extend(migrations.iter().map(|meta| (meta.version, reach.clone())));
    world.migrations(migrations.iter().copied())
}

#[test]
fn who_reads_a_stream_is_not_called_unasked() {
    let world = holding(ours(streaming(), schema("orders")), &[meta(1)], &[]);
    reads(
        &world,
        "
        Run 0001 load
        error[M0301]: H114, migration 0001 load goes through table `orders`: its stream is on, and about 1204000 records will be emitted if each item is changed
          help: if that is meant: `migrate up --accept orders:H114` once, or `#[migration(1, accept(H114))]`
          help: docs/hazards.md explains H114, and how consumers pass over what a migration writes",
    );
    assert_eq!(world.plan().refusals[0].hazard, Some(Hazard::StreamRecords));
    let both = TableSchema { kinesis_stream: kinesis(), ..streaming() };
    let said = |found: TableSchema| holding(ours(found, schema("orders")), &[meta(1)], &[]).plan().refusals[0].what.clone();
    assert!(said(both).contains("its stream and its Kinesis stream are on, and about"));
    let mut one = holding(ours(TableSchema { kinesis_stream: kinesis(), ..schema("orders") }, schema("orders")), &[meta(1)], &[]);
    one.observed.tables.get_mut("orders").unwrap().item_count = 1;
    assert!(
        one.plan().refusals[0]
            .what
            .ends_with("its Kinesis stream is on, and about 1 record will be emitted if each item is changed")
    );
}

#[test]
fn consent_stands_in_the_code_or_on_the_command_line() {
    let expected = "
        Run 0001 load
        accepted H114, orders: its stream is on, and about 1204000 records will be emitted if each item is changed";
    reads(&holding(ours(streaming(), schema("orders")), &[meta(1)], &[Hazard::StreamRecords]), expected);
    let mut once = holding(ours(streaming(), schema("orders")), &[meta(1)], &[]);
    once.request.accept.insert((table_name("orders"), Hazard::StreamRecords));
    reads(&once, expected);
    let mut other = holding(ours(streaming(), schema("orders")), &[meta(1)], &[]);
    other.request.accept.insert((table_name("orders"), Hazard::StreamOff));
    assert_eq!(other.plan().refusals.len(), 1, "another consent is none");
}

#[test]
fn it_is_told_only_where_it_would_happen() {
    let quiet = |world: &World| assert_eq!(world.plan().refusals, [], "{:?}", world.plan().migrations);
    let old = || ours(streaming(), schema("orders"));
    let mut elsewhere = holding(old(), &[meta(1)], &[]);
    elsewhere.declared.reach.clear();
    quiet(&elsewhere);
    quiet(&holding(ours(schema("orders"), schema("orders")), &[meta(1)], &[]));
    quiet(&holding(old().applied(meta(1)), &[meta(1)], &[]));
    let mut waits = holding(old(), &[MigrationMeta { after_deploy: true, ..meta(1) }], &[]);
    waits.request.phase = Phase::Before;
    quiet(&waits);
    waits.request.phase = Phase::After;
    assert_eq!(waits.plan().refusals.len(), 1);
    let mut behind = holding(old(), &[meta(1), meta(2)], &[]);
    behind.declared.reach.remove(&Version::new(1));
    behind.request.to = Some(Version::new(1));
    quiet(&behind);
    let mut empty = holding(old(), &[meta(1)], &[]);
    empty.observed.tables.get_mut("orders").unwrap().item_count = 0;
    quiet(&empty);
    let fresh = World::new().found(super::world::live(streaming(), None)).declare(streaming());
    let fresh = fresh.recorded(Entry::SequenceStarted { fresh_up_to: Some(Version::new(1)) }).owned("orders", None);
    quiet(&holding(fresh, &[MigrationMeta { on_fresh: Some(OnFresh::Run), ..meta(1) }], &[]));
}

#[test]
fn the_stream_counts_as_it_will_be_by_then() {
    let refusals = |found: TableSchema, declared: TableSchema, phase| {
        let mut world = holding(ours(found, declared), &[MigrationMeta { after_deploy: true, ..meta(1) }], &[]);
        world.request.phase = phase;
        world.plan().refusals.len()
    };
    let off = || {
        let mut off = TableSchema { stream: Setting::Off, ..schema("orders") };
        off.handling.accept.insert(Hazard::StreamOff);
        off
    };
    assert_eq!(refusals(schema("orders"), streaming(), Phase::All), 1, "this run switches it on");
    assert_eq!(refusals(streaming(), off(), Phase::All), 0, "this run switches it off");
    assert_eq!(refusals(streaming(), off(), Phase::After), 1, "that was left for the phase before");
    assert_eq!(refusals(schema("orders"), TableSchema { kinesis_stream: kinesis(), ..schema("orders") }, Phase::All), 1);
}

#[test]
fn the_code_and_the_command_line_say_the_tables_own_name() {
    let naming: Naming = Prefix::new("dev-").unwrap().into();
    let (found, wanted) = (streaming().named(table_name("dev-orders")), schema("orders").named(table_name("dev-orders")));
    let mut world = ours(found, wanted.clone()).migrations([meta(1)]);
    world.declared.naming = naming;
    world.observed.tables.get_mut("dev-orders").unwrap().item_count = 3;
    let reach = Reach { tables: [table_name("dev-orders")].into(), ..Reach::default() };
    world.declared.reach.insert(Version::new(1), reach);
    let help = |world: &World| world.plan().refusals[0].recipe[0].clone();
    assert_eq!(help(&world), "if that is meant: `migrate up --accept orders:H114` once, or `#[migration(1, accept(H114))]`");
    world.declared.tables.clear();
    assert_eq!(help(&world), "if that is meant: `#[migration(1, accept(H114))]`", "what is not declared cannot be named there");
}

#[test]
fn what_it_takes_stands_at_the_migration_and_in_the_sum() {
    let mut world = holding(ours(schema("orders"), schema("orders")), &[meta(1), meta(2)], &[]);
    world.request.to = Some(Version::new(1));
    let plan = world.plan();
    let passage = plan.migrations[0].tables[0].estimate.unwrap();
    assert_eq!((passage.items, passage.write_units, passage.read_units), (1_204_000, 1_204_000, 117_579));
    assert_eq!(passage.pace, Some(Pace { seconds: 2_408, per_second: 500, of: Limit::WriteUnits }));
    assert_eq!(plan.migrations[1].tables, [], "what waits is not counted");
    let sum = plan.estimate().unwrap();
    assert_eq!((sum.seconds, sum.once_microdollars), (Some(2_408), passage.once_microdollars));
    let json = serde_json::to_value(&plan.migrations[0]).unwrap();
    let pace = serde_json::json!({ "seconds": 2_408, "per_second": 500, "of": "write_units" });
    let estimate = serde_json::json!({
        "items": 1_204_000, "write_units": 1_204_000, "read_units": 117_579, "pace": pace, "once_microdollars": 767_197,
    });
    assert_eq!(json["tables"], serde_json::json!([{ "table": "orders", "estimate": estimate }]));
    assert_eq!(plan.without_estimates().migrations[0].tables[0].estimate, None);
    world.request.budget = Budget { write: Some(Allowance::PerSecond(1_000)), ..Budget::default() };
    assert_eq!(world.plan().migrations[0].tables[0].estimate.unwrap().pace.unwrap().seconds, 1_204);
}

#[test]
fn where_nothing_is_known_nothing_is_said() {
    let mut world = holding(ours(schema("orders"), schema("orders")), &[meta(1)], &[]);
    world.declared.reach.insert(Version::new(1), Reach { tables: [table_name("gone")].into(), ..Reach::default() });
    let plan = world.plan();
    assert_eq!((plan.migrations[0].tables[0].estimate, plan.estimate()), (None, None));
}
