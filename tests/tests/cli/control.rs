//! A person speaks to a run that goes on in another process, and looks at what it put aside.

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::process::Folder;

use super::{NEWER, SHOP, TROUBLED};

#[tokio::test]
async fn a_run_that_goes_on_is_spoken_to() {
    let folder = Folder::default();
    folder.write("trouble", "wait");
    let running = folder.start(TROUBLED, &["up"]);
    folder.awaits("waiting").await;
    let paused = folder.run(TROUBLED, &["pause"]).succeeds();
    paused.prints(&["paused by ", "no item is read or written until `migrate resume", "heeds it within seconds"]);
    folder.run(TROUBLED, &["throttle", "200"]).succeeds().prints(&["paused by ", "throttled by ", "write units 200 per second"]);
    let status = folder.run(TROUBLED, &["status"]).succeeds();
    status.prints(&["lock: held since", "paused by ", "throttled by ", "write units 200 per second", "next: migrate resume"]);
    let json = folder.run(TROUBLED, &["throttle", "--read-units", "5", "--format", "json"]).succeeds().json();
    let in_force = &json["sequences"][0]["in_force"];
    assert_eq!((&in_force["write"]["per_second"], &in_force["read"]["per_second"]), (&200.into(), &5.into()), "{json}");
    assert!(in_force["paused"]["by"].is_string() && in_force["throttled"]["at"].is_string(), "{json}");
    folder.run(TROUBLED, &["status", "--format", "markdown"]).succeeds().prints(&["- paused by ", "- throttled by "]);
    // What is paused does not even end.
    folder.write("go", "");
    folder.run(TROUBLED, &["resume"]).succeeds().prints(&["throttled by "]).hides("paused by");
    running.ended().await.succeeds();
    // It holds until it is taken back.
    folder.run(TROUBLED, &["status"]).succeeds().prints(&["throttled by "]).hides("paused");
    folder.run(TROUBLED, &["throttle", "off"]).succeeds().prints(&["Nothing is paused or throttled"]);
    folder.run(TROUBLED, &["status"]).succeeds().hides("throttled").hides("paused");
    // What was said is no record.
    folder.run(TROUBLED, &["history"]).succeeds().hides("pause");
}

#[test]
fn the_next_run_says_what_is_in_force() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    folder.run(SHOP, &["throttle", "unlimited"]).succeeds().prints(&["write units unlimited"]);
    folder.run(SHOP, &["pause"]).succeeds();
    folder.run(SHOP, &["up"]).succeeds().prints(&["Nothing to do"]).hides("paused by");
    folder.run(NEWER, &["up", "--phase", "before"]).succeeds().says(&["paused by ", "`migrate resume", "write units unlimited"]);
}

#[test]
fn mistakes() {
    let folder = Folder::default();
    for verb in [&["pause"][..], &["resume"], &["throttle", "5"]] {
        folder.run(SHOP, verb).exits(1).says(&["error[M0604]", "`migrations`", "nothing was ever run here", "help: check"]);
    }
    folder.run(SHOP, &["up"]).succeeds();
    folder.run(SHOP, &["throttle"]).exits(64).says(&["<WRITE_UNITS>"]);
    folder.run(SHOP, &["throttle", "0"]).exits(64).says(&["`0` is no rate"]);
    folder
        .run(SHOP, &["throttle", "off", "--read-units", "5"])
        .exits(64)
        .says(&["error[M0202]", "`off` gives both budgets back"]);
    folder.run(SHOP, &["dead-letters"]).exits(64).says(&["<NUMBER>"]);
    folder.run(SHOP, &["dead-letters", "9"]).exits(64).says(&["error[M0202]", "no migration 9", "`migrate status"]);
}

#[tokio::test]
async fn what_was_put_aside_is_listed() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds().hides("dead");
    folder.run(SHOP, &["dead-letters", "2"]).succeeds().prints(&["Migration 0002 lowercase_emails put no item aside."]);
    let texts = [
        ("pk", "shop#data"),
        ("sk", "0002/update customers 1/dead/0"),
        ("place", "update customers 1"),
        ("table", "customers"),
        ("fingerprint", "f"),
        ("key", r#"{"id":{"S":"a\u001b[2J|b"}}"#),
        ("error", "no email\nat\u{1b}[2J all"),
        ("at", "2026-01-02T03:04:05Z"),
    ];
    let put = texts.iter().fold(folder.client().put_item().table_name("migrations"), |put, (name, text)| {
        put.item(*name, AttributeValue::S((*text).to_owned()))
    });
    put.send().await.expect("a letter");
    let listed = folder.run(SHOP, &["dead-letters", "2"]).succeeds();
    listed.prints(&[
        "Migration 0002 lowercase_emails put 1 item aside:",
        "  customers \"a\\u{1b}[2J|b\"  2026-01-02 03:04:05Z  (update customers 1)",
        "    no email\n    at\\u{1b}[2J all",
    ]);
    let json = folder.run(SHOP, &["dead-letters", "2", "--format", "json"]).succeeds().json();
    let found = &json["sequences"][0];
    assert_eq!((&found["migration"]["version"], &found["migration"]["name"]), (&2.into(), &"lowercase_emails".into()), "{json}");
    let letter = &found["dead_letters"][0];
    assert_eq!((&letter["key"], &letter["at"]), (&"\"a\\u{1b}[2J|b\"".into(), &"2026-01-02T03:04:05Z".into()), "{json}");
    let markdown = folder.run(SHOP, &["dead-letters", "2", "--format", "markdown"]).succeeds();
    markdown.prints(&["| table | key | error |", "<code>customers</code>", "&#124;b", "no email<br>at"]);
    folder.run(SHOP, &["dead-letters", "1"]).succeeds().prints(&["put no item aside"]);
}
