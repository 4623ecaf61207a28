//! A run that loses its lock in the middle of a table: it writes nothing more, keeps nothing more, and the other one finishes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::migrator::Outcome;
use migrate_tests::scenario::items;
use migrate_tests::seam::Verdict;
use tokio::time::{Instant, sleep};

use super::{Bench, Size, Work};

/// Half a minute and more of work.
const LONG: Size = Size { items: 3_000, filling: 600, read: 12, write: None };

/// How far its segments are.
async fn kept(bench: &Bench) -> BTreeMap<String, String> {
    let mut all = items(&bench.engine.client(), &bench.engine.table("migrations")).await;
    all.retain(|key, _| key.contains("/seg/"));
    all
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_lock_was_taken_keeps_nothing_more_and_stops() {
    for work in Work::BOTH {
        let bench = Bench::new(LONG).await;
        let steals = async {
            sleep(Duration::from_secs(9)).await;
            let update = bench.engine.client().update_item().table_name(bench.engine.table("migrations"));
            let update = update.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
            let one = AttributeValue::N("1".into());
            update.update_expression("SET epoch = epoch + :one").expression_attribute_values(":one", one).send().await.unwrap();
            (kept(&bench).await, Instant::now())
        };
        let (outcome, (positions, stolen)) = tokio::join!(bench.up(work.sequence()), steals);
        assert_eq!(outcome.expect_err("the lock is lost").kind(), ErrorKind::LockLost);
        assert!(stolen.elapsed() < Duration::from_secs(5), "the next time it keeps positions tells: {:?}", stolen.elapsed());
        assert!(positions.len() > 4, "{positions:?}");
        assert_eq!(kept(&bench).await, positions, "{work:?}: it was not its to keep any more");
        let (left, written) = (Instant::now(), bench.written());
        sleep(Duration::from_secs(60)).await;
        assert_eq!((bench.simulated.counts_between(&bench.table, left, Instant::now()).requests, bench.written()), (0, written));
        let read = bench.read();
        assert_eq!(bench.up(work.sequence()).await.expect("another run").outcome, Outcome::Done);
        assert!(read > 300 && bench.read() - read < bench.size.items, "it goes on: {read}, {}", bench.read());
        bench.is_finished(work, "after the lock was taken").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_beats_do_not_arrive_is_gone_before_the_next_one_begins() {
    for work in Work::BOTH {
        let bench = Bench::new(LONG).await;
        let cut_off = Arc::new(AtomicBool::new(false));
        // Beats are the only updates of the management table. All else still arrives.
        let recorder = bench.recorder({
            let cut_off = cut_off.clone();
            move |call| {
                let beats = call.operation == "UpdateItem"
                    && call.json()["TableName"].as_str().is_some_and(|name| name.ends_with("migrations"));
                if beats && cut_off.load(Ordering::Relaxed) { Verdict::ResetBefore } else { Verdict::Pass }
            }
        });
        let client = recorder.attach(&bench.simulated.client());
        let first = bench.up_with(client, work.sequence());
        let second = async {
            sleep(Duration::from_secs(6)).await;
            cut_off.store(true, Ordering::Relaxed);
            let cut = Instant::now();
            (bench.up(work.sequence()).await, cut)
        };
        let (first, (second, cut)) = tokio::join!(first, second);
        assert_eq!(first.expect_err("it stops itself").kind(), ErrorKind::LockLost, "{work:?}");
        assert_eq!(second.expect("the next one").outcome, Outcome::Done);
        let requests = |from: u64, to: u64| {
            let at = |seconds| cut + Duration::from_secs(seconds);
            bench.simulated.counts_between(&bench.table, at(from), at(to)).requests
        };
        assert!(requests(5, 10) > 0, "before two thirds of its lease it works on");
        // The next one watches a whole lease. How long the first takes to give up the lock is nobody's business.
        assert_eq!(requests(21, 29), 0, "after two thirds of its lease nobody is at work");
        assert!(bench.read() < 2 * bench.size.items, "it goes on: {}", bench.read());
        bench.is_finished(work, "after beats were lost").await;
    }
}
