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
        `--at 4`: the data cannot have seen a migration that never was settled here; the last one that was is 3
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

/// What `judge` says to it, or the refusal.
#[track_caller]
fn accepts(world: &World, resolution: &Resolution) {
    if let Err(refusal) = judge(world, resolution) {
        panic!("{}\n{}", refusal.what, refusal.recipe.join("\n"));
    }
}

#[test]
fn a_table_can_be_restored_where_no_migration_was_ever_settled() {
    let world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    let world = world.found(live(schema("orders"), Some("t-2")));
    assert!(world.plan().refusals[0].recipe.iter().any(|line| line.contains("migrate resolve --restored orders --at N")));
    reads(&after(&world, &restored("orders", 0)), "");
    // Nor is there another number to say.
    refuses(
        &world,
        &restored("orders", 1),
        ErrorKind::Usage,
        "
        `--at 1`: the data cannot have seen a migration that never was settled here; none was
        give the last migration whose effect the backup's data has; 0 if none",
    );
    let failed = world.clone().migrations([meta(1)]).failed(meta(1));
    reads(&after(&failed, &restored("orders", 0)), "RunAgain 0001 load");
    assert!(judge(&failed, &restored("orders", 1)).is_err());
    // Where a squash begins, all that came before is one.
    let mut squashed = world.migrations([meta(5)]);
    squashed.declared.sequence.first = Version::new(5);
    accepts(&squashed, &restored("orders", 4));
    assert!(judge(&squashed, &restored("orders", 5)).is_err());
}

/// Taken back by its own function, which changed the table that is lost: the one that came back has its effect still.
#[test]
fn what_was_taken_back_since_the_backup_counts_first() {
    let MigrationMeta { fingerprint, .. } = meta(3);
    let (migration, fingerprint) = (meta(3).id(), fingerprint.to_owned());
    let begun = Entry::MigrationRollingBack { migration: migration.clone(), fingerprint: fingerprint.clone() };
    let (duration_ms, counts, tables) = (1, Counts::default(), vec!["orders t-1".to_owned()]);
    let done = Entry::MigrationRolledBack { migration, fingerprint, duration_ms, counts, tables };
    let back = came_back().recorded(begun).recorded(done);
    refuses(
        &back,
        &restored("orders", 3),
        ErrorKind::Usage,
        "
        migration 0003 split_name, which data as of 3 has seen, was rolled back since: it would run again over its own work
        say first that it counts: `migrate resolve --applied 3 --reason TEXT`; then say this again
        then, if it is to be taken back there too: `migrate rollback --to 2`",
    );
    reads(&after(&after(&back, &applied(3)), &restored("orders", 3)), "");
    // A backup from before it, and another table, have nothing of it.
    reads(&after(&back, &restored("orders", 2)), "Run 0003 split_name");
}

/// Both ours and both come back; 1 went through both, 2 through both.
fn both_came_back() -> World {
    let world = World::new().settled().owned("orders", Some("t-1")).owned("users", Some("u-1"));
    let world = world.declare(schema("orders")).declare(schema("users")).migrations([meta(1), meta(2)]);
    let world = world.found(live(schema("orders"), Some("t-2"))).found(live(schema("users"), Some("u-2")));
    went_through(went_through(world, 1, &["orders t-1", "users u-1"]), 2, &["orders t-1", "users u-1"])
}

#[test]
fn two_tables_that_came_back_from_one_backup_can_both_be_restored() {
    let first = after(&both_came_back(), &restored("orders", 0));
    // What is said of the second reopens nothing more: it runs already.
    assert_eq!(follows(&first, &restored("users", 0)), <[Vec<u32>; 3]>::default());
    reads(&after(&first, &restored("users", 0)), "Run 0001 load\nRun 0002 lowercase_emails");
}

#[test]
fn two_tables_with_backups_of_different_ages_can_be_restored_in_any_order() {
    let says = [restored("orders", 1), restored("users", 2)];
    for [first, second] in [[&says[0], &says[1]], [&says[1], &says[0]]] {
        reads(&after(&after(&both_came_back(), first), second), "Run 0002 lowercase_emails");
    }
    // What ran again and failed was settled once all the same.
    let failed = after(&both_came_back(), &restored("orders", 1)).failed(meta(2));
    reads(&after(&failed, &restored("users", 2)), "RunAgain 0002 lowercase_emails");
    // An older second one reopens what the first had seen.
    let older = after(&after(&both_came_back(), &restored("orders", 1)), &restored("users", 0));
    reads(&older, "Run 0001 load\nRun 0002 lowercase_emails");
}

#[test]
fn the_advice_for_what_nobody_knows_can_be_followed_to_the_letter() {
    let world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    let world = world.migrations([meta(1), meta(2), meta(3)]).found(live(schema("orders"), Some("t-2")));
    let world = went_through(world.recorded(baselined(1)), 2, &["orders t-1"]).recorded(baselined(3));
    // 3 touched it too.
    let said = after(&world, &rolled_back(3));
    reads(&after(&said, &restored("orders", 3)), "Run 0003 split_name");
    let said = after(&said, &rolled_back(2));
    reads(&after(&said, &restored("orders", 3)), "Run 0002 lowercase_emails\nRun 0003 split_name");
    // Said again half-way, it names nothing that is said already.
    let half = after(&world, &rolled_back(2));
    refuses(
        &half,
        &restored("orders", 1),
        ErrorKind::Usage,
        "
        nobody knows whether migration 0003 split_name touched table `orders`: it never ran here
        for each up to 3 that touched the table: `migrate resolve --rolled-back N --reason TEXT`, and it runs again
        then for those behind: `migrate resolve --restored orders --at 3 --reason TEXT`",
    );
}

/// Without ids nothing tells the restored table from the one of which progress was kept, on the way there or back.
#[test]
fn what_is_being_rolled_back_does_not_go_on_in_the_middle_of_another_table() {
    let world = World::new().settled().owned("orders", None).declare(schema("orders"));
    let world = went_through(world.migrations([meta(1), meta(2)]).found(live(schema("orders"), None)), 1, &["orders"]);
    let (migration, fingerprint) = (meta(2).id(), meta(2).fingerprint.to_owned());
    let begun = Entry::MigrationRollingBack { migration: migration.clone(), fingerprint: fingerprint.clone() };
    let failed = Entry::MigrationRollbackFailed { migration, fingerprint, error: "no such item".to_owned() };
    let begun = went_through(world, 2, &["orders"]).recorded(begun);
    for open in [begun.clone(), begun.clone().recorded(failed)] {
        // Whether the backup has seen it or not.
        for at in [0, 1, 2] {
            refuses(&open, &restored("orders", at), ErrorKind::Usage, "
                the rollback of migration 0002 lowercase_emails did not end, and this engine gives tables no id: it would go on in the middle of table `orders`
                say first how it stands: if nothing of it is left, `migrate resolve --rolled-back 2 --reason TEXT`
                if it is to be taken back still, `migrate resolve --applied 2 --reason TEXT`, and a later rollback begins at its beginning");
        }
    }
    reads(&after(&after(&begun, &rolled_back(2)), &restored("orders", 1)), "Run 0002 lowercase_emails");
    reads(&after(&after(&begun, &applied(2)), &restored("orders", 2)), "");
    // With ids what is kept is of the other table.
    let with_ids = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders")).migrations([meta(1)]);
    let with_ids = went_through(with_ids.found(live(schema("orders"), Some("t-2"))), 1, &["orders t-1"]);
    let (migration, fingerprint) = (meta(1).id(), meta(1).fingerprint.to_owned());
    accepts(&with_ids.recorded(Entry::MigrationRollingBack { migration, fingerprint }), &restored("orders", 0));
}

#[test]
fn what_runs_again_and_did_not_end_does_not_go_on_in_the_middle_of_another_table_either() {
    let world = World::new().settled().owned("orders", None).declare(schema("orders"));
    let world = went_through(world.migrations([meta(1)]).found(live(schema("orders"), None)), 1, &["orders"]);
    let half = after(&world, &rolled_back(1)).failed(meta(1));
    refuses(
        &half,
        &restored("orders", 1),
        ErrorKind::Usage,
        "
        migration 0001 load did not end, and this engine gives tables no id: it would go on in the middle of table `orders`
        say first that nothing of it is left: `migrate resolve --rolled-back 1 --reason TEXT`",
    );
    reads(&after(&after(&half, &rolled_back(1)), &restored("orders", 1)), "Run 0001 load");
}

#[test]
fn what_a_squashed_code_does_not_have_cannot_run_again() {
    let mut world = World::new().settled().owned("orders", Some("t-1")).declare(schema("orders"));
    world.declared.sequence.first = Version::new(3);
    let world = world.migrations([meta(3)]).found(live(schema("orders"), Some("t-2")));
    let ran = went_through(went_through(went_through(world.clone(), 1, &["orders t-1"]), 2, &["users"]), 3, &["orders t-1"]);
    refuses(
        &ran,
        &restored("orders", 0),
        ErrorKind::Usage,
        "
        migration 0001 load touched table `orders` after that, or may have, and this code cannot run it again: it begins with 3
        restore a younger backup; or, if the data has all of its effect, or none is needed, say `--at 2`
        or bring back its function, `migrations!(first = 1)` with all from there on, and say this again",
    );
    reads(&after(&ran, &restored("orders", 1)), "Run 0003 split_name");
    let baselined = went_through(world.recorded(baselined(1)).recorded(baselined(2)), 3, &["orders t-1"]);
    let refusal = judge(&baselined, &restored("orders", 0)).expect_err("nobody knows");
    assert!(refusal.what.starts_with("migrations 0001 load, 0002 lowercase_emails touched table `orders`"), "{refusal:?}");
    assert!(refusal.recipe[1].contains("their functions, `migrations!(first = 1)`"), "{refusal:?}");
    reads(&after(&baselined, &restored("orders", 2)), "Run 0003 split_name");
}
