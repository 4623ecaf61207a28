//! The real binary, killed by SIGKILL at counted writes of items and at counted writes of its progress, and then run again.
//!
//! `MIGRATE_TEST_KILLED_ITEMS=100000 cargo test -p migrate-tests --test resume killed:: -- --nocapture` is the full form.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::embedded::Engine;
use migrate_tests::process::{Ended, Folder, Running, edit_lock, signal};
use migrate_tests::seam::{Recorder, Verdict};
use migrate_tests::simulated::{Counts, Face, Simulated, SimulatedTable};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Work;
use super::bench::{SEGMENTS, chance, keeps};

const BINARY: &str = env!("CARGO_BIN_EXE_fixture-counted");
const TABLE: &str = "customers";
const KEYS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_EC2_METADATA_DISABLED", "true")];
/// A page has no more items.
const PAGE: u64 = 500;
const AT_ONCE: usize = 4;

/// When a process is ended.
#[derive(Clone, Copy, Debug)]
enum Point {
    /// While this write of an item is carried out.
    Write(u64),
    /// When it keeps its progress for this time: before or after that is carried out.
    Keep { time: u32, after: bool },
}

/// A DynamoDB of its own behind a port.
struct World {
    folder: Folder,
    below: Client,
    simulated: Simulated,
    port: u16,
    items: u64,
    /// The process that is ended at the point; 0 is none.
    victim: Arc<AtomicU32>,
    ended_at: Arc<Mutex<Option<Instant>>>,
    kept: Arc<Mutex<Option<Instant>>>,
}

#[expect(clippy::disallowed_methods, reason = "a person asks for the long form")]
fn items() -> u64 {
    std::env::var("MIGRATE_TEST_KILLED_ITEMS").map_or(4_000, |items| items.parse().expect("a number of items"))
}

impl World {
    async fn new(point: Point, with: &'static str) -> Self {
        let (victim, keeping) = (Arc::new(AtomicU32::new(0)), AtomicU32::new(0));
        let (ended_at, kept) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
        let end = {
            let (victim, ended_at) = (victim.clone(), ended_at.clone());
            move || match victim.swap(0, Ordering::Relaxed) {
                0 => false,
                id => {
                    signal(id, with);
                    *ended_at.lock().unwrap() = Some(Instant::now());
                    true
                }
            }
        };
        let engine = Engine::memory().expect("an engine").client();
        let recorder = Recorder::of(&engine).failing({
            let (end, victim, kept) = (end.clone(), victim.clone(), kept.clone());
            move |call| {
                if !keeps(call) || victim.load(Ordering::Relaxed) == 0 {
                    return Verdict::Pass;
                }
                let number = keeping.fetch_add(1, Ordering::Relaxed);
                match point {
                    Point::Keep { time, after: false } if time == number && end() => return Verdict::HangBefore,
                    Point::Keep { time, after: true } if time == number => drop(end()),
                    Point::Keep { .. } | Point::Write(_) => {}
                }
                *kept.lock().unwrap() = Some(Instant::now());
                Verdict::Pass
            }
        });
        let below = recorder.attach(&engine);
        let simulated = Simulated::over(&below)
            .table(SimulatedTable::new(TABLE))
            .latency(Duration::from_millis(2), Duration::from_millis(4), 1)
            .failing_statements(move |number, _| {
                if matches!(point, Point::Write(at) if at == number) {
                    end();
                }
                None
            })
            .start();
        let face = Face::listen(&simulated, None, 0).await.expect("a port");
        let port = face.port();
        tokio::spawn(face.serve());
        let world = Self { folder: Folder::default(), below, simulated, port, items: items(), victim, ended_at, kept };
        world.start(&["--to", "1"]).ended().await.succeeds();
        world.simulated.fill(TABLE, (0..world.items).map(|number| Work::old(number, 60))).await;
        world
    }

    fn start(&self, more: &[&str]) -> Running {
        let url = format!("http://127.0.0.1:{}", self.port);
        // Five seconds of reading, and pages of at most a fifth of a second.
        let units = (self.items / 130).to_string();
        let segments = SEGMENTS.to_string();
        let arguments =
            ["up", "--endpoint-url", &url, "--region", "eu-west-1", "--segments", &segments, "--max-read-units", &units];
        self.folder.start_with(BINARY, &[&arguments, more].concat(), &KEYS)
    }

    async fn run(&self) -> Ended {
        self.start(&[]).ended_within(Duration::from_secs(300)).await
    }

    /// Runs until the point.
    async fn interrupted(&self) -> Ended {
        let running = self.start(&[]);
        self.victim.store(running.id(), Ordering::Relaxed);
        running.ended_within(Duration::from_secs(300)).await
    }

    fn counts(&self) -> Counts {
        self.simulated.counts(TABLE)
    }

    /// Each item was changed exactly once, and a further run does nothing.
    async fn is_finished(&self, context: &str) {
        let done = self.simulated.items(TABLE).iter().filter(|item| Work::Count.is_done(item)).count() as u64;
        let counts = self.counts();
        let written = counts.writes - counts.failed_conditions;
        assert_eq!((done, self.simulated.len(TABLE) as u64, written), (self.items, self.items, self.items), "{context}");
        let _ = self.run().await.succeeds().prints(&["Nothing to do"]);
        assert_eq!(self.counts().requests, counts.requests, "{context}");
    }
}

/// What one point showed: items read before it, and items read again after it.
async fn killed_at(point: Point) -> (u64, u64) {
    let world = World::new(point, "KILL").await;
    let begun = Instant::now();
    let ended = world.interrupted().await;
    let context = format!("{point:?}: {ended:?}");
    assert_eq!(ended.code, None, "{context}");
    // Nobody waits half a minute here for what was tested with a clock that stands still.
    let lease = Duration::from_millis(300);
    edit_lock(&world.below, "counted", "SET lease_ms = :ms", &[(":ms", AttributeValue::N(lease.as_millis().to_string()))]).await;
    // A page that was on its way to the dead one is counted when the engine has read it; the next one reads nothing before the lease is over.
    let over = Instant::now() + lease / 2;
    let _ = world.run().await.succeeds().prints(&["0002 count"]);
    let scanned = |since| world.simulated.counts_between(TABLE, since, over).scanned;
    let read = scanned(begun);
    let since = match *world.kept.lock().unwrap() {
        // What arrives here was thought of a little earlier, on a machine that has much to do.
        Some(kept) => scanned(kept - Duration::from_secs(1)) + u64::from(SEGMENTS) * PAGE,
        None => read,
    };
    let again = world.counts().scanned - world.items;
    assert!(again <= since.min(read), "{context}: {again} items read again of {read}, and {since} may be");
    world.is_finished(&context).await;
    (read, again)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_twenty_points_and_run_again_it_ends_right() {
    let mut chance = chance(20);
    let writes = (0..14).map(|_| Point::Write(chance(items() - 100))).collect::<Vec<_>>();
    let keeps = (0..6).map(|number| Point::Keep { time: number / 3, after: number % 2 == 0 });
    let mut points = writes.into_iter().chain(keeps);
    let (mut runs, mut all) = (JoinSet::new(), Vec::new());
    let begun = Instant::now();
    loop {
        while runs.len() < AT_ONCE
            && let Some(point) = points.next()
        {
            runs.spawn(async move { (point, killed_at(point).await) });
        }
        let Some(ended) = runs.join_next().await else { break };
        let (point, (read, again)) = ended.expect("a point that holds");
        println!("{point:?}: {read} items read before, {again} of them again");
        all.push((read, again));
    }
    let (read, again) = all.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!(
        "{} points of {} items in {:?}: {read} items read before, {again} of them again, none written twice",
        all.len(),
        items(),
        begun.elapsed()
    );
    assert_eq!(all.len(), 20);
    assert!(again < read * 3 / 4, "it mostly begins anew: {again} of {read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_it_stops_within_seconds_and_the_next_one_goes_on() {
    let world = World::new(Point::Write(items() / 2), "INT").await;
    let ended = world.interrupted().await.exits(130);
    let took = world.ended_at.lock().unwrap().expect("it was asked").elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    let ended = ended.says(&["stopping at the next safe point", "error[M0901]", "help: run the same command again"]);
    let read = world.counts().scanned;
    let _ = world.run().await.succeeds().prints(&["0002 count"]);
    let again = world.counts().scanned - world.items;
    println!("stopped within {took:?}: {read} items read before, {again} of them again");
    assert!(read < world.items && again <= u64::from(SEGMENTS) * PAGE && again < read / 2, "{again} of {read}");
    world.is_finished(&format!("{ended:?}")).await;
}
