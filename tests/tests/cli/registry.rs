//! What the compiler cannot see and the program's start does: each is refused before anything is opened.

use migrate_tests::process::{Ended, Folder};

use super::EMPTY;

fn refused(binary: &str) -> Ended {
    let folder = Folder::default();
    let ended = folder.run(binary, &["up"]).exits(1);
    assert!(!folder.db().exists(), "nothing is opened");
    assert_eq!(ended.out, "");
    ended
}

#[test]
fn an_empty_sequence_never_means_that_tables_are_to_go() {
    refused(EMPTY).says(&[
        "error[M0101]",
        "`empty`",
        "fixtures/bin/empty.rs:3",
        "never means",
        "help:",
        "`mod tables;`",
        "`main!",
    ]);
}

#[test]
fn one_table_of_two_sequences() {
    let ended = refused(env!("CARGO_BIN_EXE_fixture-clash"));
    ended.says(&["error[M0104]", "`customers`", "fixtures/shop/src/tables.rs:", "fixtures/bin/clash.rs:", "help:"]);
}

#[test]
fn two_sequences_of_one_name() {
    let ended = refused(env!("CARGO_BIN_EXE_fixture-twin"));
    ended
        .says(&["error[M0103]", "`shop`", "fixtures/shop/src/lib.rs:3", "fixtures/bin/twin.rs:3", "migrations!(name = \"..\")"])
        .hides("declared twice");
}

#[test]
fn a_migration_that_is_skipped_behind_one_that_brings_data() {
    let ended = refused(env!("CARGO_BIN_EXE_fixture-order"));
    ended.says(&["error[M0106]", "migration 2", "fixtures/bin/order.rs:", "on_fresh = run"]);
}
