//! A run whose lease is over sends nothing that writes, whatever it was at and whoever asks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, PutRequest, Tag, TimeToLiveSpecification, TransactWriteItem, WriteRequest,
};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Droppable;
use migrate_core::registry::Sequence;
use migrate_core::{ErrorKind, MigrationContext, Result, Stop};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{
    Customers, builder, customers, index_name, items, migration, migrator, put_customer, sequence, table_name, with_index,
};
use migrate_tests::seam::{Recorder, Verdict, is_write};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::seam::{Late, is_beat, line, of_lock, operation};
use super::{edit_lock, nothing, shop, shop_and};

const LEASE: Duration = Duration::from_secs(30);

/// Beats stop arriving when this is raised. All else goes through.
fn without_beats(client: &Client, cut: Arc<AtomicBool>) -> Recorder {
    beats(client, cut, Verdict::ResetBefore)
}

fn beats(client: &Client, cut: Arc<AtomicBool>, fate: Verdict) -> Recorder {
    Recorder::of(client)
        .failing(move |call| if is_beat(call) && cut.load(Ordering::Relaxed) { fate.clone() } else { Verdict::Pass })
}

/// A request that left.
#[derive(Debug)]
struct Left {
    at: Instant,
    operation: String,
    of_lock: bool,
}

fn today() -> Sequence {
    let domains = migration(2, "domains", |cx| {
        Box::pin(async move {
            let add = |item: &mut migrate_core::transform::Item| {
                item.insert("domain", AttributeValue::S("example.com".to_owned()));
            };
            cx.items::<Customers>().update(add).await?;
            let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
            // Not even one that looks at no error goes on.
            let _ = put.item("id", AttributeValue::S("by-hand".to_owned())).send().await;
            Ok(())
        })
    });
    sequence([with_index(customers(), "by-domain", "domain")], [nothing(1), domains])
}

fn options(engine: &TestEngine) -> Options {
    let index = Droppable::Index(table_name(&engine.table("customers")), index_name("by-email"));
    let orders = Droppable::Table(table_name(&engine.table("orders")));
    Options { consent: [index, orders].into(), ..Options::default() }
}

async fn prepared() -> TestEngine {
    let engine = TestEngine::embedded();
    let mut orders = customers();
    orders.name = table_name("orders");
    orders.deletion_protection = Some(false);
    let yesterday = sequence([with_index(customers(), "by-email", "email"), orders], [nothing(1)]);
    migrator(&engine, engine.client(), yesterday).up(Options::default()).await.expect("yesterday");
    for number in 0..3 {
        put_customer(&engine.client(), &engine.table("customers"), &number.to_string(), "a@example.com").await;
    }
    engine
}

/// A run that stands still for most of a lease when the answer of its `k`th request of its own is due, and whose beats do not arrive
/// meanwhile: as on a machine that was suspended.
async fn stopped(engine: &TestEngine, k: usize) -> (std::result::Result<Outcome, migrate_core::Error>, Vec<Left>) {
    let (cut, left, own) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
    let client = without_beats(&engine.client(), cut.clone()).attach(&engine.client());
    let client = line(&client, {
        let left = left.clone();
        move |request| {
            let operation = operation(request);
            let of_lock = of_lock(&operation, request.body().bytes().unwrap_or_default());
            left.lock().unwrap().push(Left { at: Instant::now(), operation, of_lock });
            if !of_lock && own.fetch_add(1, Ordering::Relaxed) == k {
                cut.store(true, Ordering::Relaxed);
                return Late { answer: LEASE * 9 / 10, ..Late::default() };
            }
            Late::default()
        }
    });
    let outcome = migrator(engine, client, today()).up(options(engine)).await.map(|report| report.outcome);
    let left = std::mem::take(&mut *left.lock().unwrap());
    (outcome, left)
}

async fn found(engine: &TestEngine) -> BTreeMap<String, String> {
    items(&engine.client(), &engine.table("customers")).await
}

#[tokio::test(start_paused = true)]
async fn a_run_that_stood_still_at_any_request_writes_nothing_more() {
    let engine = prepared().await;
    let (outcome, left) = stopped(&engine, usize::MAX).await;
    assert_eq!(outcome.expect("a reference"), Outcome::Done);
    let wanted = found(&engine).await;
    let taken = left.iter().position(|left| left.of_lock && left.operation == "PutItem").expect("a lock");
    let before = left[..taken].iter().filter(|left| !left.of_lock).count();
    let all = left.iter().filter(|left| !left.of_lock).count();
    assert!(all - before > 25, "{left:?}");
    let mut lost = 0;
    for k in before..all {
        let engine = prepared().await;
        let (outcome, left) = stopped(&engine, k).await;
        let context = format!("stopped at request {k}: {outcome:?}");
        // The epoch was confirmed when it was taken, and by no beat after that: the run takes no five seconds.
        let confirmed = left.iter().find(|left| left.of_lock && left.operation == "PutItem").expect("a lock").at;
        for write in left.iter().filter(|left| !left.of_lock && is_write(&left.operation)) {
            assert!(write.at - confirmed < LEASE * 2 / 3, "{context}: {write:?} left {:?} late", write.at - confirmed);
        }
        match outcome {
            // What it stood still at was its last write.
            Ok(outcome) => assert_eq!(outcome, Outcome::Done, "{context}"),
            Err(error) => {
                lost += 1;
                assert_eq!(error.kind(), ErrorKind::LockLost, "{context}");
            }
        }
        migrator(&engine, engine.client(), today()).up(options(&engine)).await.unwrap_or_else(|e| panic!("{context}: {e:?}"));
        assert_eq!(found(&engine).await, wanted, "{context}");
    }
    assert!(lost + 8 > all - before, "{lost} of {}", all - before);
}

/// Everything that writes, by the SDK's own client. Nothing of it may leave.
async fn by_hand(client: &Client, table: &str) -> Vec<bool> {
    let key = || ("id", AttributeValue::S("late".to_owned()));
    let put = PutRequest::builder().item(key().0, key().1).build().unwrap();
    let delete = Delete::builder().table_name(table).key(key().0, key().1).build().unwrap();
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ends").build().unwrap();
    let tag = Tag::builder().key("late").value("yes").build().unwrap();
    let (id, value) = key();
    vec![
        client.put_item().table_name(table).item(id, value.clone()).send().await.is_err(),
        client.update_item().table_name(table).key(id, value.clone()).send().await.is_err(),
        client.delete_item().table_name(table).key(id, value).send().await.is_err(),
        client
            .batch_write_item()
            .request_items(table, vec![WriteRequest::builder().put_request(put).build()])
            .send()
            .await
            .is_err(),
        client.transact_write_items().transact_items(TransactWriteItem::builder().delete(delete).build()).send().await.is_err(),
        client.execute_statement().statement(format!("DELETE FROM \"{table}\" WHERE id = 'late'")).send().await.is_err(),
        client.update_table().table_name(table).deletion_protection_enabled(false).send().await.is_err(),
        client.delete_table().table_name(table).send().await.is_err(),
        client.update_time_to_live().table_name(table).time_to_live_specification(ttl).send().await.is_err(),
        client.tag_resource().resource_arn("arn:aws:dynamodb:local:0:table/x").tags(tag).send().await.is_err(),
        client.create_backup().table_name(table).backup_name("late").send().await.is_err(),
        client.scan().table_name(table).send().await.is_err(),
    ]
}

/// What a function is at when its lease is over.
#[derive(Clone, Copy, Debug)]
enum At {
    Update,
    Delete,
    Put,
    /// It left a client to somebody who outlives it, and does nothing itself.
    Elsewhere,
}

struct Scene {
    at: At,
    cut: Arc<AtomicBool>,
    recorder: Recorder,
    /// What was refused to whom the client was left.
    tell: oneshot::Sender<Vec<bool>>,
}

static SCENE: Mutex<Option<Scene>> = Mutex::new(None);

async fn goes_on_too_late(cx: &MigrationContext) -> Result {
    let Scene { at, cut, recorder, tell } = SCENE.lock().unwrap().take().expect("a scene");
    cx.client().list_tables().send().await?;
    cut.store(true, Ordering::Relaxed);
    tokio::time::sleep(LEASE * 2 / 3).await;
    recorder.reset();
    let change = |item: &mut migrate_core::transform::Item| {
        item.insert("late", AttributeValue::Bool(true));
    };
    match at {
        At::Update => drop(cx.items::<Customers>().update(change).await?),
        At::Delete => drop(cx.items::<Customers>().delete_where(|_| true).await?),
        At::Put => drop(cx.items::<Customers>().put_all(vec![migrate_core::transform::Item::default()]).await?),
        At::Elsewhere => {
            let (client, table) = (cx.client().clone(), cx.table_name::<Customers>());
            tokio::spawn(async move {
                let mut refused = by_hand(&client, &table).await;
                // A beat that arrives after all makes nobody go on who was told that it is over.
                cut.store(false, Ordering::Relaxed);
                tokio::time::sleep(LEASE).await;
                refused.push(client.put_item().table_name(&table).send().await.is_err());
                tell.send(refused)
            });
            std::future::pending::<()>().await;
        }
    }
    unreachable!("{at:?} was let through")
}

#[tokio::test(start_paused = true)]
async fn no_operation_leaves_once_the_lease_is_over_whoever_asks() {
    for at in [At::Update, At::Delete, At::Put, At::Elsewhere] {
        let engine = TestEngine::embedded();
        migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
        put_customer(&engine.client(), &engine.table("customers"), "1", "a@example.com").await;
        let cut = Arc::new(AtomicBool::new(false));
        // A beat that hangs has not noticed yet that it is over: whoever asks is the first.
        let recorder = beats(&engine.client(), cut.clone(), Verdict::HangBefore);
        let (tell, told) = oneshot::channel();
        *SCENE.lock().unwrap() = Some(Scene { at, cut, recorder: recorder.clone(), tell });
        let late = migration(2, "late", |cx| Box::pin(async move { Ok(goes_on_too_late(cx).await?) }));
        let error = migrator(&engine, recorder.attach(&engine.client()), shop_and(late)).up(Options::default()).await;
        assert_eq!(error.expect_err("it was refused").kind(), ErrorKind::LockLost, "{at:?}");
        if let At::Elsewhere = at {
            assert_eq!(told.await.expect("an answer"), vec![true; 13]);
        }
        let own: Vec<_> = recorder.calls().into_iter().filter(|call| !of_lock(&call.operation, &call.body)).collect();
        assert!(own.is_empty(), "{at:?}: {own:?}");
    }
}

/// What a function does beside its clients no condition could stop: it is cut off as soon as a beat finds the lock gone.
#[tokio::test(start_paused = true)]
async fn what_a_function_does_elsewhere_ends_with_the_lock() {
    static SENT: AtomicUsize = AtomicUsize::new(0);
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
    let letters = migration(2, "letters", |_| {
        Box::pin(async {
            for _ in 0..100 {
                SENT.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok(())
        })
    });
    let sends = migrator(&engine, engine.client(), shop_and(letters));
    let (client, table) = (engine.client(), engine.table("migrations"));
    let taken = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        edit_lock(&client, &table, "SET epoch = epoch + :one", &[(":one", AttributeValue::N("1".to_owned()))]).await;
        std::future::pending::<()>().await;
    };
    let error = tokio::select! {
        outcome = sends.up(Options::default()) => outcome.expect_err("the lock is lost"),
        () = taken => unreachable!("it never ends"),
    };
    assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
    let sent = SENT.load(Ordering::Relaxed);
    assert!((12..=18).contains(&sent), "the next beat comes within 5 s: {sent}");
}

/// Where beats stay away nobody knows what is still on its way: the next holder waits for the lease, as after a crash.
#[tokio::test(start_paused = true)]
async fn a_lock_that_was_lost_in_silence_is_left_to_run_out() {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
    let recorder = without_beats(&engine.client(), Arc::new(AtomicBool::new(true)));
    let waits = migration(2, "waits", |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(())
        })
    });
    let begun = Instant::now();
    let error = migrator(&engine, recorder.attach(&engine.client()), shop_and(waits)).up(Options::default()).await;
    assert_eq!(error.expect_err("its lease is over").kind(), ErrorKind::LockLost);
    assert!(begun.elapsed() < LEASE, "it ends itself before: {:?}", begun.elapsed());
    migrator(&engine, engine.client(), shop_and(nothing(2))).up(Options::default()).await.expect("the next");
    assert!(begun.elapsed() >= LEASE, "the next holder began after {:?}", begun.elapsed());
}

/// A request of what was cut off may still be on its way.
#[tokio::test(start_paused = true)]
async fn the_lock_of_a_function_that_was_cut_off_is_left_to_run_out() {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
    let waits = migration(2, "waits", |_| Box::pin(std::future::pending()));
    let stop = Stop::default();
    let cut_off = builder(&engine, engine.client(), shop_and(waits)).stop(stop.clone()).build().expect("a migrator");
    let begun = Instant::now();
    let asked = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.request();
        std::future::pending::<()>().await;
    };
    let error = tokio::select! {
        outcome = cut_off.up(Options::default()) => outcome.expect_err("it never comes to an end"),
        () = asked => unreachable!("it never ends"),
    };
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
    assert!(error.to_string().contains("the lock is left to run out"), "{error}");
    let cut = begun.elapsed();
    assert!(cut < LEASE, "{cut:?}");
    migrator(&engine, engine.client(), shop_and(nothing(2))).up(Options::default()).await.expect("the next");
    assert!(begun.elapsed() >= cut + LEASE, "the next holder began {:?} behind it", begun.elapsed() - cut);
}

/// A run that is dropped has no lock any more, although its lease is not over: its clients know that at once.
#[tokio::test(start_paused = true)]
async fn a_client_that_outlives_a_run_that_was_dropped_writes_nothing() {
    static LEFT: Mutex<Option<Client>> = Mutex::new(None);
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
    let leaves = migration(2, "leaves", |cx| {
        Box::pin(async move {
            *LEFT.lock().unwrap() = Some(cx.client().clone());
            std::future::pending().await
        })
    });
    let dropped = migrator(&engine, engine.client(), shop_and(leaves));
    let run = tokio::spawn(async move { dropped.up(Options::default()).await });
    while LEFT.lock().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    run.abort();
    assert!(run.await.expect_err("it never ends").is_cancelled());
    tokio::time::sleep(Duration::from_millis(10)).await;
    let client = LEFT.lock().unwrap().take().expect("a client");
    let put = client.put_item().table_name(engine.table("customers")).item("id", AttributeValue::S("late".into())).send().await;
    assert!(put.is_err(), "it was written");
}
