//! Migrations are taken back: what is shown, asked for, printed and refused.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::embedded::Engine;
use migrate_tests::process::{Ended, Folder};
use migrate_tests::scenario::items;
use migrate_tests::simulated::{Face, Simulated};

use super::{COUNTED, NEWER, SHOP};

async fn customer(client: &Client, points: u32) {
    let put = client.put_item().table_name("customers").item("id", AttributeValue::S("a".to_owned()));
    put.item("points", AttributeValue::N(points.to_string())).send().await.expect("a put");
}

async fn points(client: &Client) -> String {
    let all = items(client, "customers").await;
    let item = all.into_values().next().expect("a customer");
    item.split("\"points\": N(\"").nth(1).and_then(|rest| rest.split('"').next()).expect("points").to_owned()
}

/// A folder with an applied migration that gave a point.
async fn counted() -> Folder {
    let folder = Folder::default();
    folder.run(COUNTED, &["up", "--to", "1"]).succeeds();
    customer(&folder.client(), 4).await;
    folder.run(COUNTED, &["up"]).succeeds();
    assert_eq!(points(&folder.client()).await, "5");
    folder
}

#[tokio::test]
async fn it_is_shown_done_and_told() {
    let folder = counted().await;
    let done = folder.run(COUNTED, &["rollback", "--to", "1"]).succeeds();
    done.says(&["rolling back migration 0002 count", "✓ rolled back migration 0002 count: 1 scanned, 1 changed"]).prints(&[
        "rollback to migration 1\n  < 0002 count  Gives everybody a point.\n",
        "Rollback: 1 migration to take back; tables, indexes and settings stay as they are.",
        "Done: 1 migration rolled back (1 scanned, 1 changed), in ",
        "next: they are pending again, and `migrate up` would run them",
    ]);
    assert_eq!(points(&folder.client()).await, "4");
    folder.run(COUNTED, &["status"]).succeeds().prints(&["rolled back", "next: migrate up"]);
    folder.run(COUNTED, &["check"]).exits(2).prints(&["migration 0002 count"]);
    folder.run(COUNTED, &["plan"]).succeeds().prints(&["> 0002 count (again: it was rolled back)  Gives"]);
    folder
        .run(COUNTED, &["history"])
        .succeeds()
        .prints(&["rolling back migration 0002 count", "rolled back migration 0002 count"]);
    folder.run(COUNTED, &["rollback", "--to", "1"]).succeeds().prints(&["Nothing to roll back: no migration after 1"]);
    folder.run(COUNTED, &["rollback", "--to", "2"]).succeeds().prints(&["Nothing to roll back: no migration after 2"]);
    folder.run(COUNTED, &["up"]).succeeds();
    assert_eq!(points(&folder.client()).await, "5");
    folder.run(COUNTED, &["status"]).succeeds().prints(&["applied, attempt 2"]).hides("rolled back");
    let quiet = folder.run(COUNTED, &["rollback", "--to", "1", "-q"]).succeeds();
    quiet.prints(&["  < 0002 count  1 scanned, 1 changed, "]).hides("Rollback:").hides("rolling back");
}

#[tokio::test]
async fn it_is_a_document_too() {
    let folder = counted().await;
    let json = |arguments: &[&str], code: i32| {
        let ended = folder.run(COUNTED, &[&["rollback"], arguments, &["--format", "json"]].concat()).exits(code);
        ended.json()
    };
    let refused = json(&["--to", "0"], 4);
    assert_eq!(refused["error"]["code"], "M0309", "{refused}");
    let done = json(&["--to", "1"], 0);
    assert_eq!(done["verb"], "rollback");
    let done = &done["sequences"][0];
    assert_eq!((&done["outcome"], &done["to"], &done["left"]), (&"done".into(), &1.into(), &serde_json::json!([])), "{done}");
    let migration = &done["migrations"][0];
    assert_eq!((&migration["version"], &migration["counts"]["changed"]), (&2.into(), &1.into()), "{done}");
    assert_eq!(json(&["--to", "1"], 0)["sequences"][0]["outcome"], "nothing_to_do");
}

#[tokio::test]
async fn without_a_way_back_nothing_is_begun() {
    let folder = counted().await;
    let refused = folder.run(COUNTED, &["rollback", "--to", "0"]).exits(4);
    refused.prints(&["  < 0002 count", "  ! 0001 nothing"]).says(&[
        "error[M0309]: migration 0001 nothing has no rollback in this binary",
        "help: write `#[rollback(1)]",
        "migrate resolve --rolled-back 1 --reason ..",
    ]);
    assert_eq!(points(&folder.client()).await, "5");
    folder.run(COUNTED, &["history"]).succeeds().hides("rolling");
    folder.run(COUNTED, &["rollback", "--to", "9"]).exits(64).says(&["error[M0202]", "the code has no migration 9"]);
    folder.run(COUNTED, &["rollback"]).exits(64).says(&["--to <NUMBER>"]);
    folder.run(COUNTED, &["rollback", "--to", "1", "--max-write-units", "0"]).exits(64).says(&["`0` is no rate"]);
}

#[tokio::test]
async fn a_rollback_that_fails_goes_on_when_it_is_mended() {
    let folder = counted().await;
    customer(&folder.client(), 0).await;
    let failed = folder.run(COUNTED, &["rollback", "--to", "1"]).exits(1);
    failed.says(&["✗ rolling back migration 0002 count: ", "it has no point", "help: mend it and run the same command again"]);
    let status = folder.run(COUNTED, &["status"]).succeeds();
    status.prints(&[
        "rollback failed",
        "safe to run again: yes, nothing is done while a rollback is not finished",
        "next: migrate rollback --to 1",
    ]);
    customer(&folder.client(), 8).await;
    let again = folder.run(COUNTED, &["rollback", "--to", "1"]).succeeds();
    again.prints(&["  < 0002 count (again: it failed)"]).says(&["rolling back migration 0002 count, again"]);
    assert_eq!(points(&folder.client()).await, "7");
}

#[test]
fn what_a_newer_binary_did_only_that_one_takes_back() {
    let folder = Folder::default();
    folder.run(NEWER, &["up"]).succeeds();
    folder.run(SHOP, &["rollback", "--to", "0"]).exits(5).says(&["error[M0405]", "the database has 0004 break_with_the_past"]);
}

/// Where others work too it is never done unasked.
#[tokio::test]
async fn without_a_terminal_it_takes_a_yes() {
    let engine = Engine::memory().expect("an engine").client();
    let simulated = Simulated::over(&engine).latency(Duration::ZERO, Duration::ZERO, 1).start();
    let face = Face::listen(&simulated, None, 0).await.expect("a port");
    // An address of this machine that does not look like one.
    let url = format!("http://127.1:{}", face.port());
    tokio::spawn(face.serve());
    let folder = Folder::default();
    let run = async |arguments: &[&str]| -> Ended {
        let arguments = [arguments, &["--endpoint-url", &url, "--region", "eu-west-1"]].concat();
        let keys = [("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_EC2_METADATA_DISABLED", "true")];
        folder.start_with(COUNTED, &arguments, &keys).ended().await
    };
    run(&["up", "--to", "1"]).await.succeeds();
    customer(&engine, 4).await;
    run(&["up"]).await.succeeds();
    let refused = run(&["rollback", "--to", "1"]).await.exits(4);
    refused.prints(&["  < 0002 count"]).says(&["error[M0301]", "nobody sits here who can be asked", "help: give --yes"]);
    assert_eq!(points(&engine).await, "5");
    // What writes nothing needs none.
    run(&["rollback", "--to", "2"]).await.succeeds().prints(&["Nothing to roll back"]);
    run(&["rollback", "--to", "1", "--yes"]).await.succeeds().prints(&["Done: 1 migration rolled back"]);
    assert_eq!(points(&engine).await, "4");
}
