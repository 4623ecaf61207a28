//! How fast, and how much at once: budgets kept from what was really consumed, less of everything where DynamoDB throttles. Knows a clock that
//! is handed in, and no request.
//!
//! Two gates stand one behind the other, for what is written and for what is read: the budget ([`bucket`]), which is a promise, and
//! the pace ([`pace`]), which throttling lowers. Nobody need ask before the instant of a [`Permit::At`], but all should be
//! asked again after each answer: it may have given units back.

mod bucket;
mod concurrency;
mod cooling;
mod judge;
mod lane;
mod pace;
mod rate;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::Instant;

use self::bucket::Bucket;
use self::concurrency::Concurrency;
pub(super) use self::cooling::{Cooling, backoff, is_tired};
use self::lane::{Lane, later};
use self::pace::Cut;
use crate::budget::Limits;
use crate::event::Waiting;

/// When to ask again while somebody has paused it.
const PAUSED: Duration = Duration::from_secs(1);
/// What was longer ago is over.
const OF_LATE: Duration = Duration::from_secs(1);

/// Whether something may be sent now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Permit {
    /// So many items at once, 1 at least.
    Now(usize),
    /// Not before.
    At(Instant, Waiting),
}

/// How an answer was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answered {
    /// Carried out, with the units that it consumed; `None` where the engine does not tell.
    Done(Option<f64>),
    /// Some or all of it was throttled; the units that the rest consumed.
    Throttled(Option<f64>),
    /// The engine had an error of its own, or did not answer.
    Trouble,
}

/// The budget of one pass.
#[derive(Debug)]
pub(super) struct Flow {
    write: Lane,
    read: Lane,
    changes: Option<Bucket>,
    concurrency: Concurrency,
    paused: bool,
    /// Writes under way: their estimate, and their items.
    writes: Vec<(f64, usize)>,
    reads: usize,
    waited: Option<(Instant, Waiting)>,
    throttled: Option<Instant>,
    trouble: Option<Instant>,
}

impl Flow {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        Self {
            write: Lane::new(limits.write, now),
            read: Lane::new(limits.read, now),
            changes: limits.changes.map(|rate| Bucket::new(rate, now)),
            concurrency: Concurrency::new(),
            paused: false,
            writes: Vec::new(),
            reads: 0,
            waited: None,
            throttled: None,
            trouble: None,
        }
    }

    /// Other limits from now on, while it runs.
    pub(super) fn set(&mut self, limits: Limits, paused: bool, now: Instant) {
        self.write.set(limits.write, now);
        self.read.set(limits.read, now);
        lane::set(&mut self.changes, limits.changes, now);
        self.paused = paused;
        self.no_longer(now);
    }

    /// How many items of `units` each may be written in one request, at most `most`.
    pub(super) fn may_write(&mut self, now: Instant, units: f64, most: usize) -> Permit {
        let mut size = self.write.size(units, most);
        if let Some(changes) = &self.changes {
            size = changes.size(1.0, size);
        }
        let units = self.write.ready(now, units * size as f64, Waiting::WriteBudget);
        let changes = self.changes.as_mut().and_then(|changes| changes.ready(now, size as f64));
        self.permit(now, size, later(units, changes.map(|at| (at, Waiting::Changes))))
    }

    /// How many items of `units` each may be read in one request, at most `most`.
    pub(super) fn may_read(&mut self, now: Instant, units: f64, most: usize) -> Permit {
        let size = self.read.size(units, most);
        let wait = self.read.ready(now, units * size as f64, Waiting::ReadBudget);
        self.permit(now, size, wait)
    }

    fn permit(&mut self, now: Instant, size: usize, wait: Option<(Instant, Waiting)>) -> Permit {
        let wait = if self.paused { Some((now + PAUSED, Waiting::Paused)) } else { wait };
        self.waited = later(self.waited, wait);
        wait.map_or(Permit::Now(size), |(at, why)| Permit::At(at, why))
    }

    /// A request was sent that will consume so much, roughly: it counts at once.
    pub(super) fn writing(&mut self, now: Instant, items: usize, units: f64) {
        self.write.sent(now, units);
        if let Some(changes) = &mut self.changes {
            changes.take(now, items as f64);
        }
        self.writes.push((units, items));
        self.no_longer(now);
    }

    pub(super) fn reading(&mut self, now: Instant, units: f64) {
        self.read.sent(now, units);
        self.reads += 1;
        self.no_longer(now);
    }

    /// It went on sooner than was told.
    fn no_longer(&mut self, now: Instant) {
        self.waited = self.waited.map(|(at, why)| (at.min(now), why));
    }

    /// Its answer came: what it really consumed counts instead. `items` of it were written.
    pub(super) fn wrote(&mut self, now: Instant, items: usize, estimated: f64, answer: Answered) {
        let under_way = self.under_way();
        let sent = self.sent_as(estimated).unwrap_or(items);
        if let (Some(changes), Answered::Done(_) | Answered::Throttled(_)) = (&mut self.changes, answer) {
            changes.correct(now, sent as f64, items as f64);
        }
        let carried_out = items as f64 / sent.max(1) as f64;
        let cut = self.write.answered(now, estimated, carried_out, answer);
        self.answered(now, under_way, answer, cut);
    }

    pub(super) fn read(&mut self, now: Instant, estimated: f64, answer: Answered) {
        let under_way = self.under_way();
        self.reads = self.reads.saturating_sub(1);
        let cut = self.read.answered(now, estimated, 0.0, answer);
        self.answered(now, under_way, answer, cut);
    }

    fn answered(&mut self, now: Instant, under_way: usize, answer: Answered, cut: Option<Cut>) {
        match answer {
            Answered::Done(_) => self.concurrency.fine(under_way),
            Answered::Throttled(_) => self.throttled = Some(now),
            Answered::Trouble => {
                self.trouble = Some(now);
                self.concurrency.trouble(now);
            }
        }
        if let Some(cut) = cut {
            self.concurrency.cut(now, cut);
        }
    }

    /// How many items a request had that is answered. Two of one estimate are as good as each other.
    fn sent_as(&mut self, estimated: f64) -> Option<usize> {
        let off = |(units, _): &(f64, usize)| (units - estimated).abs();
        let nearest = self.writes.iter().enumerate().min_by(|(_, one), (_, other)| off(one).total_cmp(&off(other)));
        let (at, _) = nearest?;
        Some(self.writes.swap_remove(at).1)
    }

    fn under_way(&self) -> usize {
        self.writes.len() + self.reads
    }

    /// How many requests may be under way at once: fewer where DynamoDB throttles, more again where it does not.
    pub(super) fn at_once(&self) -> usize {
        self.concurrency.allowed()
    }

    /// What it waits for, or waited for of late.
    pub(super) fn waiting(&self, now: Instant) -> Option<Waiting> {
        let late = |at: Instant| now <= at + OF_LATE;
        if self.paused {
            Some(Waiting::Paused)
        } else if self.trouble.is_some_and(late) {
            Some(Waiting::Trouble)
        } else if let Some((_, why)) = self.waited.filter(|(at, why)| *why != Waiting::Paused && late(*at)) {
            Some(why)
        } else {
            self.throttled.filter(|at| late(*at)).map(|_| Waiting::Throttled)
        }
    }

    /// Units per second, of late: written and read.
    pub(super) fn rates(&self, now: Instant) -> (f64, f64) {
        (self.write.rate(now), self.read.rate(now))
    }

    /// What is allowed at the moment, which throttling may have lowered: written and read.
    pub(super) fn limits(&self) -> Limits {
        let changes = self.changes.as_ref().map(Bucket::rate);
        Limits { write: self.write.limit(), read: self.read.limit(), changes }
    }
}
