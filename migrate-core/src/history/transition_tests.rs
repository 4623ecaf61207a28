//! Every entry in every state: which may come next, what is said of those that may not, and what follows from those that do; knows no code.

use jiff::Timestamp;

use super::{Conflict, Counts, Entry, Freshness, History, MigrationStatus, Ownership, Record, RunInfo};
use crate::migration::{MigrationId, Version};
use crate::schema::TableName;

/// A migration's entry by its short name.
fn of_migration(number: u32, name: &str) -> Entry {
    let migration = MigrationId { version: Version::new(number), name: "change".to_owned() };
    let (fingerprint, text, breaking) = (format!("text of {name}"), "why".to_owned(), true);
    let (duration_ms, counts, tables) = (7, Counts { changed: 3, ..Counts::default() }, vec!["orders t-1".to_owned()]);
    match name {
        "started" => Entry::MigrationStarted { migration, fingerprint },
        "skipped" => Entry::MigrationSkipped { migration, fingerprint, breaking },
        "baselined" => Entry::MigrationBaselined { migration, fingerprint, breaking },
        "resolved" => Entry::ResolvedApplied { migration, fingerprint, breaking, reason: text },
        "applied" => Entry::MigrationApplied { migration, fingerprint, breaking, duration_ms, counts, tables },
        "failed" => Entry::MigrationFailed { migration, fingerprint, error: text },
        "rolling" => Entry::MigrationRollingBack { migration, fingerprint },
        "rolled" => Entry::MigrationRolledBack { migration, fingerprint, duration_ms, counts, tables },
        "rolling failed" => Entry::MigrationRollbackFailed { migration, fingerprint, error: text },
        "undone" => Entry::ResolvedRolledBack { migration, fingerprint, reason: text },
        "reblessed" => Entry::Reblessed { migration, fingerprint, reason: text },
        "adopted table" => of_table("adopted"),
        "restored table" => of_table("restored"),
        _ => panic!("no entry: {name}"),
    }
}

fn of_table(name: &str) -> Entry {
    let (table, change, owner) = (TableName::checked("orders"), "a change".to_owned(), "billing".to_owned());
    let id = |number: u32| Some(format!("t-{number}"));
    match name {
        "creating" => Entry::TableCreating { table },
        "created" => Entry::TableCreated { table, table_id: id(1) },
        "not created" => Entry::TableNotCreated { table },
        "changing" => Entry::TableChanging { table, change },
        "changed" => Entry::TableChanged { table, change },
        "dropping" => Entry::TableDropping { table, table_id: id(1) },
        "dropped" => Entry::TableDropped { table },
        "restored" => Entry::TableRestored { table, table_id: id(2), at: Version::new(0), reason: "why".to_owned() },
        "shared" => Entry::TableShared { table, owner },
        "adopted" => Entry::TableAdopted { table, table_id: id(1) },
        _ => panic!("no entry: {name}"),
    }
}

fn record(number: u64, entry: Entry) -> Record {
    let run = RunInfo { run_id: format!("run-{number}"), ..RunInfo::default() };
    Record { number, at: Timestamp::from_second(number as i64).unwrap(), epoch: 1, run, text: entry.to_string(), entry }
}

fn history(entries: impl IntoIterator<Item = Entry>) -> History {
    History::from_records((1..).zip(entries).map(|(number, entry)| record(number, entry))).unwrap()
}

fn names(of: &str) -> Vec<&str> {
    of.split(", ").filter(|name| !name.is_empty()).collect()
}

const SETTLED: &str = "the migration is settled already";
const ROLLING: &str = "its rollback is not finished";
const NOT_STARTED: &str = "the migration was not started";
const NOT_BEGUN: &str = "its rollback was not begun";
const NOTHING: &str = "nothing of the migration is recorded";

#[test]
fn what_may_follow_in_a_migrations_life() {
    let next =
        ["started", "skipped", "baselined", "resolved", "applied", "failed", "rolled", "rolling failed", "undone", "reblessed"];
    // A dot: it may. Whether a rollback may begin is said below.
    let rows = [
        ("", "....TTBBNN"),
        ("started", "......BB.."),
        ("started, failed", "....TTBB.."),
        ("started, applied", "SSSSTTBB.."),
        ("skipped", "SSSSTTBB.."),
        ("baselined", "SSSSTTBB.."),
        ("resolved", "SSSSTTBB.."),
        ("started, applied, rolling", "RRR.TT...."),
        ("started, applied, rolling, rolling failed", "RRR.TTBB.."),
        ("started, applied, rolling, rolled", "....TTBBN."),
        ("started, undone", "....TTBBN."),
        ("adopted table, started, applied, restored table", "....TTBBN."),
    ];
    for (before, row) in rows {
        let history = history(names(before).into_iter().map(|name| of_migration(1, name)));
        for (at, (name, cell)) in next.into_iter().zip(row.chars()).enumerate() {
            let wanted = match cell {
                '.' => Ok(()),
                'S' => Err(SETTLED),
                'R' => Err(ROLLING),
                'T' => Err(NOT_STARTED),
                'B' => Err(NOT_BEGUN),
                _ => Err(NOTHING),
            };
            assert_eq!(history.check(&of_migration(1, name)), wanted, "«{name}» after «{before}»");
            // Another migration's life is its own.
            let alone = rows[0].1.as_bytes()[at] == b'.';
            assert_eq!(history.check(&of_migration(2, name)).is_ok(), alone, "another one's «{name}» after «{before}»");
        }
    }
    for (before, may) in
        [("", false), ("started, applied", true), ("skipped", true), ("started, applied, rolling, rolling failed", true)]
    {
        let history = history(names(before).into_iter().map(|name| of_migration(1, name)));
        assert_eq!(history.check(&of_migration(1, "rolling")).is_ok(), may, "a rollback after «{before}»");
    }
}

#[test]
fn what_may_follow_in_a_tables_life() {
    let next =
        ["creating", "created", "not created", "changing", "changed", "dropping", "dropped", "restored", "shared", "adopted"];
    let rows = [
        ("", ".CCNNNDN.."),
        ("creating", "...NN.DNO."),
        ("creating, created", "ACC...D.O."),
        ("adopted", "ACC...D.O."),
        ("adopted, dropping", ".CCNN..NO."),
        ("adopted, dropping, dropped", ".CCNNNDN.."),
        ("creating, not created", ".CCNNNDN.."),
    ];
    for (before, row) in rows {
        let history = history(names(before).into_iter().map(of_table));
        for (name, cell) in next.into_iter().zip(row.chars()) {
            let wanted = match cell {
                '.' => Ok(()),
                'A' => Err("the table is ours already"),
                'C' => Err("its creation was not begun"),
                'N' => Err("the table is not ours"),
                'D' => Err("its removal was not begun"),
                _ => Err("the table is ours"),
            };
            assert_eq!(history.check(&of_table(name)), wanted, "«{name}» after «{before}»");
        }
    }
}

#[test]
fn records_stand_in_order_and_an_illegal_one_is_named() {
    let begun = || Entry::SequenceStarted { fresh_up_to: None };
    assert_eq!(History::default().next_number(), 1);
    let gap = Conflict::Gap { expected: 2, found: 3 };
    assert_eq!(History::from_records([record(1, begun()), record(3, of_migration(1, "started"))]), Err(gap));
    let (number, entry) = (2, "started on a database that holds data".to_owned());
    let twice = Conflict::Illegal { number, entry, reason: "the sequence was started before" };
    let mut history = history([begun()]);
    assert_eq!(history.append(record(2, begun())), Err(twice));
    // What was refused left nothing.
    assert_eq!((history.records().len(), history.next_number()), (1, 2));
    assert_eq!(history.freshness(), Some(Freshness::Settled));
    let fresh = History::from_records([record(1, Entry::SequenceStarted { fresh_up_to: Some(Version::new(4)) })]).unwrap();
    assert_eq!(fresh.freshness(), Some(Freshness::Fresh { up_to: Version::new(4) }));
}

#[test]
fn what_follows_for_a_migration() {
    let text = || "why".to_owned();
    let applied = MigrationStatus::Applied { duration_ms: 7, counts: Counts { changed: 3, ..Counts::default() } };
    let reopened = MigrationStatus::Reopened { table: TableName::checked("orders") };
    // How often it was begun, whether it is breaking, and how many tables it touched.
    let rows = [
        ("started", MigrationStatus::Started, 1, false, 0),
        ("started, started", MigrationStatus::Started, 2, false, 0),
        ("started, failed", MigrationStatus::Failed { error: text() }, 1, false, 0),
        ("started, applied", applied.clone(), 1, true, 1),
        ("skipped", MigrationStatus::Skipped, 0, true, 0),
        ("baselined", MigrationStatus::Baselined, 0, true, 0),
        ("resolved", MigrationStatus::Resolved { reason: text() }, 0, true, 0),
        ("started, applied, rolling", MigrationStatus::RollingBack, 1, true, 1),
        ("started, applied, rolling, rolling failed", MigrationStatus::RollbackFailed { error: text() }, 1, true, 1),
        ("started, applied, rolling, rolled", MigrationStatus::RolledBack, 1, false, 1),
        ("started, undone", MigrationStatus::RolledBack, 1, false, 0),
        ("started, applied, reblessed", applied, 1, true, 1),
        ("adopted table, started, applied, restored table", reopened, 1, true, 1),
        ("adopted table, resolved, restored table", MigrationStatus::Resolved { reason: text() }, 0, true, 0),
    ];
    for (entries, status, attempts, breaking, tables) in rows {
        let history = history(names(entries).into_iter().map(|name| of_migration(1, name)));
        let state = &history.migrations()[&Version::new(1)];
        let found = (&state.status, state.attempts, state.breaking, state.tables.len());
        assert_eq!(found, (&status, attempts, breaking, tables), "«{entries}»");
        let last = history.records().iter().rev().find(|record| record.entry.migration().is_some()).unwrap();
        let reopened = matches!(status, MigrationStatus::Reopened { .. });
        let (last, fingerprint) =
            if reopened { (history.records().last().unwrap(), "applied") } else { (last, names(entries).pop().unwrap()) };
        if fingerprint != "reblessed" && !entries.ends_with("restored table") || reopened {
            assert_eq!((state.at, &state.by), (last.at, &last.run.who()), "«{entries}»");
        }
        if !entries.ends_with("restored table") {
            assert_eq!(state.fingerprint, format!("text of {fingerprint}"), "«{entries}»");
        }
        let settled = status.is_settled().then_some(Version::new(1));
        assert_eq!(history.highest_settled(), settled, "«{entries}»");
    }
}

#[test]
fn what_follows_for_a_table() {
    let orders = TableName::checked("orders");
    let id = |number: u32| Some(format!("t-{number}"));
    let rows = [
        ("creating", Some(Ownership::Creating)),
        ("creating, created", Some(Ownership::Owned { table_id: id(1) })),
        ("creating, not created", None),
        ("adopted, changing, changed", Some(Ownership::Owned { table_id: id(1) })),
        ("adopted, dropping", Some(Ownership::Dropping { table_id: id(1) })),
        ("adopted, dropping, dropped", None),
        ("adopted, restored", Some(Ownership::Owned { table_id: id(2) })),
        ("shared", None),
    ];
    for (entries, owner) in rows {
        let history = history(names(entries).into_iter().map(of_table));
        assert_eq!(history.tables().get(&orders), owner.as_ref(), "«{entries}»");
        let shared = (entries == "shared").then(|| "billing".to_owned());
        assert_eq!(history.shared().get(&orders), shared.as_ref(), "«{entries}»");
    }
}

/// A rollback leaves as it is whether older binaries may run: until it is finished nothing has come back.
#[test]
fn what_is_being_rolled_back_is_as_breaking_as_it_was() {
    let mild = |name: &str| match of_migration(1, name) {
        Entry::MigrationApplied { migration, fingerprint, duration_ms, counts, tables, .. } => {
            Entry::MigrationApplied { migration, fingerprint, breaking: false, duration_ms, counts, tables }
        }
        other => other,
    };
    let is_breaking = |entries: Vec<Entry>| history(entries).migrations()[&Version::new(1)].breaking;
    for rolling in [vec!["rolling"], vec!["rolling", "rolling failed"]] {
        let then = |applied: Entry| {
            [of_migration(1, "started"), applied].into_iter().chain(rolling.iter().map(|name| of_migration(1, name)))
        };
        assert!(is_breaking(then(of_migration(1, "applied")).collect()), "{rolling:?}");
        assert!(!is_breaking(then(mild("applied")).collect()), "{rolling:?}");
    }
}
