//! What the compiler cannot see and the program's start does: each is refused before anything is opened.

use migrate_tests::process::{Ended, Folder};

use super::{EMPTY, SHOP};

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

#[test]
fn without_a_database_the_binary_itself_is_judged() {
    let folder = Folder::default();
    // Nothing names a target here, and nothing need: CI has no credentials.
    let ci = [("CI", "true"), ("AWS_REGION", "eu-west-1")];
    let ended = folder.run_with(SHOP, &["check", "--offline"], &ci).succeeds();
    ended.prints(&["OK: shop can be run: 2 tables, 3 migrations. No database was asked."]).hides("target:");
    folder
        .run_with(SHOP, &["check"], &[("CI", "true"), ("MIGRATE_OFFLINE", "true")])
        .succeeds()
        .prints(&["No database was asked"]);
    let both = folder.run(env!("CARGO_BIN_EXE_fixture-both"), &["check", "--offline"]).succeeds();
    both.prints(&["OK: billing", "OK: shop"]);
    let json = folder.run(SHOP, &["check", "--offline", "--format", "json"]).succeeds().json();
    assert_eq!(json["sequences"][0]["migrations"], 3, "{json}");
    assert_eq!(json["target"], serde_json::Value::Null, "{json}");
    assert!(!folder.path(".migrate").exists(), "nothing is opened");
}

#[test]
fn what_is_wrong_with_a_binary_is_found_offline() {
    let folder = Folder::default();
    let offline = |binary: &str, arguments: &[&str], code: i32, parts: &[&str]| {
        let ended = folder.run(binary, &[&["check", "--offline"], arguments].concat()).exits(code);
        ended.says(parts);
    };
    offline(EMPTY, &[], 1, &["error[M0101]", "`empty`"]);
    offline(env!("CARGO_BIN_EXE_fixture-clash"), &[], 1, &["error[M0104]", "`customers`"]);
    offline(env!("CARGO_BIN_EXE_fixture-twin"), &[], 1, &["error[M0103]", "`shop`"]);
    offline(env!("CARGO_BIN_EXE_fixture-order"), &[], 1, &["error[M0106]", "migration 2"]);
    offline(SHOP, &["--prefix", "a/b"], 64, &["error[M0107]", "--prefix"]);
    offline(SHOP, &["--prefix", &"x".repeat(250)], 64, &["error[M0107]", "255"]);
    offline(SHOP, &["--sequence", "shap"], 64, &["error[M0102]", "`shap`"]);
    offline(SHOP, &["--only", "drift"], 64, &["--only", "--offline"]);
}
