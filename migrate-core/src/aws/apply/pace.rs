//! How long to wait and how often to look; it never knows for what.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::error::{Error, ErrorKind};
use crate::schema::SettingChange;
use crate::step::Step;
use crate::stop::Stop;

/// How long a step may take until it shows. Looking is by time: a large table's index takes hours.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    /// For the building of an index or a replica, and for a table that builds one.
    pub build: Duration,
    /// For everything else.
    pub limit: Duration,
    /// Whether an index that is being built is left to itself: building goes on without us.
    pub leave_builds: bool,
    /// When nothing is begun any more, and what is on the way is left to itself.
    pub deadline: Option<Instant>,
    /// A wish to stop ends waiting as the deadline does.
    pub stop: Stop,
    /// Others that wait for the same thing.
    pub convoy: Option<Convoy>,
}

/// Steps of one kind that take about as long each: one of them looks often, and the others look when that one is done.
#[derive(Clone, Debug)]
pub(crate) struct Convoy {
    leads: Arc<AtomicBool>,
    /// How long the first took.
    took: Arc<watch::Sender<Option<Duration>>>,
}

impl Default for Convoy {
    fn default() -> Self {
        Self { leads: Arc::new(AtomicBool::new(true)), took: Arc::new(watch::channel(None).0) }
    }
}

impl Default for Wait {
    fn default() -> Self {
        Self {
            build: Duration::from_hours(24),
            limit: Duration::from_mins(30),
            leave_builds: false,
            deadline: None,
            stop: Stop::default(),
            convoy: None,
        }
    }
}

/// How often a refusal is looked into before it is believed: an earlier, lost reply's effect may show late.
pub(super) const DOUBTS: u32 = 3;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);
/// The longest that one of a convoy waits for another: whoever leads may have failed.
const FOLLOWS_FOR: Duration = Duration::from_secs(30);

/// The pauses of one step: 50 ms, doubling to 5 s.
pub(super) struct Pace {
    begun: Instant,
    limit: Duration,
    deadline: Option<Instant>,
    next: Duration,
    stop: Stop,
    convoy: Option<(Convoy, bool)>,
}

impl Pace {
    pub(super) fn new(step: &Step, wait: &Wait) -> Self {
        let limit = match step {
            Step::CreateGlobalIndex { .. } | Step::DropGlobalIndex { .. } | Step::AwaitTable { .. } => wait.build,
            // A replica is filled with the whole table.
            Step::Set { change: SettingChange::Replica { .. }, .. } => wait.build,
            Step::CreateTable { .. } | Step::Set { .. } | Step::DropTable { .. } => wait.limit,
        };
        let convoy = wait.convoy.clone().map(|convoy| {
            let leads = convoy.leads.swap(false, Ordering::AcqRel);
            (convoy, leads)
        });
        Self { begun: Instant::now(), limit, deadline: wait.deadline, next: FIRST, stop: wait.stop.clone(), convoy }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Whether the deadline has passed, or somebody asked to stop.
    pub(super) fn is_over(&self) -> bool {
        self.stop.is_requested() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// One that follows waits here until the one that leads is done, and as long as that one took.
    pub(super) async fn follow(&mut self) {
        let Some((convoy, false)) = &self.convoy else { return };
        let mut told = convoy.took.subscribe();
        let patience =
            self.deadline.map_or(FOLLOWS_FOR, |deadline| deadline.saturating_duration_since(Instant::now()).min(FOLLOWS_FOR));
        let followed = tokio::select! {
            followed = timeout(patience, told.wait_for(Option::is_some)) => followed.map(|told| told.map(|took| *took)),
            () = self.stop.requested() => return,
        };
        let took = match followed {
            Ok(Ok(took)) => took.unwrap_or_default(),
            Ok(Err(_)) | Err(_) => return,
        };
        self.rest(took.saturating_sub(self.elapsed()).min(FOLLOWS_FOR)).await;
        // Those that take a little longer are not asked at every turn.
        self.next = (took / 8).max(FIRST);
    }

    /// Tells the others of a convoy that it is done.
    pub(super) fn done(&self) {
        if let Some((convoy, true)) = &self.convoy {
            convoy.took.send_replace(Some(self.elapsed()));
        }
    }

    /// Sleeps, unless somebody asks to stop; whoever was asked already has things to settle first.
    async fn rest(&self, pause: Duration) {
        if self.stop.is_requested() {
            return sleep(pause).await;
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = self.stop.requested() => {}
        }
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
        self.rest(self.next.min(left).min(until.unwrap_or(left))).await;
        // Whoever leads looks often enough for all.
        let leads = matches!(self.convoy, Some((_, true)));
        self.next = if leads { self.next * 6 / 5 } else { self.next * 2 }.min(LONGEST);
        Ok(())
    }
}

/// Whoever leads and fails sets the others free.
impl Drop for Pace {
    fn drop(&mut self) {
        if let Some((convoy, true)) = &self.convoy
            && convoy.took.borrow().is_none()
        {
            convoy.took.send_replace(Some(Duration::ZERO));
        }
    }
}

/// A step whose effect does not show.
pub(super) fn not_shown(step: &Step, elapsed: Duration, status: &str) -> Error {
    let text = format!("after {} s it does not show yet: {step} ({status})", elapsed.as_secs());
    Error::new(ErrorKind::NotVerified, text)
        .with_help("it may still be under way: run it again, and it goes on from what is there")
}
