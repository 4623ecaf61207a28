//! Beats that go astray: one is not missed, the next one is in time, and none arrives after the release.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use migrate_core::event::Event;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{builder, customers, migration, migrator, sequence};
use migrate_tests::seam::{Recorder, Verdict};
use tokio::time::Instant;

use super::seam::{Beats, Late, is_beat, line, of_lock, operation};
use super::{listening, nothing, shop, shop_and};

/// A migration that works for longer than a lease, asking all the time whether it may.
fn long() -> Sequence {
    shop_and(migration(2, "long", |cx| {
        Box::pin(async move {
            for _ in 0..225 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                cx.client().list_tables().send().await?;
            }
            Ok(())
        })
    }))
}

#[tokio::test(start_paused = true)]
async fn what_befalls_the_first_attempt_of_each_beat_costs_nothing() {
    let error = |status, kind: &str| Verdict::Error { status, error_type: kind.to_owned(), message: "injected".to_owned() };
    let faults = [
        Verdict::LoseReply,
        Verdict::ResetBefore,
        Verdict::Twice,
        Verdict::ErrorAfter,
        error(400, "ThrottlingException"),
        error(400, "ProvisionedThroughputExceededException"),
        error(503, "ServiceUnavailable"),
    ];
    for fault in faults {
        let engine = TestEngine::embedded();
        let (beats, troubled) = (Beats::default(), Arc::new(AtomicU64::new(0)));
        let recorder = Recorder::of(&engine.client()).failing({
            let (fault, troubled) = (fault.clone(), troubled.clone());
            move |call| match beats.number(call) {
                Some((_, true)) => {
                    troubled.fetch_add(1, Ordering::Relaxed);
                    fault.clone()
                }
                Some(_) | None => Verdict::Pass,
            }
        });
        let outcome = migrator(&engine, recorder.attach(&engine.client()), long()).up(Options::default()).await;
        assert_eq!(outcome.unwrap_or_else(|error| panic!("{fault:?}: {error:?}")).outcome, Outcome::Done);
        assert!(troubled.load(Ordering::Relaxed) >= 8, "{fault:?}: one every five seconds: {troubled:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_beat_that_fails_altogether_is_followed_by_another_in_time() {
    let throttled = Verdict::Error { status: 400, error_type: "ThrottlingException".to_owned(), message: "injected".to_owned() };
    for fault in [Verdict::HangBefore, Verdict::HangAfter, Verdict::LoseReply, throttled] {
        let engine = TestEngine::embedded();
        let (beats, sent) = (Beats::default(), Arc::new(Mutex::new(Vec::new())));
        // Two of three never come through, whatever is tried.
        let recorder = Recorder::of(&engine.client()).failing({
            let (fault, sent) = (fault.clone(), sent.clone());
            move |call| match beats.number(call) {
                Some((beat, _)) if beat % 3 != 0 => fault.clone(),
                Some(_) => {
                    sent.lock().unwrap().push(Instant::now());
                    Verdict::Pass
                }
                None => Verdict::Pass,
            }
        });
        let outcome = migrator(&engine, recorder.attach(&engine.client()), long()).up(Options::default()).await;
        assert_eq!(outcome.unwrap_or_else(|error| panic!("{fault:?}: {error:?}")).outcome, Outcome::Done);
        let sent = sent.lock().unwrap();
        let longest = sent.windows(2).map(|pair| pair[1] - pair[0]).max().expect("some that came through");
        assert!(longest < Duration::from_secs(20), "{fault:?}: {longest:?}");
    }
}

/// Who looks at the lock is told what its holder does now, and not what it did when its beat was last due.
#[tokio::test(start_paused = true)]
async fn what_is_done_next_is_told_within_a_second_and_not_more_often() {
    let engine = TestEngine::embedded();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let recorder = Recorder::of(&engine.client()).failing({
        let sent = sent.clone();
        move |call| {
            if is_beat(call) {
                sent.lock().unwrap().push(Instant::now());
            }
            Verdict::Pass
        }
    });
    // Thirty of 100 ms each, and then a long one.
    let brief = |number| {
        migration(number, "brief", |_| {
            Box::pin(async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok(())
            })
        })
    };
    let long = migration(31, "long", |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        })
    });
    let code = sequence([customers()], (1..=30).map(brief).chain([long]));
    let working = migrator(&engine, recorder.attach(&engine.client()), code);
    let begun = Instant::now();
    let working = tokio::spawn(async move { working.up(Options::default()).await.map(|report| report.outcome) });
    let observer = migrator(&engine, engine.client(), shop());
    for (ms, doing) in [(1_500, "brief"), (4_500, "migration 0031 long")] {
        tokio::time::sleep_until(begun + Duration::from_millis(ms)).await;
        let lock = observer.lock().await.unwrap().expect("a lock");
        assert!(lock.doing.ends_with(doing), "{lock:?}");
    }
    assert_eq!(working.await.expect("no panic").expect("a run"), Outcome::Done);
    let sent = sent.lock().unwrap();
    let shortest = sent.windows(2).map(|pair| pair[1] - pair[0]).min().expect("some");
    assert!(shortest >= Duration::from_secs(1), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn no_beat_arrives_after_the_release() {
    let engine = TestEngine::embedded();
    let (on_its_way, arrived) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let below = Recorder::of(&engine.client()).failing({
        let arrived = arrived.clone();
        move |call| {
            if call.operation == "UpdateItem" && of_lock(&call.operation, &call.body) {
                arrived.lock().unwrap().push(is_beat(call));
            }
            Verdict::Pass
        }
    });
    let slow = line(&below.attach(&engine.client()), {
        let on_its_way = on_its_way.clone();
        move |request| {
            let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
            if operation(request) == "UpdateItem" && body.contains("SET beat") {
                on_its_way.store(true, Ordering::Relaxed);
                return Late { request: Duration::from_secs(4), ..Late::default() };
            }
            Late::default()
        }
    });
    static ON_ITS_WAY: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);
    *ON_ITS_WAY.lock().unwrap() = Some(on_its_way);
    let until = migration(2, "until", |_| {
        Box::pin(async {
            let on_its_way = ON_ITS_WAY.lock().unwrap().take().expect("a sign");
            while !on_its_way.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        })
    });
    migrator(&engine, slow, shop_and(until)).up(Options::default()).await.expect("a run");
    assert_eq!(*arrived.lock().unwrap(), [true, false], "the beat, then the release");
    let lock = migrator(&engine, engine.client(), shop()).lock().await.unwrap().expect("a lock");
    assert!(lock.released && lock.doing == "done", "{lock:?}");
}

#[tokio::test(start_paused = true)]
async fn one_that_is_killed_is_replaced_within_its_lease_and_two_seconds() {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let killed = builder(&engine, engine.client(), long()).on_event(move |event| {
        if matches!(event, Event::MigrationStarted { .. }) {
            tell.send(()).expect("somebody who listens");
        }
    });
    let killed = killed.build().unwrap();
    tokio::select! {
        outcome = killed.up(Options::default()) => panic!("it was to be killed: {outcome:?}"),
        () = async {
            told.recv().await;
            tokio::time::sleep(Duration::from_secs(12)).await;
        } => {}
    }
    let begun = Instant::now();
    let (next, events) = listening(&engine, engine.client(), shop_and(nothing(2)));
    let taken = async {
        loop {
            let is_taken = |event: &Event| matches!(event, Event::LockTaken { over_from: Some(_), .. });
            if events.lock().unwrap().iter().any(is_taken) {
                return begun.elapsed();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let options = Options { lock_wait: Duration::ZERO, ..Options::default() };
    let (outcome, took) = tokio::join!(next.up(options), taken);
    assert_eq!(outcome.expect("a run").outcome, Outcome::Done);
    assert!((Duration::from_secs(30)..Duration::from_secs(32)).contains(&took), "{took:?}");
}
