//! What a person says to settle a doubt: what may be said, what follows from it, and what the next plan then says.

use migrate_core::error::ErrorKind;
use migrate_core::history::{Entry, MigrationStatus};
use migrate_core::migration::{MigrationMeta, OnInterrupt, Version};
use migrate_core::plan::{Refusal, Resolution, Settlement, settle};

use super::texts::reads;
use super::world::{World, meta};

pub fn applied(number: u32) -> Resolution {
    Resolution::Applied { version: Version::new(number) }
}

pub fn rolled_back(number: u32) -> Resolution {
    Resolution::RolledBack { version: Version::new(number) }
}

fn reblessed(number: u32) -> Resolution {
    Resolution::Reblessed { version: Version::new(number) }
}

pub fn judge(world: &World, resolution: &Resolution) -> Result<Settlement, Refusal> {
    settle(&world.declared, &world.observed, resolution, "so it is")
}

/// The world after it was recorded.
#[track_caller]
pub fn after(world: &World, resolution: &Resolution) -> World {
    let settlement = judge(world, resolution).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    world.clone().recorded(settlement.entry)
}

#[track_caller]
pub fn refuses(world: &World, resolution: &Resolution, kind: ErrorKind, text: &str) {
    let refusal = judge(world, resolution).expect_err("it contradicts something");
    let lines: Vec<String> = std::iter::once(refusal.what).chain(refusal.recipe).collect();
    let wanted: Vec<&str> = text.trim().lines().map(str::trim).collect();
    assert_eq!((refusal.kind, lines.join("\n")), (kind, wanted.join("\n")));
}

/// What follows: which run, which no longer, which come behind.
#[track_caller]
pub fn follows(world: &World, resolution: &Resolution) -> [Vec<u32>; 3] {
    let Settlement { runs, no_longer, behind, .. } = judge(world, resolution).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    [runs, no_longer, behind].map(|ids| ids.iter().map(|id| id.version.get()).collect())
}

fn asks(number: u32) -> MigrationMeta {
    MigrationMeta { on_interrupt: OnInterrupt::Ask, ..meta(number) }
}

/// Three migrations in the code, the first applied.
fn three() -> World {
    World::new().settled().migrations([meta(1), meta(2), meta(3)]).applied(meta(1))
}

#[test]
fn one_that_asks_and_did_not_end_stops_everything_until_it_is_settled() {
    let world = World::new().settled().migrations([asks(1), meta(2)]).started(asks(1));
    reads(&world, "
        RunAgain 0001 load
        Run 0002 lowercase_emails
        error[M0409]: migration 0001 load was begun at 1970-01-01T00:00:00Z by ana (process 0), did not end, and says `on_interrupt = ask`: a person must say how it stands
          help: if all of it is in the database: `migrate resolve --applied 1 --reason TEXT`; it is not run again
          help: if nothing of it is left there: `migrate resolve --rolled-back 1 --reason TEXT`; the next `up` runs it from its beginning");
    let mut held = world.clone();
    for (holder, is_told) in [("ana (process 0)", true), ("ben (process 7)", false)] {
        held.observed.holder = Some(holder.to_owned());
        let told = held.plan().refusals.remove(0).recipe.pop().unwrap_or_default();
        let wanted = "if ana (process 0) is still at work on it, which `migrate lock` shows: wait for that";
        assert_eq!(told == wanted, is_told, "{holder}: {told}");
    }
    assert_eq!(follows(&world, &applied(1)), [vec![], vec![1], vec![]]);
    reads(&after(&world, &applied(1)), "Run 0002 lowercase_emails");
    assert_eq!(follows(&world, &rolled_back(1)), [vec![1], vec![], vec![]]);
    let taken_back = after(&world, &rolled_back(1));
    reads(&taken_back, "Run 0001 load\nRun 0002 lowercase_emails");
    assert_eq!(taken_back.plan().migrations[0].again.as_deref(), Some("it was rolled back"));
    // One that failed said so, and one that does not ask runs again.
    reads(&World::new().settled().migrations([asks(1)]).failed(asks(1)), "RunAgain 0001 load");
    reads(&World::new().settled().migrations([meta(1)]).started(meta(1)), "RunAgain 0001 load");
    // Of one that asks it is not said too that it was edited.
    let edited = MigrationMeta { fingerprint: "old", ..asks(1) };
    let kinds: Vec<ErrorKind> =
        World::new().settled().migrations([asks(1)]).started(edited).plan().refusals.iter().map(|refusal| refusal.kind).collect();
    assert_eq!(kinds, [ErrorKind::Unsettled]);
}

#[test]
fn a_rollback_that_is_not_finished_stops_everything_until_it_is_settled() {
    let rolling = |entries: Vec<Entry>| entries.into_iter().fold(three().applied(meta(2)), World::recorded);
    let (migration, fingerprint) = (meta(2).id(), meta(2).fingerprint.to_owned());
    let begun = Entry::MigrationRollingBack { migration: migration.clone(), fingerprint: fingerprint.clone() };
    let failed = Entry::MigrationRollbackFailed { migration, fingerprint, error: "no such item".to_owned() };
    let mends = "help: if all of it is in the database: `migrate resolve --applied 2 --reason TEXT`; it is not run again
          help: if nothing of it is left there: `migrate resolve --rolled-back 2 --reason TEXT`; the next `up` runs it from its beginning";
    reads(&rolling(vec![begun.clone()]), &format!("
        RunAgain 0002 lowercase_emails
        Run 0003 split_name
        error[M0409]: the rollback of migration 0002 lowercase_emails was begun at 1970-01-01T00:00:00Z by ana (process 0) and did not end
          help: finish it: `migrate rollback --to 1`
          {mends}"));
    reads(
        &rolling(vec![begun.clone(), failed]),
        &format!(
            "
        RunAgain 0002 lowercase_emails
        Run 0003 split_name
        error[M0409]: the rollback of migration 0002 lowercase_emails, by ana (process 0), failed at 1970-01-01T00:00:00Z: no such item
          help: mend it, and finish it: `migrate rollback --to 1`
          {mends}"
        ),
    );
    reads(&after(&rolling(vec![begun.clone()]), &applied(2)), "Run 0003 split_name");
    reads(&after(&rolling(vec![begun]), &rolled_back(2)), "Run 0002 lowercase_emails\nRun 0003 split_name");
}

#[test]
fn applied_is_said_of_what_the_code_has_in_order_and_is_not_settled() {
    let world = three();
    assert_eq!(follows(&world, &applied(2)), [vec![], vec![2], vec![]]);
    let settled = after(&world, &applied(2));
    reads(&settled, "Run 0003 split_name");
    let MigrationStatus::Resolved { reason } = &settled.observed.history.migrations()[&Version::new(2)].status else { panic!() };
    assert_eq!(reason, "so it is");
    refuses(
        &world,
        &applied(3),
        ErrorKind::OutOfOrder,
        "
        migration 0003 split_name cannot count as applied while 0002 lowercase_emails, which comes before it, is not settled
        if 0002 lowercase_emails is in the database too: `migrate resolve --applied 2 --reason TEXT` first
        if it is not: `migrate up --to 2` runs it",
    );
    // One that asks is refused by `up` as well, and so is one in the middle of its rollback.
    let asking = World::new().settled().migrations([meta(1), asks(2), meta(3)]).applied(meta(1)).started(asks(2));
    let (migration, fingerprint) = (meta(2).id(), meta(2).fingerprint.to_owned());
    let rolling = three().applied(meta(2)).recorded(Entry::MigrationRollingBack { migration, fingerprint });
    for begun in [asking, rolling] {
        refuses(
            &begun,
            &applied(3),
            ErrorKind::OutOfOrder,
            "
            migration 0003 split_name cannot count as applied while 0002 lowercase_emails, which comes before it, is not settled
            if 0002 lowercase_emails is in the database too: `migrate resolve --applied 2 --reason TEXT` first
            if nothing of it is left there: `migrate resolve --rolled-back 2 --reason TEXT` first; the next `up` runs it from its beginning",
        );
        assert!(judge(&after(&begun, &rolled_back(2)), &applied(3)).is_ok());
    }
    refuses(
        &world,
        &applied(1),
        ErrorKind::Usage,
        "migration 0001 load is settled already: it was applied, at 1970-01-01T00:00:00Z by ana (process 0)",
    );
    let theirs = MigrationMeta { name: "theirs", ..meta(4) };
    refuses(
        &three().failed(theirs),
        &applied(4),
        ErrorKind::Usage,
        "
        this binary has no migration 4, and its text is part of the record
        say it with the binary that has it; `migrate status` lists them",
    );
    let other = MigrationMeta { name: "theirs", fingerprint: "theirs", ..meta(2) };
    refuses(
        &three().started(other),
        &applied(2),
        ErrorKind::MissingMigration,
        "
        the code has another migration under this number, lowercase_emails: recorded is 0002 theirs
        src/migrations.rs:7: bring the recorded one back, and give this one a number after the last recorded one",
    );
    // What failed may have become another one by now.
    assert!(judge(&three().failed(other), &applied(2)).is_ok());
    refuses(
        &World::new().migrations([meta(1)]),
        &applied(1),
        ErrorKind::Usage,
        "
        nothing was ever run here, so that there is no doubt to settle
        an existing database is taken over by `migrate baseline N`",
    );
}

#[test]
fn of_a_number_that_nobody_has_nothing_can_be_said() {
    let five = MigrationMeta { version: Version::new(5), name: "theirs", ..meta(4) };
    let world = three().failed(five);
    for says in [applied, rolled_back, reblessed] {
        for number in [0, 4, 9] {
            let text = format!("there is no migration {number}: there are 1 to 3, 5\n`migrate status` lists them");
            refuses(&world, &says(number), ErrorKind::Usage, &text);
        }
    }
    let none = World::new().settled();
    refuses(
        &none,
        &rolled_back(1),
        ErrorKind::Usage,
        "there is no migration 1: there is none at all\n`migrate status` lists them",
    );
    for (last, there) in [(1, "is only 1"), (2, "are 1 to 2")] {
        let world = World::new().settled().migrations((1..=last).map(meta));
        let text = format!("there is no migration 7: there {there}\n`migrate status` lists them");
        refuses(&world, &applied(7), ErrorKind::Usage, &text);
    }
}

#[test]
fn what_was_rolled_back_runs_again_behind_later_ones() {
    let world = three().applied(meta(2)).applied(meta(3));
    assert_eq!(follows(&world, &rolled_back(2)), [vec![2], vec![], vec![3]]);
    let taken_back = after(&world, &rolled_back(2));
    reads(&taken_back, "Run 0002 lowercase_emails");
    reads(&taken_back.clone().applied(meta(2)), "");
    assert_eq!(follows(&taken_back, &applied(2)), [vec![], vec![2], vec![]]);
    refuses(
        &taken_back,
        &rolled_back(2),
        ErrorKind::Usage,
        "migration 0002 lowercase_emails is pending again already: it was rolled back, at 1970-01-01T00:00:00Z by ana (process 0)",
    );
    refuses(
        &three(),
        &rolled_back(2),
        ErrorKind::Usage,
        "
        nothing of a migration 2 is recorded: it is pending as it is, and the next `up` runs it
        `migrate status` lists what is recorded",
    );
    // An older binary is not ahead of itself by what a newer one took back, although that one had shaped the tables.
    let shaped = Entry::SchemaApplied { revision: "r".to_owned(), last: Some(Version::new(3)) };
    let mut older = after(&world.recorded(shaped), &rolled_back(3));
    older.declared.migrations.remove(&Version::new(3));
    reads(&older, "");
}

#[test]
fn an_edited_text_is_accepted_and_no_other() {
    let old = MigrationMeta { fingerprint: "old", ..meta(2) };
    let world = three().applied(old);
    assert_eq!(follows(&world, &reblessed(2)), <[Vec<u32>; 3]>::default());
    let blessed = after(&world, &reblessed(2));
    reads(&blessed, "Run 0003 split_name");
    refuses(
        &blessed,
        &reblessed(2),
        ErrorKind::Usage,
        "migration 0002 lowercase_emails is not edited: the code has the text that is recorded, or accepts it by `was`",
    );
    // What was only begun goes on, with the new text.
    let begun = three().started(old);
    assert_eq!(begun.plan().refusals[0].kind, ErrorKind::Edited);
    reads(&after(&begun, &reblessed(2)), "RunAgain 0002 lowercase_emails\nRun 0003 split_name");
    refuses(
        &three().failed(old),
        &reblessed(2),
        ErrorKind::Usage,
        "migration 0002 lowercase_emails may be edited freely: it failed, at 1970-01-01T00:00:00Z by ana (process 0), and it runs with the text that the code has",
    );
    let skipped = Entry::MigrationSkipped { migration: old.id(), fingerprint: "old".to_owned(), breaking: false };
    refuses(
        &three().recorded(skipped),
        &reblessed(2),
        ErrorKind::Usage,
        "migration 0002 lowercase_emails never ran, it was skipped on a fresh database, at 1970-01-01T00:00:00Z by ana (process 0): its text may change without a word",
    );
    refuses(
        &three(),
        &reblessed(2),
        ErrorKind::Usage,
        "
        nothing of a migration 2 is recorded: there is no other text to compare with
        `migrate status` lists what is recorded",
    );
}
