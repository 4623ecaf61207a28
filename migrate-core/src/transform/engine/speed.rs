//! How fast a pass goes, and what follows from that. Knows no clock of its own.

use std::time::{Duration, SystemTime};

/// Before that, nobody knows how long it takes.
const FIRST: Duration = Duration::from_secs(1);
/// Before that, it is not known well enough to warn anybody.
const SETTLED: Duration = Duration::from_secs(10);
/// Some 30 years: who goes slower does not arrive.
const NEVER: f64 = 1e9;

/// What was read in which time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speed {
    pub(super) read: u64,
    pub(super) elapsed: Duration,
}

impl Speed {
    /// Items per second.
    pub(super) fn per_second(self) -> f64 {
        self.read as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    /// How long the rest takes, roughly: of about `items`, `gone` are read by now, those included that an earlier run read.
    pub(super) fn left(self, items: u64, gone: u64) -> Option<Duration> {
        let known = self.read > 0 && self.elapsed >= FIRST;
        let rest = items.saturating_sub(gone) as f64;
        known.then(|| Duration::from_secs_f64((rest / self.per_second().max(0.001)).min(NEVER)))
    }

    pub(super) fn is_settled(self) -> bool {
        self.elapsed >= SETTLED
    }
}

/// What to say where the credentials end before it is done.
pub(super) fn outlives(end: SystemTime, now: SystemTime, left: Duration) -> Option<String> {
    // Those that have ended say so themselves.
    let valid = end.duration_since(now).ok().filter(|valid| *valid < left)?;
    let minutes = |time: Duration| time.as_secs().div_ceil(60);
    Some(format!(
        "the credentials end in {} minutes, and this takes about {} more: it will then stop at a safe point, and the next run goes on",
        minutes(valid),
        minutes(left)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(read: u64, millis: u64) -> Speed {
        Speed { read, elapsed: Duration::from_millis(millis) }
    }

    #[test]
    fn the_rest_takes_as_long_as_what_was_read() {
        assert_eq!(speed(500, 2_000).per_second(), 250.0);
        assert_eq!(speed(500, 2_000).left(1_500, 1_000), Some(Duration::from_secs(2)));
        assert_eq!(speed(500, 1_000).left(1_500, 500), Some(Duration::from_secs(2)), "a second is enough");
        assert_eq!(speed(500, 999).left(1_500, 500), None);
        assert_eq!(speed(0, 5_000).left(1_500, 0), None);
        // The count is hours old.
        assert_eq!(speed(500, 2_000).left(400, 500), Some(Duration::ZERO));
        assert_eq!(speed(1, 1_000_000_000).left(u64::MAX, 1), Some(Duration::from_secs(1_000_000_000)), "no panic");
        assert_eq!(speed(5, 0).per_second(), 5_000.0, "nor a division by nothing");
    }

    #[test]
    fn after_ten_seconds_it_is_known() {
        assert!(!speed(1, 9_999).is_settled() && speed(1, 10_000).is_settled());
    }

    #[test]
    fn credentials_that_end_before_it_does_are_told() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let (in_ten, left) = (now + Duration::from_secs(600), |seconds| Duration::from_secs(seconds));
        let said = outlives(in_ten, now, left(601)).expect("they end a second too soon");
        assert!(said.starts_with("the credentials end in 10 minutes, and this takes about 11 more"), "{said}");
        assert_eq!(outlives(in_ten, now, left(600)), None);
        assert_eq!(outlives(now - Duration::from_secs(1), now, left(601)), None, "they have ended: the engine says so");
    }
}
