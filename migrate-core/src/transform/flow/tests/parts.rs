//! The parts of the flow by themselves: cooling, repetitions, concurrency, reasons.

use std::time::Duration;

use tokio::time::Instant;

use super::super::{Answered, Cooling, Flow, Permit, backoff, is_tired};
use crate::budget::Limits;
use crate::event::Waiting;

const MILLI: Duration = Duration::from_millis(1);

#[test]
fn a_segment_cools_longer_each_time_and_recovers() {
    let start = Instant::now();
    let (mut now, mut cooling) = (start, Cooling::default());
    assert_eq!(cooling.until(), None);
    for millis in [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000] {
        cooling.throttled(now);
        // What was sent together with it.
        cooling.throttled(now + MILLI);
        cooling.went_through(now + MILLI);
        assert_eq!(cooling.until(), Some(now + millis * MILLI));
        now = cooling.until().unwrap();
    }
    let (mut through, mut pause) = (0, 5000 * MILLI);
    while let Some(until) = cooling.until() {
        now = until;
        cooling.went_through(now);
        through += 1;
        let next = cooling.until().map_or(Duration::ZERO, |until| until - now);
        assert!(next < pause);
        pause = next;
    }
    assert!((5..=30).contains(&through), "{through}");
    cooling.throttled(now);
    assert_eq!(cooling.until(), Some(now + 50 * MILLI));
}

#[test]
fn twenty_errors_in_a_row_are_borne() {
    assert_eq!([0, 1, 20, 21, 22].map(is_tired), [false, false, false, true, true]);
}

#[test]
fn repetitions_wait_longer_and_not_all_the_same() {
    for tries in 0..40 {
        for seed in 0..50 {
            let wait = backoff(tries, seed);
            assert!((50 * MILLI..=5000 * MILLI).contains(&wait), "{tries}, {seed}: {wait:?}");
            assert_eq!(wait, backoff(tries, seed));
        }
    }
    assert!(backoff(20, 1) >= 2500 * MILLI && backoff(2, 1) <= 100 * MILLI);
    let mut waits: Vec<Duration> = (0..50).map(|seed| backoff(6, seed)).collect();
    waits.dedup();
    assert!(waits.len() > 45);
}

/// So many at once as are allowed, all answered 20 ms later, for so long.
fn busy(flow: &mut Flow, now: &mut Instant, millis: u32, answer: Answered) {
    let end = *now + millis * MILLI;
    while *now < end {
        let count = flow.at_once();
        for _ in 0..count {
            flow.writing(*now, 25, 25.0);
        }
        *now += 20 * MILLI;
        for _ in 0..count {
            flow.wrote(*now, 25, 25.0, answer);
        }
    }
}

#[test]
fn more_at_once_where_it_helps_and_fewer_where_it_hurts() {
    let mut now = Instant::now();
    let mut flow = Flow::new(Limits::default(), now);
    assert_eq!(flow.at_once(), 8);
    busy(&mut flow, &mut now, 2000, Answered::Done(Some(25.0)));
    assert_eq!(flow.at_once(), 32);
    busy(&mut flow, &mut now, 20, Answered::Trouble);
    assert_eq!(flow.at_once(), 16);
    busy(&mut flow, &mut now, 10_000, Answered::Trouble);
    assert_eq!(flow.at_once(), 1);
    assert_eq!(flow.waiting(now), Some(Waiting::Trouble));
    // Most of it is back soon.
    busy(&mut flow, &mut now, 500, Answered::Done(None));
    assert!(flow.at_once() >= 20, "{}", flow.at_once());
    let before = flow.at_once();
    busy(&mut flow, &mut now, 600, Answered::Throttled(Some(20.0)));
    assert_eq!(flow.at_once(), before / 2);
}

#[test]
fn beyond_what_was_fine_one_more_for_each_round() {
    let mut now = Instant::now();
    let mut flow = Flow::new(Limits::default(), now);
    for _ in 0..20 {
        flow.writing(now, 1, 1.0);
    }
    for _ in 0..8 {
        now += MILLI;
        flow.wrote(now, 1, 1.0, Answered::Done(Some(1.0)));
    }
    // 8 + 1/8 + 1/8.125 + …: not quite one more after eight answers.
    assert_eq!(flow.at_once(), 8);
    flow.wrote(now, 1, 1.0, Answered::Done(Some(1.0)));
    assert_eq!(flow.at_once(), 9);
}

#[test]
fn what_is_not_used_does_not_grow() {
    let mut now = Instant::now();
    let mut flow = Flow::new(Limits::default(), now);
    for _ in 0..1000 {
        flow.writing(now, 1, 1.0);
        now += MILLI;
        flow.wrote(now, 1, 1.0, Answered::Done(Some(1.0)));
    }
    assert_eq!(flow.at_once(), 8);
}

#[test]
fn the_reason_for_waiting_is_that_of_late() {
    let mut now = Instant::now();
    let mut flow = Flow::new(Limits { write: Some(100.0), read: Some(10.0), changes: Some(10.0) }, now);
    assert_eq!(flow.waiting(now), None);
    assert!(matches!(flow.may_read(now, 1.0, 100), Permit::At(at, Waiting::ReadBudget) if at > now));
    assert_eq!(flow.waiting(now), Some(Waiting::ReadBudget));
    now += 10_000 * MILLI;
    assert_eq!(flow.waiting(now), None);
    assert_eq!(flow.may_read(now, 1.0, 100), Permit::Now(2));
    flow.reading(now, 2.0);
    flow.read(now, 2.0, Answered::Done(Some(2.0)));
    assert_eq!(flow.may_write(now, 1.0, 25), Permit::Now(2));
    flow.writing(now, 2, 2.0);
    assert!(matches!(flow.may_write(now, 1.0, 25), Permit::At(_, Waiting::Changes)));
    // Neither was changed: only the capacity is gone.
    flow.wrote(now, 0, 2.0, Answered::Done(Some(20.0)));
    assert_eq!(flow.may_write(now, 1.0, 25), Permit::Now(2));
    flow.writing(now, 2, 20.0);
    assert!(matches!(flow.may_write(now, 10.0, 25), Permit::At(_, Waiting::WriteBudget)));
    flow.wrote(now, 1, 20.0, Answered::Throttled(None));
    now += 1500 * MILLI;
    assert_eq!(flow.waiting(now), None);
    assert_eq!(flow.rates(now).0.round(), 10.0);
}
