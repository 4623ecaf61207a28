//! Migrations in modules, under `cfg`, with every option and every error.

use migrate_core::migration::{OnFresh, OnInterrupt};
use migrate_core::registry::MigrationEntry;
use migrate_core::schema::Hazard;
use migrate_core::{MigrationContext, migration};

/// Begins
/// the sequence.
///
/// This is another paragraph.
#[migration(7)]
pub async fn first(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

mod deep {
    pub mod deeper {
        /** In a block
        comment. */
        #[migrate_core::migration(8, on_fresh = skip, on_interrupt = ask, after_deploy, breaking)]
        #[allow(clippy::unused_async)]
        pub(in crate::migrations) async fn r#async(
            cx: &migrate_core::MigrationContext,
        ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            let _ = cx;
            Ok(())
        }
    }
}

#[cfg(any())]
#[migration(9)]
async fn not_here(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(9)]
#[cfg(any())]
async fn nor_here(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(9, was = "sha256-tokens-1:0000000000000000000000000000000000000000000000000000000000000000",
    was = ["sha256-tokens-1:1111111111111111111111111111111111111111111111111111111111111111"])]
async fn text_as_an_error(_cx: &'_ MigrationContext) -> Result<(), &'static str> {
    Ok(())
}

#[migration(10, crate = ::migrate_core)]
async fn an_error_of_the_library(_: &MigrationContext) -> Result<(), migrate_core::Error> {
    Ok(())
}

macro_rules! noted {
    ($number:literal, $name:ident, $body:expr) => {
        #[migration($number)]
        async fn $name(_: &MigrationContext) -> Result<(), String> {
            $body
        }
    };
}
noted!(11, by_a_macro, Ok(()));

fn entry(number: u32) -> &'static MigrationEntry {
    let mut found = inventory::iter::<MigrationEntry>().filter(|entry| entry.meta.version.get() == number);
    let entry = found.next().unwrap();
    assert!(found.next().is_none());
    entry
}

#[test]
fn each_is_registered_once() {
    let mut numbers: Vec<u32> = inventory::iter::<MigrationEntry>().map(|entry| entry.meta.version.get()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [7, 8, 9, 10, 11, 12, 13, 14]);
    assert!(inventory::iter::<MigrationEntry>().all(|entry| entry.sequence == "macros"));
}

#[test]
fn what_is_stated_is_written_down() {
    let eight = &entry(8).meta;
    assert_eq!((eight.name, eight.description), ("async", "In a block comment."));
    assert_eq!((eight.on_fresh, eight.after_deploy, eight.breaking), (Some(OnFresh::Skip), true, true));
    assert_eq!((eight.on_interrupt, entry(7).meta.on_interrupt), (OnInterrupt::Ask, OnInterrupt::Run));
    let seven = &entry(7).meta;
    assert_eq!((seven.name, seven.description), ("first", "Begins the sequence."));
    assert_eq!((seven.on_fresh, seven.after_deploy, seven.breaking), (None, false, false));
    assert!(seven.location.file.ends_with("migrations.rs"));
    assert_eq!(seven.location.line, 12);
    assert_eq!(entry(9).meta.was.len(), 2);
    assert!(entry(9).meta.accepts(entry(9).meta.was[1]));
}

#[test]
fn name_documentation_and_attributes_are_no_part_of_the_fingerprint() {
    // 12 is the text of 7 with another name, visibility, documentation, layout and a lint
    assert_eq!(entry(7).meta.fingerprint, entry(12).meta.fingerprint);
    assert_ne!(entry(7).meta.fingerprint, entry(10).meta.fingerprint);
}

#[migration(12, breaking)]
#[allow(clippy::unused_async)]
#[rustfmt::skip]
async fn the_first_again(_: &MigrationContext,) -> migrate_core::Result { /* as before */ Ok((),) }

mod reach {
    use crate::tables::App;
    use migrate_core::{MigrationContext, migration};

    #[migration(14, tables(App, crate::tables::Order), accept(H114), crate = ::migrate_core)]
    async fn the_first_of_two_tables(_: &MigrationContext) -> migrate_core::Result {
        Ok(())
    }
}

#[test]
fn tables_and_accepted_hazards_stand_beside_the_function() {
    let tables: Vec<String> = entry(14).tables.iter().map(|schema| schema().name.to_string()).collect();
    assert_eq!(tables, ["app", "orders"]);
    assert_eq!(entry(14).accept, [Hazard::StreamRecords]);
    assert_eq!((entry(7).tables.len(), entry(7).accept.len()), (0, 0));
    assert_eq!(entry(14).meta.fingerprint, entry(7).meta.fingerprint, "they are no part of the fingerprint");
}
