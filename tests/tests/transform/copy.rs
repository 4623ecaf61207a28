//! Copies: other tables and other keys, what is there already, and counts that add up.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::types::ScalarAttributeType;
use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::{ErrorKind, Failure, Table};
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::{App, Bench, Item, benches, create, embedded_with, everything, item, meanwhile, n, s};

#[derive(Deserialize)]
struct Order {
    sk: u64,
    day: String,
}

/// Another table, by day.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
pub struct ByDay {
    pub day: String,
    pub number: u64,
    pub text: String,
    pub version: u64,
}

impl Table for ByDay {
    const VERSION: Option<&'static str> = Some("version");

    fn schema() -> TableSchema {
        let (day, number) = (KeyElement::new("day", ScalarType::S), KeyElement::new("number", ScalarType::N));
        TableSchema::new(TableName::new("days").unwrap(), PrimaryKey { partition: day, sort: Some(number) })
    }
}

/// The same without a version.
#[derive(Serialize, Deserialize)]
struct Plain {
    day: String,
    number: u64,
    text: String,
}

impl Table for Plain {
    fn schema() -> TableSchema {
        ByDay::schema()
    }
}

/// Makes the other table, and says its name.
pub async fn days(bench: &Bench) -> String {
    let table = bench.engine.table("days");
    create(&bench.client, &table, ("day", ScalarAttributeType::S), Some(("number", ScalarAttributeType::N))).await;
    table
}

pub async fn put(bench: &Bench, table: &str, item: Item) {
    bench.client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

fn day(number: u64) -> String {
    format!("2024-01-{:02}", number % 7 + 1)
}

fn plain(order: Order) -> Plain {
    Plain { text: format!("order {}", order.sk), day: order.day, number: order.sk }
}

fn stored(number: u64, text: &str) -> Item {
    item([("day", s(&day(number))), ("number", n(&number.to_string())), ("text", s(text))])
}

fn by_number(items: Vec<Item>) -> std::collections::BTreeMap<u64, Item> {
    items.into_iter().map(|item| (item["number"].as_n().unwrap().parse().unwrap(), item)).collect()
}

#[tokio::test]
async fn items_go_to_another_table_and_what_is_there_stays() {
    for bench in benches().await {
        let days = days(&bench).await;
        bench.fill(60, |number| item([("day", s(&day(number)))])).await;
        put(&bench, &days, stored(7, "order 7")).await;
        put(&bench, &days, stored(8, "of the application")).await;
        let before = bench.items().await;
        let copy = || bench.cx.table::<App>().of::<Order>().copy_to(plain);
        let first = copy().await.unwrap();
        assert_eq!((first.scanned, first.inserted, first.unchanged, first.existing), (60, 58, 1, 1));
        let mut wanted: Vec<Item> = (1..=60).map(|number| stored(number, &format!("order {number}"))).collect();
        wanted[7] = stored(8, "of the application");
        let wanted = by_number(wanted);
        assert_eq!(by_number(everything(&bench.client, &days).await), wanted);
        assert_eq!(bench.items().await, before, "the old items stay");

        let again = copy().await.unwrap();
        assert_eq!((again.scanned, again.inserted, again.unchanged, again.existing), (60, 0, 59, 1));
        assert_eq!(by_number(everything(&bench.client, &days).await), wanted);
    }
}

#[tokio::test]
async fn an_older_version_is_replaced_and_a_newer_one_is_not() {
    let versions = [(1, Some("4")), (2, Some("5")), (3, Some("6")), (4, None), (5, Some("4.0")), (6, Some("-1"))];
    for bench in benches().await {
        let days = days(&bench).await;
        bench.fill(7, |number| item([("day", s(&day(number)))])).await;
        for (number, version) in versions {
            let mut item = stored(number, "there");
            item.insert("more".to_owned(), s("gone with the old one"));
            item.extend(version.map(|version| ("version".to_owned(), n(version))));
            put(&bench, &days, item).await;
        }
        let copy = || {
            let orders = bench.cx.table::<App>().of::<Order>();
            orders.copy_to(|order| ByDay { text: "copied".to_owned(), day: order.day, number: order.sk, version: 5 })
        };
        let counts = copy().await.unwrap();
        // Of these 4 and -1 are older; a version that is no whole number is nobody's to judge.
        let texts = |items: Vec<Item>| {
            by_number(items).into_values().map(|item| item["text"].as_s().unwrap().clone()).collect::<Vec<_>>()
        };
        let found = everything(&bench.client, &days).await;
        assert!(found.iter().all(|item| (item["text"] == s("there")) == item.contains_key("more")), "an item is replaced whole");
        let texts = texts(found);
        assert_eq!(texts[..4], ["copied", "there", "there", "there"]);
        assert_eq!(texts[5..], ["copied", "copied"]);
        assert_eq!((counts.scanned, counts.inserted + counts.changed + counts.existing), (7, 7), "{counts:?}");
        assert_eq!(counts.inserted, 1);

        let again = copy().await.unwrap();
        assert_eq!((again.changed, again.inserted, again.unchanged), (0, 0, counts.changed + counts.inserted));
    }
}

/// Each time that the old version is to be replaced, another one that is old as well has taken its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_version_that_never_rests_is_given_up_and_named() {
    let bench = embedded_with(|call, client, table| {
        if call.operation == "PutItem" {
            let (days, version) = (table.replace("app", "days"), n(&(call.index + 1).to_string()));
            let key = item([("day", s("d")), ("number", n("1"))]);
            let client = client.clone();
            meanwhile(async move {
                let put =
                    client.put_item().table_name(days).set_item(Some(key)).item("text", s("there")).item("version", version);
                put.send().await.unwrap();
            });
        }
        Verdict::Pass
    })
    .await;
    let days = days(&bench).await;
    bench.fill(1, |_| item([("day", s("d"))])).await;
    put(&bench, &days, item([("day", s("d")), ("number", n("1")), ("text", s("there")), ("version", n("0"))])).await;
    let newest = |order: Order| ByDay { text: "copied".to_owned(), day: order.day, number: order.sk, version: 1_000_000 };
    let error = bench.cx.table::<App>().of::<Order>().copy_to(newest).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Contention, "{error}");
    let named = format!("item (\"d\", 1) of table `{days}`");
    assert!(error.to_string().contains(&named) && error.to_string().contains("20"), "{error}");
    assert_eq!(everything(&bench.client, &days).await[0]["text"], s("there"));
}

#[derive(Serialize, Deserialize)]
struct Moved {
    pk: String,
    sk: u64,
    day: String,
}

impl Table for Moved {
    fn schema() -> TableSchema {
        App::schema()
    }
}

#[tokio::test]
async fn items_get_another_key_in_the_same_table_and_the_old_ones_go_in_a_step_of_their_own() {
    for bench in benches().await {
        bench.fill(40, |number| item([("day", s(&day(number)))])).await;
        let old = || bench.cx.table::<App>().of::<Order>().only(|key| key.partition_starts_with("item"));
        let copy = || old().copy_to(|order| Moved { pk: format!("day#{}", order.day), sk: order.sk, day: order.day });
        let counts = copy().await.unwrap();
        assert_eq!((counts.inserted, counts.scanned - counts.skipped), (40, 40));
        let counts = copy().await.unwrap();
        assert_eq!((counts.inserted, counts.unchanged, counts.skipped), (0, 40, 40));
        let counts = old().delete_where(|_| true).await.unwrap();
        assert_eq!((counts.deleted, counts.skipped), (40, 40));
        let items = everything(&bench.client, &bench.table).await;
        assert_eq!(items.len(), 40);
        assert!(items.iter().all(|item| *item["pk"].as_s().unwrap() == format!("day#{}", item["day"].as_s().unwrap())));
    }
}

#[tokio::test]
async fn one_item_becomes_several_or_none() {
    for bench in benches().await {
        let days = days(&bench).await;
        // None for the first, and more than a batch for the last.
        bench.fill(31, |_| item([("day", s("d"))])).await;
        let copy = || {
            bench.cx.table::<App>().of::<Order>().copy_each_to(|order| {
                let parts = 0..order.sk - 1;
                Ok(parts.map(move |part| Plain { day: order.day.clone(), number: order.sk * 100 + part, text: part.to_string() }))
            })
        };
        let wanted = (0..31).sum::<u64>();
        let counts = copy().await.unwrap();
        assert_eq!((counts.scanned, counts.inserted), (31, wanted));
        let found = by_number(everything(&bench.client, &days).await);
        assert_eq!(found.len() as u64, wanted);
        assert!(found.iter().all(|(number, item)| item["text"] == s(&(number % 100).to_string())));
        let again = copy().await.unwrap();
        assert_eq!((again.inserted, again.unchanged), (0, wanted));
    }
}

#[tokio::test]
async fn of_several_with_one_key_one_is_put() {
    for bench in benches().await {
        let days = days(&bench).await;
        bench.fill(30, |_| item([("day", s("d"))])).await;
        let counts = bench.cx.table::<App>().of::<Order>().copy_each_to(|order| {
            let of = |text: &str| Plain { day: "one".to_owned(), number: order.sk / 10, text: text.to_owned() };
            Ok([of("a"), of("a"), of("b")])
        });
        let counts = counts.await.unwrap();
        assert_eq!((counts.scanned, counts.inserted), (30, 4));
        assert_eq!(counts.inserted + counts.unchanged + counts.existing, 90, "{counts:?}");
        assert_eq!(everything(&bench.client, &days).await.len(), 4);
    }
}

#[tokio::test]
async fn what_cannot_be_copied_is_named_by_the_item_it_comes_from() {
    #[derive(Serialize, Deserialize)]
    struct Keyless {
        day: Option<String>,
        number: u64,
    }
    impl Table for Keyless {
        fn schema() -> TableSchema {
            ByDay::schema()
        }
    }
    for bench in benches().await {
        let days = days(&bench).await;
        bench.fill(1, |_| item([("day", s("d"))])).await;
        let orders = || bench.cx.table::<App>().of::<Order>();
        let error = orders().copy_to(|order| Keyless { day: None, number: order.sk }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Encode);
        let start = format!("item (\"item\", 1) of table `{}` would make one for table `{days}` that has no `day`", bench.table);
        assert!(error.to_string().starts_with(&start), "{error}");
        let error = orders().copy_each_to(|_| Err::<Vec<Plain>, _>(Failure::msg("not this one"))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MigrationFailed);
        assert!(format!("{error:?}").contains("not this one"), "{error:?}");
        assert!(everything(&bench.client, &days).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_to_be_replaced_and_is_gone_by_then_is_inserted() {
    let gone = AtomicBool::new(false);
    let bench = embedded_with(move |call, client, _| {
        let name = call.json()["TableName"].as_str().unwrap_or_default().to_owned();
        let key = [("day", s("d")), ("number", n("1"))];
        // The one copy that takes another's place is no statement.
        if call.operation == "PutItem" && !gone.swap(true, Ordering::Relaxed) {
            let client = client.clone();
            meanwhile(async move {
                client.delete_item().table_name(name).set_key(Some(item(key))).send().await.unwrap();
            });
        }
        Verdict::Pass
    });
    let bench = bench.await;
    bench.put([item([("day", s("d"))])]).await;
    let table = days(&bench).await;
    put(&bench, &table, item([("day", s("d")), ("number", n("1")), ("version", n("1"))])).await;
    let copy = |order: Order| ByDay { day: order.day, number: order.sk, text: String::new(), version: 5 };
    let counts = bench.cx.table::<App>().of::<Order>().copy_to(copy).await.unwrap();
    assert_eq!((counts.inserted, counts.changed, counts.existing, counts.conflicts), (1, 0, 0, 1), "{counts:?}");
    let found = everything(&bench.client, &table).await;
    assert_eq!(found.iter().map(|item| item["version"].clone()).collect::<Vec<_>>(), [n("5")]);
}
