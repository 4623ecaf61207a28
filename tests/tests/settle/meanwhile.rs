//! What a person saw before the lock was theirs is no longer so when it is: nothing is recorded over what came between.

use std::time::Duration;

use migrate_core::Error;
use migrate_core::error::ErrorKind;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Resolution;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{migration, migrator, words};

use super::{WHY, applied, count, counted, reblessed, records, rolled_back, runs, shop, up};

const PATIENT: Duration = Duration::from_secs(600);

/// It takes its time.
fn slow(number: u32) -> &'static mut MigrationEntry {
    migration(number, "slow", |cx| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(60)).await;
            count(cx).await.map_err(Into::into)
        })
    })
}

/// It takes its time, and fails.
fn fails(number: u32) -> &'static mut MigrationEntry {
    migration(number, "slow", |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Err("the printer is on fire".into())
        })
    })
}

/// Says it while a run of `code` is at work on migration 2. What came of it, and whether the history is as the run left it.
async fn said_while_at_work(code: fn() -> Sequence, says: Sequence, resolution: &Resolution) -> (TestEngine, Error) {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let working = migrator(&engine, engine.client(), code());
    let working = tokio::spawn(async move { working.up(Options::default()).await.map(|report| report.outcome) });
    tokio::time::sleep(Duration::from_secs(10)).await;
    let operator = migrator(&engine, engine.client(), says);
    let error = operator.resolve(resolution, WHY, PATIENT).await.expect_err("it is not as it was seen");
    drop(working.await.expect("no panic"));
    let history = words(&records(&engine).await);
    assert!(!history.iter().any(|text| text.contains(WHY)), "{error}: {history:?}");
    (engine, error)
}

#[tokio::test(start_paused = true)]
async fn one_that_was_applied_while_the_lock_was_waited_for_does_not_count_as_rolled_back() {
    let code = || shop([counted(1), slow(2)]);
    let (engine, error) = said_while_at_work(code, code(), &rolled_back(2)).await;
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    let text = error.to_string();
    for part in
        ["migration 0002 slow", "nothing was recorded", "it was applied, at 20", "it was begun and did not end", "(process "]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(error.help().join("\n").contains("`migrate status`"), "{:?}", error.help());
    assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::NothingToDo);
    assert_eq!(runs(&engine).await, [(1, 1), (2, 1)].into(), "it did not run again");
}

#[tokio::test(start_paused = true)]
async fn no_form_is_recorded_over_what_came_meanwhile() {
    let good = || shop([counted(1), slow(2)]);
    let bad = || shop([counted(1), fails(2)]);
    let edited = || {
        let entry = slow(2);
        entry.meta.fingerprint = "text-9";
        shop([counted(1), entry])
    };
    // One that is settled says so itself; one that failed is a weaker ground than one that was begun, or a stronger one.
    for (code, says, resolution, kind) in [
        (good as fn() -> Sequence, good(), applied(2), ErrorKind::Usage),
        (bad, good(), applied(2), ErrorKind::StalePlan),
        (bad, good(), rolled_back(2), ErrorKind::StalePlan),
        (good, edited(), reblessed(2), ErrorKind::StalePlan),
    ] {
        let (_, error) = said_while_at_work(code, says, &resolution).await;
        assert_eq!(error.kind(), kind, "{resolution:?}: {error:?}");
        let text = format!("{error}\n{}", error.help().join("\n"));
        assert!(text.contains("nothing was recorded") && text.contains("`migrate status`"), "{resolution:?}: {text}");
    }
}

/// A person thinks before they say yes, and the lock is free again by then.
#[tokio::test(start_paused = true)]
async fn what_was_shown_counts_and_not_what_stood_when_it_was_said() {
    let engine = TestEngine::embedded();
    let code = || shop([counted(1), counted(2)]);
    up(&engine, code()).await.expect("a first run");
    let operator = migrator(&engine, engine.client(), code());
    let shown = operator.plan_resolve(&rolled_back(1), WHY).await.expect("a settlement");
    assert_eq!(shown.behind.len(), 1);
    operator.resolve(&rolled_back(2), WHY, Duration::ZERO).await.expect("a record");
    let before = records(&engine).await.len();
    let error = operator.resolve_as_shown(&shown, &rolled_back(1), WHY, Duration::ZERO).await.expect_err("other consequences");
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    let why = "what follows from it is not the same meanwhile: of those behind stay as they are none (before: 0002 counted)";
    assert!(error.to_string().ends_with(why), "{error}");
    assert_eq!(records(&engine).await.len(), before);
    let shown = operator.plan_resolve(&rolled_back(1), WHY).await.expect("a settlement");
    operator.resolve_as_shown(&shown, &rolled_back(1), WHY, Duration::ZERO).await.expect("a record");
}
