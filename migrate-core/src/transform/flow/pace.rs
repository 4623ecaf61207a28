//! A rate that throttling lowers and quiet raises again, below any budget; knows one kind of unit and no partition.
//!
//! When it is lowered, [`judge`](super::judge) decides.
//!
//! # Rising
//!
//! By a cubic curve, as TCP does: soon back at what went through before, flat around it, then ever steeper, so that little
//! is refused while nothing changes and the whole budget is used again half a minute after it could be.

use std::time::Duration;

use tokio::time::Instant;

use super::bucket::Bucket;
use super::judge::{Judge, Verdict};
use super::rate::{Seen, Window};

/// The rate after a cut, of what went through.
const KEPT: f64 = 0.95;
/// What is refused within this time has one cause. Longer than [`LONGEST`].
const EPISODE: Duration = Duration::from_secs(5);
/// How steep the cubic curve is.
const STEEP: f64 = 2e-4;
/// The least that counts as an own rate where the limit is far above it, so that the way to the limit is never long.
const LEAST_OF_LIMIT: f64 = 0.25;
/// Without a limit: so many times what went through is no lowered rate any more.
const FREE_AGAIN: f64 = 8.0;
const FASTEST: f64 = 1e6;
/// Of the limit: as much may be asked for before it is known that the table refuses; the budget gives back what was refused.
const ATTEMPTS: f64 = 1.1;
const FLOOR: f64 = 1.0;
const DOUBLES_IN: f64 = 0.25;
/// Where everything is refused, and where a low rate meets a dear item.
const TRY_AGAIN: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Not lowered.
    Free,
    /// Rising by the curve.
    Rising { since: Instant },
    /// Rising fast towards what is known.
    Doubling { since: Instant, from: f64 },
    /// Everything is refused.
    Blind,
}

/// How much less throttling has made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Much,
    Little,
}

#[derive(Debug)]
pub(super) struct Pace {
    limit: Option<f64>,
    phase: Phase,
    gate: Bucket,
    window: Window,
    /// What went through when it was cut: the curve is flat there.
    wall: f64,
    /// The rate before anything was refused.
    before: f64,
    refused_at: Option<Instant>,
    judge: Judge,
    sent_at: Option<Instant>,
}

impl Pace {
    pub(super) fn new(limit: Option<f64>, now: Instant) -> Self {
        Self {
            limit,
            phase: Phase::Free,
            gate: Bucket::new(limit.map_or(FLOOR, |limit| limit * ATTEMPTS), now),
            window: Window::new(now),
            wall: f64::INFINITY,
            before: f64::INFINITY,
            refused_at: None,
            judge: Judge::default(),
            sent_at: None,
        }
    }

    pub(super) fn set(&mut self, limit: Option<f64>, now: Instant) {
        self.limit = limit;
        self.rise(now);
    }

    /// The lowered rate.
    pub(super) fn lowered(&self) -> Option<f64> {
        match self.phase {
            Phase::Free => None,
            Phase::Rising { .. } | Phase::Doubling { .. } => Some(self.gate.rate()),
            Phase::Blind => Some(self.floor()),
        }
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    pub(super) fn size(&self, units: f64, most: usize) -> usize {
        match self.phase {
            Phase::Free => most.max(1),
            Phase::Rising { .. } | Phase::Doubling { .. } => self.gate.size(units, most),
            Phase::Blind => 1,
        }
    }

    pub(super) fn ready(&mut self, now: Instant, cost: f64) -> Option<Instant> {
        self.rise(now);
        let after = |pause| self.sent_at.map(|sent| sent + pause).filter(|at| *at > now);
        match self.phase {
            Phase::Free if self.limit.is_none() => None,
            Phase::Free | Phase::Rising { .. } | Phase::Doubling { .. } => {
                let longest = after(LONGEST);
                self.gate.ready(now, cost).and_then(|at| longest.map(|longest| at.min(longest)))
            }
            Phase::Blind => after(TRY_AGAIN),
        }
    }

    pub(super) fn sent(&mut self, now: Instant, units: f64) {
        self.sent_at = Some(now);
        self.gate.take(now, units);
        // Who was let through for waiting long must not be paid for when the rate is back.
        self.gate.forgive(LONGEST.as_secs_f64());
    }

    /// What was refused stays paid for: attempts have this rate, not only what goes through.
    pub(super) fn answered(&mut self, now: Instant, estimated: f64, seen: Seen) -> Option<Cut> {
        self.window.add(now, seen);
        self.rise(now);
        if self.phase == Phase::Blind && (seen.throttled == 0 || seen.through > 0.0) {
            let known = if self.wall.is_finite() { self.wall } else { 0.0 };
            self.double(now, (known / 10.0).max(10.0));
        }
        if seen.throttled > 0 {
            self.refused(now);
            return self.judge(now);
        }
        self.gate.correct(now, estimated, seen.through);
        None
    }

    fn refused(&mut self, now: Instant) {
        if self.refused_at.is_none_or(|at| now >= at + EPISODE) {
            let (seen, seconds) = self.window.over(now, EPISODE, None);
            let known = self.lowered().or(self.limit).unwrap_or(seen.through / seconds);
            self.before = if known < FLOOR { f64::INFINITY } else { known };
        }
        self.refused_at = Some(now);
    }

    fn judge(&mut self, now: Instant) -> Option<Cut> {
        if self.phase == Phase::Blind {
            return None;
        }
        match self.judge.verdict(&self.window, now) {
            Verdict::Nothing => None,
            Verdict::Everything => {
                self.wall = self.before;
                self.phase = Phase::Blind;
                Some(Cut::Much)
            }
            Verdict::Table { through } => {
                self.cut(now, through);
                Some(Cut::Much)
            }
            Verdict::Perhaps { through } => {
                self.cut(now, through);
                self.judge.wait(now + Duration::from_secs_f64(1.3 * self.flat_at()));
                Some(Cut::Little)
            }
            Verdict::Partition => {
                self.wall = self.before;
                self.double(now, self.gate.rate());
                None
            }
        }
    }

    fn cut(&mut self, now: Instant, through: f64) {
        let current = self.lowered().or(self.limit);
        let rate = (through.min(current.unwrap_or(f64::INFINITY)) * KEPT).max(self.floor());
        self.wall = rate / KEPT;
        self.phase = Phase::Rising { since: now };
        self.gate = Bucket::new(rate, now);
    }

    fn double(&mut self, now: Instant, from: f64) {
        self.judge.changed(now);
        self.phase = Phase::Doubling { since: now, from };
        self.gate = Bucket::new(from, now);
    }

    fn rise(&mut self, now: Instant) {
        let rate = match self.phase {
            Phase::Blind => return,
            Phase::Free => {
                let attempts = self.limit.map_or(FLOOR, |limit| limit * ATTEMPTS);
                if self.gate.rate() != attempts {
                    self.gate.set(attempts, now);
                }
                return;
            }
            Phase::Rising { since } => {
                let time = now.saturating_duration_since(since).as_secs_f64() - self.flat_at();
                self.wall + STEEP * self.scale() * time.powi(3)
            }
            Phase::Doubling { since, from } => {
                let rate = from * (now.saturating_duration_since(since).as_secs_f64() / DOUBLES_IN).exp2();
                if rate >= KEPT * self.wall {
                    self.phase = Phase::Rising { since: now };
                }
                rate.min(KEPT * self.wall)
            }
        };
        let free = self.limit.unwrap_or((FREE_AGAIN * self.wall).min(FASTEST));
        if rate >= free {
            self.phase = Phase::Free;
        } else {
            self.gate.set(rate, now);
        }
    }

    /// After how many seconds the curve is back at the wall.
    fn flat_at(&self) -> f64 {
        ((1.0 - KEPT) * self.wall / (STEEP * self.scale())).cbrt()
    }

    fn scale(&self) -> f64 {
        self.limit.map_or(self.wall, |limit| self.wall.max(limit * LEAST_OF_LIMIT))
    }

    fn floor(&self) -> f64 {
        self.limit.map_or(FLOOR, |limit| limit.min(FLOOR))
    }
}
