//! How many requests may be under way at once: one more after a round without trouble, half as many after trouble; knows no rate.

use std::time::Duration;

use tokio::time::Instant;

use super::pace::Cut;

const START: f64 = 8.0;
const MOST: f64 = 32.0;
/// What went wrong within this time has one cause.
const BETWEEN: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Concurrency {
    allowed: f64,
    /// Up to here it was fine before: back there, one more for every answer.
    known: f64,
    lowered_at: Option<Instant>,
}

impl Concurrency {
    pub(super) fn new() -> Self {
        Self { allowed: START, known: 0.0, lowered_at: None }
    }

    pub(super) fn allowed(&self) -> usize {
        self.allowed as usize
    }

    /// An answer came without trouble while so many were under way, itself included. What is not used need not grow.
    pub(super) fn fine(&mut self, under_way: usize) {
        if (under_way as f64) < (self.allowed / 2.0).floor() {
            return;
        }
        let more = if self.allowed < self.known { 1.0 } else { 1.0 / self.allowed };
        self.allowed = (self.allowed + more).min(MOST);
    }

    pub(super) fn cut(&mut self, now: Instant, cut: Cut) {
        match cut {
            Cut::Much => self.lower(now, 0.5),
            Cut::Little => self.lower(now, 0.8),
        }
    }

    pub(super) fn trouble(&mut self, now: Instant) {
        self.lower(now, 0.5);
    }

    fn lower(&mut self, now: Instant, kept: f64) {
        if self.lowered_at.is_some_and(|at| now < at + BETWEEN) {
            return;
        }
        self.lowered_at = Some(now);
        // Trouble on the way back says nothing new of what is too many.
        self.known = self.known.max(self.allowed * 0.75).min(MOST * 0.75);
        self.allowed = (self.allowed * kept).max(1.0);
    }
}
