//! What pipelines build on: exit codes, one document per command, and the options that choose what is done.

use migrate_tests::process::Folder;

use super::{NEWER, SHOP};

#[test]
fn exit_codes_before_and_behind_a_run() {
    let folder = Folder::default();
    folder.run(SHOP, &["plan"]).succeeds().prints(&["Plan: 2 to create, 0 to change, 0 to drop, 3 migrations."]);
    folder.run(SHOP, &["plan", "--detailed-exitcode"]).exits(2);
    folder.run(SHOP, &["check"]).exits(2);
    for (only, code) in [("pending", 2), ("drift", 2), ("history", 0)] {
        folder.run(SHOP, &["check", "--only", only]).exits(code);
    }
    folder.run(SHOP, &["up"]).succeeds();
    folder.run(SHOP, &["plan", "--detailed-exitcode"]).succeeds();
    for only in ["pending", "drift", "history"] {
        folder.run(SHOP, &["check", "--only", only]).succeeds();
    }
    folder.run(SHOP, &["check"]).succeeds();
    // A newer binary has something to do, and only that.
    folder.run(NEWER, &["check", "--only", "pending"]).exits(2).prints(&["0004 break_with_the_past"]);
    folder.run(NEWER, &["check", "--only", "drift"]).succeeds();
}

#[test]
fn every_command_prints_one_document() {
    let folder = Folder::default();
    let json = |arguments: &[&str], code: i32| {
        let ended = folder.run(SHOP, &[arguments, &["--format", "json"]].concat()).exits(code);
        let document = ended.json();
        assert_eq!(ended.err, "", "{arguments:?}");
        document
    };
    for (verb, code) in [("status", 0), ("plan", 0), ("check", 2), ("history", 0), ("lock", 0)] {
        assert_eq!(json(&[verb], code)["verb"], verb);
    }
    assert_eq!(json(&["plan", "--detailed-exitcode"], 2)["sequences"][0]["summary"]["create"], 2);
    assert_eq!(json(&["baseline", "9"], 64)["verb"], "baseline");
    assert_eq!(json(&["up"], 0)["sequences"][0]["outcome"], "done");
    assert_eq!(json(&[], 0)["sequences"][0]["outcome"], "nothing_to_do");
    for verb in ["status", "plan", "check", "history", "lock"] {
        let document = json(&[verb], 0);
        assert_eq!(document["target"]["engine"], "embedded", "{document}");
        assert_eq!(document["sequences"][0]["sequence"], "shop", "{document}");
    }
    for arguments in [&["throttle", "5"][..], &["pause"], &["resume"], &["dead-letters", "1"]] {
        let document = json(arguments, 0);
        assert_eq!((&document["verb"], &document["sequences"][0]["sequence"]), (&arguments[0].into(), &"shop".into()));
    }
    assert_eq!(json(&["new", "x"], 64)["verb"], "new");
}

#[test]
fn a_run_can_end_early() {
    let folder = Folder::default();
    folder.run(SHOP, &["plan", "--to", "1"]).succeeds().prints(&["0001 first_customers", "1 migration."]);
    folder.run(SHOP, &["up", "--to", "1"]).succeeds().prints(&["0001 first_customers"]);
    folder.run(SHOP, &["check", "--only", "pending"]).exits(2).prints(&["0002 lowercase_emails", "0003 forget_nothing"]);
    folder.run(SHOP, &["up", "--to", "2"]).succeeds().prints(&["0002 lowercase_emails", "1 migration run"]);
    folder.run(SHOP, &["up", "--to", "1"]).succeeds().prints(&["Nothing to do"]);
    folder.run(SHOP, &["up", "--to", "9"]).exits(64).says(&["error[M0202]", "9"]);
}

#[test]
fn what_is_for_after_the_deploy_waits_for_it() {
    let folder = Folder::default();
    let before = folder.run(SHOP, &["up", "--phase", "before"]).succeeds();
    before.prints(&["2 migrations run", "0003 forget_nothing", "`migrate up --phase after`"]);
    folder.run(SHOP, &["up", "--phase", "before"]).succeeds().prints(&["Nothing to do", "0003 forget_nothing"]);
    folder.run(SHOP, &["up", "--phase", "after"]).succeeds().prints(&["0003 forget_nothing", "1 migration run"]);
    folder.run(SHOP, &["check"]).succeeds();
}

#[test]
fn quiet_leaves_progress_out_and_verbose_tells_more() {
    let folder = Folder::default();
    let quiet = folder.run(SHOP, &["up", "-q", "--phase", "before"]).succeeds();
    assert_eq!(quiet.err, "");
    folder.run(SHOP, &["up", "-v"]).succeeds().says(&["nothing is to be forgotten"]);
    folder.run(SHOP, &["up", "-q", "-v"]).exits(64);
}
