//! Waiting for what is being built: how it ends, and that it only looks.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use migrate_tests::process::{Ended, Folder};
use migrate_tests::server::{Server, error};
use serde_json::json;

use super::SHOP;

/// A table with an index, in these states.
fn table(status: &str, index: &str) -> (u16, String) {
    let key = |name: &str| json!([{"AttributeName": name, "KeyType": "HASH"}]);
    let attribute = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let indexes = match index {
        "" => json!([]),
        status => json!([{
            "IndexName": "by-email", "IndexStatus": status, "Backfilling": status == "CREATING",
            "KeySchema": key("email"), "Projection": {"ProjectionType": "ALL"},
        }]),
    };
    let table = json!({
        "TableName": "customers", "TableStatus": status, "KeySchema": key("id"), "GlobalSecondaryIndexes": indexes,
        "AttributeDefinitions": [attribute("id"), attribute("email")],
    });
    (200, json!({"Table": table}).to_string())
}

fn absent() -> (u16, String) {
    error("ResourceNotFoundException", "Requested resource not found")
}

/// `wait` against a server; it must have done nothing but look.
fn waits(server: &Server, arguments: &[&str]) -> Ended {
    let url = server.url();
    let ended = Folder::default().run(SHOP, &[&["wait", "--endpoint-url", &url], arguments].concat());
    let looks = |operation: &String| ["Query", "DescribeTable"].contains(&operation.as_str());
    assert!(server.operations().iter().all(looks), "{:?}", server.operations());
    ended
}

#[test]
fn what_is_at_rest_needs_no_waiting() {
    let folder = Folder::default();
    folder.run(SHOP, &["wait"]).succeeds().prints(&["At rest: everything of shop."]);
    assert!(!folder.path(".migrate").exists(), "it only reads");
    folder.run(SHOP, &[]).succeeds();
    folder.run(SHOP, &["wait"]).succeeds().prints(&["At rest"]);
    folder.run(SHOP, &["wait", "--for", "table", "orders"]).succeeds().prints(&["At rest: table orders."]);
    folder.run(SHOP, &["wait", "--for", "index", "customers/by-email", "--timeout", "1s"]).succeeds().prints(&["by-email"]);
    let json = folder.run(SHOP, &["wait", "--format", "json"]).succeeds().json();
    assert_eq!(json["sequences"][0]["under_way"], json!([]), "{json}");
}

#[test]
fn names_that_are_not_there() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let refused = |arguments: &[&str], parts: &[&str]| {
        folder.run(SHOP, &[&["wait"], arguments].concat()).exits(64).says(parts);
    };
    refused(&["--for", "table", "ordrs"], &["error[M0202]", "no table `ordrs`", "help:"]);
    refused(&["--for", "index", "ordrs/by-email"], &["error[M0202]", "no table `ordrs`"]);
    refused(&["--for", "index", "customers/by-mail"], &["error[M0202]", "no index `customers/by-mail`"]);
    refused(&["--for", "index", "customers"], &["error[M0202]", "`--for index TABLE/NAME`"]);
    refused(&["--for", "stream", "customers"], &["error[M0202]", "`--for table NAME`"]);
    refused(&["--for", "table", "a"], &["error[M0107]"]);
    refused(&["--for", "index", "arn:aws:dynamodb:eu-west-1:123456789012:table/a"], &["error[M0107]", "another account"]);
    refused(&["--for", "index"], &["--for"]);
    refused(&["--timeout", "5"], &["`90s`"]);
    refused(&["--timeout=-5m"], &["negative"]);
}

#[test]
fn it_waits_until_the_index_is_ready() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let server = Server::start(|operation| match operation {
        "DescribeTable" if LOOKS.fetch_add(1, Ordering::SeqCst) < 3 => table("ACTIVE", "CREATING"),
        "DescribeTable" => table("ACTIVE", "ACTIVE"),
        _ => absent(),
    });
    let ended = waits(&server, &["--for", "index", "customers/by-email"]).succeeds();
    ended.prints(&["✓ index customers/by-email", "At rest: index customers/by-email."]).says(&["waiting for index", "CREATING"]);
    assert_eq!(LOOKS.load(Ordering::SeqCst), 4);
}

#[test]
fn when_the_time_is_up_it_is_to_be_run_again() {
    let server = Server::start(|operation| match operation {
        "DescribeTable" => table("UPDATING", "CREATING"),
        _ => absent(),
    });
    let begun = Instant::now();
    let ended = waits(&server, &["--for", "table", "customers", "--timeout", "1s"]).exits(75);
    ended.prints(&[
        "… table customers: UPDATING",
        "… index customers/by-email: CREATING",
        "The time is up",
        "`migrate wait --endpoint-url ",
    ]);
    assert!((1..15).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let json = waits(&server, &["--for", "table", "customers", "--timeout", "0s", "--format", "json"]).exits(75).json();
    assert_eq!(json["sequences"][0]["under_way"][0]["status"], "UPDATING", "{json}");
}

#[test]
fn what_vanishes_or_never_comes_to_rest_is_an_error() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let vanishing = Server::start(|operation| match operation {
        "DescribeTable" if LOOKS.fetch_add(1, Ordering::SeqCst) == 0 => table("ACTIVE", "CREATING"),
        "DescribeTable" => table("ACTIVE", ""),
        _ => absent(),
    });
    let ended = waits(&vanishing, &["--for", "index", "customers/by-email"]).exits(1);
    ended.says(&["error[M0604]", "index `customers/by-email` is gone", "migrate plan"]);

    static TABLE: AtomicU32 = AtomicU32::new(0);
    let deleted = Server::start(|operation| match operation {
        "DescribeTable" if TABLE.fetch_add(1, Ordering::SeqCst) == 0 => table("CREATING", "CREATING"),
        _ => absent(),
    });
    waits(&deleted, &["--for", "table", "customers"]).exits(1).says(&["error[M0604]", "table `customers` is gone"]);

    let stuck = Server::start(|operation| match operation {
        "DescribeTable" => table("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ACTIVE"),
        _ => absent(),
    });
    let ended = waits(&stuck, &["--for", "table", "customers"]).exits(4);
    ended.says(&["error[M0304]", "table customers is in state INACCESSIBLE_ENCRYPTION_CREDENTIALS", "help:"]);
}

#[tokio::test]
async fn a_table_of_ours_that_somebody_deleted() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let client = folder.client();
    let update = client.update_table().table_name("orders").deletion_protection_enabled(false);
    update.send().await.expect("an update");
    client.delete_table().table_name("orders").send().await.expect("a deletion");
    folder.run(SHOP, &["wait"]).exits(1).says(&["error[M0604]", "`orders`", "somebody deleted it", "migrate plan"]);
}

#[tokio::test]
async fn it_can_be_stopped() {
    let server = Server::start(|operation| match operation {
        "DescribeTable" => table("ACTIVE", "CREATING"),
        _ => absent(),
    });
    for signal in ["INT", "TERM"] {
        let folder = Folder::default();
        let running = folder.start(SHOP, &["wait", "--for", "table", "customers", "--endpoint-url", &server.url()]);
        running.says("waiting for index customers/by-email").await;
        running.signal(signal);
        let begun = Instant::now();
        let ended = running.ended().await.exits(130);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        ended.says(&["error[M0901]", "stopped waiting", "help:", "`migrate wait --endpoint-url "]);
    }
}
