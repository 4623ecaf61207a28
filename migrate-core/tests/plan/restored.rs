//! What a person says of a table that came back from a backup: when it may be said, and what runs again.

use migrate_core::error::ErrorKind;
use migrate_core::history::{Counts, Entry};
use migrate_core::migration::{MigrationMeta, Version};
use migrate_core::plan::Resolution;
use migrate_core::schema::{KeyElement, ScalarType, Status, TableName, TableSchema};

use super::settle::{after, applied, follows, judge, refuses, rolled_back};
use super::texts::reads;
use super::world::{World, live, meta, schema, table_name};

fn restored(table: &str, at: u32) -> Resolution {
    Resolution::Restored { table: table_name(table), at: Version::new(at) }
}

/// One that went through tables, each by its physical name and perhaps its id.
fn went_through(world: World, number: u32, tables: &[&str]) -> World {
    let meta = meta(number);
    let tables = tables.iter().map(ToString::to_string).collect();
    let entry = Entry::MigrationApplied {
        migration: meta.id(),
        fingerprint: meta.fingerprint.to_owned(),
        breaking: false,
        duration_ms: 1,
        counts: Counts::default(),
        tables,
    };
    world.started(meta).recorded(entry)
}

fn baselined(number: u32) -> Entry {
    let meta = meta(number);
    Entry::MigrationBaselined { migration: meta.id(), fingerprint: meta.fingerprint.to_owned(), breaking: false }
}

/// Ours as `t-1`, and here as `t-2`; 1 and 3 went through it, 2 through another one.
fn came_back() -> World {
    let world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    let world = world.migrations([meta(1), meta(2), meta(3)]).found(live(schema("orders"), Some("t-2")));
    let world = went_through(world, 1, &["orders t-1"]);
    went_through(went_through(world, 2, &["orders-2 x", "users"]), 3, &["users", "orders t-1"])
}

#[test]
fn a_restored_table_is_ours_by_its_new_id_and_what_touched_it_later_runs_again() {
    let world = came_back();
    assert_eq!(world.plan().refusals[0].kind, ErrorKind::NotOwned);
    assert_eq!(follows(&world, &restored("orders", 1)), [vec![3], vec![], vec![]]);
    assert_eq!(follows(&world, &restored("orders", 0)), [vec![1, 3], vec![], vec![2]]);
    assert_eq!(follows(&world, &restored("orders", 3)), <[Vec<u32>; 3]>::default());
    let settled = after(&world, &restored("orders", 0));
    reads(&settled, "Run 0001 load\nRun 0003 split_name");
    assert_eq!(settled.plan().migrations[0].again.as_deref(), Some("table orders was restored"));
    reads(&went_through(settled, 1, &["orders t-2"]), "Run 0003 split_name");
    reads(&after(&world, &restored("orders", 3)), "");
    // It can be dropped by name, as any of ours.
    let mut dropped = after(&world, &restored("orders", 3));
    dropped.declared.tables.clear();
    dropped.request.consent.insert(migrate_core::plan::Droppable::Table(table_name("orders")));
    reads(&dropped, "contract drop table orders");
}

#[test]
fn an_edited_one_that_runs_again_runs_with_its_new_text() {
    let mut world = after(&came_back(), &restored("orders", 1));
    world.declared.migrations.insert(Version::new(3), MigrationMeta { fingerprint: "new", ..meta(3) });
    reads(
        &world,
        "
        Run 0003 split_name
        note: migration 0003 split_name was edited after it was applied, before a table was restored
          help: it runs again, with the text that it has now",
    );
    world.declared.migrations.remove(&Version::new(3));
    world.declared.migrations.insert(Version::new(3), MigrationMeta { fingerprint: "theirs", name: "theirs", ..meta(3) });
    assert_eq!(world.plan().refusals[0].kind, ErrorKind::MissingMigration);
}

#[test]
fn without_ids_a_restored_table_is_taken_at_its_word() {
    let mut world = World::new().settled().owned("orders", None).declare(schema("orders"));
    world = went_through(world.migrations([meta(1), meta(2)]).found(live(schema("orders"), None)), 1, &["orders"]);
    reads(&after(&world, &restored("orders", 0)), "Run 0001 load\nRun 0002 lowercase_emails");
    refuses(&world.failed(meta(2)), &restored("orders", 0), ErrorKind::Usage, "
        migration 0002 lowercase_emails did not end, and this engine gives tables no id: it would go on in the middle of table `orders`
        say first that nothing of it is left: `migrate resolve --rolled-back 2 --reason TEXT`");
}

#[test]
fn of_what_never_ran_here_nobody_knows_what_it_touched() {
    let world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    let world = world.migrations([meta(1), meta(2), meta(3), meta(4)]).found(live(schema("orders"), Some("t-2")));
    let world = went_through(world.recorded(baselined(1)), 2, &["orders t-1"]).recorded(baselined(3));
    refuses(&world, &restored("orders", 1), ErrorKind::Usage, "
        nobody knows whether migration 0003 split_name touched table `orders`: it never ran here
        for each up to 3 that touched the table, as migration 0002 lowercase_emails did: `migrate resolve --rolled-back N --reason TEXT`, and it runs again
        then for those behind: `migrate resolve --restored orders --at 3 --reason TEXT`");
    refuses(&world, &restored("orders", 0), ErrorKind::Usage, "
        nobody knows whether migrations 0001 load, 0003 split_name touched table `orders`: they never ran here
        for each up to 3 that touched the table, as migration 0002 lowercase_emails did: `migrate resolve --rolled-back N --reason TEXT`, and it runs again
        then for those behind: `migrate resolve --restored orders --at 3 --reason TEXT`");
    // What ran here and was then settled by hand did run here, and what it touched then is known.
    let by_hand = after(&after(&world, &rolled_back(2)), &applied(2));
    refuses(&by_hand, &restored("orders", 1), ErrorKind::Usage, "
        nobody knows whether migrations 0002 lowercase_emails, 0003 split_name touched table `orders`: 0002 lowercase_emails began here and was then settled by hand, and what was done by hand is not recorded; 0003 split_name never ran here
        for each up to 3 that touched the table, as migration 0002 lowercase_emails did: `migrate resolve --rolled-back N --reason TEXT`, and it runs again
        then for those behind: `migrate resolve --restored orders --at 3 --reason TEXT`");
    let last = went_through(world.clone(), 4, &["orders t-1"]);
    let last = after(&after(&last, &rolled_back(4)), &applied(4));
    refuses(&last, &restored("orders", 3), ErrorKind::Usage, "
        nobody knows whether migration 0004 add_region touched table `orders`: it began here and was then settled by hand, and what was done by hand is not recorded
        for each up to 4 that touched the table, as migration 0004 add_region did: `migrate resolve --rolled-back N --reason TEXT`, and it runs again
        then for those behind: `migrate resolve --restored orders --at 4 --reason TEXT`");
    // As it says.
    let mended = after(&after(&world, &rolled_back(2)), &restored("orders", 3));
    reads(&mended, "Run 0002 lowercase_emails\nRun 0004 add_region");
    // What was skipped never met data.
    let skipped = Entry::MigrationSkipped { migration: meta(4).id(), fingerprint: "f4".to_owned(), breaking: false };
    reads(&mended.recorded(skipped), "Run 0002 lowercase_emails");
}

#[test]
fn a_table_that_did_not_come_back() {
    let world = came_back();
    refuses(
        &world,
        &restored("orders", 4),
        ErrorKind::Usage,
        "
        `--at 4`: the data cannot have seen a migration that is not settled here; the last settled one is 3
        give the last migration whose effect the backup's data has; 0 if none",
    );
    refuses(
        &world,
        &restored("users", 1),
        ErrorKind::Usage,
        "
        the code declares no table `users`, and only of a declared one it can be told whether it is the same
        declare it again, or give the name that the code uses",
    );
    let same = world.clone().found(live(schema("orders"), Some("t-1")));
    refuses(
        &same,
        &restored("orders", 1),
        ErrorKind::Usage,
        "
        table `orders` is the very one that is recorded as ours: it did not come back from a backup
        if older items were put back into it: `migrate resolve --rolled-back N --reason TEXT` for each migration that touched it",
    );
    let mut gone = world.clone();
    gone.observed.tables.clear();
    refuses(
        &gone,
        &restored("orders", 1),
        ErrorKind::NotFound,
        "
        table `orders` is not there
        restore the backup as `orders`, and say this again when it is there",
    );
    let mut coming = world.clone();
    coming.observed.tables.get_mut(&table_name("orders")).unwrap().status = Status::Creating;
    refuses(
        &coming,
        &restored("orders", 1),
        ErrorKind::NotSupported,
        "
        table `orders` is not ready yet
        say this again when it is: `migrate wait --for table orders`",
    );
    let mut other: TableSchema = schema("orders");
    other.key.partition = KeyElement::new("number", ScalarType::N);
    let (here, wanted) = (other.key.to_string(), schema("orders").key.to_string());
    refuses(
        &world.clone().found(live(other, Some("t-3"))),
        &restored("orders", 1),
        ErrorKind::NotOwned,
        &format!(
            "
        table `orders` has the key {here}, and declared is {wanted}: it is another table, not an older state of ours
        restore a backup of ours as `orders`"
        ),
    );
    let stranger = world.declare(schema("users")).found(live(schema("users"), Some("t-9")));
    refuses(&stranger, &restored("users", 1), ErrorKind::NotOwned, "
        table `users` is not ours by the record: it cannot have come back
        take it under ownership first: `migrate adopt users`; then `migrate resolve --rolled-back N --reason TEXT` for each migration that touched it");
}

#[test]
fn names_are_those_that_the_code_uses() {
    let mut world = came_back();
    world.declared.naming = migrate_core::schema::Prefix::new("dev-").unwrap().into();
    let physical: TableName = table_name("dev-orders");
    let found = live(TableSchema { name: physical.clone(), ..schema("orders") }, Some("t-2"));
    let world = world.declare(schema("orders").named(physical.clone())).owned("dev-orders", Some("t-1")).found(found);
    let Entry::TableRestored { table, table_id, .. } = judge(&world, &restored("orders", 3)).unwrap().entry else { panic!() };
    assert_eq!((table, table_id.as_deref()), (physical, Some("t-2")));
}

/// Hostile review: M0303 says «`migrate resolve --restored orders --at N`»; with no migration settled, 0 is the only N there is, and it is refused
/// by a help that says «0 if none».
#[test]
fn hostile_a_table_can_be_restored_where_no_migration_is_settled() {
    let world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    let world = world.found(live(schema("orders"), Some("t-2")));
    assert!(world.plan().refusals[0].recipe.iter().any(|line| line.contains("migrate resolve --restored orders --at N")));
    if let Err(refusal) = judge(&world, &restored("orders", 0)) {
        panic!("{}\n{}", refusal.what, refusal.recipe.join("\n"));
    }
}

/// Hostile review: two tables came back from one backup. What is said of the first makes what is true of the second unsayable.
#[test]
fn hostile_two_tables_that_came_back_from_one_backup_can_both_be_restored() {
    let world = World::new().settled().owned("orders", Some("t-1")).owned("users", Some("u-1"));
    let world = world.declare(schema("orders")).declare(schema("users")).migrations([meta(1)]);
    let world = world.found(live(schema("orders"), Some("t-2"))).found(live(schema("users"), Some("u-2")));
    let world = went_through(world, 1, &["orders t-1", "users u-1"]);
    let first = after(&world, &restored("orders", 0));
    if let Err(refusal) = judge(&first, &restored("users", 0)) {
        panic!("{}\n{}", refusal.what, refusal.recipe.join("\n"));
    }
}

/// Hostile review: the same with backups of different ages: orders has seen 1, users 1 and 2.
#[test]
fn hostile_a_table_with_a_younger_backup_can_be_restored_after_one_with_an_older() {
    let world = World::new().settled().owned("orders", Some("t-1")).owned("users", Some("u-1"));
    let world = world.declare(schema("orders")).declare(schema("users")).migrations([meta(1), meta(2)]);
    let world = world.found(live(schema("orders"), Some("t-2"))).found(live(schema("users"), Some("u-2")));
    let world = went_through(went_through(world, 1, &["orders t-1"]), 2, &["orders t-1", "users u-1"]);
    let first = after(&world, &restored("orders", 1));
    if let Err(refusal) = judge(&first, &restored("users", 2)) {
        panic!("{}\n{}", refusal.what, refusal.recipe.join("\n"));
    }
}

/// Hostile review: the advice for what was baselined or resolved, followed to the letter, is refused at its second step.
#[test]
fn hostile_the_advice_for_what_nobody_knows_can_be_followed() {
    let world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    let world = world.migrations([meta(1), meta(2), meta(3)]).found(live(schema("orders"), Some("t-2")));
    let world = world.recorded(baselined(1)).recorded(baselined(2)).recorded(baselined(3));
    let refusal = judge(&world, &restored("orders", 1)).expect_err("nobody knows");
    assert!(
        refusal.recipe[0].contains("for each up to 3 that touched the table: `migrate resolve --rolled-back N"),
        "{refusal:?}"
    );
    assert!(refusal.recipe[1].contains("`migrate resolve --restored orders --at 3"), "{refusal:?}");
    // 3 touched it.
    let said = after(&world, &rolled_back(3));
    if let Err(refusal) = judge(&said, &restored("orders", 3)) {
        panic!("{}\n{}", refusal.what, refusal.recipe.join("\n"));
    }
}

/// Hostile review: a rollback that is not finished when its table came back, on an engine without ids: `restored` looks for what is begun or
/// failed, and not for what is being rolled back.
#[test]
fn hostile_what_is_being_rolled_back_does_not_go_on_in_the_middle_of_another_table() {
    let world = World::new().settled().owned("orders", None).declare(schema("orders"));
    let world = went_through(world.migrations([meta(1), meta(2)]).found(live(schema("orders"), None)), 1, &["orders"]);
    let world = went_through(world, 2, &["orders"]);
    let id = meta(2).id();
    let world = world.recorded(Entry::MigrationRollingBack { migration: id, fingerprint: meta(2).fingerprint.to_owned() });
    assert!(judge(&world, &restored("orders", 1)).is_err(), "its kept progress tells of another table");
}

/// Hostile review: a squashed code, a database taken over by `baseline`, its one migration rolled back: `up` says that the database is too old.
#[test]
fn hostile_what_a_squashed_code_rolled_back_runs_again() {
    let mut world = World::new().settled().migrations([meta(5)]);
    world.declared.sequence.first = Version::new(5);
    let world = world.recorded(baselined(5));
    assert!(world.plan().refusals.is_empty());
    let back = after(&world, &rolled_back(5));
    assert!(back.plan().refusals.is_empty(), "{:?}", back.plan().refusals);
}
