//! One table, two sequences: one owns it, the other brings indexes of its own. Neither touches what is the other's, and they take turns.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::event::Event;
use migrate_core::history::{Entry, IndexState};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Droppable;
use migrate_core::registry::Sequence;
use migrate_core::schema::{Billing, Setting, StreamView, TableSchema, Throughput};
use migrate_core::{Error, ErrorKind};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{builder, customers, index_name, indexes, migrator, put_customer, table_name, with_index, words};
use migrate_tests::seam::{Call, Recorder, Verdict};
use migrate_tests::turns::Turns;

fn owner(tables: impl IntoIterator<Item = TableSchema>) -> Sequence {
    Sequence::of_tables("shop", tables).expect("a legal sequence")
}

fn guest(index: &str, attribute: &str) -> Sequence {
    guest_of(with_index(customers(), index, attribute))
}

fn guest_of(mut table: TableSchema) -> Sequence {
    table.handling.owner = Some("shop".to_owned());
    Sequence::of_tables("reports", [table]).expect("a legal sequence")
}

async fn up(engine: &TestEngine, client: Client, sequence: Sequence) -> Result<Outcome, Error> {
    migrator(engine, client, sequence).up(Options::default()).await.map(|report| report.outcome)
}

async fn done(engine: &TestEngine, sequence: Sequence) {
    assert_eq!(up(engine, engine.client(), sequence).await.expect("a run"), Outcome::Done);
}

fn dropping(engine: &TestEngine, index: Option<&str>) -> Options {
    let table = table_name(&engine.table("customers"));
    let droppable = match index {
        Some(index) => Droppable::Index(table, index_name(index)),
        None => Droppable::Table(table),
    };
    Options { consent: [droppable].into(), ..Options::default() }
}

/// What the owner wants of its table, once more than at first.
fn more() -> TableSchema {
    let mut table = with_index(customers(), "by-city", "city");
    table.stream = Setting::Set(StreamView::KeysOnly);
    table
}

#[tokio::test(start_paused = true)]
async fn a_guest_brings_an_index_and_no_run_costs_more_than_it_must() {
    let engine = TestEngine::embedded();
    let refused = up(&engine, engine.client(), guest("by-email", "email")).await.expect_err("the owner makes it");
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    done(&engine, owner([customers()])).await;
    let described = |client: Client, table: String| async move {
        let found = client.describe_table().table_name(table).send().await.unwrap().table.unwrap();
        (found.stream_specification, found.billing_mode_summary, found.deletion_protection_enabled, found.table_id)
    };
    let before = described(engine.client(), engine.table("customers")).await;
    done(&engine, guest("by-email", "email")).await;
    assert_eq!(described(engine.client(), engine.table("customers")).await, before);
    assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-email"]);

    let idle = |sequence: Sequence| {
        let recorder = Recorder::of(&engine.client());
        let migrator = migrator(&engine, recorder.attach(&engine.client()), sequence);
        async move {
            let report = migrator.up(Options::default()).await.expect("nothing to do");
            assert_eq!(report.outcome, Outcome::NothingToDo);
            assert!(report.notices.is_empty(), "{:?}", report.notices);
            recorder.operations()
        }
    };
    assert_eq!(idle(guest("by-email", "email")).await, ["Query", "DescribeTable"]);
    // An index is there that the owner does not know: it asks whose it is.
    assert_eq!(idle(owner([customers()])).await, ["Query", "DescribeTable", "Query"]);

    let history = migrator(&engine, engine.client(), guest("by-email", "email")).history().await.unwrap();
    let table = engine.table("customers");
    assert_eq!(
        words(&history),
        [
            "started on a fresh database, up to 0".to_owned(),
            format!("shares table {table}, which sequence shop owns"),
            format!("creating index {table}/by-email"),
            format!("created index {table}/by-email"),
            history.last().unwrap().text.clone(),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_database_of_one_sequence_knows_no_locks_of_tables() {
    let engine = TestEngine::embedded();
    let recorder = Recorder::of(&engine.client());
    up(&engine, recorder.attach(&engine.client()), owner([customers()])).await.expect("a run");
    up(&engine, recorder.attach(&engine.client()), owner([more()])).await.expect("a run");
    let bodies: Vec<String> = recorder.calls().iter().map(|call| String::from_utf8_lossy(&call.body).into_owned()).collect();
    assert!(bodies.iter().all(|body| !body.contains("#table/")), "{bodies:#?}");
    done(&engine, guest("by-email", "email")).await;
    // Whose steps change a table that has guests are taken under its lock.
    let mut other = more();
    other.ttl = Setting::Set("until".to_owned());
    recorder.reset();
    up(&engine, recorder.attach(&engine.client()), owner([other])).await.expect("a run");
    assert!(recorder.calls().iter().any(|call| String::from_utf8_lossy(&call.body).contains("#table/")));
}

#[tokio::test(start_paused = true)]
async fn the_owner_drops_nothing_that_a_guest_needs() {
    let engine = TestEngine::embedded();
    let mut unprotected = customers();
    unprotected.deletion_protection = Some(false);
    done(&engine, owner([unprotected.clone()])).await;
    done(&engine, guest("by-email", "email")).await;
    let shop = |tables: Vec<TableSchema>| migrator(&engine, engine.client(), owner(tables));
    let mut orders = customers();
    orders.name = table_name("orders");
    for (tables, options) in
        [(vec![unprotected.clone()], dropping(&engine, Some("by-email"))), (vec![orders.clone()], dropping(&engine, None))]
    {
        let error = shop(tables).up(options).await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::NotOwned);
        assert!(error.to_string().contains("reports"), "{error}");
    }
    assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-email"]);
    let leaving = migrator(&engine, engine.client(), guest_of(customers()));
    assert_eq!(leaving.up(dropping(&engine, Some("by-email"))).await.expect("its own").outcome, Outcome::Done);
    assert_eq!(shop(vec![orders]).up(dropping(&engine, None)).await.expect("nobody needs it").outcome, Outcome::Done);
    let gone = engine.client().describe_table().table_name(engine.table("customers")).send().await;
    assert!(gone.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_index_that_nobody_recorded_is_not_the_guests() {
    let engine = TestEngine::embedded();
    done(&engine, owner([with_index(customers(), "by-email", "email")])).await;
    let error = up(&engine, engine.client(), guest("by-email", "email")).await.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::NotOwned);
    assert!(error.to_string().contains("by-email"), "{error}");
}

/// The attributes that the creation of an index defines.
fn defined(body: &str) -> Option<Vec<String>> {
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    body["GlobalSecondaryIndexUpdates"][0]["Create"].as_object()?;
    let all = body["AttributeDefinitions"].as_array()?.iter();
    Some(all.filter_map(|one| Some(one["AttributeName"].as_str()?.to_owned())).collect())
}

/// Both at once, with every call delayed by a seed, and indexes that take their time.
#[tokio::test(start_paused = true)]
async fn two_sequences_never_change_a_table_at_once() {
    for seed in 0..40 {
        let engine = TestEngine::embedded();
        done(&engine, owner([customers()])).await;
        if seed % 2 == 0 {
            done(&engine, guest("by-name", "name")).await;
        }
        let turns = Turns::of(&engine.client(), seed);
        let client = || turns.attach(&engine.client());
        let both = guest_of(with_index(with_index(customers(), "by-name", "name"), "by-email", "email"));
        let (shop, reports) = (up(&engine, client(), owner([more()])), up(&engine, client(), both));
        let (shop, reports) = tokio::join!(shop, reports);
        assert_eq!((shop.expect("the owner"), reports.expect("the guest")), (Outcome::Done, Outcome::Done), "seed {seed}");
        assert_eq!(turns.overlaps(), [""; 0], "seed {seed}");
        assert!(turns.changes().len() >= 3, "seed {seed}: {:?}", turns.changes());
        // DynamoDB wants every key attribute that there is by then: each call knows of the index before it, whoever made that.
        let defined: Vec<Vec<String>> = turns.changes().iter().filter_map(|body| defined(body)).collect();
        let grows = defined.windows(2).all(|two| two[0].iter().all(|name| two[1].contains(name)));
        assert!(grows, "seed {seed}: {defined:?}");
        let found = indexes(&engine.client(), &engine.table("customers")).await;
        assert_eq!(found, ["by-city", "by-email", "by-name"], "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_table_says_for_whom_and_replaces_a_holder_that_is_gone() {
    let engine = TestEngine::embedded();
    done(&engine, owner([customers()])).await;
    done(&engine, guest("by-email", "email")).await;
    let table = engine.table("customers");
    let key = AttributeValue::S(format!("#table/{table}"));
    let edit = engine.client().update_item().table_name(engine.table("migrations")).key("pk", key);
    let edit = edit.key("sk", AttributeValue::S("lock".into())).update_expression("SET released = :false, doing = :doing");
    let edit = edit.expression_attribute_values(":false", AttributeValue::Bool(false));
    edit.expression_attribute_values(":doing", AttributeValue::S("create index x".into())).send().await.expect("an edit");
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let list = events.clone();
    let shop = builder(&engine, engine.client(), owner([more()]))
        .on_event(move |event| list.lock().unwrap().push(event))
        .build()
        .unwrap();
    let begun = tokio::time::Instant::now();
    assert_eq!(shop.up(Options::default()).await.expect("a run").outcome, Outcome::Done);
    assert!(begun.elapsed() >= Duration::from_secs(30), "{:?}", begun.elapsed());
    let events = events.lock().unwrap();
    let waited = events.iter().any(
        |event| matches!(event, Event::WaitingForTable { table: of, lock } if of.as_str() == table && lock.doing == "create index x"),
    );
    let taken = events.iter().any(|event| matches!(event, Event::TableTaken { over_from: Some(_), epoch: 2, .. }));
    assert!(waited && taken, "{events:#?}");
}

fn at(k: usize, verdict: Verdict) -> impl Fn(&Call) -> Verdict + Send + Sync {
    move |call| if call.index == k { verdict.clone() } else { Verdict::Pass }
}

/// A guest that replaces one index, drops another, and brings a third.
#[tokio::test(start_paused = true)]
async fn a_guest_that_is_killed_at_any_call_comes_to_the_same_end() {
    let wanted = || {
        let mut table = with_index(with_index(customers(), "by-email", "domain"), "by-name", "name");
        table.handling.accept = [migrate_core::schema::Hazard::IndexReplaced].into();
        guest_of(table)
    };
    let prepared = || async {
        let engine = TestEngine::embedded();
        done(&engine, owner([with_index(customers(), "by-city", "city")])).await;
        put_customer(&engine.client(), &engine.table("customers"), "1", "a@example.com").await;
        done(&engine, guest_of(with_index(with_index(customers(), "by-email", "email"), "by-day", "day"))).await;
        engine
    };
    let run = |engine: TestEngine, client: Client| async move {
        let options = dropping(&engine, Some("by-day"));
        migrator(&engine, client, wanted()).up(options).await.map(|report| report.outcome)
    };
    let dump = |engine: TestEngine| async move {
        let history = migrator(&engine, engine.client(), wanted()).history().await.unwrap();
        let history = migrate_core::history::History::from_records(history).expect("a history that follows");
        let ours: Vec<(String, IndexState)> =
            history.indexes().iter().map(|((_, index), claim)| (index.to_string(), claim.state)).collect();
        (indexes(&engine.client(), &engine.table("customers")).await, ours, history.tables().len())
    };
    let engine = prepared().await;
    let recorder = Recorder::of(&engine.client());
    assert_eq!(run(engine.clone(), recorder.attach(&engine.client())).await.expect("the reference run"), Outcome::Done);
    let reference = dump(engine).await;
    assert_eq!(reference.0, ["by-city", "by-email", "by-name"]);
    assert_eq!(reference.1, [("by-email".to_owned(), IndexState::Owned), ("by-name".to_owned(), IndexState::Owned)]);
    for k in 0..recorder.count() {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter] {
            let engine = prepared().await;
            let killed = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            tokio::select! {
                outcome = run(engine.clone(), killed.attach(&engine.client())) => { outcome.unwrap_or_else(|error| panic!("call {k}: {error}")); }
                () = killed.hung() => {}
            }
            run(engine.clone(), engine.client()).await.unwrap_or_else(|error| panic!("call {k} {verdict:?}: {error:?}"));
            assert_eq!(dump(engine.clone()).await, reference, "call {k} {verdict:?}");
            // Nobody is kept waiting for longer than a lease.
            let shop = with_index(with_index(customers(), "by-city", "city"), "by-x", "x");
            up(&engine, engine.client(), owner([shop])).await.unwrap_or_else(|error| panic!("call {k} {verdict:?}: {error:?}"));
        }
    }
}

/// The first time, when the owner is told.
#[tokio::test(start_paused = true)]
async fn a_first_index_that_is_killed_at_any_call_is_finished_by_the_next_run() {
    let engine = TestEngine::embedded();
    done(&engine, owner([customers()])).await;
    let recorder = Recorder::of(&engine.client());
    up(&engine, recorder.attach(&engine.client()), guest("by-email", "email")).await.expect("the reference run");
    for k in 0..recorder.count() {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter, Verdict::LoseReply] {
            let engine = TestEngine::embedded();
            done(&engine, owner([customers()])).await;
            let killed = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            tokio::select! {
                outcome = up(&engine, killed.attach(&engine.client()), guest("by-email", "email")) => {
                    outcome.unwrap_or_else(|error| panic!("call {k} {verdict:?}: {error}"));
                }
                () = killed.hung() => {}
            }
            up(&engine, engine.client(), guest("by-email", "email")).await.unwrap_or_else(|error| panic!("call {k}: {error:?}"));
            assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-email"], "call {k} {verdict:?}");
            let history = migrator(&engine, engine.client(), guest("by-email", "email")).history().await.unwrap();
            let made = history.iter().filter(|record| matches!(record.entry, Entry::IndexCreated { .. })).count();
            assert_eq!(made, 1, "call {k} {verdict:?}: {:?}", words(&history));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_index_of_a_guest_gets_the_capacity_of_a_provisioned_table() {
    let engine = TestEngine::embedded();
    let mut table = customers();
    table.billing = Some(Billing::Provisioned(Throughput { read: 3, write: 2 }));
    done(&engine, owner([table])).await;
    // The embedded engine keeps none for indexes: what counts is what it was told.
    let recorder = Recorder::of(&engine.client());
    up(&engine, recorder.attach(&engine.client()), guest("by-email", "email")).await.expect("a run");
    let calls = recorder.calls();
    let update = calls.iter().find(|call| call.operation == "UpdateTable").expect("an index is made").json();
    let made = &update["GlobalSecondaryIndexUpdates"][0]["Create"];
    assert_eq!(made["ProvisionedThroughput"]["ReadCapacityUnits"], 3, "{made}");
}
