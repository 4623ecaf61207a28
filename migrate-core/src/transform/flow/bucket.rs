//! A bucket that fills with units at a steady rate and may be overdrawn; knows nothing of what the units pay for.

use std::time::Duration;

use tokio::time::Instant;

/// What one request may be worth, in seconds of the rate; what costs more must wait for as much and then overdraws.
const REQUEST: f64 = 0.2;
/// What the bucket holds, in seconds of the rate. More than a request's worth, so that one who comes late loses nothing.
const HOLDS: f64 = 0.25;
/// Beside the nearest nanosecond: who comes at the instant named must never find a hair too little.
const HAIR: Duration = Duration::from_micros(1);
/// What an item costs at least, so that nothing is divided by zero.
const LEAST: f64 = 1e-6;
/// Nobody is told to wait for longer without asking again.
const LONGEST: f64 = 3600.0;

/// It starts empty: over any time no more is taken than the rate gives, but for the last overdraft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    rate: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn new(rate: f64, now: Instant) -> Self {
        Self { rate: sound(rate), level: 0.0, at: now }
    }

    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// Another rate from now on. What is in it, or missing, stays worth the same time: a debt made at a high rate is not
    /// paid for minutes at a low one.
    pub(super) fn set(&mut self, rate: f64, now: Instant) {
        self.fill(now);
        self.level *= sound(rate) / self.rate;
        self.rate = sound(rate);
    }

    /// How many items of `units` each make one request, of `most`.
    pub(super) fn size(&self, units: f64, most: usize) -> usize {
        // A cast saturates, and what is no number becomes 0.
        ((REQUEST * self.rate / units.max(LEAST)) as usize).clamp(1, most.max(1))
    }

    /// When there is enough for a request that costs so much; `None` is now.
    pub(super) fn ready(&mut self, now: Instant, cost: f64) -> Option<Instant> {
        self.fill(now);
        let missing = cost.min(REQUEST * self.rate) - self.level;
        (missing > 0.0).then(|| now + Duration::from_secs_f64((missing / self.rate).min(LONGEST)) + HAIR)
    }

    pub(super) fn take(&mut self, now: Instant, units: f64) {
        self.fill(now);
        self.level -= units;
    }

    /// What was taken as `estimated` was `consumed` really.
    pub(super) fn correct(&mut self, now: Instant, estimated: f64, consumed: f64) {
        self.take(now, consumed - estimated);
        self.level = self.level.min(HOLDS * self.rate);
    }

    /// No debt of more than so many seconds.
    pub(super) fn forgive(&mut self, seconds: f64) {
        self.level = self.level.max(-seconds * self.rate);
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at);
        self.level = (self.level + passed.as_secs_f64() * self.rate).min(HOLDS * self.rate);
        self.at = self.at.max(now);
    }
}

/// A rate that can be divided by.
fn sound(rate: f64) -> f64 {
    rate.max(0.01)
}
