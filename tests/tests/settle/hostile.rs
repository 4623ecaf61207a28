//! Hostile review. Each of these says what should be, and fails: nothing is mended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use migrate_core::error::ErrorKind;
use migrate_core::{Failure, Stop};
use migrate_tests::scenario::{builder, put_customer};
use migrate_tests::seam::{Recorder, Verdict};
use serde::{Deserialize, Serialize};

use super::unlock::hold;
use super::*;

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

/// Sends its letters, then marks the items; one that is bad is put aside, as it may be.
static LETTERS: AtomicUsize = AtomicUsize::new(0);

fn letters() -> Sequence {
    let one = migration(1, "letters", |cx| {
        Box::pin(async move {
            LETTERS.fetch_add(1, Ordering::Relaxed);
            let careful = cx.table::<Customers>().of::<Email>().dead_letter().allow_failures(1);
            careful
                .try_update(|item| match item.email.as_str() {
                    "bad" => Err(Failure::msg("it is bad")),
                    _ => {
                        item.email.make_ascii_lowercase();
                        Ok(())
                    }
                })
                .await?;
            Ok(())
        })
    });
    shop([asking(one)])
}

/// «A migration that sends letters cannot be run again by a machine»; a dry run does not call it. Another try of its dead letters does.
#[tokio::test]
async fn one_that_asks_is_not_called_again_for_its_dead_letters() {
    let engine = TestEngine::embedded();
    up(&engine, shop([])).await.expect("the tables");
    put_customer(&engine.client(), &engine.table("customers"), "1", "bad").await;
    assert_eq!(up(&engine, letters()).await.expect("a run"), Outcome::Done);
    assert_eq!(LETTERS.load(Ordering::Relaxed), 1);
    let again = migrator(&engine, engine.client(), letters()).retry_dead_letters(Version::new(1), NO_WAIT).await;
    let sent = LETTERS.load(Ordering::Relaxed);
    assert_eq!(sent, 1, "the letters went out {sent} times, and nobody was asked: {again:?}");
}

/// «stopped at a safe point: run the same command again, it goes on from here»: the same command is refused.
#[tokio::test(start_paused = true)]
async fn an_unlock_that_was_interrupted_can_be_run_again_as_it_says() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    hold(&engine.client(), &engine.table("migrations")).await;
    let lease = engine.client().update_item().table_name(engine.table("migrations"));
    let lease = lease.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
    let lease = lease.update_expression("SET lease_ms = :ms");
    lease.expression_attribute_values(":ms", AttributeValue::N("30000".to_owned())).send().await.expect("an edit");
    let stop = Stop::default();
    let operator = builder(&engine, engine.client(), shop([counted(1)])).stop(stop.clone()).build().expect("a migrator");
    let ctrl_c = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(3)).await;
        stop.request();
    });
    let error = operator.unlock(1, WHY).await.expect_err("interrupted");
    ctrl_c.await.expect("no panic");
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    let says = error.help().join("\n");
    assert!(says.contains("run the same command again: it goes on from here"), "{says}");
    let again = migrator(&engine, engine.client(), shop([counted(1)])).unlock(1, WHY).await;
    if let Err(error) = again {
        panic!("it said «{says}»; the same command again: {error:?}");
    }
}

/// A function that is cut off at a deadline leaves its lock to run out, since a request of it may be on its way; one that is cut off because
/// its beats stay away gives the lock back at once.
#[tokio::test(start_paused = true)]
async fn a_function_that_was_cut_off_by_silence_leaves_its_lock_to_run_out() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let silent = Arc::new(AtomicBool::new(true));
    let recorder = Recorder::of(&engine.client()).failing({
        let silent = silent.clone();
        move |call| {
            let is_beat = call.operation == "UpdateItem" && String::from_utf8_lossy(&call.body).contains("SET beat");
            if is_beat && silent.load(Ordering::Relaxed) { Verdict::ResetBefore } else { Verdict::Pass }
        }
    });
    let waits = migration(2, "waits", |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(())
        })
    });
    let begun = tokio::time::Instant::now();
    let error = migrator(&engine, recorder.attach(&engine.client()), shop([counted(1), waits])).up(Options::default()).await;
    assert_eq!(error.expect_err("its lease is over").kind(), ErrorKind::LockLost);
    // The next one gets it at once, ten seconds before the lease of the one that was cut off in the middle is over.
    up(&engine, shop([counted(1), counted(2)])).await.expect("the next");
    assert!(begun.elapsed() >= Duration::from_secs(30), "the next holder began after {:?}", begun.elapsed());
}

static BEFORE_THE_PANIC: AtomicUsize = AtomicUsize::new(0);

/// «One that returned an error ended.» One that panicked in the middle of its letters returned nothing.
#[tokio::test]
async fn one_that_asks_and_panicked_half_way_is_not_called_again_unasked() {
    let engine = TestEngine::embedded();
    let code = || {
        shop([asking(migration(1, "letters", |_| {
            Box::pin(async {
                BEFORE_THE_PANIC.fetch_add(1, Ordering::Relaxed);
                panic!("the 600th address has no street");
            })
        }))])
    };
    up(&engine, code()).await.expect_err("it panics");
    let again = up(&engine, code()).await.expect_err("it asks, or panics again");
    assert_eq!((BEFORE_THE_PANIC.load(Ordering::Relaxed), again.kind()), (1, ErrorKind::Unsettled), "{again}");
}

/// The same clean-up once more, as migration 2: a binary that has only the first is told that its own was given another number.
#[tokio::test]
async fn a_newer_migration_with_the_text_of_an_older_one_is_no_renumbered_one() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1), counted(2)])).await.expect("the newer one");
    let older = up(&engine, shop([counted(1)])).await;
    assert!(matches!(older, Ok(Outcome::Ahead(_))), "{older:?}");
}
