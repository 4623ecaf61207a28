//! What somebody says to a run that is going on, through a handle of their own: it waits, goes on, or goes slower.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migrate_core::budget::Allowance;
use migrate_core::event::{Event, Waiting};
use migrate_core::migrator::Outcome;
use migrate_core::{Migrator, Stop};
use migrate_tests::scenario::migrator;
use migrate_tests::seam::Verdict;
use tokio::time::{Instant, sleep};

use super::{Bench, Size, Work};

const SECOND: Duration = Duration::from_secs(1);
/// Some twenty seconds of work.
const LONG: Size = Size { items: 6_000, filling: 600, read: 50, write: None };

fn person(bench: &Bench, work: Work) -> Migrator {
    migrator(&bench.engine, bench.engine.client(), work.sequence())
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_waits_with_its_lock_and_goes_on_when_told() {
    for work in Work::BOTH {
        let bench = Bench::new(LONG).await;
        let (migrator, heard) = bench.watched(bench.simulated.client(), work.sequence(), Stop::default());
        let says = async {
            sleep(5 * SECOND).await;
            person(&bench, work).pause().await.unwrap();
            let said = Instant::now();
            sleep(90 * SECOND).await;
            person(&bench, work).resume().await.unwrap();
            (said, Instant::now())
        };
        let (report, (said, resumed)) = tokio::join!(migrator.up(bench.options()), says);
        assert_eq!(report.expect("a run").outcome, Outcome::Done);
        let waiting = bench.simulated.counts_between(&bench.table, said + 3 * SECOND, resumed);
        assert_eq!(waiting.requests, 0, "{work:?}: {waiting:?}");
        let after = bench.simulated.counts_between(&bench.table, resumed, resumed + 4 * SECOND);
        assert!(after.writes > 100, "it goes on within 3 s: {after:?}");
        let told =
            |event: &Event| matches!(event, Event::MigrationProgress { pass, .. } if pass.waiting == Some(Waiting::Paused));
        assert!(heard.lock().unwrap().iter().any(told), "it says what it waits for");
        assert_eq!(bench.read(), bench.size.items);
        bench.is_finished(work, "after a pause").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_outlives_the_run_and_one_that_is_asked_to_stop_stops() {
    let bench = Bench::new(LONG).await;
    let stop = Stop::default();
    let (first, _) = bench.watched(bench.simulated.client(), Work::Lower.sequence(), stop.clone());
    let says = async {
        sleep(5 * SECOND).await;
        person(&bench, Work::Lower).pause().await.unwrap();
        sleep(20 * SECOND).await;
        stop.request();
        Instant::now()
    };
    let (stopped, asked) = tokio::join!(first.up(bench.options()), says);
    assert_eq!(stopped.unwrap_err().kind(), migrate_core::ErrorKind::Interrupted);
    assert!(asked.elapsed() < SECOND, "{:?}", asked.elapsed());

    let from = Instant::now();
    let says = async {
        sleep(60 * SECOND).await;
        assert_eq!(bench.simulated.counts_between(&bench.table, from, Instant::now()).requests, 0, "the next run waits too");
        person(&bench, Work::Lower).resume().await.unwrap();
    };
    let (report, ()) = tokio::join!(bench.up(Work::Lower.sequence()), says);
    assert_eq!(report.expect("a run").outcome, Outcome::Done);
    assert!(bench.read() <= bench.size.items + 8 * 60, "it goes on where it was: {}", bench.read());
    bench.is_finished(Work::Lower, "after a pause and a stop").await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_throttled_goes_slower_within_three_seconds_and_faster_again() {
    let bench = Bench::new(LONG).await;
    let says = async {
        sleep(4 * SECOND).await;
        person(&bench, Work::Lower).throttle(Some(Allowance::PerSecond(40)), None).await.unwrap();
        let slower = Instant::now();
        sleep(30 * SECOND).await;
        person(&bench, Work::Lower).throttle(None, None).await.unwrap();
        (slower, Instant::now())
    };
    let (report, (slower, free)) = tokio::join!(bench.up(Work::Lower.sequence()), says);
    assert_eq!(report.expect("a run").outcome, Outcome::Done);
    let rate = |from: Instant, seconds: u32| {
        bench.simulated.counts_between(&bench.table, from, from + seconds * SECOND).write_units / f64::from(seconds)
    };
    let (before, lowered, after) = (rate(slower - 2 * SECOND, 2), rate(slower + 3 * SECOND, 27), rate(free + 3 * SECOND, 2));
    println!("write units per second: {before:.0}, then {lowered:.1} of 40, then {after:.0}");
    assert!(before > 200.0 && after > 200.0, "{before} and {after}");
    assert!((36.0..=41.0).contains(&lowered), "{lowered}");
    bench.is_finished(Work::Lower, "after a throttle").await;
}

#[tokio::test(start_paused = true)]
async fn a_management_table_that_is_throttled_for_a_while_fails_no_run() {
    for (from, to) in [(1, 4), (1, 21), (3, 33)] {
        let bench = Bench::new(LONG).await;
        let begun = Instant::now();
        let refused = Arc::new(AtomicU64::new(0));
        let recorder = bench.recorder({
            let refused = refused.clone();
            move |call| {
                // How far it is, and what somebody says: all that it keeps and asks for. The lock is another part of the table.
                let body = String::from_utf8_lossy(&call.body).into_owned();
                let is_meant = ["Query", "TransactWriteItems"].contains(&call.operation.as_str()) && body.contains("#data");
                if !is_meant || !(from..to).contains(&begun.elapsed().as_secs()) {
                    return Verdict::Pass;
                }
                refused.fetch_add(1, Ordering::Relaxed);
                Verdict::Error { status: 400, error_type: "ThrottlingException".to_owned(), message: String::new() }
            }
        });
        let report = bench.up_with(recorder.attach(&bench.simulated.client()), Work::Lower.sequence()).await;
        let context = format!("throttled from second {from} to {to}");
        assert_eq!(report.unwrap_or_else(|error| panic!("{context}: {error:?}")).outcome, Outcome::Done);
        assert!(refused.load(Ordering::Relaxed) > 1, "{context}");
        bench.is_finished(Work::Lower, &context).await;
    }
}
