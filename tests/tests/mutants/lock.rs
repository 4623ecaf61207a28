//! The lock: two runners that want it, one that stood still, one that comes back.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::migrator::{Options, Report};
use migrate_core::registry::MigrationEntry;
use migrate_core::{Error, ErrorKind, Failure};
use migrate_tests::blank::Blank;
use migrate_tests::scenario::{Customers, customers, items, migration, migrator, sequence};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
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
            // The late one is the first to see the end of the lease.
            sleep(Duration::from_secs(2)).await;
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

/// A run in a runtime of its own, in which a migration blocks everything twice, as a suspended machine does: its clocks stand. Beats come
/// between. Behind the second time it writes an item.
struct Suspended {
    asleep: Arc<Mutex<Receiver<()>>>,
    wake: Sender<()>,
    thread: JoinHandle<Result<Report, Error>>,
}

type Signals = (Sender<()>, Receiver<()>);

impl Suspended {
    fn run(bench: &Bench) -> Self {
        static SIGNALS: Mutex<BTreeMap<String, Signals>> = Mutex::new(BTreeMap::new());
        let ((sleeps, asleep), (wake, woken)) = (channel(), channel());
        SIGNALS.lock().unwrap().insert(bench.engine.table("customers"), (sleeps, woken));
        let blocks = migration(2, "blocks", |cx| {
            Box::pin(async move {
                let table = cx.table_name::<Customers>();
                let (sleeps, woken) = SIGNALS.lock().unwrap().remove(&table).expect("signals");
                for _ in 0..2 {
                    let _ = sleeps.send(());
                    woken.recv()?;
                    // A beat, and its answer.
                    sleep(Duration::from_secs(7)).await;
                }
                let put = cx.client().put_item().table_name(table).item("id", AttributeValue::S("late".into()));
                put.send().await.map_err(Failure::from)?;
                Ok(())
            })
        });
        let (engine, client) = (bench.engine.clone(), bench.client.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
            let migrator = migrator(&engine, client, sequence([customers()], [nothing(1), blocks]));
            runtime.expect("a runtime").block_on(migrator.up(Options::default()))
        });
        Self { asleep: Arc::new(Mutex::new(asleep)), wake, thread }
    }

    /// Waits, while the clock here stands still. False if it was cut off before.
    async fn asleep(&self) -> bool {
        let asleep = self.asleep.clone();
        spawn_blocking(move || asleep.lock().unwrap().recv().is_ok()).await.expect("no panic")
    }

    fn wake(&self) {
        self.wake.send(()).expect("it sleeps");
    }

    async fn ended(self) -> Result<Report, Error> {
        spawn_blocking(|| self.thread.join().expect("no panic")).await.expect("no panic")
    }
}

/// A holder comes back from its sleep, just before somebody who waited takes its lock.
#[tokio::test(start_paused = true)]
async fn a_lock_whose_holder_came_back() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        bench.up(&bench.client, shop(1)).await.expect("a first run");
        let holder = Suspended::run(&bench);
        assert!(holder.asleep().await);
        let gate = Gate::before(takes);
        let waiting = gate.attach(&bench.client);
        let comes_back = async {
            gate.meanwhile(async {
                holder.wake();
                assert!(holder.asleep().await);
            })
            .await;
            // What waited at the gate has arrived.
            sleep(Duration::from_secs(1)).await;
            holder.wake();
            holder.ended().await
        };
        let (waited, held) = tokio::join!(bench.up(&waiting, shop(2)), comes_back);
        waited.expect("the run that waited");
        lost(held)
    };
    is_needed(STOOD_STILL_BEAT, scenario).await;
}

/// Whether a holder who was replaced while it slept still writes an item.
async fn replaced(blank: &Blank) -> bool {
    let bench = Bench::new(blank);
    bench.up(&bench.client, shop(1)).await.expect("a first run");
    let holder = Suspended::run(&bench);
    assert!(holder.asleep().await);
    let looks = async {
        // The next one has the lock by then, and keeps it.
        sleep(Duration::from_secs(50)).await;
        holder.wake();
        // With its first beat it finds out, and its function is cut off.
        if holder.asleep().await {
            holder.wake();
        }
        let outcome = holder.ended().await;
        let status = migrator(&bench.engine, bench.engine.client(), shop(0)).status().await.expect("a status");
        let lock = status.lock.expect("a lock");
        assert!(lock.epoch > 2, "it was taken over: {lock:?}");
        assert!(outcome.is_err(), "its records are bound to its epoch");
        !items(&bench.engine.client(), &bench.engine.table("customers")).await.is_empty()
    };
    let next = bench.up(&bench.client, sequence([customers()], [nothing(1), sleeping()]));
    let (_, found) = tokio::join!(next, looks);
    found
}

#[tokio::test(start_paused = true)]
async fn a_beat_of_a_holder_who_was_replaced() {
    let scenario = async |blank: Blank| {
        let wrote = replaced(&blank).await;
        wrote.then(|| "it writes on beside the one who replaced it".to_owned())
    };
    is_needed(STILL_OURS_BEAT, scenario).await;
}

/// It has not noticed: its lock was taken away between two beats.
#[tokio::test(start_paused = true)]
async fn a_giving_back_of_a_holder_who_was_replaced() {
    let scenario = async |blank: Blank| {
        let bench = Bench::new(&blank);
        bench.up(&bench.client, shop(1)).await.expect("a first run");
        let short = migration(2, "short", |_| {
            Box::pin(async {
                sleep(Duration::from_secs(3)).await;
                Ok(())
            })
        });
        let taken = async {
            // Behind the beat that tells of the migration.
            sleep(Duration::from_secs(2)).await;
            bench.edit_lock("SET epoch = epoch + :one", &[(":one", AttributeValue::N("1".to_owned()))]).await;
        };
        let (outcome, ()) = tokio::join!(bench.up(&bench.client, sequence([customers()], [nothing(1), short])), taken);
        assert_eq!(outcome.expect_err("its records are bound to its epoch").kind(), ErrorKind::LockLost);
        let status = migrator(&bench.engine, bench.engine.client(), shop(0)).status().await.expect("a status");
        let gave_back = status.lock.expect("a lock").released;
        gave_back.then(|| "it gives back the lock of the one who replaced it".to_owned())
    };
    is_needed(STILL_OURS_RELEASE, scenario).await;
}
