//! The lock: two runners that want it, one that stood still, one that comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::migrator::Report;
use migrate_core::registry::MigrationEntry;
use migrate_core::{Error, ErrorKind, Failure};
use migrate_tests::blank::Blank;
use migrate_tests::scenario::{Customers, customers, items, migration, migrator, sequence};
use migrate_tests::seam::{Recorder, Verdict};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::bench::{Bench, nothing, shop};
use super::conditions::{
    GIVEN_BACK_EPOCH, GIVEN_BACK_RELEASED, NEVER_HELD, STILL_OURS_BEAT, STILL_OURS_RELEASE, STOOD_STILL_BEAT, STOOD_STILL_EPOCH,
};
use super::gate::Gate;
use super::is_needed;

pub fn takes(operation: &str, body: &str) -> bool {
    operation == "PutItem" && body.contains(r#"{"S":"lock"}"#)
}

/// Whoever decides to take the lock is late: another runner comes and goes first.
async fn late(bench: Bench) -> Option<String> {
    let gate = Gate::before(takes);
    let late = gate.attach(&bench.client);
    let (mine, theirs) = tokio::join!(bench.up(&late, shop(3)), gate.meanwhile(async { bench.up(&bench.client, shop(2)).await }));
    theirs.expect("the other run");
    mine.expect("the late run");
    bench.shared_epochs().await
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_was_never_held() {
    is_needed(NEVER_HELD, async |blank| late(Bench::new(&blank)).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_was_given_back() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        bench.up(&bench.client, shop(1)).await.expect("a first run");
        late(bench).await
    };
    is_needed(GIVEN_BACK_EPOCH, scenario).await;
}

/// Leaves the lock held by a runner that is gone.
pub async fn held(bench: &Bench) {
    bench.up(&bench.client, shop(1)).await.expect("a first run");
    bench.edit_lock("SET released = :false", &[(":false", AttributeValue::Bool(false))]).await;
}

/// Both watched it for its lease, and one of them is late.
#[tokio::test(start_paused = true)]
async fn a_lock_whose_holder_stood_still() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        held(&bench).await;
        let (gate, done) = (Gate::before(takes), Notify::new());
        let late = gate.attach(&bench.client);
        let other = async {
            let report = bench.up(&bench.client, shop(2)).await;
            done.notify_one();
            report
        };
        let (mine, theirs, ()) = tokio::join!(bench.up(&late, shop(3)), other, gate.meanwhile(done.notified()));
        theirs.expect("the other run");
        mine.expect("the late run");
        bench.shared_epochs().await
    };
    is_needed(STOOD_STILL_EPOCH, scenario).await;
}

/// Only by the item that somebody deletes by hand can a lock be held under an epoch that was given back.
#[tokio::test(start_paused = true)]
async fn a_lock_that_was_given_back_and_deleted_by_hand() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        bench.up(&bench.client, shop(1)).await.expect("a first run");
        let gate = Gate::before(takes);
        let late = gate.attach(&bench.client);
        let slow = || sequence([customers()], [nothing(1), sleeping()]);
        let deleted = Notify::new();
        let theirs = async {
            deleted.notified().await;
            bench.up(&bench.client, slow()).await
        };
        let deletes = gate.meanwhile(async {
            bench.delete_lock().await;
            deleted.notify_one();
            sleep(Duration::from_secs(5)).await;
        });
        let (mine, theirs, ()) = tokio::join!(bench.up(&late, slow()), theirs, deletes);
        mine.expect("the late run");
        lost(theirs)
    };
    is_needed(GIVEN_BACK_RELEASED, scenario).await;
}

/// Two leases long, and more.
pub fn sleeping() -> &'static mut MigrationEntry {
    migration(2, "sleeps", |_| {
        Box::pin(async {
            sleep(Duration::from_secs(70)).await;
            Ok(())
        })
    })
}

fn lost(outcome: Result<Report, Error>) -> Option<String> {
    match outcome {
        Ok(_) => None,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
            Some(format!("a holder who is alive was replaced: {error}"))
        }
    }
}

/// A client whose beats do not arrive while this is so.
fn cut_off(client: &Client, while_this: &Arc<AtomicBool>) -> Client {
    let cut = while_this.clone();
    let recorder = Recorder::of(client).failing(move |call| {
        let beats = call.operation == "UpdateItem" && String::from_utf8_lossy(&call.body).contains("beat");
        if beats && cut.load(Ordering::Relaxed) { Verdict::ResetBefore } else { Verdict::Pass }
    });
    recorder.attach(client)
}

/// A holder's beats arrive again, just before somebody who waited takes its lock.
#[tokio::test(start_paused = true)]
async fn a_lock_whose_holder_came_back() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        bench.up(&bench.client, shop(1)).await.expect("a first run");
        let (cut, gate) = (Arc::new(AtomicBool::new(true)), Gate::before(takes));
        let (holder, waiting) = (cut_off(&bench.client, &cut), gate.attach(&bench.client));
        let slow = || sequence([customers()], [nothing(1), sleeping()]);
        let waits = async {
            sleep(Duration::from_secs(1)).await;
            bench.up(&waiting, slow()).await
        };
        let comes_back = gate.meanwhile(async {
            cut.store(false, Ordering::Relaxed);
            // Less than a request for the lock is waited for.
            sleep(Duration::from_secs(8)).await;
        });
        let (held, waited, ()) = tokio::join!(bench.up(&holder, slow()), waits, comes_back);
        waited.expect("the run that waited");
        lost(held)
    };
    is_needed(STOOD_STILL_BEAT, scenario).await;
}

/// What became of a holder who was replaced and then comes back.
struct Replaced {
    /// It still wrote an item.
    wrote: bool,
    /// It gave back the lock of the one who replaced it.
    gave_back: bool,
}

async fn replaced(blank: &Blank) -> Replaced {
    let bench = Bench::new(blank);
    bench.up(&bench.client, shop(1)).await.expect("a first run");
    let cut = Arc::new(AtomicBool::new(true));
    let holder = cut_off(&bench.client, &cut);
    let writes = migration(2, "sleeps", |cx| {
        Box::pin(async move {
            sleep(Duration::from_secs(60)).await;
            let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
            put.item("id", AttributeValue::S("late".into())).send().await.map_err(Failure::from)?;
            Ok(())
        })
    });
    let next = async {
        sleep(Duration::from_secs(1)).await;
        bench.up(&bench.client, sequence([customers()], [nothing(1), sleeping()])).await
    };
    let looks = async {
        sleep(Duration::from_secs(40)).await;
        cut.store(false, Ordering::Relaxed);
        sleep(Duration::from_secs(40)).await;
        let status = migrator(&bench.engine, bench.engine.client(), shop(0)).status().await.expect("a status");
        let lock = status.lock.expect("a lock");
        assert!(lock.epoch > 2, "it was taken over: {lock:?}");
        let wrote = !items(&bench.engine.client(), &bench.engine.table("customers")).await.is_empty();
        Replaced { wrote, gave_back: lock.released }
    };
    let first = bench.up(&holder, sequence([customers()], [nothing(1), writes]));
    let (first, _, found) = tokio::join!(first, next, looks);
    assert_eq!(first.expect_err("it was replaced").kind(), ErrorKind::LockLost);
    found
}

#[tokio::test(start_paused = true)]
async fn a_beat_of_a_holder_who_was_replaced() {
    let scenario = async |blank: Blank| {
        let wrote = replaced(&blank).await.wrote;
        wrote.then(|| "it writes on beside the one who replaced it".to_owned())
    };
    is_needed(STILL_OURS_BEAT, scenario).await;
}

#[tokio::test(start_paused = true)]
async fn a_giving_back_of_a_holder_who_was_replaced() {
    let scenario = async |blank: Blank| {
        let gave_back = replaced(&blank).await.gave_back;
        gave_back.then(|| "it gives back the lock of the one who replaced it".to_owned())
    };
    is_needed(STILL_OURS_RELEASE, scenario).await;
}
