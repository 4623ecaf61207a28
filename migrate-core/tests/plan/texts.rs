//! What a person reads at three in the morning: each refusal and notice with its recipe, for one concrete world.

use std::collections::BTreeSet;

use migrate_core::history::Entry;
use migrate_core::migration::{Edited, MigrationMeta, OnFresh, Version};
use migrate_core::plan::{Action, Droppable, Phase, Plan, Summary};
use migrate_core::schema::{
    Billing, GlobalIndex, IndexKey, KeyElement, LocalIndex, Naming, Projection, ScalarType, Setting, Status, StreamView,
    TableSchema, Throughput,
};
use migrate_core::step::Step;

use super::world::{World, element, index_name, live, meta, schema, table_name};

/// A plan as plain lines, for comparison.
fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(plan.records.iter().map(|entry| format!("record {entry}")));
    lines.extend(plan.expand.iter().map(|planned| format!("expand {}", planned.step)));
    lines.extend(plan.migrations.iter().map(|planned| format!("{:?} {}", planned.action, planned.migration)));
    lines.extend(plan.contract.iter().map(|planned| format!("contract {}", planned.step)));
    lines.extend(plan.later.iter().map(|planned| format!("later {}", planned.step)));
    lines.extend(plan.not_now.iter().map(|postponed| {
        let until = postponed.until.map(|until| format!(" until {until}")).unwrap_or_default();
        format!("not now{until}: {}: {}", postponed.step, postponed.reason)
    }));
    lines.extend(
        plan.unknown.iter().map(|unknown| format!("unknown {} of {} (needs {})", unknown.setting, unknown.table, unknown.needs)),
    );
    let accepted = plan.hazards().map(|(table, accepted)| format!("accepted {}, {table}: {}", accepted.hazard, accepted.what));
    let mut accepted: Vec<String> = accepted.collect();
    accepted.sort();
    lines.extend(accepted);
    for refusal in &plan.refusals {
        lines.push(format!("error[{}]: {}", refusal.kind.code(), refusal.what));
        lines.extend(refusal.differences.iter().map(|change| format!("  differs: {change}")));
        lines.extend(refusal.recipe.iter().map(|line| format!("  help: {line}")));
    }
    for notice in &plan.notices {
        lines.push(format!("note: {}", notice.what));
        lines.extend(notice.help.iter().map(|line| format!("  help: {line}")));
    }
    if let Some(ahead) = &plan.ahead {
        lines.push(format!("ahead: database {}, binary {:?}", ahead.database, ahead.binary.map(Version::get)));
    }
    lines
}

#[track_caller]
pub fn reads(world: &World, expected: &str) {
    let found = lines(&world.plan()).join("\n");
    let expected: Vec<&str> = expected.trim().lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).collect();
    assert_eq!(found, expected.join("\n"), "\nfound:\n{found}\n");
}

pub fn by(attributes: &[(&str, ScalarType)], projection: Projection) -> GlobalIndex {
    let partition: Vec<KeyElement> = attributes.iter().map(|(name, scalar)| element(name, *scalar)).collect();
    GlobalIndex::new(IndexKey { partition, sort: Vec::new() }, projection)
}

pub fn indexed(mut schema: TableSchema, index: &str, definition: GlobalIndex) -> TableSchema {
    schema.global_indexes.insert(index_name(index), definition);
    schema
}

pub fn by_email() -> GlobalIndex {
    by(&[("email", ScalarType::S)], Projection::KeysOnly)
}

/// Ours and at rest: `found` where `declared` is wanted.
pub fn ours(found: TableSchema, declared: TableSchema) -> World {
    let name = found.name.as_str().to_owned();
    World::new().found(live(found, Some("t-1"))).settled().owned(&name, Some("t-1")).declare(declared)
}

fn after(number: u32) -> MigrationMeta {
    MigrationMeta { after_deploy: true, ..meta(number) }
}

fn to(mut world: World, version: u32) -> World {
    world.request.to = Some(Version::new(version));
    world
}

fn phase(mut world: World, phase: Phase) -> World {
    world.request.phase = phase;
    world
}

fn dropping(mut world: World, table: &str, index: Option<&str>) -> World {
    world.request.consent.insert(droppable(table, index));
    world
}

fn droppable(table: &str, index: Option<&str>) -> Droppable {
    match index {
        Some(index) => Droppable::Index(table_name(table), index_name(index)),
        None => Droppable::Table(table_name(table)),
    }
}

#[test]
fn a_fresh_database_is_made_whole() {
    let mut customers = indexed(schema("customers"), "by-email", by_email());
    (customers.ttl, customers.stream) = (Setting::Set("expires_at".to_owned()), Setting::Set(StreamView::NewAndOldImages));
    let run = MigrationMeta { on_fresh: Some(OnFresh::Run), ..meta(2) };
    let world = World::new().declare(customers).declare(schema("orders")).migrations([meta(1), run]);
    reads(
        &world,
        "
        expand create table customers (id S)
        expand set customers, time to live: off → expires_at
        expand create table orders (id S)
        Skip 0001 load
        Run 0002 lowercase_emails",
    );
    let plan = world.plan();
    assert_eq!(plan.summary(), Summary { create: 2, change: 0, drop: 0, migrations: 2 });
    let Step::CreateTable { schema } = &plan.expand[0].step else { panic!() };
    assert_eq!((schema.billing, schema.deletion_protection), (Some(Billing::ON_DEMAND), Some(true)));
}

#[test]
fn a_run_that_crashed_on_a_fresh_database_goes_on_as_fresh() {
    let world = World::new().declare(schema("orders")).migrations([meta(1), meta(2), meta(3)]);
    let world = world.recorded(Entry::SequenceStarted { fresh_up_to: Some(Version::new(2)) });
    let world = world.recorded(Entry::TableCreating { table: table_name("orders") }).found(live(schema("orders"), Some("t-1")));
    reads(
        &world,
        "
        record created table orders
        Skip 0001 load
        Skip 0002 lowercase_emails
        Run 0003 split_name",
    );
}

#[test]
fn data_without_a_history() {
    let mut world = World::new().declare(schema("orders")).found(live(schema("orders"), None)).migrations([meta(1), meta(2)]);
    world.observed.with_data.insert(table_name("orders"));
    reads(&world, "
        Run 0001 load
        Run 0002 lowercase_emails
        error[M0303]: table `orders` is here, but no record says that it is ours
          help: if it is yours: `migrate baseline 2` takes it under ownership, after showing the differences again
          help: if it is somebody else's: declare yours under another name, such as `#[table(name = \"orders-2\")]`, or use `--prefix`
        error[M0305]: orders holds data, but there is no history: nobody knows which migrations that data has seen
          help: if the data is in the form that the code expects today: `migrate baseline 2`
          help: if it is older: `migrate baseline N` with the last of the migrations up to 2 that it has seen; the rest will run");
}

#[test]
fn a_table_that_is_not_ours_shows_every_difference() {
    let mut found = schema("orders");
    found.stream = Setting::Set(StreamView::KeysOnly);
    found.billing = Some(Billing::Provisioned(Throughput { read: 5, write: 1 }));
    let mut wanted = indexed(schema("orders"), "by-email", by_email());
    (wanted.stream, wanted.billing, wanted.deletion_protection) = (Setting::Off, Some(Billing::ON_DEMAND), Some(false));
    let world = World::new().settled().found(live(found, None)).declare(wanted).migrations([meta(1), meta(2)]).applied(meta(1));
    reads(&world, "
        Run 0002 lowercase_emails
        error[M0303]: table `orders` is here, but no record says that it is ours
          differs: global index by-email: none → (email S) projection keys_only
          differs: deletion protection: on → off
          differs: stream: keys_only → off
          differs: billing: provisioned(read = 5, write = 1) → on_demand
          help: if it is yours: `migrate adopt orders` takes it under ownership, after showing the differences again
          help: if it is somebody else's: declare yours under another name, such as `#[table(name = \"orders-2\")]`, or use `--prefix`");
}

#[test]
fn a_table_that_was_made_again_or_is_gone_or_goes() {
    let world =
        World::new().settled().owned("orders", Some("t-0")).found(live(schema("orders"), Some("t-1"))).declare(schema("orders"));
    reads(&world, "
        error[M0303]: table `orders` was made again since we made or adopted it: it has another id, so it is not ours
          help: if it came back from a backup: `migrate resolve --restored orders --at N --reason TEXT`, N being the last migration whose effect its data has; later ones that touched it run again
          help: if it is yours: `migrate adopt orders` takes it under ownership, after showing the differences again
          help: if it is somebody else's: declare yours under another name, such as `#[table(name = \"orders-2\")]`, or use `--prefix`");
    let mut gone = world.clone();
    gone.observed.tables.clear();
    reads(&gone, "
        error[M0604]: table `orders` is recorded as ours, but it is not there: somebody deleted it
          help: if its data is needed: restore a backup as `orders`, then `migrate resolve --restored orders --at N --reason TEXT`, N being the last migration whose effect that data has
          help: if it is not: take `orders` out of the code, run `migrate up --drop orders` once, which forgets it, and declare it again");
    gone.declared.tables.clear();
    reads(
        &gone,
        "
        note: table `orders` is recorded as ours, but it is not there and not declared
          help: `migrate up --drop orders` forgets it",
    );
    gone.request.consent.insert(droppable("orders", None));
    reads(
        &gone,
        "
        record dropping table orders
        record dropped table orders",
    );
    gone.up().unwrap();
    reads(
        &gone.declare(schema("orders")),
        "
        expand create table orders (id S)
        error[M0202]: `--drop` names table `orders`, which the code declares
          help: take the declaration out of the code if it is to go, or the drop if it is to stay",
    );
}

#[test]
fn a_key_is_for_life() {
    let mut wanted = schema("orders");
    wanted.key.sort = Some(element("at", ScalarType::N));
    reads(
        &ours(schema("orders"), wanted),
        "
        error[M0302]: table `orders`, key: (id S) → (id S, at N): a table keeps its key for life
          help: declare a table `orders-2` as you want it, and keep `orders` declared as it is
          help: let the application write to both, and copy `orders` by a migration with `put_all`, which overwrites nothing
          help: when no code reads `orders` any more: take its struct out and write `drop_table!(\"orders\");`",
    );
}

#[test]
fn a_changed_index_gets_a_new_name() {
    let found = indexed(schema("shop-customers"), "by-email", by_email());
    let wanted = indexed(schema("shop-customers"), "by-email", by(&[("email", ScalarType::S)], Projection::All));
    let mut world = ours(found, wanted);
    world.declared.naming = Naming::template("shop-{name}").unwrap();
    reads(&world, "
        error[M0302]: table `shop-customers`, global index by-email: (email S) projection keys_only → (email S) projection all: an index keeps its key and projection for life
          help: declare it under a new name, `by-email-2`, (email S) projection all; take `by-email` out of the code; `migrate up --phase before`
          help: deploy the code that reads `by-email-2`
          help: then write `drop_index!(\"customers\", \"by-email\");` and `migrate up --phase after`
          help: or, where nobody needs it meanwhile, let it be deleted and built anew: `migrate up --accept customers:H110`, or `#[table(accept(H110))]`");
}

#[test]
fn an_attribute_has_one_type() {
    let found = indexed(schema("orders"), "by-score", by(&[("score", ScalarType::S)], Projection::All));
    let wanted = indexed(schema("orders"), "by-score", by(&[("score", ScalarType::N)], Projection::All));
    let wanted = indexed(wanted, "by-score-2", by(&[("score", ScalarType::N)], Projection::All));
    reads(&ours(found, wanted), "
        error[M0302]: table `orders`, type of key attribute score: S → N: a table has one type for an attribute, and it is S in index `by-score`
          help: store the value under a new attribute, such as `score_2`, and fill it by a migration
          help: declare an index on `score_2` under a new name, and go back to S for `score`");
}

#[test]
fn local_indexes_come_with_their_table_only() {
    let sorted = |name: &str| {
        let mut schema = schema(name);
        schema.key.sort = Some(element("at", ScalarType::N));
        schema
    };
    let mut wanted = sorted("orders");
    let local = LocalIndex { sort: element("size", ScalarType::N), projection: Projection::All };
    wanted.local_indexes.insert(index_name("by-size"), local);
    reads(&ours(sorted("orders"), wanted.clone()), "
        error[M0302]: table `orders`, local index by-size: none → (size N) projection all: local indexes are made with their table only
          help: declare a global index instead: `global_index(name = \"by-size\", partition_key = id, sort_key = size, projection = all)`; its reads are eventually consistent
          help: or, for a local index, a new table:
          help: declare a table `orders-2` as you want it, and keep `orders` declared as it is
          help: let the application write to both, and copy `orders` by a migration with `put_all`, which overwrites nothing
          help: when no code reads `orders` any more: take its struct out and write `drop_table!(\"orders\");`");
    let undeclared = ours(wanted, sorted("orders"));
    reads(
        &undeclared,
        "
        note: local index `orders/by-size` is not declared; it stays as long as its table
          help: declare it, so that this notice goes",
    );
    reads(
        &dropping(undeclared, "orders", Some("by-size")),
        "
        error[M0302]: local index `orders/by-size` cannot be dropped: it lives as long as its table
          help: take the drop out; an undeclared local index does no harm
          help: declare a table `orders-2` as you want it, and keep `orders` declared as it is
          help: let the application write to both, and copy `orders` by a migration with `put_all`, which overwrites nothing
          help: when no code reads `orders` any more: take its struct out and write `drop_table!(\"orders\");`
        note: local index `orders/by-size` is not declared; it stays as long as its table
          help: declare it, so that this notice goes",
    );
}

#[test]
fn settings_and_indexes_in_their_order() {
    let mut found = indexed(schema("orders"), "by-old", by_email());
    found.ttl = Setting::Set("until".to_owned());
    let mut wanted = indexed(schema("orders"), "by-email", by_email());
    wanted = indexed(wanted, "by-city", by(&[("city", ScalarType::S)], Projection::All));
    (wanted.stream, wanted.ttl, wanted.deletion_protection) = (Setting::Set(StreamView::KeysOnly), Setting::Off, Some(false));
    let mut world = ours(found, wanted);
    world.observed.tables.get_mut("orders").unwrap().status = Status::Updating;
    world.declared.drops.insert(droppable("orders", Some("by-old")));
    reads(
        &world,
        "
        expand wait for table orders and its indexes
        expand set orders, deletion protection: on → off
        expand set orders, stream: off → keys_only
        expand create index orders/by-city (city S) projection all
        expand create index orders/by-email (email S) projection keys_only
        expand set orders, time to live: until → off
        contract drop index orders/by-old",
    );
    assert_eq!(world.plan().summary(), Summary { create: 2, change: 3, drop: 1, migrations: 0 });
    world.observed.tables.get_mut("orders").unwrap().status = Status::Active;
    world.observed.unsupported = world.plan().expand.into_iter().take(2).map(|planned| planned.step).collect();
    reads(
        &phase(world, Phase::Before),
        "
        expand create index orders/by-city (city S) projection all
        expand create index orders/by-email (email S) projection keys_only
        expand set orders, time to live: until → off
        later drop index orders/by-old
        note: this engine cannot set orders, deletion protection: on → off: left as it is, and not counted
          help: Amazon DynamoDB can; only some local engines cannot
        note: this engine cannot set orders, stream: off → keys_only: left as it is, and not counted
          help: Amazon DynamoDB can; only some local engines cannot",
    );
}

#[test]
fn at_the_limit_of_indexes_the_drop_comes_first() {
    let full = (0..20).fold(schema("orders"), |schema, n| indexed(schema, &format!("by-{n:02}"), by_email()));
    let mut wanted = indexed(full.clone(), "by-new", by_email());
    wanted.global_indexes.remove("by-00");
    let world = ours(full, wanted);
    reads(&world, "
        error[M0302]: table `orders` has 20 global indexes; `by-new` would be more than the 20 that a table takes
          help: make room: take `by-new` out of the code, write `drop_index!(\"orders\", \"by-00\");` (it is not declared), `migrate up --phase all`
          help: then declare `by-new` again
        note: index `orders/by-00` is not declared; it stays
          help: drop it with `drop_index!(\"orders\", \"by-00\");` in the code or `--drop orders/by-00`, or declare it");
    let mut consented = dropping(world, "orders", Some("by-00"));
    reads(
        &phase(consented.clone(), Phase::Before),
        "
        later drop index orders/by-00
        error[M0302]: table `orders` has 20 global indexes; `by-new` would be more than the 20 that a table takes
          help: the drop of `by-00` comes first: where no old code is serving, `migrate up --phase all` does both in order",
    );
    reads(
        &consented,
        "
        expand drop index orders/by-00
        expand create index orders/by-new (email S) projection keys_only",
    );
    consented.up().unwrap();
    reads(&consented, "");
}

#[test]
fn tables_leave_by_consent_only() {
    let world = World::new().settled().owned("orders", Some("t-1")).found(live(schema("orders"), Some("t-1")));
    reads(
        &world,
        "
        note: table `orders` is no longer declared; it stays
          help: drop it with `drop_table!(\"orders\");` in the code or `--drop orders`, or declare it again",
    );
    let consented = dropping(world.clone(), "orders", None);
    reads(&consented, "contract drop table orders");
    reads(&phase(consented.clone(), Phase::Before), "later drop table orders");
    let Step::DropTable { table_id, .. } = &consented.plan().contract[0].step else { panic!() };
    assert_eq!(table_id.as_deref(), Some("t-1"));
    let mut again = consented.clone();
    again.observed.tables.get_mut("orders").unwrap().table_id = Some("t-2".to_owned());
    reads(
        &again,
        "
        error[M0303]: table `orders` is named for a drop, but no record says that this very table is ours
          help: if it is yours: declare `orders` again, `migrate baseline 0`, then take it out and drop it
          help: if it is somebody else's: take the drop out",
    );
    let mut done = consented;
    done.up().unwrap();
    reads(&done, "");
}

#[test]
fn a_drop_of_nothing_is_a_slip_on_the_command_line_only() {
    let mut world = World::new().settled();
    world.declared.drops = BTreeSet::from([droppable("orders", None), droppable("customers", Some("by-email"))]);
    reads(&world, "");
    world.declared.drops.clear();
    world.request.consent = BTreeSet::from([droppable("orders", None), droppable("customers", Some("by-email"))]);
    reads(
        &world,
        "
        error[M0202]: there is no index `by-email` on a table `customers`, so `--drop customers/by-email` has nothing to drop
          help: `migrate plan` shows what could be dropped
        error[M0202]: there is no table `orders`, so `--drop orders` has nothing to drop
          help: `migrate plan` shows what could be dropped",
    );
}

#[test]
fn a_removal_that_was_begun_and_then_taken_back() {
    let begun = Entry::TableDropping { table: table_name("orders"), table_id: Some("t-1".to_owned()) };
    let world = World::new().settled().owned("orders", Some("t-1")).found(live(schema("orders"), Some("t-1"))).recorded(begun);
    reads(
        &world,
        "
        note: the removal of table `orders` was begun and not finished; it stays
          help: go on with `drop_table!(\"orders\");` in the code or `--drop orders`, or declare it again",
    );
    let declared = world.clone().declare(schema("orders"));
    reads(&declared, "record adopted table orders");
    let mut deleting = declared.clone();
    deleting.observed.tables.get_mut("orders").unwrap().status = Status::Deleting;
    reads(
        &deleting,
        "
        expand wait for table orders and its indexes
        expand create table orders (id S)",
    );
    let mut gone = world;
    gone.observed.tables.clear();
    reads(&gone, "record dropped table orders");
}

#[test]
fn a_state_that_no_waiting_ends() {
    let mut world = ours(schema("orders"), schema("orders"));
    world.observed.tables.get_mut("orders").unwrap().status = Status::Other("ARCHIVED".to_owned());
    reads(
        &world,
        "
        error[M0304]: table `orders` is in state ARCHIVED, which it does not leave by itself
          help: INACCESSIBLE_ENCRYPTION_CREDENTIALS: give DynamoDB the table's KMS key back, and run again
          help: ARCHIVED: restore the backup that DynamoDB made of it, as `orders`, then `migrate resolve --restored orders --at 0 --reason TEXT`
          help: or declare the table under another name, such as `orders-2`",
    );
}

#[test]
fn phases() {
    let four = World::new().settled().migrations([meta(1), after(2), meta(3), after(4)]);
    let world = four.applied(meta(1));
    reads(&phase(world.clone(), Phase::Before), "
        Wait 0002 lowercase_emails
        Wait 0003 split_name
        Wait 0004 add_region
        error[M0306]: 0003 split_name must run before the deploy, but 0002 lowercase_emails still waits for an earlier deploy to be finished
          help: finish the earlier deploy: `migrate up --phase after --to 2`, then `migrate up --phase before`
          help: or, if no old code is serving, `migrate up --phase all` does it all in order");
    reads(&phase(world.clone(), Phase::After), "
        Run 0002 lowercase_emails
        Wait 0003 split_name
        Wait 0004 add_region
        error[M0306]: 0003 split_name must run before the deploy, and has not
          help: finish the earlier deploy first: `migrate up --phase after --to 2`, then `migrate up --phase before`, deploy, and `migrate up --phase after`
          help: or, if no old code is serving, `migrate up --phase all` does it all in order");
    reads(
        &phase(to(world.clone(), 2), Phase::After),
        "
        Run 0002 lowercase_emails
        Wait 0003 split_name
        Wait 0004 add_region",
    );
    reads(
        &world,
        "
        Run 0002 lowercase_emails
        Run 0003 split_name
        Run 0004 add_region",
    );
    let expand = world.declare(schema("orders"));
    reads(
        &phase(to(expand, 2), Phase::After),
        "
        Run 0002 lowercase_emails
        Wait 0003 split_name
        Wait 0004 add_region
        later create table orders (id S)
        error[M0306]: what must be there before the deploy is not: create table orders (id S)
          help: `migrate up --phase before --to 2`, then this again
          help: or, if no old code is serving, `migrate up --phase all --to 2` does it all in order",
    );
}

#[test]
fn drops_come_after_every_migration() {
    let world = ours(indexed(schema("orders"), "by-email", by_email()), schema("orders")).migrations([meta(1), meta(2)]);
    reads(
        &to(dropping(world, "orders", Some("by-email")), 1),
        "
        Run 0001 load
        Wait 0002 lowercase_emails
        later drop index orders/by-email
        note: drops wait for migration 0002 lowercase_emails
          help: they come after the last migration; run without `--to`",
    );
}

#[test]
fn on_a_fresh_database_what_is_skipped_stands_in_nobodys_way() {
    let world = phase(World::new().migrations([after(1), meta(2)]), Phase::Before);
    reads(
        &world,
        "
        Skip 0001 load
        Skip 0002 lowercase_emails",
    );
}

#[test]
fn to_a_number_that_is_not_there() {
    reads(
        &to(World::new().settled().migrations([meta(1), meta(2)]), 3),
        "
        Run 0001 load
        Run 0002 lowercase_emails
        error[M0202]: `--to 3`: the code has no migration 3; there are 1 to 2",
    );
}

#[test]
fn what_failed_or_was_killed_runs_again() {
    let two = || World::new().settled().migrations([meta(1), meta(2)]).applied(meta(1));
    let edited = MigrationMeta { fingerprint: "other", name: "renamed", ..meta(2) };
    reads(&two().failed(edited), "RunAgain 0002 lowercase_emails");
    reads(&two().started(meta(2)), "RunAgain 0002 lowercase_emails");
    assert_eq!(two().plan().migrations[0].action, Action::Run);
}

#[test]
fn an_edited_migration() {
    let old = MigrationMeta { fingerprint: "old", ..meta(1) };
    let mut world = World::new().settled().migrations([meta(1)]).applied(old);
    reads(
        &world,
        "
        note: migration 0001 load was edited after it was applied
          help: it does not run again; if both texts mean the same, say `#[migration(1, was = \"old\")]`, or, for this database alone, `migrate resolve --rebless 1 --reason TEXT`",
    );
    world.declared.sequence.edited = Edited::Deny;
    reads(
        &world,
        "
        error[M0401]: migration 0001 load was edited after it was applied
          help: src/migrations.rs:7: put the old text back (`git log -L :load:src/migrations.rs`)
          help: or, if both texts mean the same, say `#[migration(1, was = \"old\")]`, or, for this database alone, `migrate resolve --rebless 1 --reason TEXT`",
    );
    reads(&world.migrations([MigrationMeta { was: &["old"], ..meta(1) }]), "");
    reads(
        &World::new().settled().migrations([meta(1)]).started(old),
        "
        RunAgain 0001 load
        error[M0401]: migration 0001 load was edited after it was started, and nobody knows how far the old text came
          help: src/migrations.rs:7: put the old text back (`git log -L :load:src/migrations.rs`) and run again
          help: or, if the new text may run over what the old one did, say `#[migration(1, was = \"old\")]`, or, for this database alone, `migrate resolve --rebless 1 --reason TEXT`",
    );
}

#[test]
fn missing_out_of_order_and_renumbered_are_all_listed() {
    let theirs = MigrationMeta { name: "theirs", fingerprint: "theirs", ..meta(2) };
    let moved = MigrationMeta { version: Version::new(5), ..meta(4) };
    let world = World::new().settled().migrations([meta(1), meta(2), meta(3), meta(4)]);
    let world = world.applied(meta(1)).applied(theirs).applied(moved);
    reads(
        &world,
        "
        Run 0003 split_name
        Run 0004 add_region
        error[M0402]: migration 0002 theirs was applied, but the code has another one under this number: lowercase_emails
          help: bring `theirs` back into the code as `#[migration(2)]`: `git log -S 'fn theirs'` finds it
          help: migrations that were written meanwhile, on another branch, come after the last recorded one
        error[M0403]: migration 0003 split_name has not run, but 0005 has
          help: src/migrations.rs:7: give it a number after the last recorded one, which is 5
        error[M0404]: migration 0004 add_region has been given the number 4: it was applied as 0005 add_region
          help: src/migrations.rs:7: give it back its number, `#[migration(5)]`; new migrations come after the last recorded one",
    );
}

#[test]
fn a_database_older_than_the_first_migration() {
    let mut world = World::new().settled().migrations([meta(4)]).applied(meta(1));
    world.declared.sequence.first = Version::new(4);
    reads(&world, "
        Run 0004 add_region
        error[M0406]: this code's migrations begin with 4, but the database has come to migration 1 only
          help: check out the last version of the code that has migrations up to 3, run its `migrate up --phase all`, then this one");
    reads(&world.applied(meta(2)).applied(meta(3)), "Run 0004 add_region");
    let mut fresh = World::new().migrations([meta(4)]);
    fresh.declared.sequence.first = Version::new(4);
    reads(&fresh, "Skip 0004 add_region");
}

#[test]
fn a_database_that_is_ahead() {
    let newer = MigrationMeta { breaking: true, ..meta(2) };
    let world = World::new().settled().migrations([meta(1)]).applied(meta(1)).declare(schema("orders"));
    reads(&world.clone().applied(meta(2)), "ahead: database 2, binary Some(1)");
    reads(&world.clone().applied(newer), "
        error[M0405]: the database has 0002 lowercase_emails, after which this binary must not run any more: it ends with migration 1
          help: deploy a version of the code that has migration 2
        ahead: database 2, binary Some(1)");
    let shaped = Entry::SchemaApplied { revision: "r".to_owned(), last: Some(Version::new(3)) };
    reads(&world.recorded(shaped), "ahead: database 3, binary Some(1)");
}
