//! Rollbacks in modules, under `cfg`, with every option.

use migrate_core::registry::RollbackEntry;
use migrate_core::schema::Hazard;
use migrate_core::{MigrationContext, rollback};

#[rollback(7)]
pub async fn back(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

mod deep {
    #[migrate_core::rollback(8, tables(crate::tables::App, crate::tables::Order), accept(H114), crate = ::migrate_core)]
    async fn r#async(_: &migrate_core::MigrationContext) -> Result<(), &'static str> {
        Ok(())
    }
}

#[cfg(any())]
#[rollback(9)]
async fn not_here(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(9)]
#[cfg(any())]
async fn nor_here(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(10)]
async fn the_same_text(_: &MigrationContext) -> migrate_core::Result {
    // but for this
    Ok(())
}

fn entry(number: u32) -> &'static RollbackEntry {
    let mut found = inventory::iter::<RollbackEntry>().filter(|entry| entry.version.get() == number);
    let entry = found.next().unwrap();
    assert!(found.next().is_none());
    entry
}

#[test]
fn each_is_registered_once() {
    let mut numbers: Vec<u32> = inventory::iter::<RollbackEntry>().map(|entry| entry.version.get()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [7, 8, 10]);
    assert!(inventory::iter::<RollbackEntry>().all(|entry| entry.sequence == "macros"));
}

#[test]
fn what_is_stated_is_written_down() {
    let seven = entry(7);
    assert_eq!((seven.name, seven.location.line, seven.tables.len(), seven.accept.len()), ("back", 7, 0, 0));
    assert!(seven.location.file.ends_with("rollbacks.rs"));
    let eight = entry(8);
    let tables: Vec<String> = eight.tables.iter().map(|schema| schema().name.to_string()).collect();
    assert_eq!(
        (eight.name, tables, eight.accept),
        ("async", vec!["app".to_owned(), "orders".to_owned()], &[Hazard::StreamRecords][..])
    );
    assert_eq!(seven.fingerprint, entry(10).fingerprint);
    assert_ne!(seven.fingerprint, eight.fingerprint);
}
