//! A run beside somebody who holds the lock and is at work: a plan without what they may be at work on is empty, and proves nothing. What is to be
//! done is judged when they are done or gone.

use std::time::Duration;

use migrate_core::Error;
use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, Outcome, RollbackOptions};
use migrate_core::registry::{MigrationEntry, RunFn, Sequence};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{migration, migrator, rollback};
use migrate_tests::seam::Recorder;
use tokio::task::JoinHandle;

use super::{asking, counted, runs, shop, up};

const A_MINUTE: RunFn = |_| {
    Box::pin(async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    })
};

const FAILS_LATE: RunFn = |_| {
    Box::pin(async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Err("the printer is on fire".into())
    })
};

/// A newer binary, which takes its last migration back like that.
fn newer(back: RunFn) -> Sequence {
    let later = |number, name| migration(number, name, |_| Box::pin(async { Ok(()) }));
    let backs = [&*rollback(2, |_| Box::pin(async { Ok(()) })), &*rollback(3, back)];
    shop([counted(1), later(2, "later"), later(3, "last")]).with_rollbacks(backs)
}

/// One that ends with the first.
fn older() -> Sequence {
    shop([counted(1)])
}

/// A newer binary is at work on taking all behind `to` back, and holds the lock for most of a minute more.
async fn taking_back(engine: &TestEngine, back: RunFn, to: u32) -> JoinHandle<Result<(), Error>> {
    up(engine, newer(back)).await.expect("the newer one");
    assert!(matches!(up(engine, older()).await.expect("the older one"), Outcome::Ahead(_)));
    let newer = migrator(engine, engine.client(), newer(back));
    let newer = async move { newer.rollback(Version::new(to), RollbackOptions::default()).await.map(drop) };
    let working = tokio::spawn(newer);
    tokio::time::sleep(Duration::from_secs(12)).await;
    working
}

fn hurried() -> Options {
    Options { lock_wait: Duration::ZERO, ..Options::default() }
}

#[tokio::test(start_paused = true)]
async fn an_older_binary_waits_for_a_newer_one_that_takes_back() {
    let engine = TestEngine::embedded();
    let working = taking_back(&engine, A_MINUTE, 1).await;
    let recorder = Recorder::of(&engine.client());
    let error = migrator(&engine, recorder.attach(&engine.client()), older()).up(hurried()).await.expect_err("nobody knows yet");
    assert_eq!((error.kind(), recorder.writes().len()), (ErrorKind::LockHeld, 0), "{error:?}");
    // Only when all is taken back it is the older one's own state.
    let patient = up(&engine, older()).await.expect("it waits");
    assert!(working.is_finished(), "before that nobody knows");
    working.await.expect("no panic").expect("it is taken back");
    assert_eq!(patient, Outcome::NothingToDo);
    assert_eq!(up(&engine, older()).await.expect("a run"), Outcome::NothingToDo, "what it says without a holder");
}

#[tokio::test(start_paused = true)]
async fn an_older_binary_is_refused_when_the_newer_one_could_not_take_back() {
    let engine = TestEngine::embedded();
    let working = taking_back(&engine, FAILS_LATE, 1).await;
    let error = up(&engine, older()).await.expect_err("a person must say");
    working.await.expect("no panic").expect_err("fire");
    assert_eq!(error.kind(), ErrorKind::Unsettled, "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn an_older_binary_is_still_behind_when_the_newer_one_took_back_a_part() {
    let engine = TestEngine::embedded();
    let working = taking_back(&engine, A_MINUTE, 2).await;
    let patient = up(&engine, older()).await.expect("it waits");
    working.await.expect("no panic").expect("it is taken back");
    assert!(matches!(&patient, Outcome::Ahead(ahead) if ahead.database == Version::new(2)), "{patient:?}");
}

/// It does that, and asks where it was interrupted.
fn asks(run: RunFn) -> &'static mut MigrationEntry {
    asking(migration(2, "asks", run))
}

/// `up --to 1`, where 1 is applied and somebody is at work on 2.
#[tokio::test(start_paused = true)]
async fn a_run_below_one_that_asks_and_is_at_work_waits_for_it() {
    let engine = TestEngine::embedded();
    up(&engine, older()).await.expect("a first run");
    let code = || shop([counted(1), asks(A_MINUTE)]);
    let working = migrator(&engine, engine.client(), code());
    let working = tokio::spawn(async move { working.up(Options::default()).await.map(|report| report.outcome) });
    tokio::time::sleep(Duration::from_secs(12)).await;
    let below = |options| Options { to: Some(Version::new(1)), ..options };
    let beside = migrator(&engine, engine.client(), code());
    let error = beside.up(below(hurried())).await.expect_err("nobody knows yet");
    assert_eq!(error.kind(), ErrorKind::LockHeld, "{error:?}");
    let prepared = beside.prepare(below(Options::default())).await.expect("a plan").patient().patient();
    assert!(prepared.plan().is_empty() && prepared.plan().refusals.is_empty(), "{:?}", prepared.plan());
    assert!(prepared.takes_lock() && prepared.plan().notices[0].what.contains("may be at work on it"));
    assert_eq!(prepared.apply().await.expect("it waits").outcome, Outcome::NothingToDo);
    assert!(working.is_finished(), "before that nobody knows");
    assert_eq!(working.await.expect("no panic").expect("a run"), Outcome::Done);
    assert_eq!(runs(&engine).await, [(1, 1)].into());
}
