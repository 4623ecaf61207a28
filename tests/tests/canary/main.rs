//! Canaries: no value of an item and no credential is ever seen, wherever the framework speaks or writes. Every verb, every failure.
//!
//! What the user's own code says is the user's: it says nothing here.

mod binary;
mod library;
mod secrets;

#[path = "../../fixtures/canary/app.rs"]
mod app;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

migrate_core::migrations!(name = "canary", on_fresh = run);

/// Every way in which migration 2 fails with an item in its hands, each with the error that it becomes.
const TROUBLES: [(&str, &str); 20] = [
    ("function", "M0701"),
    ("panic", "M0702"),
    ("number", "M0703"),
    ("variant", "M0703"),
    ("char", "M0703"),
    ("map", "M0703"),
    ("list", "M0703"),
    ("small", "M0703"),
    ("strict", "M0703"),
    ("key", "M0704"),
    ("again", "M0706"),
    ("unwritable", "M0608"),
    ("doubled", "M0608"),
    ("verify", "M0708"),
    ("read", "M0701"),
    ("dead", "M0707"),
    ("contention", "M0705"),
    ("engine-number", "M0701"),
    ("engine-set", "M0701"),
    ("engine-condition", "M0701"),
];

/// In every attribute of every item, in each of the forms in which a value may show; and in what is set up to be kept secret.
const VALUES: [&str; 6] = ["canary-", "424242424242", "434343434343", "Q0FOQVJZ", "43414e415259", "[67, 65, 78, 65, 82, 89"];
/// In access key, secret, token, and in whatever else lets somebody in.
const CREDENTIALS: &str = "credcanary";
/// In both key attributes.
const KEYS: [&str; 2] = ["kanari", "909090909090"];

/// The first canary in a text, however it is written.
fn canary<'a>(text: &str, canaries: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    canaries.into_iter().find(|canary| text.contains(&canary.to_lowercase()))
}

/// No value and no credential. A key may be there.
#[track_caller]
fn keeps_secrets(what: &str, text: &str) {
    if let Some(canary) = canary(text, VALUES.into_iter().chain([CREDENTIALS])) {
        panic!("{what} shows «{canary}»: {text}");
    }
}

/// No key either.
#[track_caller]
fn keeps_keys_too(what: &str, text: &str) {
    keeps_secrets(what, text);
    if let Some(canary) = canary(text, KEYS) {
        panic!("{what} shows a key, «{canary}»: {text}");
    }
}

/// Items of every type, nested too, each value of them a canary.
async fn fill(client: &Client, table: &str) {
    let text = |text: &str| AttributeValue::S(format!("CANARY-{text}"));
    let number = || AttributeValue::N("424242424242".to_owned());
    let bytes = || Blob::new(*b"CANARY");
    for item in ["one", "two"] {
        let map = |name: &str, value| AttributeValue::M([(name.to_owned(), value)].into());
        let put = client.put_item().table_name(table).item("id", AttributeValue::S(format!("KANARI-{item}")));
        let put = put
            .item("at", AttributeValue::N("909090909090".to_owned()))
            .item("owner", text("owner"))
            .item("secret", text("secret"));
        let put = put.item("number", number()).item("bytes", AttributeValue::B(bytes())).item("flag", AttributeValue::Bool(true));
        let put = put.item("map", map("CANARY-name", map("CANARY-inside", text("inside"))));
        let put = put
            .item("list", AttributeValue::L(vec![text("listed"), number(), map("CANARY-in-list", AttributeValue::B(bytes()))]));
        let put = put.item("set", AttributeValue::Ss(vec!["CANARY-a".to_owned(), "CANARY-b".to_owned()]));
        let put = put.item("numbers", AttributeValue::Ns(vec!["434343434343".to_owned()]));
        put.item("blobs", AttributeValue::Bs(vec![bytes()])).send().await.expect("a put");
    }
}

/// Everything in the management table: values and credentials nowhere; keys only where the progress of a job needs them.
async fn management_keeps_secrets(what: &str, client: &Client, table: &str) {
    let mut pages = client.scan().table_name(table).into_paginator().items().send();
    let mut seen = 0;
    while let Some(item) = pages.next().await {
        let item = item.expect("an item");
        let sort = item["sk"].as_s().expect("a sort key");
        let (shown, where_) = (format!("{item:?}"), format!("{what}: item {sort} of the management table"));
        if sort.contains("/dead/") || sort.contains("/seg/") {
            keeps_secrets(&where_, &shown)
        } else {
            keeps_keys_too(&where_, &shown)
        }
        seen += 1;
    }
    assert!(seen > 3, "{what}: only {seen} items: nothing was recorded");
}

#[tokio::test]
async fn a_canary_is_found_in_every_form_in_which_a_value_may_show() {
    let client = migrate_core::embedded::Engine::memory().expect("an engine").client();
    let migrator =
        migrate_core::Migrator::builder(migrate_core::registry::Sequence::of(Migrations).expect("a sequence"), client.clone());
    let to = migrate_core::migrator::Options { to: Some(migrate_core::migration::Version::new(1)), ..Default::default() };
    migrator.local_engine().build().expect("a migrator").up(to).await.expect("a table");
    fill(&client, "vault").await;
    let page = client.scan().table_name("vault").send().await.expect("a page");
    for (name, value) in page.items().iter().flatten() {
        let shown = format!("{value:?}");
        let found = canary(&shown, VALUES.into_iter().chain(KEYS));
        assert!(found.is_some() || name == "flag", "{name} has no canary: {shown}");
    }
    assert_eq!(canary(&format!("{:?}", b"CANARY"), VALUES), Some(VALUES[5]));
}
