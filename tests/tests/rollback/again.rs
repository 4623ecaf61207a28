//! A rollback that fails, stops or loses its lock is run again and goes on; and one of a migration that did not come to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::event::Event;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::{MigrationEntry, RollbackEntry, RunFn};
use migrate_core::schema::Prefix;
use migrate_core::{Failure, Migrator, Stop};
use migrate_tests::scenario::{Customers, customers, migration, migrator, rollback, sequence, words};
use migrate_tests::seam::{Recorder, Verdict};

use super::work::{Points, Split, Whole, filled, nothing, split, whole};
use super::*;

/// A failure for as long as the table holds an item that says so.
async fn trouble(cx: &migrate_core::MigrationContext) -> migrate_core::Result {
    let get = cx.client().get_item().table_name(cx.table_name::<Customers>()).key("id", AttributeValue::S("trouble".to_owned()));
    match get.consistent_read(true).send().await?.item {
        Some(_) => Err(Failure::msg("the printer is on fire")),
        None => Ok(()),
    }
}

async fn set_fire(engine: &TestEngine) {
    let put = engine.client().put_item().table_name(engine.table("customers"));
    let put = put.item("id", AttributeValue::S("trouble".to_owned())).item("user", AttributeValue::S("u".to_owned()));
    let put = put.item("domain", AttributeValue::S("d".to_owned())).item("points", AttributeValue::N("7".to_owned()));
    put.send().await.expect("a put");
}

async fn put_out(engine: &TestEngine) {
    let delete = engine.client().delete_item().table_name(engine.table("customers"));
    delete.key("id", AttributeValue::S("trouble".to_owned())).send().await.expect("a delete");
}

/// Splits, then fails while there is trouble, then doubles: and the same backwards.
fn in_two() -> Sequence {
    let there: RunFn = |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.add(1)).await?;
            trouble(cx).await.map_err(|failure| failure.to_string())?;
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.add(10)).await?;
            Ok(())
        })
    };
    let back: RunFn = |cx| {
        Box::pin(async move {
            let is_there = |item: &Points| item.points() >= 10;
            cx.table::<Customers>()
                .of::<Points>()
                .exactly_once()
                .update(move |item| {
                    if is_there(item) {
                        item.add(-10)
                    }
                })
                .await?;
            trouble(cx).await.map_err(|failure| failure.to_string())?;
            cx.table::<Customers>().of::<Points>().exactly_once().update(|item| item.add(-1)).await?;
            Ok(())
        })
    };
    sequence([customers()], [nothing(), migration(2, "in_two", there)]).with_rollbacks([&*rollback(2, back)])
}

fn points(all: &BTreeMap<String, String>) -> Vec<String> {
    let after = |item: &String| item.split("\"points\": N(\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    all.values().map(after).collect()
}

fn scans(recorder: &Recorder) -> usize {
    recorder.operations().iter().filter(|operation| *operation == "Scan").count()
}

#[tokio::test]
async fn a_rollback_that_fails_is_recorded_and_goes_on_from_its_checkpoints() {
    for engine in TestEngine::all() {
        filled(&engine).await;
        up(&engine, in_two()).await;
        assert_eq!(points(&customers_of(&engine).await), ["11", "12", "13", "14", "15"]);
        set_fire(&engine).await;
        let error = roll_back(&engine, engine.client(), in_two(), 1).await.expect_err("fire");
        assert_eq!(error.kind(), ErrorKind::MigrationFailed);
        let text = format!("{error:?}");
        assert!(text.contains("the rollback of migration 0002 in_two failed") && text.contains("on fire"), "{text}");
        assert!(error.help().join("\n").contains("run the same command again"), "{error:?}");
        assert_eq!(states(&engine, in_two()).await, ["Applied", "RollbackFailed"]);
        assert!(kept(&engine).await.iter().all(|key| key.contains("0002 back/")), "{:?}", kept(&engine).await);
        // Neither forward nor a second time from the start.
        let up = migrator(&engine, engine.client(), in_two()).up(Options::default()).await;
        assert!(up.is_err(), "{up:?}");
        open_to_others(&engine).await;
        put_out(&engine).await;
        let recorder = Recorder::of(&engine.client());
        roll_back(&engine, recorder.attach(&engine.client()), in_two(), 1).await.unwrap();
        assert_eq!(scans(&recorder), 1, "the first half was done: {:?}", recorder.operations());
        assert_eq!(points(&customers_of(&engine).await), ["0", "1", "2", "3", "4"], "{}", engine.name());
        assert_eq!(states(&engine, in_two()).await, ["Applied", "RolledBack"]);
        assert!(kept(&engine).await.is_empty());
    }
}

/// What other verbs say while it is open: that it is, and how it is gone on with. None of them writes.
async fn open_to_others(engine: &TestEngine) {
    let recorder = Recorder::of(&engine.client());
    let others = || migrator(engine, recorder.attach(&engine.client()), in_two());
    let wait = Options::default().lock_wait;
    let retry = others().retry_dead_letters(Version::new(2), wait).await.expect_err("it is open");
    assert_eq!(retry.kind(), ErrorKind::Usage);
    assert!(retry.to_string().contains("the rollback of migration 0002 in_two is not finished"), "{retry}");
    let baseline = others().baseline(Version::new(2), wait).await.expect_err("it is open");
    assert_eq!(
        (baseline.kind(), others().plan_baseline(Version::new(2)).await.unwrap_err().kind()),
        (ErrorKind::Unsettled, ErrorKind::Unsettled)
    );
    for error in [retry, baseline] {
        let text = format!("{error}\n{}", error.help().join("\n"));
        assert!(text.contains("`migrate rollback --to 1`"), "{text}");
    }
    assert!(others().plan_baseline(Version::new(1)).await.unwrap().is_empty(), "what is below it is no matter of it");
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
}

/// Its first half is kept as done under the very name that the rollback's first half has, and the next run's.
#[tokio::test]
async fn what_failed_half_way_is_taken_back_and_then_runs_from_its_beginning() {
    for engine in TestEngine::all() {
        filled(&engine).await;
        set_fire(&engine).await;
        migrator(&engine, engine.client(), in_two()).up(Options::default()).await.expect_err("fire");
        assert_eq!(points(&customers_of(&engine).await), ["1", "2", "3", "4", "5", "8"]);
        assert_eq!(states(&engine, in_two()).await, ["Applied", "Failed"]);
        put_out(&engine).await;
        roll_back(&engine, engine.client(), in_two(), 1).await.unwrap();
        assert_eq!(points(&customers_of(&engine).await), ["0", "1", "2", "3", "4"], "{}", engine.name());
        up(&engine, in_two()).await;
        assert_eq!(points(&customers_of(&engine).await), ["11", "12", "13", "14", "15"], "{}", engine.name());
        assert!(kept(&engine).await.is_empty(), "{:?}", kept(&engine).await);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_killed_is_taken_back() {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    let killed = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
        "BatchExecuteStatement" => Verdict::HangAfter,
        _ => Verdict::Pass,
    });
    let before = customers_of(&engine).await;
    let migrator = migrator(&engine, killed.attach(&engine.client()), whole());
    tokio::select! {
        outcome = migrator.up(Options::default()) => panic!("should hang: {outcome:?}"),
        () = killed.hung() => {}
    }
    assert_eq!(states(&engine, whole()).await, ["Applied", "Started", "Pending"]);
    assert_ne!(customers_of(&engine).await, before);
    roll_back(&engine, engine.client(), whole(), 1).await.unwrap();
    assert_eq!(customers_of(&engine).await, before);
    assert_eq!(states(&engine, whole()).await, ["Applied", "RolledBack", "Pending"]);
}

#[tokio::test]
async fn asked_to_stop_it_stops_between_two_and_the_next_one_goes_on() {
    for engine in TestEngine::all() {
        filled(&engine).await;
        up(&engine, whole()).await;
        let stop = Stop::default();
        let stopped = Migrator::builder(whole(), engine.client())
            .prefix(Prefix::new(engine.prefix()).unwrap())
            .local_engine()
            .beat_on_callers_runtime()
            .stop(stop.clone())
            .on_event(move |event| {
                if let Event::RollbackStarted { migration, .. } = event
                    && migration.version == Version::new(2)
                {
                    stop.request();
                }
            })
            .build()
            .unwrap();
        let error = stopped.rollback(Version::new(1), RollbackOptions::default()).await.expect_err("it stops");
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
        assert_eq!(states(&engine, whole()).await, ["Applied", "RollingBack", "RolledBack"]);
        // The number is another one than the first time: what is open is told, and left.
        let back = migrator(&engine, engine.client(), whole());
        let plan = back.plan_rollback(Version::new(2), &RollbackOptions::default()).await.unwrap();
        assert!(plan.is_empty() && plan.notices[0].help.as_deref().unwrap().contains("rollback --to 1"), "{plan:?}");
        let known = back.history().await.unwrap().len();
        assert_eq!(roll_back(&engine, engine.client(), whole(), 1).await.unwrap().outcome, Outcome::Done);
        let history = words(&back.history().await.unwrap()[known..]);
        assert_eq!(history, ["rolling back migration 0002 split", "rolled back migration 0002 split"]);
        assert!(customers_of(&engine).await.values().all(|item| item.contains("@example.com")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_whose_lock_was_taken_writes_nothing_more() {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    up(&engine, whole()).await;
    let before = customers_of(&engine).await;
    let taken = Arc::new(AtomicBool::new(false));
    // Behind the first record of the rollback the lock is somebody else's.
    let recorder = Recorder::of(&engine.client()).failing({
        let taken = taken.clone();
        move |call| {
            let begins = String::from_utf8_lossy(&call.body).contains("migration_rolling_back");
            if taken.load(Ordering::Relaxed) || !begins {
                return Verdict::Pass;
            }
            taken.store(true, Ordering::Relaxed);
            Verdict::HangAfter
        }
    });
    let steals = async {
        recorder.hung().await;
        let update = engine.client().update_item().table_name(engine.table("migrations"));
        let update = update.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
        let one = AttributeValue::N("1".into());
        update.update_expression("SET epoch = epoch + :one").expression_attribute_values(":one", one).send().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(roll_back(&engine, recorder.attach(&engine.client()), whole(), 1), steals);
    assert_eq!(outcome.expect_err("the lock is lost").kind(), ErrorKind::LockLost);
    assert_eq!(customers_of(&engine).await, before);
    assert_eq!(states(&engine, whole()).await, ["Applied", "Applied", "RollingBack"]);
    tokio::time::sleep(Duration::from_secs(60)).await;
    roll_back(&engine, engine.client(), whole(), 1).await.unwrap();
    assert_eq!(states(&engine, whole()).await, ["Applied", "RolledBack", "RolledBack"]);
}

/// Joins, but for who is called `bad`.
fn careful() -> &'static mut RollbackEntry {
    rollback(2, |cx| {
        Box::pin(async move {
            let table = cx.table::<Customers>().of::<Whole>().dead_letter();
            table.try_transform(|new: Split| new.joined()).await?;
            Ok(())
        })
    })
}

fn careful_shop(split: &'static mut MigrationEntry) -> Sequence {
    sequence([customers()], [nothing(), split]).with_rollbacks([&*careful()])
}

#[tokio::test]
async fn what_a_rollback_put_aside_is_listed_and_tried_again_alone() {
    for engine in TestEngine::all() {
        filled(&engine).await;
        up(&engine, careful_shop(split())).await;
        let bad = |user: &str| {
            let put =
                engine.client().put_item().table_name(engine.table("customers")).item("id", AttributeValue::S("9".to_owned()));
            let put = put.item("domain", AttributeValue::S("d".to_owned())).item("user", AttributeValue::S(user.to_owned()));
            put.send()
        };
        bad("bad").await.unwrap();
        let error = roll_back(&engine, engine.client(), careful_shop(split()), 1).await.expect_err("one is bad");
        assert_eq!(error.kind(), ErrorKind::DeadLetters);
        let help = error.help().join("\n");
        assert!(help.contains("`migrate dead-letters 2` lists them") && help.contains("`migrate rollback` again"), "{help}");
        let back = migrator(&engine, engine.client(), careful_shop(split()));
        let (_, letters) = back.dead_letters(Version::new(2)).await.unwrap();
        assert_eq!(letters.len(), 1, "{letters:?}");
        bad("good").await.unwrap();
        let recorder = Recorder::of(&engine.client());
        roll_back(&engine, recorder.attach(&engine.client()), careful_shop(split()), 1).await.unwrap();
        assert_eq!(scans(&recorder), 0, "only that item: {:?}", recorder.operations());
        assert!(customers_of(&engine).await["S(\"9\")"].contains("good@d"), "{}", engine.name());
        assert!(kept(&engine).await.is_empty(), "{:?}", kept(&engine).await);
        assert!(back.dead_letters(Version::new(2)).await.unwrap().1.is_empty());
    }
}
