//! Runs that end before all is done, and are right to: deadlines, builds that are not waited for, changes that must wait; and items that
//! speak against a change.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::ErrorKind;
use migrate_core::history::MigrationStatus;
use migrate_core::migrator::{Options, Outcome, Report, RowState};
use migrate_core::plan::VerifyKeys;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::{Hazard, Setting, TableSchema};
use migrate_core::step::Step;
use migrate_tests::engine::TestEngine;
use migrate_tests::model::{Model, Quirks};
use migrate_tests::scenario::{customers, migration, migrator, put_customer, sequence, table_name, with_index};
use migrate_tests::seam::Recorder;

fn harmless() -> &'static mut MigrationEntry {
    migration(1, "harmless", |_| Box::pin(async { Ok(()) }))
}

fn slow() -> &'static mut MigrationEntry {
    migration(1, "slow", |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Ok(())
        })
    })
}

/// An index takes as many looks as this to be filled.
fn building(looks: usize) -> Model {
    Model::with(Quirks { polls_index_backfilling: looks, ..Quirks::default() })
}

async fn made(model: &Model) -> TestEngine {
    let engine = TestEngine::over("model", model.client());
    up(&engine, sequence([customers(), orders()], []), Options::default()).await;
    engine
}

fn orders() -> TableSchema {
    customers().named(table_name("orders"))
}

async fn up(engine: &TestEngine, sequence: Sequence, options: Options) -> Report {
    migrator(engine, engine.client(), sequence).up(options).await.unwrap_or_else(|error| panic!("{}: {error:?}", engine.name()))
}

fn is_incomplete(report: &Report) -> bool {
    matches!(report.outcome, Outcome::Incomplete { .. })
}

#[tokio::test(start_paused = true)]
async fn without_waiting_every_table_gets_its_build_and_no_migration_starts_before_it_is_done() {
    let model = building(60);
    let engine = made(&model).await;
    let wanted = || sequence([with_index(customers(), "by-email", "email"), with_index(orders(), "by-day", "day")], [harmless()]);
    let report = up(&engine, wanted(), Options { no_wait: true, ..Options::default() }).await;
    assert!(is_incomplete(&report), "{:?}", report.outcome);
    assert_eq!((report.migrations.len(), report.waiting.len()), (0, 1));
    let building = |name: &str| {
        let table = model.table(&engine.table(name));
        table["description"]["GlobalSecondaryIndexes"][0]["IndexStatus"].clone()
    };
    assert_eq!((building("customers"), building("orders")), ("CREATING".into(), "CREATING".into()));
    // Whoever looks is told, and a second such run changes nothing.
    let plan = migrator(&engine, engine.client(), wanted()).plan(Options::default()).await.unwrap();
    assert!(plan.expand.iter().all(|planned| matches!(planned.step, Step::AwaitTable { .. })) && plan.expand.len() == 2);
    assert!(is_incomplete(&up(&engine, wanted(), Options { no_wait: true, ..Options::default() }).await));
    // The next run takes it up.
    let report = up(&engine, wanted(), Options::default()).await;
    assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 1));
    assert_eq!(model.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_waiting_and_the_next_run_goes_on() {
    let model = building(60);
    let engine = made(&model).await;
    let wanted = || sequence([with_index(customers(), "by-email", "email")], [harmless()]);
    let begun = tokio::time::Instant::now();
    let report = up(&engine, wanted(), Options { deadline: Some(Duration::from_secs(50)), ..Options::default() }).await;
    assert!(is_incomplete(&report) && report.migrations.is_empty(), "{report:?}");
    let took = begun.elapsed();
    assert!((50..60).contains(&took.as_secs()), "{took:?}");
    assert_eq!(up(&engine, wanted(), Options::default()).await.outcome, Outcome::Done);
    assert_eq!(model.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_a_migration_that_does_not_end_and_it_is_no_failure() {
    let engine = TestEngine::embedded();
    let begun = tokio::time::Instant::now();
    let report =
        up(&engine, sequence([customers()], [slow()]), Options { deadline: Some(Duration::from_secs(60)), ..Options::default() })
            .await;
    assert!(is_incomplete(&report), "{report:?}");
    assert!(begun.elapsed() < Duration::from_secs(80), "{:?}", begun.elapsed());
    let migrator = migrator(&engine, engine.client(), sequence([customers()], [slow()]));
    let status = migrator.status().await.unwrap();
    let RowState::Recorded(state) = &status.migrations[0].record else { panic!("nothing was recorded") };
    assert_eq!(state.status, MigrationStatus::Started);
}

/// Customers of whom two cannot be found by e-mail: one has a number, one an empty text.
async fn with_misfits() -> TestEngine {
    let engine = TestEngine::embedded();
    up(&engine, sequence([customers()], []), Options::default()).await;
    let (client, table) = (engine.client(), engine.table("customers"));
    put_customer(&client, &table, "fits", "a@b").await;
    put_customer(&client, &table, "empty", "").await;
    let put = client.put_item().table_name(&table).item("id", AttributeValue::S("number".into()));
    put.item("email", AttributeValue::N("1".into())).send().await.unwrap();
    engine
}

#[tokio::test]
async fn items_that_an_index_would_leave_out_are_named_before_it_is_built() {
    let engine = with_misfits().await;
    let indexed = || sequence([with_index(customers(), "by-email", "email")], []);
    let recorder = Recorder::of(&engine.client());
    let refused = migrator(&engine, recorder.attach(&engine.client()), indexed()).up(Options::default()).await.unwrap_err();
    assert_eq!((refused.kind(), recorder.writes().len()), (ErrorKind::ConsentMissing, 0));
    let text = refused.to_string();
    for part in
        ["H113", "2 items do not fit the key of index by-email", "\"empty\": email is empty", "\"number\": email is N, and not S"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Nobody looks where nobody may, or wants to.
    let unseen = migrator(&engine, engine.client(), indexed());
    let unseen = unseen.plan(Options { verify_keys: VerifyKeys::Never, ..Options::default() }).await.unwrap();
    assert_eq!(unseen.refusals, []);
    let accept = [(table_name(&engine.table("customers")), Hazard::MisfitsLeftOut)].into();
    let report = up(&engine, indexed(), Options { accept, ..Options::default() }).await;
    assert_eq!(report.outcome, Outcome::Done);
}

#[tokio::test]
async fn what_would_expire_is_counted_before_time_to_live_is_switched_on() {
    let engine = TestEngine::embedded();
    up(&engine, sequence([customers()], []), Options::default()).await;
    let (client, table) = (engine.client(), engine.table("customers"));
    let past = jiff_now() - 1000;
    for (id, time) in [("old", past), ("new", past + 100_000)] {
        let put = client.put_item().table_name(&table).item("id", AttributeValue::S(id.into()));
        put.item("until", AttributeValue::N(time.to_string())).send().await.unwrap();
    }
    let mut expiring = customers();
    expiring.ttl = Setting::Set("until".to_owned());
    let refused = migrator(&engine, engine.client(), sequence([expiring.clone()], [])).up(Options::default()).await.unwrap_err();
    assert!(refused.to_string().contains("2 items hold a number in `until` already, and about 1 item would expire"), "{refused}");
    expiring.handling.accept.insert(Hazard::TtlOn);
    assert_eq!(up(&engine, sequence([expiring], []), Options::default()).await.outcome, Outcome::Done);
}

fn jiff_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("a small number")
}

#[tokio::test]
async fn an_index_is_deleted_and_built_anew_by_consent_alone() {
    for engine in TestEngine::all() {
        up(&engine, sequence([with_index(customers(), "by-email", "email")], []), Options::default()).await;
        let mut other = with_index(customers(), "by-email", "town");
        let refused = migrator(&engine, engine.client(), sequence([other.clone()], [])).up(Options::default()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ImpossibleInPlace);
        other.handling.accept.insert(Hazard::IndexReplaced);
        let report = up(&engine, sequence([other.clone()], []), Options::default()).await;
        let steps: Vec<String> = report.steps.iter().map(ToString::to_string).collect();
        let table = engine.table("customers");
        assert_eq!(
            steps,
            [format!("drop index {table}/by-email"), format!("create index {table}/by-email (town S) projection all")]
        );
        assert_eq!(up(&engine, sequence([other], []), Options::default()).await.outcome, Outcome::NothingToDo);
    }
}
