//! A run is dropped before or after a call, at every call or at many; the next one goes on from the last positions that were kept.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use migrate_core::migrator::Outcome;
use migrate_tests::seam::Verdict;
use tokio::time::Instant;

use super::bench::{SEGMENTS, chance, keeps};
use super::{Bench, Size, Work};

const KILLS: [Verdict; 2] = [Verdict::HangBefore, Verdict::HangAfter];

/// A run that was dropped.
#[derive(Debug)]
struct Killed {
    /// Items that it read.
    read: u64,
    /// How many of them the next one may read again: those since positions were kept last, and a page of each segment, which may have been
    /// read before and not yet been written.
    again: u64,
}

/// Runs until the k-th call; `None` if it has not so many.
async fn killed_at(bench: &Bench, work: Work, k: usize, verdict: Verdict) -> Option<Killed> {
    let before = bench.read();
    let kept: Arc<Mutex<Option<Instant>>> = Arc::default();
    let recorder = bench.recorder({
        let (kept, verdict) = (kept.clone(), verdict.clone());
        move |call| {
            let is_last = call.index == k;
            if keeps(call) && (!is_last || verdict == Verdict::HangAfter) {
                *kept.lock().unwrap() = Some(Instant::now());
            }
            if is_last { verdict.clone() } else { Verdict::Pass }
        }
    });
    let client = recorder.attach(&bench.simulated.client());
    tokio::select! {
        outcome = bench.up_with(client, work.sequence()) => {
            assert_eq!(outcome.expect("a run that nothing befell").outcome, Outcome::Done);
            return None;
        }
        () = recorder.hung() => {}
    }
    let limits = recorder.calls().into_iter().filter(|call| call.operation == "Scan");
    let page = limits.filter_map(|call| call.json()["Limit"].as_u64()).max().unwrap_or(0);
    let (read, pages) = (bench.read() - before, u64::from(SEGMENTS) * page);
    let again = match *kept.lock().unwrap() {
        Some(at) => (bench.read_between(at, Instant::now() + Duration::from_nanos(1)) + pages).min(read),
        None => read,
    };
    Some(Killed { read, again })
}

/// What the runs after kills read again, over many kills.
#[derive(Debug, Default)]
struct Again {
    kills: u64,
    /// Kills after which not all was read again that had been read.
    went_on: u64,
    most: u64,
    sum: u64,
}

impl Again {
    /// The next run finishes what killed runs began.
    async fn finished(&mut self, bench: &Bench, work: Work, killed: &[Killed], context: &str) {
        let context = format!("{context}: {killed:?}");
        let outcome = bench.up(work.sequence()).await.unwrap_or_else(|error| panic!("{context}: {error:?}")).outcome;
        // A run that was killed in its very last calls leaves nothing to do.
        assert!(matches!(outcome, Outcome::Done | Outcome::NothingToDo), "{context}");
        let again = bench.read() - bench.size.items;
        let allowed: u64 = killed.iter().map(|killed| killed.again).sum();
        assert!(again <= allowed, "{context}: {again} items were read again, and {allowed} may be");
        bench.is_finished(work, &context).await;
        self.kills += killed.len() as u64;
        self.went_on += u64::from(again < killed.iter().map(|killed| killed.read).sum());
        self.most = self.most.max(again);
        self.sum += again;
    }
}

/// At each call, before and after it, or the one and the other by turns.
async fn killed_at_any_call(work: Work, by_turns: bool) {
    let mut again = Again::default();
    'all: for k in 0.. {
        let kills = if by_turns { &KILLS[k % 2..=k % 2] } else { &KILLS };
        for verdict in kills {
            let bench = Bench::new(Size::SMALL).await;
            let Some(killed) = killed_at(&bench, work, k, verdict.clone()).await else { break 'all };
            again.finished(&bench, work, &[killed], &format!("{work:?}, call {k} {verdict:?}")).await;
        }
    }
    println!("{work:?}: {again:?}");
    assert!(again.kills > 60, "{again:?}: too few to mean anything");
    assert!(again.went_on > again.kills / 3, "{again:?}: it mostly begins anew");
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_what_is_safe_to_repeat_goes_on_and_writes_no_item_twice() {
    killed_at_any_call(Work::Lower, false).await;
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_what_is_not_safe_to_repeat_is_done_exactly_once() {
    killed_at_any_call(Work::Count, true).await;
}

#[tokio::test(start_paused = true)]
async fn killed_at_some_calls_of_a_larger_table_and_then_again_while_it_recovers() {
    let mut chance = chance(7);
    for work in Work::BOTH {
        let (mut once, mut twice) = (Again::default(), Again::default());
        for place in 0..12 {
            let bench = Bench::new(Size::LARGE).await;
            let (k, verdict) = (place * 14 + chance(14) as usize, KILLS[chance(2) as usize].clone());
            let context = format!("{work:?}, call {k} {verdict:?}");
            let first = killed_at(&bench, work, k, verdict).await.expect("a call");
            if place % 2 == 0 {
                once.finished(&bench, work, &[first], &context).await;
                continue;
            }
            let (k, verdict) = (chance(60) as usize, KILLS[chance(2) as usize].clone());
            let context = format!("{context}, then at call {k} {verdict:?}");
            let mut killed = vec![first];
            killed.extend(killed_at(&bench, work, k, verdict).await);
            twice.finished(&bench, work, &killed, &context).await;
        }
        println!("{work:?}: killed once {once:?}, twice {twice:?}");
        assert!(once.went_on > 2, "{once:?}");
    }
}
