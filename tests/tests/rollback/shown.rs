//! What somebody saw and agreed to is taken back, and nothing that came between: neither while they thought nor while the lock was waited for.

use std::ops::RangeInclusive;
use std::time::Duration;

use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::Outcome;
use migrate_core::registry::RollbackEntry;
use migrate_tests::scenario::{customers, migration, migrator, rollback, sequence};

use super::*;

/// Migrations of these numbers that take a minute each, and the way back.
fn slow(numbers: RangeInclusive<u32>) -> Sequence {
    let there = |number| {
        migration(number, "slow", |_| {
            Box::pin(async {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Ok(())
            })
        })
    };
    sequence([customers()], numbers.clone().map(there)).with_rollbacks(backs(numbers))
}

/// The same that take no time.
fn quick(numbers: RangeInclusive<u32>) -> Sequence {
    let there = |number| migration(number, "slow", |_| Box::pin(async { Ok(()) }));
    sequence([customers()], numbers.clone().map(there)).with_rollbacks(backs(numbers))
}

fn backs(numbers: RangeInclusive<u32>) -> Vec<&'static RollbackEntry> {
    numbers.map(|number| &*rollback(number, |_| Box::pin(async { Ok(()) }))).collect()
}

fn taken(report: &RollbackReport) -> Vec<u32> {
    report.migrations.iter().map(|one| one.migration.version.get()).collect()
}

#[track_caller]
fn names_the_third(error: &migrate_core::Error) {
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    let text = format!("{error}\n{}", error.help().join("\n"));
    for part in [
        "nothing was taken back, since more would be than was shown: migration 0003 slow came between: it was applied, at 20",
        "look again with `migrate status`",
        "say `migrate rollback --to 1` again",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("0002"), "that one was shown: {text}");
}

/// A person thinks before they say yes, and the lock is free again by then.
#[tokio::test]
async fn no_more_is_taken_back_than_was_shown() {
    for engine in TestEngine::all() {
        up(&engine, quick(1..=2)).await;
        let operator = migrator(&engine, engine.client(), quick(1..=3));
        let shown = operator.plan_rollback(Version::new(1), &RollbackOptions::default()).await.expect("a plan");
        assert_eq!(shown.migrations.len(), 1, "number 2 alone");
        up(&engine, quick(1..=3)).await;
        let before = operator.history().await.expect("a history").len();
        let error = operator.rollback_as_shown(&shown, RollbackOptions::default()).await.expect_err("number 3 was not shown");
        names_the_third(&error);
        assert_eq!(operator.history().await.expect("a history").len(), before, "nothing was recorded");
        assert_eq!(states(&engine, quick(1..=3)).await, ["Applied"; 3]);
        // Whoever looks again sees both.
        let shown = operator.plan_rollback(Version::new(1), &RollbackOptions::default()).await.expect("a plan");
        let done = operator.rollback_as_shown(&shown, RollbackOptions::default()).await.expect("a rollback");
        assert_eq!((taken(&done), done.outcome), (vec![3, 2], Outcome::Done));
    }
}

/// Without anybody who is asked, as in CI: what was there when it was said counts.
#[tokio::test(start_paused = true)]
async fn what_is_applied_while_the_lock_is_waited_for_is_not_taken_back() {
    let engine = TestEngine::embedded();
    up(&engine, quick(1..=1)).await;
    let working = migrator(&engine, engine.client(), slow(1..=3));
    let working = tokio::spawn(async move { working.up(Options::default()).await });
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(states(&engine, slow(1..=3)).await, ["Applied", "Started", "Pending"]);
    let error = roll_back(&engine, engine.client(), slow(1..=3), 1).await.expect_err("number 3 came between");
    working.await.expect("no panic").expect("a run");
    names_the_third(&error);
    assert_eq!(states(&engine, slow(1..=3)).await, ["Applied"; 3]);
    assert_eq!(taken(&roll_back(&engine, engine.client(), slow(1..=3), 1).await.expect("a rollback")), [3, 2]);
}

/// Two say it at once: the second takes back what the first has left of it, which may be nothing.
#[tokio::test]
async fn fewer_than_were_shown_are_taken_back() {
    for engine in TestEngine::all() {
        for (first, left, outcome) in [(2, vec![2], Outcome::Done), (1, vec![], Outcome::NothingToDo)] {
            up(&engine, quick(1..=3)).await;
            let second = migrator(&engine, engine.client(), quick(1..=3));
            let shown = second.plan_rollback(Version::new(1), &RollbackOptions::default()).await.expect("a plan");
            assert_eq!(shown.migrations.len(), 2);
            roll_back(&engine, engine.client(), quick(1..=3), first).await.expect("the first");
            let done = second.rollback_as_shown(&shown, RollbackOptions::default()).await.expect("the second");
            assert_eq!((taken(&done), &done.outcome, done.left.len()), (left, &outcome, 0), "{}", engine.name());
            assert_eq!(states(&engine, quick(1..=3)).await, ["Applied", "RolledBack", "RolledBack"]);
        }
    }
}
