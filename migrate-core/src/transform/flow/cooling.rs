//! How long to leave something alone: a segment whose partition throttles, a request that met an error; knows no rate.

use std::time::Duration;

use tokio::time::Instant;

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

/// How long a segment is left alone whose partition throttles. The pause doubles with each throttled request; when one
/// goes through it gets shorter and is still kept, so that the segment finds its partition's pace instead of running into it
/// at every second request.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::transform) struct Cooling {
    pause: Duration,
    until: Option<Instant>,
    /// How often it was throttled.
    times: u64,
}

impl Cooling {
    /// It was throttled once more. What was sent before it cooled says nothing new.
    pub(in crate::transform) fn throttled(&mut self, now: Instant) {
        self.times += 1;
        if self.until.is_none_or(|until| now >= until) {
            self.pause = (self.pause * 2).clamp(SHORTEST, LONGEST);
            self.until = Some(now + self.pause);
        }
    }

    /// It was not.
    pub(in crate::transform) fn went_through(&mut self, now: Instant) {
        if self.until.is_some_and(|until| now >= until) {
            self.pause = self.pause * 4 / 5;
            self.until = (self.pause >= SHORTEST / 2).then(|| now + self.pause);
            if self.until.is_none() {
                self.pause = Duration::ZERO;
            }
        }
    }

    /// How often it was throttled.
    pub(in crate::transform) fn times(&self) -> u64 {
        self.times
    }

    /// When it may be used again.
    pub(in crate::transform) fn until(&self) -> Option<Instant> {
        self.until
    }
}

/// How long to wait before the `tries`-th repetition after an error of the engine; the same for the same seed.
pub(in crate::transform) fn backoff(tries: u32, seed: u64) -> Duration {
    let doubled = SHORTEST * 2_u32.pow(tries.saturating_sub(1).min(10));
    let jitter = spread(seed.wrapping_add(u64::from(tries))) as f64 / u64::MAX as f64;
    doubled.min(LONGEST).mul_f64(0.5 + 0.5 * jitter).max(SHORTEST)
}

/// Whether an error of the engine's own, met so often in a row, counts by now.
pub(in crate::transform) const fn is_tired(troubles: u32) -> bool {
    troubles > 20
}

/// SplitMix64: neighbours become far apart.
fn spread(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
