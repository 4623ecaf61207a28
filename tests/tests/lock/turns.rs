//! Who holds the lock, who waits for it, who takes it over.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::event::Event;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::{ErrorKind, Failure, Stop};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, builder, items, migration, migrator, put_customer, words};
use migrate_tests::seam::{Recorder, Verdict};

use super::{edit_lock, held, listening, nothing, shop, shop_and};

#[tokio::test(start_paused = true)]
async fn a_holder_that_stands_still_is_replaced_after_its_lease() {
    let engine = TestEngine::embedded();
    held(&engine).await;
    let (next, events) = listening(&engine, engine.client(), shop_and(nothing(2)));
    let begun = tokio::time::Instant::now();
    let options = Options { lock_wait: Duration::ZERO, ..Options::default() };
    assert_eq!(next.up(options).await.expect("a run").outcome, Outcome::Done);
    assert!(begun.elapsed() >= Duration::from_secs(30), "not before its lease is over: {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(32), "within two seconds of it: {:?}", begun.elapsed());
    let events = events.lock().unwrap();
    let waited =
        events.iter().any(|event| matches!(event, Event::WaitingForLock { lock } if lock.doing == "migration 0007 slow"));
    let taken =
        events.iter().any(|event| matches!(event, Event::LockTaken { epoch: 2, over_from: Some(lock) } if lock.epoch == 1));
    assert!(waited && taken, "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_is_alive_is_waited_for_and_then_named() {
    let engine = TestEngine::embedded();
    let table = held(&engine).await;
    let client = engine.client();
    let alive = tokio::spawn(async move {
        for beat in 1_u32.. {
            tokio::time::sleep(Duration::from_secs(5)).await;
            edit_lock(&client, &table, "SET beat = :beat", &[(":beat", AttributeValue::N(beat.to_string()))]).await;
        }
    });
    let options = |seconds| Options { lock_wait: Duration::from_secs(seconds), ..Options::default() };
    let begun = tokio::time::Instant::now();
    let error = migrator(&engine, engine.client(), shop_and(nothing(2))).up(options(60)).await.expect_err("it is held");
    assert_eq!(error.kind(), ErrorKind::LockHeld);
    assert!(
        error.to_string().contains("holds the lock since 20") && error.to_string().contains("migration 0007 slow"),
        "{error}"
    );
    assert!((60..65).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    // With nothing to do nobody asks for the lock.
    let idle = migrator(&engine, engine.client(), shop()).up(options(0)).await.expect("nothing to do");
    assert_eq!(idle.outcome, Outcome::NothingToDo);
    alive.abort();
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_beats_and_then_dies_is_replaced_however_short_the_wait() {
    let engine = TestEngine::embedded();
    let table = held(&engine).await;
    let client = engine.client();
    let dies = tokio::spawn(async move {
        for beat in 1..=3 {
            tokio::time::sleep(Duration::from_secs(5)).await;
            edit_lock(&client, &table, "SET beat = :beat", &[(":beat", AttributeValue::N(beat.to_string()))]).await;
        }
    });
    let begun = tokio::time::Instant::now();
    let options = Options { lock_wait: Duration::from_secs(20), ..Options::default() };
    let report = migrator(&engine, engine.client(), shop_and(nothing(2))).up(options).await.expect("a run");
    dies.await.expect("three beats");
    assert_eq!(report.outcome, Outcome::Done);
    assert!((45..48).contains(&begun.elapsed().as_secs()), "a lease after its last beat: {:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn eight_runners_at_once_run_each_migration_once() {
    let engine = TestEngine::embedded();
    let slow = || {
        migration(2, "count", |cx| {
            Box::pin(async move {
                let add = cx
                    .client()
                    .update_item()
                    .table_name(cx.table_name::<Customers>())
                    .key("id", AttributeValue::S("runs".into()));
                let add =
                    add.update_expression("ADD runs :one").expression_attribute_values(":one", AttributeValue::N("1".into()));
                add.send().await.map_err(Failure::from)?;
                tokio::time::sleep(Duration::from_secs(90)).await;
                Ok(())
            })
        })
    };
    let runners = (0..8).map(|_| {
        let migrator = migrator(&engine, engine.client(), shop_and(slow()));
        tokio::spawn(async move { migrator.up(Options::default()).await.map(|report| report.outcome) })
    });
    let mut did = 0;
    for runner in runners.collect::<Vec<_>>() {
        let outcome = runner.await.expect("no panic").expect("a run");
        did += usize::from(outcome == Outcome::Done);
    }
    assert_eq!(did, 1, "one did it, the others found nothing left");
    let found = items(&engine.client(), &engine.table("customers")).await;
    assert!(found.values().all(|item| item.contains("\"runs\": N(\"1\")")), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn a_runner_that_was_replaced_changes_nothing_any_more() {
    let engine = TestEngine::embedded();
    let steals = migration(2, "paused", |cx| {
        Box::pin(async move {
            // While this runner is paused, another one takes the lock over.
            let management = cx.table_name::<Customers>().replace("customers", "migrations");
            let client = Client::from_conf(cx.client().config().clone());
            edit_lock(&client, &management, "SET epoch = epoch + :one", &[(":one", AttributeValue::N("1".into()))]).await;
            tokio::time::sleep(Duration::from_secs(6)).await;
            let put =
                cx.client().put_item().table_name(cx.table_name::<Customers>()).item("id", AttributeValue::S("late".into()));
            put.send().await.map_err(Failure::from)?;
            Ok(())
        })
    });
    let error = migrator(&engine, engine.client(), shop_and(steals)).up(Options::default()).await.expect_err("the lock is lost");
    assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
    let found = items(&engine.client(), &engine.table("customers")).await;
    assert!(found.is_empty(), "a late write went through: {found:?}");
    let history = migrator(&engine, engine.client(), shop()).history().await.unwrap();
    assert_eq!(words(&history).last().unwrap(), "started migration 0002 paused", "nothing is recorded without the lock");
}

#[tokio::test(start_paused = true)]
async fn a_record_needs_the_epoch_even_between_two_beats() {
    let engine = TestEngine::embedded();
    let steals = migration(2, "quick", |cx| {
        Box::pin(async move {
            let management = cx.table_name::<Customers>().replace("customers", "migrations");
            edit_lock(cx.client(), &management, "SET epoch = epoch + :one", &[(":one", AttributeValue::N("1".into()))]).await;
            Ok(())
        })
    });
    let error = migrator(&engine, engine.client(), shop_and(steals)).up(Options::default()).await.expect_err("the lock is lost");
    assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
    let history = migrator(&engine, engine.client(), shop()).history().await.unwrap();
    assert_eq!(words(&history).last().unwrap(), "started migration 0002 quick");
}

#[tokio::test(start_paused = true)]
async fn a_runner_whose_beats_do_not_arrive_stops_itself() {
    let engine = TestEngine::embedded();
    let cut_off = Arc::new(Mutex::new(false));
    let switch = cut_off.clone();
    // Beats are the only updates of the management table.
    let recorder = Recorder::of(&engine.client()).failing(move |call| {
        let beat =
            call.operation == "UpdateItem" && call.json()["TableName"].as_str().is_some_and(|name| name.ends_with("migrations"));
        if beat && *switch.lock().unwrap() { Verdict::ResetBefore } else { Verdict::Pass }
    });
    let long = migration(2, "long", |cx| {
        Box::pin(async move {
            for second in 0..60 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
                put.item("id", AttributeValue::S(format!("{second:02}"))).send().await.map_err(Failure::from)?;
            }
            Ok(())
        })
    });
    *cut_off.lock().unwrap() = true;
    let error =
        migrator(&engine, recorder.attach(&engine.client()), shop_and(long)).up(Options::default()).await.expect_err("fenced");
    assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
    let written = items(&engine.client(), &engine.table("customers")).await.len();
    assert!((15..20).contains(&written), "it stops itself at two thirds of its lease of 30 s: {written} writes, one a second");
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_is_granted_at_a_safe_point_and_gives_the_lock_back() {
    let engine = TestEngine::embedded();
    let stop = Stop::default();
    let wish = stop.clone();
    let slow = migration(2, "slow", |cx| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            cx.items::<Customers>().update(|_| ()).await.map_err(Failure::from)?;
            Ok(())
        })
    });
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.unwrap();
    put_customer(&engine.client(), &engine.table("customers"), "1", "a@example.com").await;
    let builder = builder(&engine, engine.client(), shop_and(slow)).on_event(move |event| {
        if matches!(event, Event::MigrationStarted { .. }) {
            wish.request();
        }
    });
    let error = builder.stop(stop).build().unwrap().up(Options::default()).await.expect_err("it was asked to stop");
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
    let status = migrator(&engine, engine.client(), shop_and(nothing(2))).status().await.unwrap();
    assert!(status.lock.is_some_and(|lock| lock.released));
    assert!(status.migrations[1].is_open(), "an interruption is no failure");
}

#[tokio::test(start_paused = true)]
async fn one_beat_that_gets_no_answer_does_not_cost_the_lock() {
    let engine = TestEngine::embedded();
    let hangs = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let recorder = Recorder::of(&engine.client()).failing({
        let hangs = hangs.clone();
        move |call| {
            let beat = call.operation == "UpdateItem"
                && call.json()["TableName"].as_str().is_some_and(|name| name.ends_with("migrations"));
            if beat && hangs.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
                Verdict::HangBefore
            } else {
                Verdict::Pass
            }
        }
    });
    let busy = migration(2, "busy", |cx| {
        Box::pin(async move {
            for tenth in 0..400 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
                put.item("id", AttributeValue::S(format!("{tenth:03}"))).send().await.map_err(Failure::from)?;
            }
            Ok(())
        })
    });
    let report = migrator(&engine, recorder.attach(&engine.client()), shop_and(busy)).up(Options::default()).await;
    report.expect("one request that hangs is no lost lock");
    assert!(hangs.load(std::sync::atomic::Ordering::Relaxed) > 1);
}

static LEAKED: Mutex<Option<Client>> = Mutex::new(None);

#[tokio::test(start_paused = true)]
async fn a_client_that_outlives_its_run_writes_nothing_once_the_lock_was_given_back() {
    let engine = TestEngine::embedded();
    let leaks = migration(2, "leaks", |cx| {
        Box::pin(async move {
            *LEAKED.lock().unwrap() = Some(cx.client().clone());
            Ok(())
        })
    });
    migrator(&engine, engine.client(), shop_and(leaks)).up(Options::default()).await.expect("a run");
    let client = LEAKED.lock().unwrap().take().expect("a client");
    // Somebody else may hold the lock by now.
    let late = client.put_item().table_name(engine.table("customers")).item("id", AttributeValue::S("late".into()));
    assert!(late.send().await.is_err(), "a task that the migration left behind still writes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_that_looks_while_another_one_creates_is_not_told_that_the_tables_are_somebody_elses() {
    let engine = TestEngine::embedded();
    let other = Mutex::new(Some(migrator(&engine, engine.client(), shop())));
    let recorder = Recorder::of(&engine.client()).failing(move |call| {
        // The history was read, the tables were not: in between the other runner does everything.
        if call.operation == "DescribeTable"
            && let Some(other) = other.lock().unwrap().take()
        {
            let all = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(other.up(Options::default())).expect("the other run");
            };
            std::thread::spawn(all).join().unwrap();
        }
        Verdict::Pass
    });
    let report = migrator(&engine, recorder.attach(&engine.client()), shop()).up(Options::default()).await;
    report.expect("all is done already");
}

#[tokio::test(start_paused = true)]
async fn two_runs_of_one_migrator_in_one_millisecond_do_not_both_hold_the_lock() {
    static RUNS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    for round in 0..20 {
        let engine = TestEngine::embedded();
        migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
        let counts = migration(2, "counts", |_| {
            Box::pin(async {
                RUNS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(())
            })
        });
        RUNS.store(0, std::sync::atomic::Ordering::Relaxed);
        let migrator = migrator(&engine, engine.client(), shop_and(counts));
        let (one, two) = tokio::join!(migrator.up(Options::default()), migrator.up(Options::default()));
        assert!(one.is_ok() && two.is_ok(), "round {round}: {one:?} {two:?}");
        assert_eq!(RUNS.load(std::sync::atomic::Ordering::Relaxed), 1, "round {round}");
    }
}

/// A record of the holder's is on its way: that is no reason to give up.
#[tokio::test(start_paused = true)]
async fn a_transaction_that_has_the_lock_is_waited_for() {
    let engine = TestEngine::embedded();
    let busy = std::sync::atomic::AtomicUsize::new(3);
    let recorder = Recorder::of(&engine.client()).failing(move |call| {
        let takes = call.operation == "PutItem" && call.json()["Item"]["sk"]["S"] == "lock";
        let is_busy = takes && busy.load(std::sync::atomic::Ordering::Relaxed) > 0;
        if !is_busy {
            return Verdict::Pass;
        }
        busy.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
        let (error_type, message) = ("TransactionConflictException".to_owned(), "not now".to_owned());
        Verdict::Error { status: 400, error_type, message }
    });
    let run = migrator(&engine, recorder.attach(&engine.client()), shop()).up(Options::default()).await.expect("a run");
    assert_eq!(run.outcome, Outcome::Done);
}

/// The SDK asks again and meets the lock that it has taken: nobody waits for that one's lease.
#[tokio::test(start_paused = true)]
async fn a_taking_whose_reply_is_lost_is_known_for_ones_own() {
    let engine = TestEngine::embedded();
    let first = std::sync::atomic::AtomicBool::new(true);
    let recorder = Recorder::of(&engine.client()).failing(move |call| {
        let takes = call.operation == "PutItem" && call.json()["Item"]["sk"]["S"] == "lock";
        if takes && first.swap(false, std::sync::atomic::Ordering::Relaxed) { Verdict::LoseReply } else { Verdict::Pass }
    });
    let begun = tokio::time::Instant::now();
    let (migrator, events) = listening(&engine, recorder.attach(&engine.client()), shop());
    assert_eq!(migrator.up(Options::default()).await.expect("a run").outcome, Outcome::Done);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    let events = events.lock().unwrap();
    assert!(events.iter().any(|event| matches!(event, Event::LockTaken { epoch: 1, over_from: None })), "{events:?}");
}

/// Whoever waits is told who holds it and what they do: once, and again when that is something else.
#[tokio::test(start_paused = true)]
async fn what_the_holder_does_is_told_when_it_changes() {
    let engine = TestEngine::embedded();
    let table = held(&engine).await;
    let client = engine.client();
    let alive = async {
        for beat in 1_u32.. {
            tokio::time::sleep(Duration::from_secs(5)).await;
            let doing = AttributeValue::S(if beat < 5 { "migration 0007 slow" } else { "migration 0008 next" }.into());
            let values = [(":beat", AttributeValue::N(beat.to_string())), (":doing", doing)];
            edit_lock(&client, &table, "SET beat = :beat, doing = :doing", &values).await;
        }
    };
    let (waits, events) = listening(&engine, engine.client(), shop_and(nothing(2)));
    let options = Options { lock_wait: Duration::from_secs(60), ..Options::default() };
    tokio::select! {
        outcome = waits.up(options) => drop(outcome.expect_err("it is held")),
        () = alive => unreachable!("it never ends"),
    }
    let events = events.lock().unwrap();
    let told = events.iter().filter_map(|event| match event {
        Event::WaitingForLock { lock } => Some(lock.doing.as_str()),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["migration 0007 slow", "migration 0008 next"]);
}
