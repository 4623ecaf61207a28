//! Laws of what settles a doubt: every entry is read as it was written, and what was restored reopens what touched it; knows no code.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Counts, Entry, History, MigrationStatus, Ownership, Record, RunInfo};
use crate::migration::{MigrationId, Version};
use crate::schema::{IndexName, TableName};

fn id(number: u32) -> MigrationId {
    MigrationId { version: Version::new(number), name: "change".to_owned() }
}

fn record(number: u64, entry: Entry) -> Record {
    Record { number, at: Timestamp::UNIX_EPOCH, epoch: 3, run: RunInfo::default(), text: entry.to_string(), entry }
}

fn history(entries: impl IntoIterator<Item = Entry>) -> History {
    History::from_records((1..).zip(entries).map(|(number, entry)| record(number, entry))).unwrap()
}

fn text() -> String {
    "text-1".to_owned()
}

fn applied(number: u32, tables: &[&str]) -> [Entry; 2] {
    let (counts, tables) = (Counts::default(), tables.iter().map(ToString::to_string).collect());
    let applied =
        Entry::MigrationApplied { migration: id(number), fingerprint: text(), breaking: true, duration_ms: 1, counts, tables };
    [Entry::MigrationStarted { migration: id(number), fingerprint: text() }, applied]
}

fn restored(table: &str, at: u32) -> Entry {
    let (table, table_id) = (TableName::new(table.to_owned()).unwrap(), Some("t-2".to_owned()));
    Entry::TableRestored { table, table_id, at: Version::new(at), reason: "why".to_owned() }
}

/// One of each.
fn every() -> Vec<Entry> {
    let (migration, fingerprint, reason, error) = (id(1), text(), "why".to_owned(), "boom".to_owned());
    let (table, index) = (TableName::checked("orders"), IndexName::checked("by-day"));
    let (table_id, change, counts) = (Some("t-1".to_owned()), "a change".to_owned(), Counts::default());
    let tables = vec!["orders t-1".to_owned()];
    let (breaking, duration_ms) = (true, 7);
    let mut all = vec![
        Entry::SequenceStarted { fresh_up_to: Some(Version::new(2)) },
        Entry::TableCreating { table: table.clone() },
        Entry::TableCreated { table: table.clone(), table_id: table_id.clone() },
        Entry::TableNotCreated { table: table.clone() },
        Entry::TableAdopted { table: table.clone(), table_id: table_id.clone() },
        Entry::TableChanging { table: table.clone(), change: change.clone() },
        Entry::TableChanged { table: table.clone(), change },
        Entry::TableDropping { table: table.clone(), table_id: table_id.clone() },
        Entry::TableDropped { table: table.clone() },
        Entry::TableShared { table: table.clone(), owner: "billing".to_owned() },
        Entry::IndexCreating { table: table.clone(), table_id: table_id.clone(), index: index.clone() },
        Entry::IndexCreated { table: table.clone(), table_id: table_id.clone(), index: index.clone() },
        Entry::IndexAdopted { table: table.clone(), table_id: table_id.clone(), index: index.clone() },
        Entry::IndexDropping { table: table.clone(), table_id: table_id.clone(), index: index.clone() },
        Entry::IndexDropped { table, table_id, index },
    ];
    all.extend(applied(1, &["orders t-1"]));
    all.extend([
        Entry::MigrationFailed { migration: migration.clone(), fingerprint: fingerprint.clone(), error: error.clone() },
        Entry::MigrationSkipped { migration: migration.clone(), fingerprint: fingerprint.clone(), breaking },
        Entry::MigrationBaselined { migration: migration.clone(), fingerprint: fingerprint.clone(), breaking },
        Entry::MigrationRollingBack { migration: migration.clone(), fingerprint: fingerprint.clone() },
        Entry::MigrationRolledBack {
            migration: migration.clone(),
            fingerprint: fingerprint.clone(),
            duration_ms,
            counts,
            tables,
        },
        Entry::MigrationRollbackFailed { migration: migration.clone(), fingerprint: fingerprint.clone(), error },
        Entry::ResolvedApplied {
            migration: migration.clone(),
            fingerprint: fingerprint.clone(),
            breaking,
            reason: reason.clone(),
        },
        Entry::ResolvedRolledBack { migration: migration.clone(), fingerprint: fingerprint.clone(), reason: reason.clone() },
        Entry::Reblessed { migration, fingerprint, reason: reason.clone() },
        restored("orders", 1),
        Entry::LockForced { ended: 4, holder: "ana".to_owned(), reason },
        Entry::SchemaApplied { revision: "r".to_owned(), last: Some(Version::new(2)) },
    ]);
    all
}

#[test]
fn a_record_is_read_as_it_was_written() {
    for entry in every() {
        let written = record(5, entry);
        let text = serde_json::to_string(&written).unwrap();
        let read: Record = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read, written, "{text}");
    }
}

#[test]
fn what_settles_a_doubt_follows_from_what_is_recorded() {
    let refuses = |entries: &[Entry], next: Entry| history(entries.iter().cloned()).check(&next).err();
    let rolled_back = || Entry::ResolvedRolledBack { migration: id(1), fingerprint: text(), reason: text() };
    let resolved = || Entry::ResolvedApplied { migration: id(1), fingerprint: text(), breaking: false, reason: text() };
    let blessed = || Entry::Reblessed { migration: id(1), fingerprint: "text-2".to_owned(), reason: text() };
    let rolling = || Entry::MigrationRollingBack { migration: id(1), fingerprint: text() };
    let one = applied(1, &[]);
    assert_eq!(refuses(&[], resolved()), None);
    assert_eq!(refuses(&[], rolled_back()), Some("nothing of the migration is recorded"));
    assert_eq!(refuses(&[], blessed()), Some("nothing of the migration is recorded"));
    assert_eq!(refuses(&[], restored("orders", 1)), Some("the table is not ours"));
    assert_eq!(refuses(&one, resolved()), Some("the migration is settled already"));
    assert_eq!(refuses(&one[..1], resolved()), None);
    assert_eq!(refuses(&[&one[..], &[rolled_back()]].concat(), rolled_back()), Some("nothing of the migration is recorded"));
    // While it is rolled back it is not run, but a person can say how it stands.
    let open = [&one[..], &[rolling()]].concat();
    assert_eq!(refuses(&open, one[0].clone()), Some("its rollback is not finished"));
    assert_eq!(refuses(&open, resolved()), None);
    assert_eq!(refuses(&open, rolled_back()), None);
    let accepted = history([&one[..], &[blessed()]].concat());
    let state = &accepted.migrations()[&Version::new(1)];
    assert_eq!((state.fingerprint.as_str(), state.breaking, state.status.is_settled()), ("text-2", true, true));
    // What was taken back is no obstacle to an older binary.
    assert!(!history([&one[..], &[rolled_back()]].concat()).migrations()[&Version::new(1)].breaking);
}

#[test]
fn what_was_settled_once_may_be_in_a_backup_whatever_became_of_it_since() {
    let ever = |entries: &[Entry]| history(entries.iter().cloned()).highest_ever_settled().map(Version::get);
    let adopted = Entry::TableAdopted { table: TableName::checked("orders"), table_id: Some("t-1".to_owned()) };
    let begun = |number| Entry::MigrationStarted { migration: id(number), fingerprint: text() };
    let back = |number| Entry::ResolvedRolledBack { migration: id(number), fingerprint: text(), reason: text() };
    assert_eq!(ever(&[adopted.clone(), begun(1), back(1)]), None);
    let two = [&[adopted][..], &applied(1, &[]), &applied(2, &["orders t-1"])].concat();
    assert_eq!(ever(&two), Some(2));
    for since in [vec![back(2)], vec![restored("orders", 0)], vec![back(2), begun(2)], vec![back(1), back(2)], vec![begun(3)]] {
        assert_eq!(ever(&[&two[..], &since].concat()), Some(2), "{since:?}");
    }
}

proptest! {
    #[test]
    fn a_restored_table_reopens_what_was_applied_to_it_later_and_nothing_else(
        touched in proptest::collection::vec(proptest::sample::subsequence(vec!["orders t-1", "orders-2 t-5", "users"], 0..=3), 1..8),
        at in 0_u32..9,
    ) {
        let orders = TableName::checked("orders");
        let mut entries = vec![Entry::TableAdopted { table: orders.clone(), table_id: Some("t-1".to_owned()) }];
        for (tables, number) in touched.iter().zip(1..) {
            entries.extend(applied(number, tables));
        }
        entries.push(restored("orders", at));
        let after = history(entries);
        prop_assert_eq!(after.tables().get(&orders), Some(&Ownership::Owned { table_id: Some("t-2".to_owned()) }));
        for (tables, number) in touched.iter().zip(1..) {
            let state = &after.migrations()[&Version::new(number)];
            let reopens = number > at && tables.contains(&"orders t-1");
            prop_assert_eq!(state.status == MigrationStatus::Reopened { table: orders.clone() }, reopens, "{}", number);
            prop_assert_eq!(state.status.is_settled(), !reopens);
            prop_assert_eq!(state.tables.len(), tables.len(), "what it touched is not forgotten");
        }
    }
}
