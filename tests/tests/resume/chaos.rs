//! An engine in trouble: runs wait, send again, and end right; nothing is lost and nothing done twice.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migrate_core::migrator::Outcome;
use migrate_tests::seam::Verdict;
use tokio::time::Instant;

use super::bench::is_data;
use super::{Bench, Size, Work};

#[tokio::test(start_paused = true)]
async fn when_all_is_throttled_for_half_a_minute_it_waits_and_ends() {
    for work in Work::BOTH {
        for from in [1, 2, 4] {
            let bench = Bench::new(Size::LARGE).await;
            let begun = Instant::now();
            let starve = async {
                tokio::time::sleep(Duration::from_secs(from)).await;
                bench.simulated.throttle_everything(&bench.table, Duration::from_secs(30));
                std::future::pending().await
            };
            let outcome = tokio::select! {
                report = bench.up(work.sequence()) => report.expect("throttling fails nothing").outcome,
                () = starve => unreachable!(),
            };
            let (took, counts) = (begun.elapsed().as_secs(), bench.simulated.counts(&bench.table));
            assert_eq!(outcome, Outcome::Done);
            assert!((30..60).contains(&took), "{work:?} from {from} s: {took} s");
            assert!(counts.throttled_requests > 5 && counts.throttled_requests < 300, "it does not hammer: {counts:?}");
            bench.is_finished(work, &format!("{work:?}, throttled from second {from}")).await;
            assert_eq!(bench.read(), bench.size.items, "no page is read twice");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn faults_at_each_so_manieth_call_do_nothing_twice() {
    let error = |status, code: &str| Verdict::Error { status, error_type: code.to_owned(), message: "not now".to_owned() };
    let faults = [
        Verdict::LoseReply,
        Verdict::Twice,
        Verdict::ErrorAfter,
        Verdict::Truncated,
        Verdict::ResetBefore,
        error(500, "InternalServerError"),
        error(400, "ProvisionedThroughputExceededException"),
    ];
    for work in Work::BOTH {
        for fault in &faults {
            for every in [2, 3, 7] {
                let bench = Bench::new(Size::SMALL).await;
                let (calls, fault) = (AtomicU64::new(0), fault.clone());
                let context = format!("{work:?}, each {every}. data call {fault:?}");
                let recorder = bench.recorder(move |call| {
                    let meets = is_data(call) && calls.fetch_add(1, Ordering::Relaxed) % every == every - 1;
                    if meets { fault.clone() } else { Verdict::Pass }
                });
                let report = bench.up_with(recorder.attach(&bench.simulated.client()), work.sequence()).await;
                let report = report.unwrap_or_else(|error| panic!("{context}: {error:?}"));
                let counts = report.migrations.last().expect("a migration").counts;
                assert_eq!(
                    (report.outcome, counts.scanned, counts.changed),
                    (Outcome::Done, bench.size.items, bench.size.items),
                    "{context}"
                );
                assert_eq!((counts.unchanged, counts.conflicts, counts.failed), (0, 0, 0), "{context}");
                bench.is_finished(work, &context).await;
            }
        }
    }
}
