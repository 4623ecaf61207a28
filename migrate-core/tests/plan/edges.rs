//! Where one record more or less, or one number, decides: what a newer binary left, what a squash needs, what a drop is about.

use migrate_core::error::ErrorKind;
use migrate_core::history::Entry;
use migrate_core::migration::{MigrationMeta, Version};
use migrate_core::plan::Droppable;
use migrate_core::schema::{LocalIndex, PrimaryKey, Projection, ScalarType, Status, TableSchema};

use super::settle::refuses;
use super::texts::{by_email, indexed, reads};
use super::world::{World, element, index_name, live, meta, schema, table_name};

fn two() -> World {
    World::new().settled().migrations([meta(1), meta(2)]).applied(meta(1)).applied(meta(2))
}

fn shaped(last: u32) -> Entry {
    Entry::SchemaApplied { revision: "r".to_owned(), last: Some(Version::new(last)) }
}

fn rolled_back(number: u32) -> Entry {
    let MigrationMeta { fingerprint, .. } = meta(number);
    Entry::ResolvedRolledBack { migration: meta(number).id(), fingerprint: fingerprint.to_owned(), reason: "by hand".to_owned() }
}

#[test]
fn ahead_is_what_lies_above_the_last_number_and_nothing_else() {
    reads(&two().recorded(shaped(2)), "");
    reads(&two().recorded(shaped(3)), "ahead: database 3, binary Some(2)");
    // A breaking one that this code has breaks nothing for it.
    let breaking = MigrationMeta { breaking: true, ..meta(2) };
    let ours = World::new().settled().migrations([meta(1), breaking]).applied(meta(1)).applied(breaking);
    reads(&ours.clone(), "");
    reads(&ours.applied(meta(3)), "ahead: database 3, binary Some(2)");
}

/// The same function once more: a fingerprint is of the text, and leaves out the name.
#[test]
fn a_newer_migration_with_name_and_text_of_an_older_one_is_ahead_and_not_renumbered() {
    let again = MigrationMeta { version: Version::new(2), ..meta(1) };
    let older = World::new().settled().migrations([meta(1)]).applied(meta(1));
    for newer in [older.clone().applied(again), older.clone().failed(again), older.clone().started(again)] {
        reads(&newer, "ahead: database 2, binary Some(1)");
    }
    // Also where the older one was taken back since, or edited.
    reads(&older.clone().applied(again).recorded(rolled_back(1)), "ahead: database 2, binary Some(1)");
    let old = MigrationMeta { fingerprint: "old", ..meta(1) };
    let edited = World::new().settled().migrations([meta(1)]).applied(old).applied(again).plan();
    assert_eq!((edited.refusals.len(), edited.ahead.map(|ahead| ahead.database)), (0, Some(Version::new(2))));
    // One that failed and was given another number of ours is ours.
    let given = World::new().settled().migrations([meta(1)]).failed(again);
    reads(&given, "Run 0001 load");
    // And stays so, whatever becomes of it under that number.
    reads(&given.clone().started(meta(1)), "RunAgain 0001 load");
    reads(&given.clone().failed(meta(1)), "RunAgain 0001 load");
    reads(&given.applied(meta(1)), "");
}

#[test]
fn only_taking_back_a_newer_migration_makes_older_shapes_of_tables_count_no_more() {
    let newer = two().recorded(shaped(5));
    reads(&newer.clone().failed(meta(3)), "ahead: database 5, binary Some(2)");
    reads(&newer.clone().recorded(rolled_back(2)), "ahead: database 5, binary Some(2)");
    reads(&newer.applied(meta(3)).recorded(rolled_back(3)), "");
}

/// What a newer binary began to take back only that one can finish, and what tables are to be like is its business until then.
#[test]
fn beside_a_newer_rollback_that_is_open_no_table_is_judged() {
    let MigrationMeta { fingerprint, .. } = meta(3);
    let begun = Entry::MigrationRollingBack { migration: meta(3).id(), fingerprint: fingerprint.to_owned() };
    let mut reshaped = schema("orders");
    reshaped.key = PrimaryKey { partition: element("another", ScalarType::S), sort: None };
    let world =
        two().declare(schema("orders")).declare(schema("customers")).found(live(reshaped, Some("1"))).owned("orders", Some("1"));
    let kinds = |world: &World| world.plan().refusals.iter().map(|refusal| refusal.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&world), [ErrorKind::ImpossibleInPlace]);
    let newer = world.clone().applied(meta(3)).recorded(begun);
    assert_eq!(kinds(&newer), [ErrorKind::Unsettled]);
    let plan = newer.plan();
    assert!(plan.is_empty() && plan.records.is_empty() && plan.unknown.is_empty(), "{plan:?}");
    // One of its own it may finish: then all of it is told.
    let own = Entry::MigrationRollingBack { migration: meta(2).id(), fingerprint: meta(2).fingerprint.to_owned() };
    assert_eq!(kinds(&world.recorded(own)), [ErrorKind::ImpossibleInPlace, ErrorKind::Unsettled]);
}

#[test]
fn a_squashed_sequence_begins_on_a_database_that_was_fresh_enough() {
    let squashed = |fresh_up_to: Option<u32>| {
        let fresh_up_to = fresh_up_to.map(Version::new);
        let mut world = World::new().recorded(Entry::SequenceStarted { fresh_up_to }).migrations([meta(4)]);
        world.declared.sequence.first = Version::new(4);
        world
    };
    reads(&squashed(Some(3)), "Run 0004 add_region");
    assert_eq!(squashed(Some(2)).plan().refusals.len(), 1);
    assert_eq!(squashed(None).plan().refusals.len(), 1);
}

fn baselined(number: u32) -> Entry {
    let MigrationMeta { fingerprint, breaking, .. } = meta(number);
    Entry::MigrationBaselined { migration: meta(number).id(), fingerprint: fingerprint.to_owned(), breaking }
}

/// A code that begins with 5, on a database that held data.
fn begins_with_five() -> World {
    let mut world = World::new().settled().migrations([meta(5)]);
    world.declared.sequence.first = Version::new(5);
    world
}

#[test]
fn what_a_squashed_code_rolled_back_runs_again() {
    let baselined_at_five = begins_with_five().recorded(baselined(5));
    reads(&baselined_at_five, "");
    let back = baselined_at_five.recorded(rolled_back(5));
    reads(&back, "Run 0005 clean_up");
    // Whatever becomes of it then.
    reads(&back.clone().started(meta(5)), "RunAgain 0005 clean_up");
    reads(&back.failed(meta(5)), "RunAgain 0005 clean_up");
    let from_before = begins_with_five().recorded(baselined(4)).applied(meta(5)).recorded(rolled_back(5));
    reads(&from_before, "Run 0005 clean_up");
}

#[test]
fn what_comes_before_a_squash_must_be_there_still() {
    let kinds = |world: World| world.plan().refusals.into_iter().map(|refusal| refusal.kind).collect::<Vec<_>>();
    let both = begins_with_five().recorded(baselined(4)).applied(meta(5)).recorded(rolled_back(5)).recorded(rolled_back(4));
    assert_eq!(kinds(both), [ErrorKind::TooOld]);
    assert_eq!(kinds(begins_with_five().recorded(baselined(3)).failed(meta(4))), [ErrorKind::TooOld]);
    // Also where a later one stands.
    let back = begins_with_five().recorded(baselined(4)).applied(meta(5)).recorded(rolled_back(4));
    let refusal = back.plan().refusals.remove(0);
    assert_eq!(refusal.kind, ErrorKind::TooOld);
    assert_eq!(refusal.what, "migration 0004 add_region is to run again, and this code's migrations begin with 5");
}

#[test]
fn what_was_squashed_does_not_run_again() {
    let world = begins_with_five().recorded(baselined(4)).applied(meta(5));
    refuses(
        &world,
        &super::settle::rolled_back(4),
        ErrorKind::Usage,
        "migration 0004 add_region could not run again: this code's migrations begin with 5
        say it with a version of the code that has it, which then runs it",
    );
}

/// Of a `baseline 4` by a code that begins with 5 nothing is recorded that a `baseline 0` by an older code would not record too.
#[test]
fn a_baseline_of_the_number_before_a_squash_is_told_how_to_go_on() {
    let started = begins_with_five();
    reads(&started, "
        Run 0005 clean_up
        error[M0406]: this code's migrations begin with 5, but the database has come to no migration only
          help: check out the last version of the code that has migrations up to 4, run its `migrate up --phase all`, then this one
          help: or, if its data has the effect of all up to 4: `migrate baseline 5`, then `migrate resolve --rolled-back 5 --reason TEXT`, and the next `up` runs 5");
    reads(&started.recorded(baselined(5)).recorded(rolled_back(5)), "Run 0005 clean_up");
    // Without a migration there is none that could be baselined.
    let mut empty = begins_with_five();
    empty.declared.migrations.clear();
    assert_eq!(empty.plan().refusals[0].recipe.len(), 1);
}

#[test]
fn a_guests_index_keeps_only_its_own_table_from_being_dropped() {
    let mut world = World::new().settled().owned("orders", Some("t-1"));
    world = world.found(live(indexed(schema("orders"), "by-email", by_email()), Some("t-1")));
    world.request.consent.insert(Droppable::Table(table_name("orders")));
    let mut of = |table: &str, index: &str| {
        world.observed.guest_indexes = [((table_name(table), index_name(index)), "reports".to_owned())].into();
        world.plan().refusals.len()
    };
    assert_eq!(of("orders", "by-email"), 1);
    assert_eq!(of("customers", "by-email"), 0, "of another table");
    assert_eq!(of("orders", "by-day"), 0, "it is gone already");
}

#[test]
fn of_a_table_that_is_going_nothing_is_said() {
    let dropping = Entry::TableDropping { table: table_name("orders"), table_id: Some("t-1".to_owned()) };
    let mut there = live(schema("orders"), Some("t-1"));
    let world = World::new().settled().owned("orders", Some("t-1")).recorded(dropping);
    let stays = world.clone().found(there.clone()).plan();
    assert_eq!(stays.notices.len(), 1, "{stays:?}");
    there.status = Status::Deleting;
    let goes = world.found(there).plan();
    assert_eq!((goes.notices.len(), goes.refusals.len()), (0, 0), "{goes:?}");
}

/// Asked for, and cut off: the table of that name is ours only if it is as it was asked for, and empty.
#[test]
fn an_open_intent_claims_only_a_table_that_it_could_have_made() {
    let asked = Entry::TableCreating { table: table_name("orders") };
    let world = World::new().settled().recorded(asked).declare(indexed(schema("orders"), "by-email", by_email()));
    let refusals = |found: TableSchema, with_data: bool| {
        let mut world = world.clone().found(live(found, Some("t-1")));
        if with_data {
            world.observed.with_data.insert(table_name("orders"));
        }
        world.plan().refusals.len()
    };
    let other_key = TableSchema::new(table_name("orders"), PrimaryKey { partition: element("other", ScalarType::S), sort: None });
    let mut local = schema("orders");
    local
        .local_indexes
        .insert(index_name("by-day"), LocalIndex { sort: element("day", ScalarType::S), projection: Projection::All });
    assert_eq!(refusals(schema("orders"), false), 0, "an index may still be missing");
    assert_eq!(refusals(schema("orders"), true), 1, "items are somebody's");
    assert_eq!(refusals(other_key, false), 1);
    assert_eq!(refusals(indexed(schema("orders"), "by-day", by_email()), false), 1, "an index that was not asked for");
    assert_eq!(refusals(local, false), 1, "a local index that was not asked for");
}

#[test]
fn a_slip_of_to_is_told_what_there_is() {
    let said = |count: u32| {
        let mut world = World::new().settled().migrations((1..=count).map(meta));
        world.request.to = Some(Version::new(9));
        world.plan().refusals[0].what.clone()
    };
    assert_eq!(said(0), "`--to 9`: the code has no migration 9; there are none");
    assert_eq!(said(1), "`--to 9`: the code has no migration 9; the only one is 1");
    assert_eq!(said(3), "`--to 9`: the code has no migration 9; there are 1 to 3");
}

#[test]
fn with_its_table_an_index_is_not_dropped_by_itself() {
    let orders = indexed(schema("orders"), "by-email", by_email());
    let mut world = World::new().settled().owned("orders", Some("id-1")).found(live(orders, Some("id-1")));
    let (table, index) = (table_name("orders"), index_name("by-email"));
    world.request.consent.extend([Droppable::Index(table.clone(), index), Droppable::Table(table)]);
    reads(&world, "contract drop table orders");
}
