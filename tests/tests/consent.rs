//! Whose a table is and what was consented to, when luck is bad: runs that end early, roles that may not, strangers, and questions that
//! stay open. Nothing of it makes a change that nobody asked for.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::plan::Droppable;
use migrate_core::registry::Sequence;
use migrate_core::schema::{Hazard, Prefix, Setting, StreamView, TableSchema};
use migrate_core::{ErrorKind, Migrator, Stop};
use migrate_tests::engine::TestEngine;
use migrate_tests::model::{Model, Quirks};
use migrate_tests::scenario::{customers, migration, migrator, put_customer, sequence, table_name, with_index, words};
use migrate_tests::seam::{Call, Recorder, Verdict};

fn orders() -> TableSchema {
    customers().named(table_name("orders"))
}

fn expiring(mut table: TableSchema) -> TableSchema {
    table.ttl = Setting::Set("until".to_owned());
    table
}

async fn up(engine: &TestEngine, sequence: Sequence, options: Options) -> Result<Report, migrate_core::Error> {
    migrator(engine, engine.client(), sequence).up(options).await
}

/// Items whose time is past.
async fn fill(engine: &TestEngine, table: &str) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    for n in 0..50 {
        let put = engine.client().put_item().table_name(engine.table(table)).item("id", AttributeValue::S(format!("{n}")));
        put.item("until", AttributeValue::N((since - 1000).to_string())).send().await.expect("a put");
    }
}

fn answers(operation: &'static str, of: &'static str, error: &'static str) -> impl Fn(&Call) -> Verdict + Send + Sync {
    move |call| {
        let meant = call.operation == operation && String::from_utf8_lossy(&call.body).contains(of);
        let error = Verdict::Error { status: 400, error_type: error.to_owned(), message: "no".to_owned() };
        if meant { error } else { Verdict::Pass }
    }
}

async fn made_by_somebody_else(engine: &TestEngine, table: &str) {
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().expect("a type");
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().expect("a key");
    let create = engine.client().create_table().table_name(engine.table(table)).attribute_definitions(id).key_schema(key);
    create.billing_mode(BillingMode::PayPerRequest).send().await.expect("a table");
}

#[tokio::test]
async fn a_run_whose_end_was_not_recorded_leaves_no_table_without_consent() {
    let engine = TestEngine::embedded();
    let recorder = Recorder::of(&engine.client()).failing(|call| {
        let last = call.operation == "TransactWriteItems" && String::from_utf8_lossy(&call.body).contains("schema_applied");
        if last { Verdict::ResetBefore } else { Verdict::Pass }
    });
    let first = migrator(&engine, recorder.attach(&engine.client()), sequence([customers()], [])).up(Options::default()).await;
    assert!(first.is_err());
    assert_eq!(up(&engine, sequence([customers()], []), Options::default()).await.unwrap().outcome, Outcome::NothingToDo);
    fill(&engine, "customers").await;
    let error = up(&engine, sequence([expiring(customers())], []), Options::default()).await.unwrap_err();
    assert!(error.to_string().contains("H109"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_table_that_was_made_without_waiting_is_one_like_any_other() {
    let model = Model::with(Quirks { polls_index_backfilling: 60, ..Quirks::default() });
    let engine = TestEngine::over("model", model.client());
    up(&engine, sequence([customers()], []), Options::default()).await.unwrap();
    let wanted = |orders: TableSchema| sequence([with_index(customers(), "by-email", "email"), orders], []);
    let report = up(&engine, wanted(orders()), Options { no_wait: true, ..Options::default() }).await.unwrap();
    assert!(matches!(report.outcome, Outcome::Incomplete { .. }));
    migrator(&engine, engine.client(), wanted(orders())).wait(None, Duration::from_secs(4000)).await.unwrap();
    up(&engine, wanted(orders()), Options::default()).await.unwrap();
    fill(&engine, "orders").await;
    let error = up(&engine, wanted(expiring(orders())), Options::default()).await.unwrap_err();
    assert!(error.to_string().contains("H109"), "{error}");
}

#[tokio::test]
async fn what_was_not_made_is_not_ours_when_somebody_else_makes_it() {
    let engine = TestEngine::embedded();
    let both = || sequence([customers(), orders()], []);
    let recorder = Recorder::of(&engine.client()).failing(answers("CreateTable", "orders", "AccessDeniedException"));
    let denied = migrator(&engine, recorder.attach(&engine.client()), both()).up(Options::default()).await.unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::AccessDenied);
    made_by_somebody_else(&engine, "orders").await;
    fill(&engine, "orders").await;
    let error = up(&engine, both(), Options::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOwned, "{error}");
    let consent = [Droppable::Table(table_name(&engine.table("orders")))].into();
    let dropped = up(&engine, sequence([customers()], []), Options { consent, ..Options::default() }).await.unwrap_err();
    assert_eq!(dropped.kind(), ErrorKind::NotOwned, "{dropped}");
}

#[tokio::test]
async fn an_open_intent_claims_no_table_that_holds_items() {
    let engine = TestEngine::embedded();
    up(&engine, sequence([customers()], []), Options::default()).await.unwrap();
    let recorder = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
        "CreateTable" => Verdict::ResetBefore,
        _ => Verdict::Pass,
    });
    let both = || sequence([customers(), orders()], []);
    let lost = migrator(&engine, recorder.attach(&engine.client()), both()).up(Options::default()).await;
    assert!(lost.is_err());
    made_by_somebody_else(&engine, "orders").await;
    fill(&engine, "orders").await;
    let error = up(&engine, both(), Options::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOwned, "{error}");
}

#[tokio::test]
async fn what_may_not_be_read_is_never_called_done() {
    let engine = TestEngine::embedded();
    up(&engine, sequence([customers()], []), Options::default()).await.unwrap();
    let recorder = Recorder::of(&engine.client()).failing(answers("DescribeTimeToLive", "", "AccessDeniedException"));
    let run = |table: TableSchema| migrator(&engine, recorder.attach(&engine.client()), sequence([customers(), table], []));
    for attempt in 0..2 {
        let error = run(expiring(orders())).up(Options::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{attempt}: {error}");
        assert!(format!("{error:?}").contains("dynamodb:DescribeTimeToLive"), "{error:?}");
    }
    let plan = run(expiring(orders())).plan(Options::default()).await.unwrap();
    assert_eq!(plan.unknown.len(), 1, "planning goes on");
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_is_heard_while_an_index_is_built() {
    let model = Model::with(Quirks { polls_index_backfilling: 5000, ..Quirks::default() });
    let engine = TestEngine::over("model", model.client());
    up(&engine, sequence([customers()], []), Options::default()).await.unwrap();
    let stop = Stop::default();
    let indexed = sequence([with_index(customers(), "by-email", "email")], []);
    let builder = Migrator::builder(indexed, engine.client()).prefix(Prefix::new(engine.prefix()).unwrap());
    let migrator = builder.stop(stop.clone()).beat_on_callers_runtime().build().unwrap();
    let begun = tokio::time::Instant::now();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(20)).await;
        stop.request();
    });
    let error = migrator.up(Options::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn items_are_counted_again_after_a_question_that_stayed_open() {
    let engine = TestEngine::embedded();
    up(&engine, sequence([orders()], []), Options::default()).await.unwrap();
    let migrator = migrator(&engine, engine.client(), sequence([expiring(orders())], []));
    let prepared = migrator.prepare(Options::default()).await.unwrap();
    assert_eq!(prepared.plan().refusals, []);
    fill(&engine, "orders").await;
    let error = prepared.apply().await.unwrap_err();
    assert!(error.to_string().contains("H109"), "{error}");
}

#[tokio::test]
async fn what_an_engine_cannot_make_is_tried_once() {
    let engine = TestEngine::embedded();
    let recorder = Recorder::of(&engine.client()).failing(answers("CreateTable", "orders", "UnknownOperationException"));
    let run = migrator(&engine, recorder.attach(&engine.client()), sequence([customers(), orders()], []));
    let ended = tokio::time::timeout(Duration::from_secs(20), run.up(Options::default())).await.expect("it ends");
    assert_eq!(ended.unwrap_err().kind(), ErrorKind::NotSupported);
    let history = words(&run.history().await.unwrap());
    assert!(history.contains(&format!("table {} was not created", engine.table("orders"))), "{history:?}");
}

#[tokio::test]
async fn a_scan_that_is_not_allowed_is_begun_once_in_a_run() {
    let engine = TestEngine::embedded();
    up(&engine, sequence([customers()], []), Options::default()).await.unwrap();
    put_customer(&engine.client(), &engine.table("customers"), "a", "b").await;
    let recorder = Recorder::of(&engine.client()).failing(answers("Scan", "", "AccessDeniedException"));
    let wanted = with_index(with_index(with_index(customers(), "by-a", "a"), "by-b", "b"), "by-c", "c");
    let run = migrator(&engine, recorder.attach(&engine.client()), sequence([wanted], []));
    run.up(Options::default()).await.unwrap();
    let scans = recorder.operations().iter().filter(|operation| *operation == "Scan").count();
    assert_eq!(scans, 2, "once before the lock, and once under it");
}

#[tokio::test]
async fn a_deadline_without_end_is_none() {
    let engine = TestEngine::embedded();
    let options = Options { deadline: Some(Duration::MAX), ..Options::default() };
    assert_eq!(up(&engine, sequence([customers()], []), options).await.unwrap().outcome, Outcome::Done);
}

#[tokio::test]
async fn who_reads_a_stream_is_not_called_by_a_migration_without_consent() {
    let streaming = || TableSchema { stream: Setting::Set(StreamView::KeysOnly), ..customers() };
    let with = |accept: &'static [Hazard]| {
        let entry = migration(1, "touch", |_| Box::pin(async { Ok(()) }));
        entry.tables = &[customers];
        entry.accept = accept;
        sequence([streaming()], [entry])
    };
    let engine = TestEngine::embedded();
    up(&engine, sequence([streaming()], []), Options::default()).await.unwrap();
    fill(&engine, "customers").await;
    let error = up(&engine, with(&[]), Options::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConsentMissing);
    assert!(error.to_string().contains("H114, migration 0001 touch goes through table"), "{error}");
    assert!(error.help()[0].contains("--accept customers:H114"), "{:?}", error.help());
    let once = Options { accept: [(table_name(&engine.table("customers")), Hazard::StreamRecords)].into(), ..Options::default() };
    let plan = migrator(&engine, engine.client(), with(&[])).plan(once).await.unwrap();
    assert_eq!((plan.refusals.len(), plan.hazards().count()), (0, 1));
    let reached = &plan.migrations[0].tables[0];
    assert_eq!((reached.table.as_str(), reached.estimate.unwrap().items), (engine.table("customers").as_str(), 50));
    let report = up(&engine, with(&[Hazard::StreamRecords]), Options::default()).await.unwrap();
    assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 1));
}
