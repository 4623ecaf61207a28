//! Capacity as token buckets, by tokio's clock; it never knows what a token is spent on.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket that fills by its rate up to what it holds. A request is admitted while there is something in it, and may empty it into debt: what it
/// costs is known only when it is done.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    /// Units a second.
    rate: f64,
    /// Seconds of its rate that it holds.
    burst: f64,
    /// What somebody else takes, in units a second.
    taken: f64,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn new(rate: f64, burst: Duration) -> Self {
        let burst = burst.as_secs_f64();
        Self { rate, burst, taken: 0.0, tokens: rate * burst, at: Instant::now() }
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.tokens = (self.tokens + (self.rate - self.taken).max(0.0) * passed).min(self.rate * self.burst);
    }

    pub(super) fn has(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.tokens > 0.0
    }

    pub(super) fn take(&mut self, units: f64) {
        self.tokens -= units;
    }

    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    pub(super) fn set_rate(&mut self, now: Instant, rate: f64) {
        self.refill(now);
        self.rate = rate;
        self.tokens = self.tokens.min(rate * self.burst);
    }

    pub(super) fn set_taken(&mut self, now: Instant, taken: f64) {
        self.refill(now);
        self.taken = taken;
    }
}

/// What is read, or what is written: the table's bucket and one for each partition. What is missing is unlimited.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    pub(super) table: Option<Bucket>,
    pub(super) partitions: Vec<Bucket>,
}

impl Buckets {
    /// Takes the units of each partition, or nothing at all.
    pub(super) fn admit(&mut self, now: Instant, units: &[(usize, f64)]) -> bool {
        let table = self.table.as_mut().is_none_or(|bucket| bucket.has(now));
        let every = units.iter().all(|(at, _)| self.partitions.get_mut(*at).is_none_or(|bucket| bucket.has(now)));
        if !(table && every) {
            return false;
        }
        for (at, units) in units {
            if let Some(bucket) = &mut self.table {
                bucket.take(*units);
            }
            if let Some(bucket) = self.partitions.get_mut(*at) {
                bucket.take(*units);
            }
        }
        true
    }
}
