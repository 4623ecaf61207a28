//! Runs that stop at a safe point: asked to, out of money, out of credentials. The next one goes on.

use std::time::Duration;

use migrate_core::budget::{Budget, Dollars};
use migrate_core::error::ErrorKind;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::{Stop, error};
use migrate_tests::scenario::migrator;
use migrate_tests::seam::Verdict;
use tokio::time::{Instant, sleep};

use super::bench::SEGMENTS;
use super::{Bench, Size, Work};

/// A page of each segment, of at most so many items.
const PAGES: u64 = SEGMENTS as u64 * 150;

#[tokio::test(start_paused = true)]
async fn asked_to_stop_it_stops_at_once_and_the_next_one_goes_on() {
    for work in Work::BOTH {
        for millis in [300, 1_700, 2_600, 4_400] {
            let bench = Bench::new(Size::LARGE).await;
            let stop = Stop::default();
            let (first, _) = bench.watched(bench.simulated.client(), work.sequence(), stop.clone());
            let asks = async {
                sleep(Duration::from_millis(millis)).await;
                stop.request();
                Instant::now()
            };
            let (stopped, asked) = tokio::join!(first.up(bench.options()), asks);
            assert_eq!(stopped.expect_err("it stops").kind(), ErrorKind::Interrupted);
            assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
            let read = bench.read();
            assert_eq!(bench.up(work.sequence()).await.expect("a run").outcome, Outcome::Done);
            let again = bench.read() - bench.size.items;
            println!("{work:?}, asked after {millis} ms: {read} items read, {again} of them again");
            assert!(again <= PAGES && again < read.max(1), "{again} of {read} were read again");
            bench.is_finished(work, "after it was asked to stop").await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn out_of_money_it_stops_and_the_next_ones_go_on_until_it_is_done() {
    for work in Work::BOTH {
        let bench = Bench::new(Size::LARGE).await;
        // 3,000 writes and some 200 reads cost 0.19 cents.
        let budget = Budget { max_cost: Some(Dollars(500)), ..bench.options().budget };
        let options = || Options { budget, ..bench.options() };
        let mut runs = 0;
        loop {
            runs += 1;
            assert!(runs < 8, "it never ends: {} of {}", bench.done(work), bench.size.items);
            let before = bench.done(work);
            let report =
                migrator(&bench.engine, bench.simulated.client(), work.sequence()).up(options()).await.expect("no failure");
            match report.outcome {
                Outcome::Done => break,
                Outcome::Incomplete { why } => assert!(why.contains("$0.01"), "{why}"),
                other => panic!("{other:?}"),
            }
            assert!(bench.done(work) > before + 300, "each run goes on: {before}, then {}", bench.done(work));
        }
        let again = bench.read() - bench.size.items;
        println!("{work:?}: {runs} runs, {again} items read again");
        assert!((3..=5).contains(&runs), "{runs}");
        assert!(again <= (runs - 1) * PAGES, "{again}");
        bench.is_finished(work, "after it ran out of money").await;
    }
}

/// The credentials expire before the k-th call: each one from then on is refused.
async fn expired_at(bench: &Bench, work: Work, k: usize) -> Result<Outcome, error::Error> {
    let recorder = bench.recorder(move |call| match call.index >= k {
        true => Verdict::Error { status: 400, error_type: "ExpiredTokenException".to_owned(), message: "expired".to_owned() },
        false => Verdict::Pass,
    });
    bench.up_with(recorder.attach(&bench.simulated.client()), work.sequence()).await.map(|report| report.outcome)
}

#[tokio::test(start_paused = true)]
async fn out_of_credentials_it_stops_safely_whatever_call_tells() {
    let (mut stops, mut refused) = (0, Vec::new());
    // Before it has the lock there is nothing to stop; after that each third call tells.
    for k in (0..8).chain((8..).step_by(3)) {
        let bench = Bench::new(Size::SMALL).await;
        let outcome = expired_at(&bench, Work::Count, k).await;
        let context = format!("expired at call {k}: {outcome:?}");
        match outcome {
            Ok(Outcome::Done) => break,
            Ok(Outcome::Incomplete { why }) => {
                assert!(why.contains("credentials"), "{context}");
                stops += 1;
            }
            Ok(_) => panic!("{context}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Credentials, "{context}");
                refused.push(k);
            }
        }
        bench.up(Work::Count.sequence()).await.expect(&context);
        bench.is_finished(Work::Count, &context).await;
    }
    println!("{stops} safe stops, refused at {refused:?}");
    assert!(stops > 20, "{stops} {refused:?}");
    assert!(refused.iter().all(|k| *k < 8), "{refused:?}");
}
