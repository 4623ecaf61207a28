//! The application writes and deletes beside each kind of transform: nothing of it is lost, nothing is undone, and every item gets its new shape.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::{App, Bench, Item, benches_with, item, meanwhile, n, s};
use super::copy::{ByDay, days, put};

const ITEMS: u64 = 120;

/// What the application did, and got through with.
#[derive(Clone, Default)]
struct Live(Arc<Mutex<Done>>);

#[derive(Default)]
struct Done {
    hits: BTreeMap<u64, u64>,
    deleted: BTreeSet<u64>,
    kept: BTreeSet<u64>,
    beat: u64,
}

impl Live {
    /// Spread over the items, the same in each run.
    fn number(&self) -> (u64, u64) {
        let mut done = self.0.lock().unwrap();
        done.beat += 1;
        (done.beat, done.beat.wrapping_mul(6_364_136_223_846_793_005).rotate_left(21) % ITEMS + 1)
    }

    /// Some hits, and now and then a deletion.
    async fn step(&self, client: Client, table: String) {
        for _ in 0..6 {
            let (beat, number) = self.number();
            if beat % 11 == 0 && beat < 300 {
                let delete = client.delete_item().table_name(&table).key("pk", s("item")).key("sk", n(&number.to_string()));
                delete.send().await.unwrap();
                self.0.lock().unwrap().deleted.insert(number);
            } else if change(&client, &table, number, "ADD hits :v", n("1")).await {
                *self.0.lock().unwrap().hits.entry(number).or_default() += 1;
            }
        }
    }

    /// What is there is what the application left, in the new shape.
    fn check(&self, bench: &Bench, items: &BTreeMap<u64, Item>, new: impl Fn(u64, &Item) -> bool) {
        let done = self.0.lock().unwrap();
        let name = bench.engine.name();
        assert!(
            !done.deleted.is_empty() && done.hits.values().sum::<u64>() > 30,
            "{name}: nobody wrote beside it: {}",
            done.beat
        );
        for number in 1..=ITEMS {
            let Some(item) = items.get(&number) else {
                assert!(done.deleted.contains(&number), "{name}: {number} is gone, and nobody deleted it");
                continue;
            };
            assert!(!done.deleted.contains(&number), "{name}: {number} was brought back");
            assert!(new(number, item), "{name}: {number} is in its old shape: {item:?}");
            let hits = done.hits.get(&number).copied().unwrap_or_default();
            assert_eq!(item["hits"], n(&hits.to_string()), "{name}: {number}");
        }
    }
}

/// Updates an item that is there; whether it was.
async fn change(client: &Client, table: &str, number: u64, expression: &str, value: AttributeValue) -> bool {
    let request = client.update_item().table_name(table).key("pk", s("item")).key("sk", n(&number.to_string()));
    let request = request.update_expression(expression).expression_attribute_values(":v", value);
    match request.condition_expression("attribute_exists(pk)").send().await {
        Ok(_) => true,
        Err(error) => {
            assert!(error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()), "{error:?}");
            false
        }
    }
}

fn row(number: u64) -> Item {
    item([("email", s(&format!("OLD{number}@X"))), ("hits", n("0")), ("place", s(&format!("{number} km of Alaska")))])
}

/// Benches where the application acts before each batch.
async fn benches(live: &Arc<Mutex<BTreeMap<String, Live>>>) -> Vec<Bench> {
    let lives = live.clone();
    let benches = benches_with(move |call, client, table| {
        if call.operation == "BatchExecuteStatement" {
            let live = lives.lock().unwrap().entry(table.to_owned()).or_default().clone();
            meanwhile(live.step(client.clone(), table.to_owned()));
        }
        Verdict::Pass
    })
    .await;
    for bench in &benches {
        bench.fill(ITEMS, row).await;
    }
    benches
}

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

/// With the hits, so that each hit in between is a conflict.
#[derive(Serialize, Deserialize)]
struct Watched {
    email: String,
    hits: u64,
}

#[derive(Serialize, Deserialize)]
struct Old {
    place: String,
    hits: u64,
}

#[derive(Serialize, Deserialize)]
struct New {
    distance: u64,
    hits: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn updates_of_a_type() {
    let lives = Arc::default();
    for bench in benches(&lives).await {
        let counts = bench.cx.table::<App>().of::<Email>().update(|item| item.email.make_ascii_lowercase()).await.unwrap();
        let counts_too = bench.cx.table::<App>().of::<Watched>().update(|item| item.email = item.email.replace("old", "new"));
        let counts_too = counts_too.await.unwrap();
        let live = lives.lock().unwrap()[&bench.table].clone();
        let items = bench.items().await;
        live.check(&bench, &items, |number, item| item["email"] == s(&format!("new{number}@x")));
        assert!(
            counts.conflicts < counts_too.conflicts,
            "hits are no conflict where they are not given: {counts:?} {counts_too:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn updates_of_raw_items() {
    let lives = Arc::default();
    for bench in benches(&lives).await {
        let counts = bench.cx.items::<App>().update(|item| {
            // The function sees the hits as they are.
            let hits = item["hits"].clone();
            item.insert("seen", AttributeValue::L(vec![hits]));
            item.remove("email");
        });
        let counts = counts.await.unwrap();
        let live = lives.lock().unwrap()[&bench.table].clone();
        live.check(&bench, &bench.items().await, |_, item| !item.contains_key("email") && item.contains_key("seen"));
        assert!(counts.conflicts > 0, "{counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn transforms() {
    let lives = Arc::default();
    for bench in benches(&lives).await {
        let table = bench.cx.table::<App>().of::<New>();
        let counts = table.try_transform::<Old>(|old| {
            let (distance, _) = old.place.split_once(" km of ").ok_or_else(|| migrate_core::Failure::msg("no distance"))?;
            Ok(New { distance: distance.parse()?, hits: old.hits })
        });
        let counts = counts.await.unwrap();
        let live = lives.lock().unwrap()[&bench.table].clone();
        let new = |number: u64, item: &Item| item["distance"] == n(&number.to_string()) && !item.contains_key("place");
        live.check(&bench, &bench.items().await, new);
        assert!(counts.conflicts > 0, "{counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn deletions() {
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
    }
    for raw in [false, true] {
        let lives: Arc<Mutex<BTreeMap<String, Live>>> = Arc::default();
        let judge = lives.clone();
        // The application makes some items live before they are deleted, and hits others.
        let benches = benches_with(move |call, client, table| {
            if call.operation == "BatchExecuteStatement" {
                let live = judge.lock().unwrap().entry(table.to_owned()).or_default().clone();
                let (client, table) = (client.clone(), table.to_owned());
                meanwhile(async move {
                    for _ in 0..6 {
                        let (beat, number) = live.number();
                        if beat % 2 == 0 && change(&client, &table, number, "SET kind = :v", s("live")).await {
                            live.0.lock().unwrap().kept.insert(number);
                        } else if change(&client, &table, number, "ADD hits :v", n("1")).await {
                            *live.0.lock().unwrap().hits.entry(number).or_default() += 1;
                        }
                    }
                });
            }
            Verdict::Pass
        });
        for bench in benches.await {
            bench.fill(ITEMS, |_| item([("kind", s("old")), ("hits", n("0"))])).await;
            let counts = if raw {
                bench.cx.items::<App>().delete_where(|item| item["kind"] == s("old")).await.unwrap()
            } else {
                bench.cx.table::<App>().of::<Kind>().delete_where(|item| item.kind == "old").await.unwrap()
            };
            let items = bench.items().await;
            let live = lives.lock().unwrap()[&bench.table].clone();
            let done = live.0.lock().unwrap();
            assert!(done.kept.len() > 5, "{counts:?}");
            assert_eq!(items.keys().copied().collect::<BTreeSet<_>>(), done.kept, "what is live stays, all else is gone");
            for (number, item) in &items {
                assert_eq!(item["hits"], n(&done.hits.get(number).copied().unwrap_or_default().to_string()), "{number}");
            }
            assert_eq!((counts.scanned, counts.deleted), (ITEMS, ITEMS - done.kept.len() as u64));
        }
    }
}

#[derive(Deserialize)]
struct Source {
    sk: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn copies() {
    let lives: Arc<Mutex<BTreeMap<String, Live>>> = Arc::default();
    let judge = lives.clone();
    // The application writes the new items too: it makes some first, and raises the version of others.
    let benches = benches_with(move |call, client, table| {
        if ["BatchExecuteStatement", "PutItem"].contains(&call.operation.as_str()) {
            let live = judge.lock().unwrap().entry(table.to_owned()).or_default().clone();
            let (client, days) = (client.clone(), table.replace("app", "days"));
            meanwhile(async move {
                for _ in 0..4 {
                    let (_, number) = live.number();
                    let request = client.update_item().table_name(&days).key("day", s("d")).key("number", n(&number.to_string()));
                    let request = request.update_expression("SET #v = :v, #t = :t").expression_attribute_names("#v", "version");
                    let request = request.expression_attribute_names("#t", "text").expression_attribute_values(":t", s("app"));
                    request.expression_attribute_values(":v", n("9")).send().await.unwrap();
                    live.0.lock().unwrap().kept.insert(number);
                }
            });
        }
        Verdict::Pass
    });
    for bench in benches.await {
        let days = days(&bench).await;
        bench.fill(ITEMS, |_| item([])).await;
        // Half of them were copied before, by an older version.
        for number in (2..=ITEMS).step_by(2) {
            let old = item([("day", s("d")), ("number", n(&number.to_string())), ("text", s("old")), ("version", n("1"))]);
            put(&bench, &days, old).await;
        }
        let copy = bench.cx.table::<App>().of::<Source>().copy_to(|source| ByDay {
            day: "d".to_owned(),
            number: source.sk,
            text: "copied".to_owned(),
            version: 5,
        });
        let counts = copy.await.unwrap();
        let found = super::bench::everything(&bench.client, &days).await;
        let live = lives.lock().unwrap()[&bench.table].clone();
        let done = live.0.lock().unwrap();
        assert_eq!(found.len() as u64, ITEMS);
        for item in found {
            let number = item["number"].as_n().unwrap().parse::<u64>().unwrap();
            let (text, version) = if done.kept.contains(&number) { ("app", "9") } else { ("copied", "5") };
            assert_eq!((&item["text"], &item["version"]), (&s(text), &n(version)), "{}: {number}", bench.engine.name());
        }
        assert!(counts.existing > 0 && counts.changed > 0 && counts.inserted > 0, "{counts:?}");
        assert_eq!(counts.inserted + counts.changed + counts.existing, ITEMS, "{counts:?}");
    }
}
