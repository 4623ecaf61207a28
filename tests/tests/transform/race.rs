use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::ErrorKind;
use migrate_tests::seam::{Call, Verdict};
use serde::{Deserialize, Serialize};

use super::bench::{App, Bench, benches, benches_with, delete, item, meanwhile, n, s, set};

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nick: Option<String>,
}

fn lower(item: &mut Email) {
    item.email.make_ascii_lowercase();
    if let Some(nick) = &mut item.nick {
        nick.make_ascii_lowercase();
    }
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Benches where somebody else acts just before the first write gets through.
async fn raced(act: impl Fn(Client, String) -> Work + Send + Sync + Clone + 'static) -> Vec<Bench> {
    let benches = benches_with(move |call, client, table| {
        if call.operation == "BatchExecuteStatement" {
            meanwhile(act(client.clone(), table.to_owned()));
        }
        Verdict::Pass
    });
    benches.await
}

/// Acts once in each engine.
fn once<T>(
    act: impl Fn(Client, String) -> T + Send + Sync + Clone + 'static,
) -> impl Fn(Client, String) -> Work + Send + Sync + Clone
where
    T: Future<Output = ()> + Send + 'static,
{
    let tables = Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    move |client, table| {
        let first = tables.lock().unwrap().insert(table.clone());
        if first { Box::pin(act(client, table)) } else { Box::pin(async {}) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_write_that_came_in_between_is_not_overwritten() {
    for bench in raced(once(|client, table| async move { set(&client, &table, 1, "email", s("NEW@X")).await })).await {
        bench.put([item([("email", s("OLD@X")), ("more", n("1"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.conflicts), (1, 1, 1));
        assert_eq!(bench.only_item().await, item([("email", s("new@x")), ("more", n("1"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn an_attribute_that_was_given_and_absent_is_watched_too() {
    for bench in raced(once(|client, table| async move { set(&client, &table, 1, "nick", s("NICK")).await })).await {
        bench.put([item([("email", s("OLD@X"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.changed, counts.conflicts), (1, 1));
        assert_eq!(bench.only_item().await, item([("email", s("old@x")), ("nick", s("nick"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_field_beside_a_flattened_rest_is_watched_too() {
    #[derive(Serialize, Deserialize)]
    struct Loose {
        nick: Option<String>,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, serde_json::Value>,
    }
    for bench in raced(once(|client, table| async move { set(&client, &table, 1, "nick", s("NICK")).await })).await {
        bench.put([item([("a", n("1"))])]).await;
        let update = bench.cx.table::<App>().of::<Loose>().update(|item| {
            let named = item.nick.is_some();
            item.rest.insert("named".to_owned(), named.into());
        });
        let counts = update.await.unwrap();
        assert_eq!((counts.changed, counts.conflicts), (1, 1));
        assert_eq!(bench.only_item().await["named"], aws_sdk_dynamodb::types::AttributeValue::Bool(true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn an_attribute_that_is_written_blindly_is_watched_too() {
    #[derive(Serialize, Deserialize)]
    struct Old {
        a: u64,
    }
    #[derive(Serialize, Deserialize)]
    struct New {
        b: u64,
    }
    for bench in raced(once(|client, table| async move { set(&client, &table, 1, "b", n("7")).await })).await {
        bench.put([item([("a", n("1"))])]).await;
        let counts = bench.cx.table::<App>().of::<New>().transform::<Old>(|old| New { b: old.a }).await.unwrap();
        // Decided anew, in sight of the 7; it is the function's to say what becomes of it.
        assert_eq!((counts.changed, counts.conflicts), (1, 1));
        assert_eq!(bench.only_item().await, item([("b", n("1"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_write_elsewhere_in_the_item_is_no_conflict() {
    for bench in raced(once(|client, table| async move { set(&client, &table, 1, "more", n("2")).await })).await {
        bench.put([item([("email", s("OLD@X")), ("more", n("1"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.changed, counts.conflicts), (1, 0));
        assert_eq!(bench.only_item().await, item([("email", s("old@x")), ("more", n("2"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn somebody_else_may_have_done_it() {
    for bench in raced(once(|client, table| async move { set(&client, &table, 1, "email", s("other@x")).await })).await {
        bench.put([item([("email", s("OLD@X"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.changed, counts.unchanged, counts.conflicts), (0, 1, 1));
        assert_eq!(bench.only_item().await, item([("email", s("other@x"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_deleted_item_is_not_brought_back() {
    for bench in raced(once(|client, table| async move { delete(&client, &table, 1).await })).await {
        bench.put([item([("email", s("OLD@X"))]), item([("email", s("OTHER"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.conflicts), (2, 1, 1));
        assert_eq!(bench.only_item().await, item([("email", s("other"))]));
    }
    // With no attribute to watch but those of the key, existence alone must hold it.
    #[derive(Serialize, Deserialize)]
    struct Old {}
    #[derive(Serialize, Deserialize)]
    struct New {
        flag: bool,
    }
    for bench in raced(once(|client, table| async move { delete(&client, &table, 1).await })).await {
        bench.put([item([])]).await;
        bench.cx.table::<App>().of::<New>().transform::<Old>(|_| New { flag: true }).await.unwrap();
        assert!(bench.items().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn an_item_that_never_rests_is_given_up_and_named() {
    let beat = Arc::new(AtomicUsize::new(0));
    let hasty = move |client: Client, table: String| -> Work {
        let beat = beat.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { set(&client, &table, 1, "email", s(&format!("NEW{beat}"))).await })
    };
    for bench in raced(hasty).await {
        bench.put([item([("email", s("OLD@X"))])]).await;
        let error = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Contention);
        assert!(error.to_string().contains(&format!("item (\"item\", 1) of table `{}`", bench.table)), "{error}");
        assert_eq!(bench.writes(), 20);
        assert!(bench.only_item().await["email"].as_s().unwrap().starts_with("NEW"));
    }
}

/// The first batch of writes of each engine gets through, and its reply is lost.
fn lost() -> impl Fn(&Call, &Client, &str) -> Verdict + Send + Sync + Clone {
    let tables = Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    move |call, _, table| {
        let writes = call.operation == "BatchExecuteStatement";
        if writes && tables.lock().unwrap().insert(table.to_owned()) { Verdict::LoseReply } else { Verdict::Pass }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_lost_reply_is_recognised_as_ones_own_write() {
    for bench in benches_with(lost()).await {
        bench.put([item([("email", s("OLD@X"))]), item([("email", s("x"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.unchanged, counts.conflicts), (2, 1, 1, 0));
        assert_eq!(bench.writes(), 2, "it was tried again");
        assert_eq!(bench.items().await[&1], item([("email", s("old@x"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_write_after_a_lost_reply_is_not_undone() {
    let lost = lost();
    let benches = benches_with(move |call, client, table| {
        let verdict = lost(call, client, table);
        // The second attempt: by now the application has written too.
        if verdict == Verdict::Pass && call.operation == "BatchExecuteStatement" {
            meanwhile(set(client, table, 1, "email", s("app@x")));
        }
        verdict
    });
    for bench in benches.await {
        bench.put([item([("email", s("OLD@X"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap();
        assert_eq!((counts.changed, counts.unchanged, counts.conflicts), (0, 1, 1));
        assert_eq!(bench.only_item().await, item([("email", s("app@x"))]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_refusal_stops_and_names_the_permission() {
    let refused = |call: &Call, _: &Client, _: &str| match call.operation.as_str() {
        "BatchExecuteStatement" | "UpdateItem" => {
            Verdict::Error { status: 400, error_type: "AccessDeniedException".to_owned(), message: "no".to_owned() }
        }
        _ => Verdict::Pass,
    };
    for bench in benches_with(refused).await {
        bench.put([item([("email", s("OLD@X"))])]).await;
        let error = bench.cx.table::<App>().of::<Email>().update(lower).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(error.help()[0].contains("dynamodb:UpdateItem"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn live_writers_lose_nothing() {
    const ITEMS: u64 = 40;
    for bench in benches().await {
        for number in 1..=ITEMS {
            set(&bench.client, &bench.table, number, "email", s("OLD@X")).await;
            set(&bench.client, &bench.table, number, "hits", n("0")).await;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let writer = tokio::spawn({
            let (client, table, stop) = (bench.client.clone(), bench.table.clone(), stop.clone());
            async move {
                let mut hits = 0;
                while !stop.load(Ordering::Relaxed) && hits < 5000 {
                    let key = (hits * 7 % ITEMS + 1).to_string();
                    let add = client.update_item().table_name(&table).key("pk", s("item")).key("sk", n(&key));
                    add.update_expression("ADD hits :1").expression_attribute_values(":1", n("1")).send().await.unwrap();
                    hits += 1;
                }
                hits
            }
        });
        // Raw items are given the hits as well: each hit in between is a conflict.
        let update = bench.cx.items::<App>().update(|item| drop(item.insert("email", s("new"))));
        let counts = update.await.unwrap();
        stop.store(true, Ordering::Relaxed);
        let hits = writer.await.unwrap();
        assert_eq!(counts.changed, ITEMS);
        let items = bench.items().await;
        assert!(items.values().all(|item| item["email"] == s("new")));
        let found: u64 = items.values().map(|item| item["hits"].as_n().unwrap().parse::<u64>().unwrap()).sum();
        assert_eq!(found, hits);
    }
}

#[tokio::test]
async fn a_transaction_of_the_application_on_the_same_item_is_waited_for() {
    let conflicts = Arc::new(AtomicUsize::new(0));
    let counted = conflicts.clone();
    let benches = benches_with(move |call: &Call, _, _| {
        if call.operation != "BatchExecuteStatement" {
            return Verdict::Pass;
        }
        match counted.fetch_add(1, Ordering::Relaxed) % 3 {
            // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
            0 => Verdict::Statements { at: vec![0], code: "TransactionConflict" },
            1 => Verdict::Error {
                status: 400,
                error_type: "TransactionConflictException".to_owned(),
                message: "Transaction is ongoing for the item".to_owned(),
            },
            _ => Verdict::Pass,
        }
    });
    for bench in benches.await {
        bench.put([item([("email", s("OLD@X"))])]).await;
        let counts = bench.cx.table::<App>().of::<Email>().update(lower).await.expect("an update");
        assert_eq!(counts.changed, 1);
        let counts = bench.cx.items::<App>().put_all([item([("pk", s("item")), ("sk", n("2"))])]).await.expect("an insertion");
        assert_eq!(counts.inserted, 1);
    }
}

#[derive(Serialize, Deserialize)]
struct Large {
    amount: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    large: Option<bool>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_write_that_looks_like_ours_is_not_taken_for_it_where_what_the_function_was_given_changed() {
    let rival = once(|client: Client, table: String| async move {
        set(&client, &table, 1, "amount", n("5")).await;
        set(&client, &table, 1, "large", AttributeValue::Bool(true)).await;
    });
    for bench in raced(rival).await {
        bench.put([item([("amount", n("11"))])]).await;
        bench.cx.table::<App>().of::<Large>().update(|item| item.large = Some(item.amount > 10)).await.unwrap();
        assert_eq!(bench.only_item().await, item([("amount", n("5")), ("large", AttributeValue::Bool(false))]));
    }
}
