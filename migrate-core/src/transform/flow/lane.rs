//! One kind of unit: its budget and its pace together; knows not which kind.

use std::time::Duration;

use tokio::time::Instant;

use super::Answered;
use super::bucket::Bucket;
use super::pace::{Cut, Pace};
use super::rate::Seen;
use crate::event::Waiting;

/// Over which time a rate is told.
const OF_LATE: Duration = Duration::from_secs(3);
/// What a throttled request lacked at least, of its estimate: estimates may be too low.
const LACKED: f64 = 0.1;

#[derive(Debug)]
pub(super) struct Lane {
    budget: Option<Bucket>,
    pace: Pace,
    start: Instant,
}

impl Lane {
    pub(super) fn new(limit: Option<f64>, now: Instant) -> Self {
        Self { budget: limit.map(|rate| Bucket::new(rate, now)), pace: Pace::new(limit, now), start: now }
    }

    pub(super) fn set(&mut self, limit: Option<f64>, now: Instant) {
        set(&mut self.budget, limit, now);
        self.pace.set(limit, now);
    }

    pub(super) fn size(&self, units: f64, most: usize) -> usize {
        let most = self.pace.size(units, most);
        self.budget.map_or(most, |budget| budget.size(units, most))
    }

    /// Until when a request that costs so much must wait, and whether for the budget (`out_of`) or because of throttling.
    pub(super) fn ready(&mut self, now: Instant, cost: f64, out_of: Waiting) -> Option<(Instant, Waiting)> {
        let budget = self.budget.as_mut().and_then(|budget| budget.ready(now, cost)).map(|at| (at, out_of));
        let pace = self.pace.ready(now, cost).map(|at| (at, Waiting::Throttled));
        later(budget, pace)
    }

    pub(super) fn sent(&mut self, now: Instant, units: f64) {
        if let Some(budget) = &mut self.budget {
            budget.take(now, units);
        }
        self.pace.sent(now, units);
    }

    /// `carried_out`: which part of it, where the engine does not tell what that consumed.
    pub(super) fn answered(&mut self, now: Instant, estimated: f64, carried_out: f64, answer: Answered) -> Option<Cut> {
        let seen = match answer {
            Answered::Done(consumed) => Seen { through: consumed.unwrap_or(estimated), refused: 0.0, requests: 1, throttled: 0 },
            Answered::Throttled(consumed) => {
                let through = consumed.unwrap_or(estimated * carried_out);
                Seen { through, refused: (estimated - through).max(estimated * LACKED), requests: 1, throttled: 1 }
            }
            // It may have been carried out: the estimate stays.
            Answered::Trouble => return None,
        };
        if let Some(budget) = &mut self.budget {
            budget.correct(now, estimated, seen.through);
        }
        self.pace.answered(now, estimated, seen)
    }

    /// Units per second, of late.
    pub(super) fn rate(&self, now: Instant) -> f64 {
        let (seen, _) = self.pace.window().over(now, OF_LATE, None);
        // In the first second there is too little to divide by.
        seen.through / now.saturating_duration_since(self.start).min(OF_LATE).as_secs_f64().max(1.0)
    }

    pub(super) fn limit(&self) -> Option<f64> {
        let budget = self.budget.map(|budget| budget.rate());
        match (budget, self.pace.lowered()) {
            (Some(budget), Some(lowered)) => Some(lowered.min(budget)),
            (limit, None) | (None, limit) => limit,
        }
    }
}

/// Another rate for a bucket, or none.
pub(super) fn set(bucket: &mut Option<Bucket>, limit: Option<f64>, now: Instant) {
    match (bucket.as_mut(), limit) {
        (Some(bucket), Some(rate)) => bucket.set(rate, now),
        (None, Some(rate)) => *bucket = Some(Bucket::new(rate, now)),
        (Some(_) | None, None) => *bucket = None,
    }
}

/// The one that takes longer.
pub(super) fn later(one: Option<(Instant, Waiting)>, other: Option<(Instant, Waiting)>) -> Option<(Instant, Waiting)> {
    [one, other].into_iter().flatten().max_by_key(|(at, _)| *at)
}
