//! How fast, and how much at once: budgets kept from what was really consumed, less of everything where DynamoDB throttles. Knows a clock that
//! is handed in, and no request.

use std::time::Duration;

use tokio::time::Instant;

use crate::budget::Limits;
use crate::event::Waiting;

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
pub(super) struct Flow {}

impl Flow {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        todo!()
    }

    /// Other limits from now on, while it runs.
    pub(super) fn set(&mut self, limits: Limits, paused: bool, now: Instant) {
        todo!()
    }

    /// How many items of `units` each may be written in one request, at most `most`.
    pub(super) fn may_write(&mut self, now: Instant, units: f64, most: usize) -> Permit {
        todo!()
    }

    /// How many items of `units` each may be read in one request, at most `most`.
    pub(super) fn may_read(&mut self, now: Instant, units: f64, most: usize) -> Permit {
        todo!()
    }

    /// A request was sent that will consume so much, roughly: it counts at once.
    pub(super) fn writing(&mut self, now: Instant, items: usize, units: f64) {
        todo!()
    }

    pub(super) fn reading(&mut self, now: Instant, units: f64) {
        todo!()
    }

    /// Its answer came: what it really consumed counts instead. `items` of it were written.
    pub(super) fn wrote(&mut self, now: Instant, items: usize, estimated: f64, answer: Answered) {
        todo!()
    }

    pub(super) fn read(&mut self, now: Instant, estimated: f64, answer: Answered) {
        todo!()
    }

    /// How many requests may be under way at once: fewer where DynamoDB throttles, more again where it does not.
    pub(super) fn at_once(&self) -> usize {
        todo!()
    }

    /// What it waits for, or waited for of late.
    pub(super) fn waiting(&self, now: Instant) -> Option<Waiting> {
        todo!()
    }

    /// Units per second, of late: written and read.
    pub(super) fn rates(&self, now: Instant) -> (f64, f64) {
        todo!()
    }

    /// What is allowed at the moment, which throttling may have lowered: written and read.
    pub(super) fn limits(&self) -> Limits {
        todo!()
    }
}

/// How long a segment is left alone whose partition throttles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cooling {}

impl Cooling {
    /// It was throttled once more.
    pub(super) fn throttled(&mut self, now: Instant) {
        todo!()
    }

    /// It was not.
    pub(super) fn went_through(&mut self, now: Instant) {
        todo!()
    }

    /// When it may be used again.
    pub(super) fn until(&self) -> Option<Instant> {
        todo!()
    }
}

/// How long to wait before the `tries`-th repetition after an error of the engine; the same for the same seed.
pub(super) fn backoff(tries: u32, seed: u64) -> Duration {
    todo!()
}
