//! The model's own time, which moves only when a test moves it; it never knows what happens meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// 2026-01-01T00:00:00Z.
const START: u64 = 1_767_225_600;

pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<AtomicU64>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }
}

impl Clock {
    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Lets time pass. What is less than a second is lost.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_secs(), Ordering::Relaxed);
    }
}

/// How AWS writes a moment into a sentence.
pub(super) fn words(seconds: u64) -> String {
    let moment = aws_smithy_types::DateTime::from_secs(seconds.cast_signed());
    moment.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_default()
}
