//! The lock: two runners that want it, one that stood still, one that comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::migrator::{Options, Report};
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::{Error, ErrorKind, Failure};
use migrate_tests::blank::Blank;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, items, migration, migrator, sequence};
use migrate_tests::seam::{Recorder, Verdict};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::conditions::{
    GIVEN_BACK_EPOCH, GIVEN_BACK_RELEASED, NEVER_HELD, STILL_OURS_BEAT, STILL_OURS_RELEASE, STOOD_STILL_BEAT, STOOD_STILL_EPOCH,
};
use super::gate::Gate;
use super::is_needed;

/// An engine whose clients lack a condition.
pub struct Bench {
    pub engine: TestEngine,
    pub client: Client,
}

impl Bench {
    pub fn new(blank: &Blank) -> Self {
        let engine = TestEngine::embedded();
        let client = blank.attach(&engine.client());
        Self { engine, client }
    }

    pub async fn up(&self, client: &Client, sequence: Sequence) -> Result<Report, Error> {
        migrator(&self.engine, client.clone(), sequence).up(Options::default()).await
    }

    /// The runs that wrote records, by epoch: an epoch is one run's.
    async fn shared_epochs(&self) -> Option<String> {
        let history = migrator(&self.engine, self.engine.client(), shop(0)).history().await.expect("a history");
        let mut runs: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        for record in history {
            runs.entry(record.epoch).or_default().insert(record.run.run_id);
        }
        let shared = runs.iter().find(|(_, runs)| runs.len() > 1);
        shared.map(|(epoch, runs)| format!("epoch {epoch} is that of {} runs", runs.len()))
    }

    pub async fn edit_lock(&self, update: &str, values: &[(&str, AttributeValue)]) {
        let mut edit = self.engine.client().update_item().table_name(self.engine.table("migrations")).update_expression(update);
        edit = edit.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
        for (name, value) in values {
            edit = edit.expression_attribute_values(*name, value.clone());
        }
        edit.send().await.expect("an edit of the lock");
    }

    pub async fn delete_lock(&self) {
        let delete = self.engine.client().delete_item().table_name(self.engine.table("migrations"));
        let delete = delete.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
        delete.send().await.expect("a deletion by hand");
    }
}

/// So many migrations that do nothing.
pub fn shop(migrations: u32) -> Sequence {
    sequence([customers()], (1..=migrations).map(nothing))
}

fn nothing(number: u32) -> &'static mut MigrationEntry {
    migration(number, "nothing", |_| Box::pin(async { Ok(()) }))
}

fn takes(operation: &str, body: &str) -> bool {
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
async fn held(bench: &Bench) {
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
        let slow = || sequence([customers()], [nothing(1), sleeping(30)]);
        let begins = gate.meanwhile(async {
            bench.delete_lock().await;
            let (client, table) = (bench.client.clone(), bench.engine.clone());
            let run = tokio::spawn(async move { migrator(&table, client, slow()).up(Options::default()).await });
            sleep(Duration::from_secs(5)).await;
            run
        });
        let (mine, theirs) = tokio::join!(bench.up(&late, slow()), begins);
        mine.expect("the late run");
        lost(theirs.await.expect("no panic"))
    };
    is_needed(GIVEN_BACK_RELEASED, scenario).await;
}

fn sleeping(seconds: u64) -> &'static mut MigrationEntry {
    match seconds {
        30 => migration(2, "sleeps", |_| Box::pin(async { Ok(sleep(Duration::from_secs(30)).await) })),
        _ => migration(2, "sleeps", |_| Box::pin(async { Ok(sleep(Duration::from_secs(70)).await) })),
    }
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
        let slow = || sequence([customers()], [nothing(1), sleeping(70)]);
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
        bench.up(&bench.client, sequence([customers()], [nothing(1), sleeping(70)])).await
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
