//! What `main!` makes the linker keep, and what becomes of sequences that are linked beside it.

use migrate_tests::process::{Ended, Folder};
use serde_json::Value;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const BOTH: &str = env!("CARGO_BIN_EXE_fixture-both");
const SHARED: &str = env!("CARGO_BIN_EXE_fixture-shared");
const REPORTS: &str = env!("CARGO_BIN_EXE_fixture-reports");
const UNNAMED: &str = env!("CARGO_BIN_EXE_fixture-unnamed");
const NOT_RUN: &str = "note: sequence `unnamed` is linked, but `main!` does not name it: it is not run";

/// Each sequence of a plan: its name, its migrations, its steps.
fn planned(ended: &Ended) -> Vec<(String, Vec<String>, Vec<String>)> {
    let document = ended.json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let sequences = list(&document["sequences"]);
    let of = |sequence: &Value| {
        let migrations = list(&sequence["migrations"]).iter().map(|planned| text(&planned["name"])).collect();
        let steps = list(&sequence["expand"]).iter().map(|step| text(&step["schema"]["name"])).collect();
        (text(&sequence["sequence"]), migrations, steps)
    };
    sequences.iter().map(of).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn shop() -> (String, Vec<String>, Vec<String>) {
    let migrations = words(&["first_customers", "lowercase_emails", "forget_nothing"]);
    ("shop".to_owned(), migrations, words(&["customers", "orders"]))
}

fn billing() -> (String, Vec<String>, Vec<String>) {
    ("billing".to_owned(), words(&["first_invoice"]), words(&["invoices"]))
}

#[test]
fn a_library_that_main_names_is_linked_with_all_that_it_registers() {
    let ended = Folder::default().run(SHOP, &["plan", "--format", "json"]).succeeds();
    assert_eq!(planned(&ended), [shop()]);
}

#[test]
fn each_sequence_has_its_own_numbers_and_history() {
    let folder = Folder::default();
    assert_eq!(planned(&folder.run(BOTH, &["plan", "--format", "json"]).succeeds()), [billing(), shop()]);
    folder.run(BOTH, &[]).succeeds().prints(&["sequence billing", "sequence shop"]);
    let history = folder.run(BOTH, &["history", "--format", "json"]).succeeds().json();
    let numbers = |at: usize| {
        let records = history["sequences"][at]["records"].as_array().expect("records").clone();
        records.iter().map(|record| record["number"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!((numbers(0).first(), numbers(1).first()), (Some(&1), Some(&1)), "{history}");
    // The shop's own binary meets nothing of billing's.
    folder.run(SHOP, &["check"]).succeeds();
}

#[test]
fn one_table_is_declared_by_its_owner_and_by_a_guest() {
    let folder = Folder::default();
    folder.run(SHARED, &["plan", "--sequence", "reports"]).exits(4).prints(&["M0604", "`shop`", "--sequence shop"]);
    folder.run(SHARED, &["up", "--sequence", "shop"]).succeeds();
    folder
        .run(SHARED, &["up"])
        .succeeds()
        .prints(&["record that this sequence shares table orders, which sequence shop owns", "create index by-day"]);
    folder.run(SHARED, &["check"]).succeeds();
    let idle = folder.run(SHARED, &["up"]).succeeds();
    assert!(!idle.out.contains("not declared"), "{}", idle.out);
    // Each alone finds nothing to do, and the owner asks whose the index is.
    folder.run(REPORTS, &["check"]).succeeds();
    folder.run(SHOP, &["check"]).succeeds();
    folder.run(SHOP, &["up", "--drop", "orders/by-day"]).exits(4).says(&["error[M0303]", "`reports`"]);
    folder
        .run(REPORTS, &["history"])
        .succeeds()
        .prints(&["shares table orders, which sequence shop owns", "created index orders/by-day"]);
}

#[test]
fn one_sequence_can_be_chosen() {
    let folder = Folder::default();
    let ended = folder.run(BOTH, &["plan", "--sequence", "billing", "--format", "json"]).succeeds();
    assert_eq!(planned(&ended), [billing()]);
    folder.run(BOTH, &["up", "--sequence", "billing"]).succeeds();
    folder.run(BOTH, &["check", "--sequence", "billing"]).succeeds();
    folder.run(SHOP, &["check"]).exits(2);
}

#[test]
fn an_unknown_sequence_names_those_that_there_are() {
    let both = Folder::default().run(BOTH, &["plan", "--sequence", "biling"]).exits(64);
    both.says(&["error[M0102]", "`biling`", "`billing`", "`shop`"]);
    let one = Folder::default().run(SHOP, &["plan", "--sequence", "billing"]).exits(64);
    one.says(&["error[M0102]", "`billing`", "`shop`"]);
}

#[test]
fn what_means_one_sequence_says_so_where_there_are_two() {
    for arguments in [&["up", "--to", "1"][..], &["up", "--drop", "orders"], &["baseline", "1"], &["new", "x"]] {
        let ended = Folder::default().run(BOTH, arguments).exits(64);
        ended.says(&["error[M0202]", "billing, shop", "--sequence NAME"]);
    }
}

#[test]
fn a_linked_sequence_that_main_does_not_name_is_reported_once_and_not_run() {
    let folder = Folder::default();
    let ended = folder.run(UNNAMED, &["plan"]).succeeds().says(&[NOT_RUN]);
    assert_eq!(ended.err.matches("unnamed").count(), 1, "{}", ended.err);
    assert!(!ended.out.contains("unnamed"), "{}", ended.out);
    let json = folder.run(UNNAMED, &["plan", "--format", "json"]).succeeds();
    assert_eq!(planned(&json), [shop()]);
    folder.run(UNNAMED, &["up", "-q"]).succeeds().hides("unnamed");
    folder.run(UNNAMED, &["plan", "--sequence", "unnamed"]).exits(64).says(&["error[M0102]"]);
}
