//! A migration that asks where it was interrupted: nothing is done before a person said how it stands, and nobody is asked who can wait instead.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use migrate_core::error::ErrorKind;
use migrate_core::migration::OnInterrupt;
use migrate_core::migrator::{DryRun, Options, Outcome, TriedEnd};
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::{Error, Migrator, Stop};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, migration, migrator, put_customer};
use migrate_tests::seam::{Recorder, Verdict};

use super::{applied, asking, count, counted, records, resolve, rolled_back, runs, shop, up};

/// It takes its time, and asks.
fn slow(number: u32) -> &'static mut MigrationEntry {
    asking(migration(number, "slow", |cx| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(90)).await;
            count(cx).await.map_err(Into::into)
        })
    }))
}

fn code() -> Sequence {
    shop([counted(1), asking(counted(2)), counted(3)])
}

/// A run of 2 is killed before its one write.
async fn killed(engine: &TestEngine) {
    up(engine, shop([counted(1)])).await.expect("a first run");
    let table = engine.table("customers");
    let recorder = Recorder::of(&engine.client()).failing(move |call| {
        let counts = call.operation == "UpdateItem" && call.json()["TableName"] == table.as_str();
        if counts { Verdict::HangBefore } else { Verdict::Pass }
    });
    let dies = migrator(engine, recorder.attach(&engine.client()), code());
    tokio::select! {
        outcome = dies.up(Options::default()) => panic!("should hang: {outcome:?}"),
        () = recorder.hung() => {}
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_was_killed_is_not_run_again_before_it_is_settled() {
    for (resolution, wanted) in [(rolled_back(2), vec![(1, 1), (2, 1), (3, 1)]), (applied(2), vec![(1, 1), (3, 1)])] {
        let engine = TestEngine::embedded();
        killed(&engine).await;
        let before = records(&engine).await.len();
        let today = migrator(&engine, engine.client(), code());
        let plan = today.plan(Options::default()).await.expect("a plan");
        assert_eq!(plan.refusals.iter().map(|refusal| refusal.kind).collect::<Vec<_>>(), [ErrorKind::Unsettled]);
        assert!(plan.refusals[0].recipe.join("\n").contains("still at work on it"), "as far as a look can tell: {plan:?}");
        for _ in 0..2 {
            let error = up(&engine, code()).await.expect_err("a person must say");
            assert_eq!(error.kind(), ErrorKind::Unsettled, "{error:?}");
            assert!(error.to_string().contains("migration 0002 counted was begun at 20"), "{error}");
            assert!(error.to_string().contains("(process "), "by whom: {error}");
            let help = error.help().join("\n");
            assert!(help.contains("`migrate resolve --applied 2 --reason TEXT`"), "{help}");
            assert!(help.contains("`migrate resolve --rolled-back 2 --reason TEXT`"), "{help}");
            assert!(!help.contains("still at work"), "this run took the lock over itself, and gave it back: {help}");
        }
        assert_eq!(records(&engine).await.len(), before, "nothing was recorded");
        assert_eq!(runs(&engine).await, [(1, 1)].into(), "nothing ran");
        let status = today.status().await.expect("a status");
        assert_eq!(status.migrations.iter().map(|row| row.unsettled).collect::<Vec<_>>(), [false, true, false]);
        resolve(&engine, engine.client(), code(), &resolution).await.expect("a record");
        assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::Done);
        assert_eq!(runs(&engine).await, wanted.into_iter().collect());
        assert!(!today.status().await.expect("a status").migrations.iter().any(|row| row.unsettled));
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_at_work_is_waited_for() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let code = || shop([counted(1), slow(2)]);
    let working = migrator(&engine, engine.client(), code());
    let working = tokio::spawn(async move { working.up(Options::default()).await.map(|report| report.outcome) });
    tokio::time::sleep(Duration::from_secs(10)).await;
    let beside = migrator(&engine, engine.client(), code());
    // Whoever only looks is told; whoever runs waits.
    assert_eq!(beside.plan(Options::default()).await.expect("a plan").refusals[0].kind, ErrorKind::Unsettled);
    let prepared = beside.prepare(Options::default()).await.expect("a plan").patient();
    assert!(prepared.plan().refusals.is_empty() && prepared.plan().notices[0].what.contains("may be at work on it"));
    assert_eq!(up(&engine, code()).await.expect("it waits").clone(), Outcome::NothingToDo);
    assert_eq!(working.await.expect("no panic").expect("a run"), Outcome::Done);
    assert_eq!(runs(&engine).await, [(1, 1), (2, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn one_that_was_asked_to_stop_asks_too() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let stop = Stop::default();
    let code = || shop([counted(1), slow(2)]);
    let prefix = migrate_core::schema::Prefix::new(engine.prefix()).expect("a prefix");
    let builder =
        Migrator::builder(code(), engine.client()).prefix(prefix).local_engine().beat_on_callers_runtime().stop(stop.clone());
    let stopped = builder.build().expect("a migrator");
    let asked = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        stop.request();
        std::future::pending::<()>().await;
    };
    let error = tokio::select! {
        outcome = stopped.up(Options::default()) => outcome.expect_err("it was stopped"),
        () = asked => unreachable!("it never ends"),
    };
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.to_string().contains("came to no safe point within 10 s and was cut off"), "{error}");
    to_be_settled(&error);
    assert_eq!(up(&engine, code()).await.expect_err("it asks").kind(), ErrorKind::Unsettled);
}

#[track_caller]
fn to_be_settled(error: &Error) {
    let (text, help) = (error.to_string(), error.help().join("\n"));
    assert!(text.contains("migration 0002 slow says `on_interrupt = ask`: the next `up` asks"), "{text}");
    assert!(help.contains("`migrate resolve --applied 2") && help.contains("`migrate resolve --rolled-back 2"), "{help}");
    assert!(!help.contains("same command again"), "that would be refused: {help}");
}

/// «Incomplete, run it again» would send a pipeline into a refusal.
#[tokio::test(start_paused = true)]
async fn one_that_a_deadline_cuts_off_is_no_mere_rest_for_the_next_run() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let options = || Options { deadline: Some(Duration::from_secs(5)), ..Options::default() };
    let asks = migrator(&engine, engine.client(), shop([counted(1), slow(2)]));
    let error = asks.up(options()).await.expect_err("a person must say");
    assert_eq!(error.kind(), ErrorKind::Unsettled, "{error:?}");
    assert!(error.to_string().contains("the deadline has passed"), "{error}");
    to_be_settled(&error);
    // Any other is begun again by whoever runs next.
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let goes_on = slow(2);
    goes_on.meta.on_interrupt = OnInterrupt::Run;
    let code = shop([counted(1), goes_on]);
    let report = migrator(&engine, engine.client(), code.clone()).up(options()).await.expect("a part of a run");
    let Outcome::Incomplete { why } = &report.outcome else { panic!("{report:?}") };
    assert!(why.contains("the deadline has passed; migration 0002 slow came to no safe point"), "{why}");
    assert_eq!(report.waiting.len(), 1);
    assert_eq!(up(&engine, code).await.expect("a run"), Outcome::Done);
}

/// A dry run can hold back what a function writes to tables, and nothing else that it does.
#[tokio::test]
async fn a_dry_run_does_not_call_it() {
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let sends = |number| {
        migration(number, "sends", |_| {
            Box::pin(async {
                CALLED.fetch_add(1, Ordering::Relaxed);
                Ok(())
            })
        })
    };
    let code = shop([counted(1), asking(sends(2)), sends(3)]);
    let tried = migrator(&engine, engine.client(), code).dry_run(Options::default(), DryRun::default()).await.expect("a try");
    let ends: Vec<_> = tried.migrations.iter().map(|tried| tried.end.clone()).collect();
    assert_eq!((ends, CALLED.load(Ordering::Relaxed)), (vec![TriedEnd::Asks, TriedEnd::Whole], 1));
    assert!(!tried.has_failed());
}

/// A dry run that is stopped in a function's own code has no lock to leave.
#[tokio::test(start_paused = true)]
async fn a_dry_run_that_is_cut_off_speaks_of_no_lock() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let runs = slow(2);
    runs.meta.on_interrupt = OnInterrupt::Run;
    let options = Options { deadline: Some(Duration::from_secs(5)), ..Options::default() };
    let tries = migrator(&engine, engine.client(), shop([counted(1), runs]));
    let error = tries.dry_run(options, DryRun::default()).await.expect_err("it is late");
    let text = error.to_string();
    assert!(text.contains("was cut off where it stood") && !text.contains("lock"), "{text}");
}

/// What comes behind one that was not called may lack what that one does: it is not called failed.
#[tokio::test]
async fn what_is_behind_one_that_asks_is_not_called_failed_in_a_dry_run() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Domain {
        domain: String,
    }
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let needs = migration(3, "needs", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Domain>().update(|item| item.domain.make_ascii_lowercase()).await?;
            Ok(())
        })
    });
    put_customer(&engine.client(), &engine.table("customers"), "1", "A@X").await;
    let tries = migrator(&engine, engine.client(), shop([counted(1), asking(counted(2)), needs]));
    let tried = tries.dry_run(Options::default(), DryRun::default()).await.expect("a try");
    let TriedEnd::Behind { behind, .. } = &tried.migrations[1].end else { panic!("{:?}", tried.migrations[1].end) };
    assert_eq!(behind.len(), 1);
    assert!(!tried.has_failed());
}

/// One that returned an error said that it is over. One that panicked in the middle of its letters said nothing.
#[tokio::test]
async fn one_that_panicked_is_not_called_again_unasked() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let engine = TestEngine::embedded();
    let code = || {
        shop([asking(migration(1, "letters", |_| {
            Box::pin(async {
                CALLS.fetch_add(1, Ordering::Relaxed);
                panic!("the 600th address has no street");
            })
        }))])
    };
    let panicked = up(&engine, code()).await.expect_err("it panics");
    assert_eq!(panicked.kind(), ErrorKind::MigrationPanicked);
    let says = panicked.to_string();
    assert!(says.contains("the 600th address has no street") && says.contains("the next `up` asks"), "{says}");
    assert!(panicked.help().join("\n").contains("`migrate resolve --applied 1 --reason TEXT`"), "{panicked:?}");
    let again = up(&engine, code()).await.expect_err("it asks");
    assert_eq!((CALLS.load(Ordering::Relaxed), again.kind()), (1, ErrorKind::Unsettled), "{again}");
}
