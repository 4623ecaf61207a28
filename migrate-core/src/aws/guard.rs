//! Clients that refuse: one that only reads, one that writes only while the lease holds. Knows neither tables nor plans.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use tokio::sync::watch;

use super::fault::Refused;
use crate::error::{BoxError, Error, ErrorKind};

/// Operations that change nothing. An allow-list: what is not named here is taken for a write.
const READS: [&str; 18] = [
    "BatchGetItem",
    "DescribeBackup",
    "DescribeContinuousBackups",
    "DescribeContributorInsights",
    "DescribeEndpoints",
    "DescribeKinesisStreamingDestination",
    "DescribeLimits",
    "DescribeTable",
    "DescribeTimeToLive",
    "GetItem",
    "GetResourcePolicy",
    "ListBackups",
    "ListContributorInsights",
    "ListTables",
    "ListTagsOfResource",
    "Query",
    "Scan",
    "TransactGetItems",
];

fn operation(config: &ConfigBag) -> &str {
    config.load::<Metadata>().map_or("", Metadata::name)
}

#[derive(Debug)]
struct ReadOnly;

impl Intercept for ReadOnly {
    fn name(&self) -> &'static str {
        "migrate-core: read only"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = operation(config);
        if READS.contains(&operation) {
            return Ok(());
        }
        let text = format!("{operation} would write, and this command only reads");
        Err(Refused { kind: ErrorKind::ReadOnly, text }.into())
    }
}

/// A client like `client` that refuses every operation that is not known to be a read.
pub(crate) fn read_only(client: &Client) -> Client {
    Client::from_conf(client.config().to_builder().interceptor(ReadOnly).build())
}

/// How long a holder may go on after its last confirmed beat. It stops itself at two thirds of the lease, before others may take over.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    state: Arc<Mutex<State>>,
    /// Raised when it is lost.
    over: Arc<watch::Sender<bool>>,
}

#[derive(Debug)]
struct State {
    lease: Duration,
    confirmed: Sent,
    clock: fn() -> Instant,
    lost: Option<String>,
}

impl Lease {
    /// A lease that was confirmed by a request sent at `confirmed`, and is judged by this clock and the wall's.
    pub(crate) fn new(lease: Duration, confirmed: Sent, clock: fn() -> Instant) -> Self {
        let state = State { lease, confirmed, clock, lost: None };
        Self { state: Arc::new(Mutex::new(state)), over: Arc::new(watch::channel(false).0) }
    }

    /// The time, by its clocks.
    pub(crate) fn now(&self) -> Sent {
        Sent::by(self.lock().clock)
    }

    /// Notes that a request sent at `sent` confirmed the lease.
    pub(crate) fn confirm(&self, sent: Sent) {
        self.lock().confirmed = sent;
    }

    /// Notes that the lock is somebody else's.
    pub(crate) fn lose(&self, why: String) {
        self.lock().lost.get_or_insert(why);
        self.over.send_replace(true);
    }

    /// Waits until it is lost, as far as somebody noticed: whoever beats does.
    pub(crate) async fn lost(&self) {
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    /// Why nothing may be written any more, if so. That stands: a run that was refused one write is at its end, even if a beat arrives now.
    pub(crate) fn refusal(&self) -> Option<String> {
        let mut state = self.lock();
        let silent = Sent::by(state.clock).since(&state.confirmed);
        if state.lost.is_none() && silent >= state.lease * 2 / 3 {
            let lease = state.lease.as_secs();
            state.lost = Some(format!("the lock's last beat is {} s old, and its lease only {lease} s", silent.as_secs()));
            self.over.send_replace(true);
        }
        state.lost.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of a run whose lock is not its own any more.
pub(crate) fn lost(why: impl Into<BoxError>) -> Error {
    let again = "nothing more was written; run the same command again: it goes on from what is recorded. A migration that says `on_interrupt = ask` is settled by a person first, `migrate resolve`";
    let who = "if somebody took it over, `migrate lock` and `migrate history` show who: it may have been `migrate unlock`";
    Error::new(ErrorKind::LockLost, why).with_help(again).with_help(who)
}

/// When a request was sent, by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    monotonic: Instant,
    wall: SystemTime,
}

impl Sent {
    /// Now, by this clock and the wall's.
    pub(crate) fn by(clock: fn() -> Instant) -> Self {
        Self { monotonic: clock(), wall: SystemTime::now() }
    }

    /// How long ago the other one was. A suspended machine stops one clock, an adjusted one moves the other: the larger counts.
    fn since(&self, other: &Self) -> Duration {
        let wall = self.wall.duration_since(other.wall).unwrap_or_default();
        self.monotonic.saturating_duration_since(other.monotonic).max(wall)
    }
}

#[derive(Debug)]
struct Guarded(Lease);

impl Intercept for Guarded {
    fn name(&self) -> &'static str {
        "migrate-core: lease"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match self.0.refusal() {
            Some(text) => Err(Refused { kind: ErrorKind::LockLost, text }.into()),
            None => Ok(()),
        }
    }
}

/// A client like `client` that asks the lease before every attempt.
pub(crate) fn guarded(client: &Client, lease: &Lease) -> Client {
    Client::from_conf(client.config().to_builder().interceptor(Guarded(lease.clone())).build())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::aws::fake::{self, json};
    use crate::aws::fault::explain;
    use crate::iam::Action;

    const LEASE: Duration = Duration::from_secs(30);

    /// A lease whose last beat both clocks saw so many seconds ago; below zero, a clock was set back since.
    fn silent(monotonic: u64, wall: i64) -> Lease {
        let now = Sent::by(Instant::now);
        let by = Duration::from_secs(wall.unsigned_abs());
        let wall = if wall < 0 { now.wall + by } else { now.wall - by };
        Lease::new(LEASE, Sent { monotonic: now.monotonic - Duration::from_secs(monotonic), wall }, Instant::now)
    }

    /// What becomes of a write under this lease, and how many requests left.
    async fn write(lease: &Lease) -> (Option<ErrorKind>, usize) {
        let left = Arc::new(AtomicUsize::new(0));
        let counted = left.clone();
        let client = fake::client(move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            json(200, "{}")
        });
        let put = guarded(&client, lease).put_item().table_name("things").send().await;
        let kind = put.err().map(|error| explain(Action::PutItem, "things", error).kind());
        (kind, left.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn whoever_was_stopped_for_two_thirds_of_the_lease_by_either_clock_sends_nothing() {
        // A suspended machine: the monotonic clock stood, the wall's went on. A stopped process: both went on. A wall that was set back.
        for (monotonic, wall) in [(0, 20), (20, 20), (20, 0), (20, -3_600), (25, 3_600)] {
            assert_eq!(write(&silent(monotonic, wall)).await, (Some(ErrorKind::LockLost), 0), "{monotonic} s, {wall} s");
        }
        for (monotonic, wall) in [(0, 0), (15, 15), (15, -3_600), (0, 15)] {
            assert_eq!(write(&silent(monotonic, wall)).await, (None, 1), "{monotonic} s, {wall} s");
        }
    }

    #[tokio::test]
    async fn a_beat_revives_a_lease_only_if_nobody_was_refused() {
        let late = silent(21, 21);
        late.confirm(late.now());
        assert_eq!(write(&late).await, (None, 1));
        let lost = silent(21, 21);
        assert!(lost.refusal().is_some_and(|why| why.contains("last beat is 21 s old")), "{:?}", lost.refusal());
        lost.confirm(lost.now());
        assert_eq!(write(&lost).await, (Some(ErrorKind::LockLost), 0));
    }
}
