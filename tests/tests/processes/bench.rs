//! An engine with yesterday's post office, processes that bring it to today, and points to trouble them at.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::engine::TestEngine;
use migrate_tests::process::{Ended, Folder, Running, edit_lock_in};
use migrate_tests::proxy::{Asked, Hold, Moment, Proxy};
use tokio::task::JoinSet;

use super::dump::Dump;
use super::{TODAY, YESTERDAY};

/// Longer than anything takes, a lease that runs out included.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Processes at once: more would only wait for a processor.
const AT_ONCE: usize = 4;

const KEYS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_EC2_METADATA_DISABLED", "true")];

/// The engines of this build that can stand behind a proxy.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Embedded,
    #[cfg(feature = "dynamodb-local")]
    DynamoDbLocal,
}

impl Kind {
    pub const ALL: &[Self] = &[
        Self::Embedded,
        #[cfg(feature = "dynamodb-local")]
        Self::DynamoDbLocal,
    ];

    /// How many points the short form takes: a server in a process of its own is slow.
    pub fn points(self) -> usize {
        match self {
            Self::Embedded => 12,
            #[cfg(feature = "dynamodb-local")]
            Self::DynamoDbLocal => 5,
        }
    }

    fn engine(self) -> (TestEngine, Option<String>) {
        match self {
            Self::Embedded => (TestEngine::embedded(), None),
            #[cfg(feature = "dynamodb-local")]
            Self::DynamoDbLocal => (TestEngine::dynamodb_local(), Some(migrate_tests::local::shared().endpoint())),
        }
    }
}

/// Whether a person asks for the long form.
#[expect(clippy::disallowed_methods, reason = "a person asks for the long form")]
pub fn every() -> bool {
    std::env::var("MIGRATE_TEST_EVERY_REQUEST").is_ok_and(|value| value == "1")
}

/// All of `0..count` in the long form, otherwise a spread with the first and the last.
pub fn spread(count: usize, points: usize) -> Vec<usize> {
    assert!(count >= points, "{count} are too few to mean anything");
    match every() {
        true => (0..count).collect(),
        false => (0..points).map(|point| point * (count - 1) / (points - 1)).collect(),
    }
}

/// Does something at each point, a few at once, and gathers what came of it.
pub async fn each<P, W, T, F>(points: impl Iterator<Item = P>, wanted: W, work: impl Fn(P, Arc<W>) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    each_of(AT_ONCE, points, wanted, work).await
}

/// [`each`], with as many at once as a test says.
pub async fn each_of<P, W, T, F>(
    at_once: usize,
    mut points: impl Iterator<Item = P>,
    wanted: W,
    work: impl Fn(P, Arc<W>) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (wanted, mut runs, mut all) = (Arc::new(wanted), JoinSet::new(), Vec::new());
    loop {
        while runs.len() < at_once
            && let Some(point) = points.next()
        {
            runs.spawn(work(point, wanted.clone()));
        }
        let Some(ended) = runs.join_next().await else { return all };
        all.push(ended.expect("a point that holds"));
    }
}

/// A process that waits for the answer to a request that is held.
pub struct Caught {
    pub running: Running,
    pub request: Asked,
    pub proxy: Proxy,
    pub hold: Hold,
}

pub struct World {
    pub engine: TestEngine,
    endpoint: Option<String>,
    folder: Folder,
}

impl World {
    /// Yesterday's post office.
    pub async fn yesterday(kind: Kind) -> Self {
        let (engine, endpoint) = kind.engine();
        let world = Self { engine, endpoint, folder: Folder::default() };
        let proxy = world.proxy().await;
        let _ = world.start(YESTERDAY, &proxy).ended_within(PATIENCE).await.succeeds();
        world
    }

    pub async fn proxy(&self) -> Proxy {
        Proxy::before(&self.engine.client(), self.endpoint.as_deref()).await
    }

    /// Starts a run to the end, the drops included.
    pub fn start(&self, binary: &str, proxy: &Proxy) -> Running {
        let (url, prefix) = (proxy.url(), self.engine.prefix());
        let arguments = ["up", "--phase", "all", "--endpoint-url", &url, "--region", "us-east-1", "--prefix", prefix];
        self.folder.start_with(binary, &arguments, &KEYS)
    }

    /// A run that nothing befalls.
    pub async fn run(&self) -> (Ended, Vec<Asked>) {
        let proxy = self.proxy().await;
        let ended = self.start(TODAY, &proxy).ended_within(PATIENCE).await;
        (ended, proxy.asked())
    }

    /// A process that is held at a request; `None` if it ends before it comes to it.
    pub async fn held(&self, at: usize, moment: Moment) -> Option<Caught> {
        self.held_at("", at, moment).await
    }

    /// A process that is held at a request of this operation.
    pub async fn held_at(&self, operation: &str, at: usize, moment: Moment) -> Option<Caught> {
        let proxy = self.proxy().await;
        let mut hold = proxy.hold(operation, at, moment);
        let mut running = self.start(TODAY, &proxy);
        let index = running.until(PATIENCE, hold.reached()).await?;
        Some(Caught { running, request: proxy.asked()[index].clone(), proxy, hold })
    }

    /// Nobody waits half a minute for the lease of one who is dead: what a lease is worth is tested where somebody lives.
    pub async fn shorten_the_lease(&self) {
        let short = [(":ms", AttributeValue::N("300".to_owned()))];
        edit_lock_in(&self.engine.client(), &self.engine.table("migrations"), "post", "SET lease_ms = :ms", &short).await;
    }

    pub async fn dump(&self) -> Dump {
        Dump::of(&self.engine.client(), self.engine.prefix()).await
    }

    /// As the reference left it, and a further run finds nothing to do.
    pub async fn is(&self, wanted: &Dump, context: &str) {
        self.dump().await.is(wanted, context);
        let (again, asked) = self.run().await;
        let _ = again.succeeds().prints(&["Nothing to do"]);
        assert!(asked.iter().all(|asked| !asked.call.is_write()), "{context}: {asked:?}");
    }
}

/// What a run asks that nothing befalls, and what it leaves.
pub async fn reference(kind: Kind) -> (Vec<Asked>, Dump) {
    let world = World::yesterday(kind).await;
    let (ended, asked) = world.run().await;
    let _ = ended.succeeds().prints(&["Done and read back"]);
    let dump = world.dump().await;
    dump.is_today();
    world.is(&dump, "the reference").await;
    (asked, dump)
}
