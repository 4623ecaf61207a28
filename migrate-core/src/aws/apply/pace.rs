//! How long to wait and how often to look; it never knows for what.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, ErrorKind};
use crate::step::Step;

/// How long a step may take until it shows. Looking is by time: a large table's index takes hours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    /// For the building of an index, and for a table that builds one.
    pub build: Duration,
    /// For everything else.
    pub limit: Duration,
    /// Whether an index that is being built is left to itself: building goes on without us.
    pub leave_builds: bool,
    /// When nothing is begun any more, and what is on the way is left to itself.
    pub deadline: Option<Instant>,
}

impl Default for Wait {
    fn default() -> Self {
        Self { build: Duration::from_hours(24), limit: Duration::from_mins(30), leave_builds: false, deadline: None }
    }
}

/// How often a refusal is looked into before it is believed: an earlier, lost reply's effect may show late.
pub(super) const DOUBTS: u32 = 3;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

/// The pauses of one step: 50 ms, doubling to 5 s.
pub(super) struct Pace {
    begun: Instant,
    limit: Duration,
    deadline: Option<Instant>,
    next: Duration,
}

impl Pace {
    pub(super) fn new(step: &Step, wait: &Wait) -> Self {
        let limit = match step {
            Step::CreateGlobalIndex { .. } | Step::DropGlobalIndex { .. } | Step::AwaitTable { .. } => wait.build,
            Step::CreateTable { .. } | Step::Set { .. } | Step::DropTable { .. } => wait.limit,
        };
        Self { begun: Instant::now(), limit, deadline: wait.deadline, next: FIRST }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Whether the deadline has passed.
    pub(super) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Waits for a while, or says that the time is up.
    pub(super) async fn pause(&mut self, step: &Step, status: &str) -> Result<(), Error> {
        let left = self.limit.saturating_sub(self.elapsed());
        if left.is_zero() {
            return Err(not_shown(step, self.elapsed(), status));
        }
        // Not beyond the deadline; what still has to be found out when it is over takes its pauses.
        let until =
            self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero());
        sleep(self.next.min(left).min(until.unwrap_or(left))).await;
        self.next = (self.next * 2).min(LONGEST);
        Ok(())
    }
}

/// A step whose effect does not show.
pub(super) fn not_shown(step: &Step, elapsed: Duration, status: &str) -> Error {
    let text = format!("after {} s it does not show yet: {step} ({status})", elapsed.as_secs());
    Error::new(ErrorKind::NotVerified, text)
        .with_help("it may still be under way: run it again, and it goes on from what is there")
}
