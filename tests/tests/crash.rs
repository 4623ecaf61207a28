//! Kill or trouble a run at every call it makes, run it again: the same tables, items and history as a run that nothing befell.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Failure;
use migrate_core::MigrationContext;
use migrate_core::history::Entry;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Droppable;
use migrate_core::registry::Sequence;
use migrate_core::schema::{Hazard, Setting, StreamView};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{
    Customers, customers, index_name, indexes, items, migration, migrator, put_customer, sequence, table_name, with_index,
};
use migrate_tests::seam::{Call, Recorder, Verdict};

/// What a database looks like: everything but who, when and how often.
#[derive(Debug, PartialEq)]
struct Dump {
    customers: BTreeMap<String, String>,
    indexes: Vec<String>,
    stream: bool,
    ttl: Option<String>,
    orders: bool,
    migrations: Vec<(u32, bool)>,
    tables: Vec<String>,
}

async fn domains(cx: &MigrationContext) -> Result<(), Failure> {
    let add = |item: &mut migrate_core::transform::Item| {
        let domain = item.get("email").and_then(|email| email.as_s().ok()).and_then(|email| email.split('@').nth(1));
        if let Some(domain) = domain.map(ToOwned::to_owned) {
            item.insert("domain", AttributeValue::S(domain));
        }
    };
    cx.items::<Customers>().update(add).await?;
    Ok(())
}

/// Yesterday: two tables, one index, data.
fn yesterday() -> Sequence {
    let mut orders = customers();
    orders.name = table_name("orders");
    orders.deletion_protection = Some(false);
    sequence([with_index(customers(), "by-email", "email"), orders], [migration(1, "nothing", |_| Box::pin(async { Ok(()) }))])
}

/// Today: another index, a stream, a time to live, a migration; the old index and the other table are dropped.
fn today() -> Sequence {
    let mut table = with_index(customers(), "by-domain", "domain");
    table.stream = Setting::Set(StreamView::KeysOnly);
    table.ttl = Setting::Set("expires".to_owned());
    let nothing = migration(1, "nothing", |_| Box::pin(async { Ok(()) }));
    let domains = migration(2, "domains", |cx| Box::pin(async move { domains(cx).await.map_err(Into::into) }));
    // The stream is on by then.
    domains.accept = &[Hazard::StreamRecords];
    sequence([table], [nothing, domains])
}

fn options(engine: &TestEngine) -> Options {
    let index = Droppable::Index(table_name(&engine.table("customers")), index_name("by-email"));
    let orders = Droppable::Table(table_name(&engine.table("orders")));
    Options { consent: [index, orders].into(), ..Options::default() }
}

/// An engine in yesterday's state.
async fn prepared() -> TestEngine {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), yesterday()).up(Options::default()).await.expect("yesterday");
    for number in 0..5 {
        put_customer(&engine.client(), &engine.table("customers"), &number.to_string(), "a@example.com").await;
    }
    engine
}

async fn run(engine: &TestEngine, client: Client) -> Result<Outcome, migrate_core::Error> {
    migrator(engine, client, today()).up(options(engine)).await.map(|report| report.outcome)
}

async fn dump(engine: &TestEngine) -> Dump {
    let client = engine.client();
    let table = engine.table("customers");
    let described = client.describe_table().table_name(&table).send().await.expect("a table").table.expect("a table");
    let ttl = client.describe_time_to_live().table_name(&table).send().await.expect("a setting");
    let migrator = migrator(engine, client.clone(), today());
    let status = migrator.status().await.expect("a status");
    let history = migrator.history().await.expect("a history");
    let history = migrate_core::history::History::from_records(history).expect("a history that follows");
    Dump {
        customers: items(&client, &table).await,
        indexes: indexes(&client, &table).await,
        stream: described.stream_specification.is_some_and(|stream| stream.stream_enabled),
        ttl: ttl.time_to_live_description.and_then(|ttl| ttl.attribute_name),
        orders: client.describe_table().table_name(engine.table("orders")).send().await.is_ok(),
        migrations: status.migrations.iter().map(|row| (row.id.version.get(), row.is_settled())).collect(),
        // The embedded engine gives each table an id of its own: only names compare.
        tables: history.tables().keys().map(|name| name.as_str().replace(engine.prefix(), "")).collect(),
    }
}

/// The calls of a run that nothing befalls, and what it leaves.
async fn reference() -> (usize, Dump) {
    let engine = prepared().await;
    let recorder = Recorder::of(&engine.client());
    assert_eq!(run(&engine, recorder.attach(&engine.client())).await.expect("the reference run"), Outcome::Done);
    let dump = dump(&engine).await;
    assert_eq!(
        (&dump.indexes, dump.stream, dump.ttl.as_deref(), dump.orders, dump.customers.len()),
        (&vec!["by-domain".to_owned()], true, Some("expires"), false, 5)
    );
    assert!(dump.customers.values().all(|item| item.contains("example.com") && item.contains("domain")), "{dump:?}");
    (recorder.count(), dump)
}

fn at(k: usize, verdict: Verdict) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
    move |call| if call.index == k { verdict.clone() } else { Verdict::Pass }
}

#[tokio::test(start_paused = true)]
async fn a_run_killed_at_any_call_is_finished_by_the_next_one() {
    let (calls, wanted) = reference().await;
    assert!(calls > 40, "{calls} calls are too few to mean anything");
    for k in 0..calls {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter] {
            let engine = prepared().await;
            let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            let client = recorder.attach(&engine.client());
            let killed = tokio::select! {
                outcome = run(&engine, client) => panic!("call {k} {verdict:?} should hang: {outcome:?}"),
                () = recorder.hung() => recorder.operations().pop(),
            };
            let context = format!("killed at call {k} {verdict:?} {killed:?}");
            let again = run(&engine, engine.client()).await;
            assert!(again.is_ok(), "{context}: {again:?}");
            assert_eq!(dump(&engine).await, wanted, "{context}");
            let recorder = Recorder::of(&engine.client());
            assert_eq!(run(&engine, recorder.attach(&engine.client())).await.unwrap(), Outcome::NothingToDo, "{context}");
            assert!(recorder.writes().is_empty(), "{context}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_call_changes_nothing_in_the_end() {
    let (calls, wanted) = reference().await;
    let error = |status, kind: &str| Verdict::Error { status, error_type: kind.to_owned(), message: "injected".to_owned() };
    let faults = [
        Verdict::ResetBefore,
        Verdict::LoseReply,
        error(500, "InternalServerError"),
        error(400, "ThrottlingException"),
        error(400, "AccessDeniedException"),
    ];
    for k in 0..calls {
        for verdict in &faults {
            let engine = prepared().await;
            let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            let troubled = run(&engine, recorder.attach(&engine.client())).await;
            let context = format!("call {k} {verdict:?} {:?}, first run {troubled:?}", recorder.operations().get(k));
            if let Err(error) = &troubled {
                assert!(
                    matches!(verdict, Verdict::Error { status: 400, .. }),
                    "the SDK's retries hide this: {context}: {error:?}"
                );
            }
            let again = run(&engine, engine.client()).await;
            assert!(again.is_ok(), "{context}: {again:?}");
            assert_eq!(dump(&engine).await, wanted, "{context}");
        }
    }
}

/// A table in a state on its way, as AWS shows it for seconds and this engine never does, in the first `looks` looks at it.
fn on_its_way(table: String, looks: usize, to: &'static str) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
    let seen = std::sync::atomic::AtomicUsize::new(0);
    move |call| {
        let asked = call.operation == "DescribeTable" && call.json()["TableName"] == table.as_str();
        if asked && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < looks {
            return Verdict::Replace { from: "\"TableStatus\":\"ACTIVE\"", to };
        }
        Verdict::Pass
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_still_being_made_when_the_next_run_begins_is_ours_when_it_is_there() {
    for ttl in [Setting::Unmanaged, Setting::Set("expires".to_owned())] {
        let engine = TestEngine::embedded();
        let table = engine.table("customers");
        let shop = || {
            let mut table = customers();
            table.ttl = ttl.clone();
            sequence([table], [migration(1, "nothing", |_| Box::pin(async { Ok(()) }))])
        };
        let killed = Recorder::of(&engine.client()).failing({
            let table = table.clone();
            move |call| match call.operation == "CreateTable" && call.json()["TableName"] == table.as_str() {
                true => Verdict::HangAfter,
                false => Verdict::Pass,
            }
        });
        let first = migrator(&engine, killed.attach(&engine.client()), shop());
        tokio::select! {
            outcome = first.up(migrate_core::migrator::Options::default()) => panic!("should hang: {outcome:?}"),
            () = killed.hung() => {}
        }
        let slow = Recorder::of(&engine.client()).failing(on_its_way(table.clone(), 3, "\"TableStatus\":\"CREATING\""));
        let again = migrator(&engine, slow.attach(&engine.client()), shop()).up(Options::default()).await;
        assert_eq!(again.expect("the second run finishes it").outcome, Outcome::Done);
        let third = migrator(&engine, engine.client(), shop()).up(Options::default()).await;
        assert_eq!(third.expect("a third run").outcome, Outcome::NothingToDo);
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_still_being_deleted_when_the_next_run_begins_is_recorded_as_dropped() {
    let engine = prepared().await;
    let orders = engine.table("orders");
    // It says DELETING for a while, and then it is gone.
    let killed = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
        "DeleteTable" => Verdict::HangBefore,
        _ => Verdict::Pass,
    });
    tokio::select! {
        outcome = run(&engine, killed.attach(&engine.client())) => panic!("should hang: {outcome:?}"),
        () = killed.hung() => {}
    }
    let looks = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let slow = Recorder::of(&engine.client()).failing({
        let (orders, looks) = (orders.clone(), looks.clone());
        move |call| {
            if call.operation != "DescribeTable" || call.json()["TableName"] != orders.as_str() {
                return Verdict::Pass;
            }
            match looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0..4 => Verdict::Replace { from: "\"TableStatus\":\"ACTIVE\"", to: "\"TableStatus\":\"DELETING\"" },
                _ => Verdict::Error {
                    status: 400,
                    error_type: "ResourceNotFoundException".to_owned(),
                    message: "no such table".to_owned(),
                },
            }
        }
    });
    assert_eq!(run(&engine, slow.attach(&engine.client())).await.expect("the second run finishes it"), Outcome::Done);
    assert!(looks.load(std::sync::atomic::Ordering::Relaxed) > 4);
}

#[tokio::test(start_paused = true)]
async fn a_description_that_lags_behind_changes_nothing() {
    let (calls, wanted) = reference().await;
    let mut failed = Vec::new();
    for k in 0..calls {
        let engine = prepared().await;
        let recorder = Recorder::of(&engine.client()).failing(at(k, Verdict::Stale));
        let outcome = run(&engine, recorder.attach(&engine.client())).await;
        if let Err(error) = &outcome {
            failed.push(format!("call {k} {:?}: {error}", recorder.operations().get(k)));
            run(&engine, engine.client()).await.unwrap();
        }
        assert_eq!(dump(&engine).await, wanted, "call {k}");
    }
    assert!(failed.is_empty(), "DescribeTable has no consistent mode, so none of these is an error:\n{}", failed.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_new_table_that_a_description_does_not_know_yet_is_ours_with_its_id() {
    let today = || sequence([customers()], [migration(1, "nothing", |_| Box::pin(async { Ok(()) }))]);
    let engine = TestEngine::embedded();
    let recorder = Recorder::of(&engine.client());
    migrator(&engine, recorder.attach(&engine.client()), today()).up(Options::default()).await.expect("the reference run");
    for k in 0..recorder.count() {
        let engine = TestEngine::embedded();
        let table = engine.table("customers");
        let unknown = Verdict::Error { status: 400, error_type: "ResourceNotFoundException".to_owned(), message: String::new() };
        let recorder = Recorder::of(&engine.client()).failing(move |call| {
            let asked = call.operation == "DescribeTable" && call.json()["TableName"] == table.as_str();
            if asked && call.index == k { unknown.clone() } else { Verdict::Pass }
        });
        let migrator = migrator(&engine, recorder.attach(&engine.client()), today());
        migrator.up(Options::default()).await.unwrap_or_else(|error| panic!("call {k}: {error:?}"));
        let history = migrator.history().await.unwrap();
        let has_id = |entry: &Entry| matches!(entry, Entry::TableCreated { table_id: Some(_), .. });
        assert!(history.iter().any(|record| has_id(&record.entry)), "call {k}");
    }
}
