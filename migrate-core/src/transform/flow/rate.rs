//! What was answered in the last seconds, in slots of a tenth of a second; draws no conclusion from it.

use std::time::Duration;

use tokio::time::Instant;

const SLOT: Duration = Duration::from_millis(100);
const SLOTS: u64 = 32;

/// Answers, summed up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Units that were consumed.
    pub(super) through: f64,
    /// Units that were refused.
    pub(super) refused: f64,
    pub(super) requests: u32,
    /// How many of the requests were throttled, wholly or in part.
    pub(super) throttled: u32,
}

impl Seen {
    /// The part of the units asked for that was refused.
    pub(super) fn units_refused(&self) -> f64 {
        let asked = self.through + self.refused;
        if asked > 0.0 { self.refused / asked } else { self.requests_throttled() }
    }

    pub(super) fn requests_throttled(&self) -> f64 {
        f64::from(self.throttled) / f64::from(self.requests.max(1))
    }

    fn add(&mut self, other: Self) {
        self.through += other.through;
        self.refused += other.refused;
        self.requests += other.requests;
        self.throttled += other.throttled;
    }
}

/// The last three seconds.
#[derive(Clone, Debug)]
pub(super) struct Window {
    start: Instant,
    /// The slot written last.
    newest: u64,
    slots: [Seen; SLOTS as usize],
}

impl Window {
    pub(super) fn new(now: Instant) -> Self {
        Self { start: now, newest: 0, slots: [Seen::default(); SLOTS as usize] }
    }

    pub(super) fn add(&mut self, now: Instant, seen: Seen) {
        let slot = self.slot(now).max(self.newest);
        for stale in (self.newest + 1..=slot).rev().take(SLOTS as usize) {
            self.slots[(stale % SLOTS) as usize] = Seen::default();
        }
        self.newest = slot;
        self.slots[(slot % SLOTS) as usize].add(seen);
    }

    /// What was answered in the last `span`, but after the slot of `after`; and how many seconds that are.
    pub(super) fn over(&self, now: Instant, span: Duration, after: Option<Instant>) -> (Seen, f64) {
        self.from(now, self.first(now, span, after))
    }

    /// The same, but only after the slot in which something was refused first: part of that one was before.
    pub(super) fn since_refusal(&self, now: Instant, span: Duration, after: Option<Instant>) -> (Seen, f64) {
        let last = self.slot(now);
        let first = self.first(now, span, after);
        let refused = (first..=last).find(|slot| self.at(*slot).throttled > 0);
        self.from(now, refused.map_or(first, |refused| last.min(refused + 1)))
    }

    fn first(&self, now: Instant, span: Duration, after: Option<Instant>) -> u64 {
        let slots = (span.as_millis() / SLOT.as_millis()).max(1) as u64;
        let first = (self.slot(now) + 1).saturating_sub(slots.min(SLOTS));
        first.max(after.map_or(0, |after| self.slot(after) + 1))
    }

    fn from(&self, now: Instant, first: u64) -> (Seen, f64) {
        let mut sum = Seen::default();
        for slot in first..=self.slot(now) {
            sum.add(self.at(slot));
        }
        let since = self.start + SLOT * u32::try_from(first).unwrap_or(u32::MAX);
        (sum, now.saturating_duration_since(since).max(SLOT).as_secs_f64())
    }

    fn at(&self, slot: u64) -> Seen {
        let held = slot <= self.newest && slot + SLOTS > self.newest;
        if held { self.slots[(slot % SLOTS) as usize] } else { Seen::default() }
    }

    fn slot(&self, now: Instant) -> u64 {
        (now.saturating_duration_since(self.start).as_millis() / SLOT.as_millis()) as u64
    }
}
