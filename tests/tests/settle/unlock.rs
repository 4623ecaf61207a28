//! The lock is taken from a holder who hangs, by the epoch that was seen: it changes nothing any more, and nobody else loses theirs.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::history::LockInfo;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::MigrationEntry;
use migrate_core::{Failure, Stop};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, builder, items, migration, migrator, words};
use migrate_tests::seam::{Call, Recorder, Verdict};

use super::{WHY, counted, last, records, shop, up};

/// Leaves the lock as a holder has it that is gone or hangs.
pub async fn hold(client: &Client, table: &str) {
    let edit = client.update_item().table_name(table).key("pk", AttributeValue::S("shop".into()));
    let edit =
        edit.key("sk", AttributeValue::S("lock".into())).update_expression("SET released = :no, doing = :doing, lease_ms = :ms");
    let edit = edit.expression_attribute_values(":no", AttributeValue::Bool(false));
    let edit = edit.expression_attribute_values(":doing", AttributeValue::S("migration 0009 hangs".to_owned()));
    edit.expression_attribute_values(":ms", AttributeValue::N("300".to_owned())).send().await.expect("an edit of the lock");
}

async fn edit(client: &Client, table: &str, update: &str, name: &str, value: AttributeValue) {
    let edit = client.update_item().table_name(table).key("pk", AttributeValue::S("shop".into()));
    let edit = edit.key("sk", AttributeValue::S("lock".into())).update_expression(update);
    edit.expression_attribute_values(name, value).send().await.expect("an edit of the lock");
}

/// An engine whose lock is held under epoch 1.
async fn held(engine: &TestEngine) {
    up(engine, shop([counted(1)])).await.expect("a first run");
    hold(&engine.client(), &engine.table("migrations")).await;
}

async fn lock(engine: &TestEngine) -> LockInfo {
    migrator(engine, engine.client(), shop([])).lock().await.expect("a lock").expect("a lock")
}

#[tokio::test]
async fn it_is_taken_recorded_and_given_back() {
    for engine in TestEngine::all() {
        held(&engine).await;
        let operator = migrator(&engine, engine.client(), shop([counted(1)]));
        assert_eq!(operator.plan_unlock(1).await.expect("its holder").doing, "migration 0009 hangs");
        let from = operator.unlock(1, WHY).await.unwrap_or_else(|error| panic!("{}: {error:?}", engine.name()));
        assert_eq!((from.epoch, from.doing.as_str()), (1, "migration 0009 hangs"));
        let (text, who) = last(&engine).await;
        assert_eq!(text, format!("the lock was taken from {}, epoch 1: {WHY}", from.holder.who()));
        let now = lock(&engine).await;
        assert_eq!((now.epoch, now.released, now.holder.who()), (2, true, who), "{}", engine.name());
        assert_eq!(records(&engine).await.last().expect("a record").epoch, 2, "under the new epoch");
        assert_eq!(up(&engine, shop([counted(1), counted(2)])).await.expect("a run"), Outcome::Done);
    }
}

#[tokio::test]
async fn another_epoch_a_free_lock_and_no_reason_are_refused() {
    for engine in TestEngine::all() {
        let recorder = Recorder::of(&engine.client());
        let operator = migrator(&engine, recorder.attach(&engine.client()), shop([counted(1)]));
        let refuses = async |epoch, reason, kind, parts: &[&str]| {
            let error = operator.unlock(epoch, reason).await.expect_err("a refusal");
            assert_eq!(error.kind(), kind, "{error}");
            let text = format!("{error}\n{}", error.help().join("\n"));
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        };
        refuses(1, WHY, ErrorKind::Usage, &["nobody holds the lock"]).await;
        up(&engine, shop([counted(1)])).await.expect("a first run");
        refuses(1, WHY, ErrorKind::Usage, &["epoch 1 was given back"]).await;
        hold(&engine.client(), &engine.table("migrations")).await;
        let who = lock(&engine).await.holder.who();
        refuses(2, WHY, ErrorKind::LockHeld, &["has epoch 1, not 2", &who, "migration 0009 hangs", "`migrate unlock --epoch 1`"])
            .await;
        refuses(1, "\n", ErrorKind::Usage, &["a reason is missing"]).await;
        assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
        assert_eq!((lock(&engine).await.epoch, lock(&engine).await.released), (1, false));
    }
}

/// Hangs for a while, and writes then.
fn hangs(number: u32) -> &'static mut MigrationEntry {
    migration(number, "hangs", |cx| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(60)).await;
            let put =
                cx.client().put_item().table_name(cx.table_name::<Customers>()).item("id", AttributeValue::S("late".into()));
            put.send().await.map_err(Failure::from)?;
            Ok(())
        })
    })
}

#[tokio::test(start_paused = true)]
async fn a_holder_whose_lock_was_taken_changes_nothing_any_more_and_says_so() {
    let engine = TestEngine::embedded();
    up(&engine, shop([counted(1)])).await.expect("a first run");
    let hanging = migrator(&engine, engine.client(), shop([counted(1), hangs(2)]));
    let hanging = tokio::spawn(async move { hanging.up(Options::default()).await });
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(lock(&engine).await.epoch, 2, "it is at work, and beats");
    let begun = tokio::time::Instant::now();
    migrator(&engine, engine.client(), shop([])).unlock(2, WHY).await.expect("it is taken");
    assert!(begun.elapsed() >= Duration::from_secs(30), "until then it may not have noticed: {:?}", begun.elapsed());
    let recorded = words(&records(&engine).await);
    let error = hanging.await.expect("no panic").expect_err("its lock is gone");
    assert_eq!((error.kind(), error.kind().code()), (ErrorKind::LockLost, "M0502"), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("the lock was taken over by") && text.contains("unlock of epoch 2"), "by whom, and what for: {text}");
    let help = error.help().join("\n");
    for part in ["`migrate history`", "run the same command again", "`on_interrupt = ask`"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    assert_eq!(words(&records(&engine).await), recorded, "it recorded nothing, not even its failure");
    assert!(recorded.last().expect("a record").starts_with("the lock was taken from"), "{recorded:?}");
    let found = items(&engine.client(), &engine.table("customers")).await;
    assert!(!found.values().any(|item| item.contains("late")), "{found:?}");
    assert!(lock(&engine).await.released);
    assert_eq!(up(&engine, shop([counted(1), counted(2)])).await.expect("a run"), Outcome::Done);
}

fn of_lock(call: &Call) -> bool {
    call.operation == "PutItem" && call.json()["Item"]["sk"]["S"] == "lock"
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_lost_is_found_out() {
    let unreachable: fn(&Call) -> Verdict = |call| if of_lock(call) { Verdict::LoseReply } else { Verdict::Pass };
    let once: fn(&Call) -> Verdict = {
        |call| match of_lock(call) && call.json()["Item"]["epoch"]["N"] == "2" {
            true => Verdict::ErrorAfter,
            false => Verdict::Pass,
        }
    };
    for judge in [unreachable, once] {
        let engine = TestEngine::embedded();
        held(&engine).await;
        let recorder = Recorder::of(&engine.client()).failing(judge);
        let operator = migrator(&engine, recorder.attach(&engine.client()), shop([]));
        operator.unlock(1, WHY).await.expect("it was taken, though no reply ever said so");
        let lock = lock(&engine).await;
        assert_eq!((lock.epoch, lock.released), (2, true), "once");
        assert!(last(&engine).await.0.starts_with("the lock was taken from"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_who_is_done_or_another_one_meanwhile_loses_nothing() {
    // What is seen is older than what is there, in every look before the compare-and-set.
    let (yes, number) = (AttributeValue::Bool(true), |n: &str| AttributeValue::N(n.to_owned()));
    let (released, epoch) = ("\"released\":{\"BOOL\":false}", "\"epoch\":{\"N\":\"1\"}");
    let cases = [
        ("released", yes, "\"released\":{\"BOOL\":true}", released, Verdict::Pass, ErrorKind::Usage),
        ("epoch", number("7"), "\"epoch\":{\"N\":\"7\"}", epoch, Verdict::Pass, ErrorKind::LockHeld),
        // Whether it arrived is not known; what is there is somebody else's, under the very epoch.
        ("epoch", number("2"), "\"epoch\":{\"N\":\"2\"}", epoch, Verdict::ResetBefore, ErrorKind::Unreachable),
    ];
    for (what, value, was, to, fate, kind) in cases {
        let engine = TestEngine::embedded();
        held(&engine).await;
        edit(&engine.client(), &engine.table("migrations"), &format!("SET {what} = :value"), ":value", value).await;
        let tried = std::sync::atomic::AtomicBool::new(false);
        let recorder = Recorder::of(&engine.client()).failing(move |call| {
            let is_late = tried.load(std::sync::atomic::Ordering::Relaxed);
            match call.operation.as_str() {
                _ if of_lock(call) => {
                    tried.store(true, std::sync::atomic::Ordering::Relaxed);
                    fate.clone()
                }
                "Query" | "GetItem" if !is_late => Verdict::Replace { from: was, to },
                _ => Verdict::Pass,
            }
        });
        let before = lock(&engine).await;
        let error = migrator(&engine, recorder.attach(&engine.client()), shop([])).unlock(1, WHY).await.expect_err("too late");
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(recorder.calls().iter().any(of_lock), "it was tried: {:?}", recorder.operations());
        assert_eq!(lock(&engine).await, before);
    }
}

/// Whoever does not wait is told what is so: the lock is taken away, and the next run waits for the rest.
#[tokio::test(start_paused = true)]
async fn one_that_is_interrupted_says_that_nothing_more_is_to_be_done() {
    let engine = TestEngine::embedded();
    held(&engine).await;
    let stop = Stop::default();
    let operator = builder(&engine, engine.client(), shop([counted(1)])).stop(stop.clone()).build().expect("a migrator");
    let ctrl_c = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.request();
        std::future::pending::<()>().await;
    };
    let error = tokio::select! {
        outcome = operator.unlock(1, WHY) => outcome.expect_err("interrupted"),
        () = ctrl_c => unreachable!("it never ends"),
    };
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.to_string().starts_with("the lock of epoch 1 is taken away from "), "{error}");
    assert!(error.help().join("\n").contains("`migrate up` takes the lock as soon as"), "{error:?}");
    assert_eq!(up(&engine, shop([counted(1), counted(2)])).await.expect("as it says"), Outcome::Done);
}

/// Whoever is overtaken while they wait does not say that the lock is given back.
#[tokio::test(start_paused = true)]
async fn one_that_is_unlocked_itself_says_so() {
    let engine = TestEngine::embedded();
    held(&engine).await;
    let (client, table) = (engine.client(), engine.table("migrations"));
    edit(&client, &table, "SET lease_ms = :ms", ":ms", AttributeValue::N("60000".to_owned())).await;
    let operator = migrator(&engine, engine.client(), shop([counted(1)]));
    let another = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        edit(&client, &table, "SET epoch = epoch + :one", ":one", AttributeValue::N("1".to_owned())).await;
        std::future::pending::<()>().await;
    };
    let error = tokio::select! {
        outcome = operator.unlock(1, WHY) => outcome.expect_err("its own lock is gone"),
        () = another => unreachable!("it never ends"),
    };
    assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
}
