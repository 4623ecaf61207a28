//! A plan that is saved, looked at, and carried out once: what its file is, and what makes it stale.

use migrate_tests::process::{Ended, Folder};
use serde_json::Value;

use super::{EDITED, NEWER, OLDER, SHOP};

const FILE: &str = "plan.json";

/// Saves a plan, and returns its hash as a machine reads it.
fn save(folder: &Folder, binary: &str, arguments: &[&str]) -> String {
    let all = [&["plan", "--out", FILE, "--format", "json"], arguments].concat();
    let document = folder.run(binary, &all).succeeds().json();
    let saved = &document["sequences"][0]["saved"];
    assert_eq!(saved["path"], FILE, "{document}");
    saved["sha256"].as_str().expect("a hash").to_owned()
}

fn carry_out(folder: &Folder, binary: &str, sha256: &str) -> Ended {
    folder.run(binary, &["up", "--plan", FILE, "--sha256", sha256])
}

/// Nothing was made where nothing was.
fn nothing_done(folder: &Folder) {
    let history = folder.run(SHOP, &["history", "--format", "json"]).succeeds().json();
    assert_eq!(history["sequences"][0]["records"].as_array().map(Vec::len).unwrap_or_default(), 0, "{history}");
}

#[test]
fn a_plan_is_saved_carried_out_once_and_then_stale() {
    let folder = Folder::default();
    let planned = folder.run(SHOP, &["plan", "--out", FILE]).succeeds();
    planned.prints(&["Plan: 2 to create", "Saved: plan.json, SHA-256 ", "next: `migrate up --plan plan.json --sha256 "]);
    assert!(!folder.db().exists(), "nothing is made by planning");
    std::fs::remove_file(folder.path(FILE)).expect("a plan");
    let sha256 = save(&folder, SHOP, &[]);
    carry_out(&folder, SHOP, &sha256.to_uppercase()).succeeds().prints(&["create table customers", "3 migrations run"]);
    let again = carry_out(&folder, SHOP, &sha256).exits(5);
    again.says(&["error[M0408]", "the history was empty, and is at record ", "table `customers` is there", "--out FILE"]);
    folder.run(SHOP, &["check"]).succeeds();
}

#[test]
fn the_next_command_can_be_typed_as_it_stands() {
    let folder = Folder::default();
    let arguments = ["plan", "--db", "my shop.db", "--phase", "before", "--to", "1", "--out", "the plan.json"];
    let planned = folder.run(SHOP, &[&arguments[..], &["--format", "json"]].concat()).succeeds().json();
    let next = planned["sequences"][0]["saved"]["next"].as_str().expect("a command").to_owned();
    let words: Vec<&str> = next
        .split('\'')
        .flat_map(|part| {
            if part.contains(' ') && part.ends_with('n') | part.ends_with("db") {
                vec![part]
            } else {
                part.split_whitespace().collect()
            }
        })
        .collect();
    let ended = folder.run(SHOP, &words[1..]).succeeds();
    ended.prints(&["my shop.db", "1 migration run", "0002 lowercase_emails waits"]);
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone_and_nobodys_file_is_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::default();
    save(&folder, SHOP, &[]);
    let mode = std::fs::metadata(folder.path(FILE)).expect("a plan").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    let before = folder.read(FILE);
    folder.run(SHOP, &["plan", "--out", FILE]).exits(64).says(&["error[M0202]", "`--out plan.json`", "new file"]);
    std::os::unix::fs::symlink("nowhere.json", folder.path("link.json")).expect("a link");
    folder.run(SHOP, &["plan", "--out", "link.json"]).exits(64).says(&["error[M0202]", "link.json"]);
    assert_eq!(folder.read(FILE), before);
    folder.run(SHOP, &["plan", "--out", "-"]).exits(64).says(&["`--out -`"]);
    folder.run(SHOP, &["plan", "--out", "no/such/folder.json"]).exits(64).says(&["no/such/folder.json", "because:"]);
    let left: Vec<_> = std::fs::read_dir(folder.path("")).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("part")), "{left:?}");
}

#[test]
fn the_same_state_gives_the_same_plan_to_the_byte() {
    let folder = Folder::default();
    folder.run(SHOP, &["up", "--to", "1"]).succeeds();
    let first = save(&folder, SHOP, &[]);
    let text = folder.read(FILE);
    std::fs::remove_file(folder.path(FILE)).expect("a plan");
    assert_eq!((save(&folder, SHOP, &[]), folder.read(FILE)), (first, text));
}

#[test]
fn only_the_very_file_that_was_approved_is_looked_at() {
    let folder = Folder::default();
    let sha256 = save(&folder, SHOP, &[]);
    let text = folder.read(FILE);
    let wrong = "0".repeat(64);
    carry_out(&folder, SHOP, &wrong).exits(5).says(&["error[M0408]", &sha256, &wrong, "help:"]);
    for other in
        [text.replace("\"before\"", "\"all\"") + " ", text[..text.len() / 2].to_owned(), String::new(), "\u{1b}[2J".to_owned()]
    {
        folder.write(FILE, other);
        carry_out(&folder, SHOP, &sha256).exits(5).says(&["error[M0408]", "is not the plan that was consented to", "edited"]);
    }
    nothing_done(&folder);
    folder.write(FILE, &text);
    carry_out(&folder, SHOP, &sha256).succeeds();
}

#[test]
fn what_is_no_plan_is_told_apart_from_one_of_another_version() {
    let folder = Folder::default();
    save(&folder, SHOP, &[]);
    let other_format = folder.read(FILE).replacen("\"format\": 1", "\"format\": 2", 1);
    let report = folder.run(SHOP, &["plan", "--format", "json"]).succeeds().out;
    for (text, code, parts) in [
        (other_format.as_str(), 5, &["error[M0408]", "another version", "format 2"][..]),
        (report.as_str(), 64, &["error[M0202]", "is no saved plan", "`plan --format json` is for reading"]),
        ("", 64, &["is no saved plan"]),
        ("{\"format\": 1}", 64, &["is no saved plan", "missing field"]),
    ] {
        folder.write(FILE, text);
        // As `sha256sum` tells it.
        let said = carry_out(&folder, SHOP, &"0".repeat(64)).exits(5).err;
        let hash = said.split("its SHA-256 is ").nth(1).and_then(|rest| rest.get(..64)).expect("a hash").to_owned();
        carry_out(&folder, SHOP, &hash).exits(code).says(parts);
    }
    folder.run(SHOP, &["up", "--plan", "none.json", "--sha256", &"0".repeat(64)]).exits(64).says(&["none.json cannot be read"]);
}

#[test]
fn the_plan_says_it_all() {
    let folder = Folder::default();
    let sha256 = save(&folder, SHOP, &["--phase", "before"]);
    let with = |more: &[&str]| {
        [&["up", "--plan", FILE, "--sha256", &sha256], more].concat().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let run = |more: &[&str]| folder.run(SHOP, &with(more).iter().map(String::as_str).collect::<Vec<_>>());
    for (more, flag) in [
        (&["--phase", "before"][..], "--phase"),
        (&["--to", "1"], "--to"),
        (&["--drop", "customers"], "--drop"),
        (&["--accept", "customers:H104"], "--accept"),
        (&["--no-backup"], "--no-backup"),
        (&["--verify-keys", "never"], "--verify-keys"),
    ] {
        run(more).exits(64).says(&[&format!("`{flag}` cannot stand beside `--plan`")]);
    }
    folder.run(SHOP, &["--plan", FILE, "--sha256", &sha256, "--to", "1"]).exits(64).says(&["`--to` cannot"]);
    folder.run(SHOP, &["up", "--plan", FILE]).exits(64).says(&["--sha256"]);
    folder.run(SHOP, &["up", "--sha256", &sha256]).exits(64).says(&["--plan"]);
    folder.run(SHOP, &["up", "--plan", FILE, "--sha256", "abc"]).exits(64).says(&["64 hexadecimal digits"]);
    // Consent is never taken from the environment; what else stands there must agree.
    folder.run_with(SHOP, &["up", "--plan", FILE], &[("MIGRATE_SHA256", &sha256)]).exits(64).says(&["--sha256"]);
    let typed = ["up", "--plan", FILE, "--sha256", &sha256];
    folder.run_with(SHOP, &typed, &[("MIGRATE_PHASE", "after")]).exits(64).says(&["MIGRATE_PHASE", "phase `before`"]);
    folder.run_with(SHOP, &typed, &[("MIGRATE_TO", "2")]).exits(64).says(&["MIGRATE_TO", "all migrations"]);
    nothing_done(&folder);
    folder.run_with(SHOP, &typed, &[("MIGRATE_PHASE", "before")]).succeeds().prints(&["2 migrations run"]);
}

#[test]
fn another_database_another_prefix_another_sequence() {
    let folder = Folder::default();
    let sha256 = save(&folder, SHOP, &[]);
    let with = |more: &[&str]| folder.run(SHOP, &[&["up", "--plan", FILE, "--sha256", &sha256], more].concat());
    with(&["--db", "other.db"]).exits(5).says(&[
        "error[M0408]",
        "database: the plan is for `.migrate/migrate-tests.db`",
        "`other.db`",
    ]);
    with(&["--prefix", "dev-"]).exits(5).says(&[
        "error[M0408]",
        "the code no longer declares table `customers`",
        "`dev-customers`",
    ]);
    let both = env!("CARGO_BIN_EXE_fixture-both");
    folder.run(both, &["plan", "--out", "both.json"]).exits(64).says(&["`--out` means one sequence", "--sequence NAME"]);
    let other = ["up", "--plan", FILE, "--sha256", &sha256];
    folder.run(both, &other).exits(64).says(&["`--plan` means one sequence"]);
    let billing = folder.run(both, &[&other[..], &["--sequence", "billing"]].concat()).exits(5);
    billing.says(&["sequence: the plan is for `shop`, and this is `billing`"]);
    nothing_done(&folder);
}

#[test]
fn other_code_makes_it_stale_and_another_binary_does_not() {
    let folder = Folder::default();
    let sha256 = save(&folder, SHOP, &[]);
    carry_out(&folder, OLDER, &sha256).exits(5).says(&["the code no longer has migration 0003 forget_nothing"]);
    carry_out(&folder, NEWER, &sha256).exits(5).says(&["the code has a new migration 0004 break_with_the_past"]);
    carry_out(&folder, EDITED, &sha256).exits(5).says(&["migration 0002 lowercase_emails was edited"]);
    nothing_done(&folder);
    // The same sequence in another program.
    let both = env!("CARGO_BIN_EXE_fixture-both");
    let other = ["up", "--plan", FILE, "--sha256", &sha256, "--sequence", "shop"];
    folder.run(both, &other).succeeds().prints(&["3 migrations run"]);
}

#[test]
fn a_run_in_between_makes_it_stale() {
    let folder = Folder::default();
    folder.run(SHOP, &["up", "--to", "1"]).succeeds();
    let sha256 = save(&folder, SHOP, &[]);
    folder.run(SHOP, &["up", "--to", "2"]).succeeds();
    carry_out(&folder, SHOP, &sha256).exits(5).says(&["the history was at record ", "`migrate history`"]);
    let json = folder.run(SHOP, &["up", "--plan", FILE, "--sha256", &sha256, "--format", "json"]).exits(5).json();
    assert_eq!(json["error"]["code"], "M0408", "{json}");
}

#[test]
fn a_refused_plan_is_not_saved_and_an_empty_one_is() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    let refused = folder.run(SHOP, &["plan", "--phase", "all", "--drop", "custmers", "--out", FILE]).exits(64);
    refused.prints(&["refused:", "Not saved:"]);
    assert!(!folder.path(FILE).exists());
    let sha256 = save(&folder, SHOP, &[]);
    carry_out(&folder, SHOP, &sha256).succeeds().prints(&["Nothing to do"]);
    carry_out(&folder, SHOP, &sha256).succeeds();
    let text: Value = serde_json::from_str(&folder.read(FILE)).expect("JSON");
    assert_eq!(text["work"]["expand"], serde_json::json!([]));
}
