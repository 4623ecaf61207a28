//! Tables that are on their way for a while, and descriptions that do not know them yet: states that this engine never shows by itself.

use migrate_core::history::Entry;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::schema::Setting;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, migration, migrator, sequence};
use migrate_tests::seam::{Call, Recorder, Verdict};

use super::shop::{options, today, yesterday};

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
            outcome = first.up(Options::default()) => panic!("should hang: {outcome:?}"),
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
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), yesterday()).up(Options::default()).await.expect("yesterday");
    let orders = engine.table("orders");
    let up = async |client| migrator(&engine, client, today()).up(options(engine.prefix())).await;
    // It says DELETING for a while, and then it is gone.
    let killed = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
        "DeleteTable" => Verdict::HangBefore,
        _ => Verdict::Pass,
    });
    tokio::select! {
        outcome = up(killed.attach(&engine.client())) => panic!("should hang: {outcome:?}"),
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
    let report = up(slow.attach(&engine.client())).await.expect("the second run finishes it");
    assert_eq!(report.outcome, Outcome::Done);
    assert!(looks.load(std::sync::atomic::Ordering::Relaxed) > 4);
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
