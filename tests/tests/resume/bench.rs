//! A simulated table in its old shape, runs over it, and what they cost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use migrate_core::budget::{Allowance, Budget};
use migrate_core::event::Event;
use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::registry::Sequence;
use migrate_core::{Error, Migrator, Stop};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{builder, migrator};
use migrate_tests::seam::{Call, Recorder, Verdict};
use migrate_tests::simulated::{Simulated, SimulatedTable};
use tokio::time::Instant;

pub use super::work::{Work, shop};

pub const SEGMENTS: u32 = 8;

/// How large a table and its items are, and how fast it may be read: a fifth of a second's worth is a page.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub items: u64,
    pub filling: usize,
    pub read: u64,
    /// How many items may be written in a second: a page then waits, half written, while progress is kept.
    pub write: Option<u64>,
}

impl Size {
    /// Three pages a segment, in five seconds.
    pub const SMALL: Self = Self { items: 240, filling: 600, read: 14, write: Some(50) };
    /// Four pages a segment, in seven seconds.
    pub const LARGE: Self = Self { items: 3_000, filling: 140, read: 30, write: None };
}

pub struct Bench {
    pub engine: TestEngine,
    pub simulated: Simulated,
    pub table: String,
    pub size: Size,
}

impl Bench {
    /// Yesterday's table, full.
    pub async fn new(size: Size) -> Self {
        let engine = TestEngine::embedded();
        let table = engine.table("customers");
        let simulated = Simulated::over(&engine.client())
            .table(SimulatedTable::new(&table))
            .latency(Duration::from_millis(6), Duration::from_millis(8), size.items)
            .start();
        let bench = Self { engine, simulated, table, size };
        bench.up(shop([])).await.expect("yesterday");
        bench.fill().await;
        bench
    }

    pub async fn fill(&self) {
        self.simulated.fill(&self.table, (0..self.size.items).map(|number| Work::old(number, self.size.filling))).await;
    }

    pub fn options(&self) -> Options {
        let Size { read, write, .. } = self.size;
        let budget =
            Budget { read: Some(Allowance::PerSecond(read)), write: write.map(Allowance::PerSecond), ..Budget::default() };
        Options { budget, segments: Some(SEGMENTS), ..Options::default() }
    }

    /// A run that nothing befalls.
    pub async fn up(&self, sequence: Sequence) -> Result<Report, Error> {
        self.up_with(self.simulated.client(), sequence).await
    }

    pub async fn up_with(&self, client: Client, sequence: Sequence) -> Result<Report, Error> {
        migrator(&self.engine, client, sequence).up(self.options()).await
    }

    /// A migrator that is listened to and can be stopped.
    pub fn watched(&self, client: Client, sequence: Sequence, stop: Stop) -> (Migrator, Heard) {
        let heard = Heard::default();
        let listener = heard.clone();
        let builder = builder(&self.engine, client, sequence)
            .stop(stop)
            .on_event(move |event| listener.lock().expect("a list").push(event));
        (builder.build().expect("a migrator"), heard)
    }

    /// A recorder before the simulation.
    pub fn recorder(&self, judge: impl Fn(&Call) -> Verdict + Send + Sync + 'static) -> Recorder {
        Recorder::of(&self.simulated.client()).failing(judge)
    }

    /// Items that scans have looked at so far.
    pub fn read(&self) -> u64 {
        self.simulated.counts(&self.table).scanned
    }

    pub fn read_between(&self, from: Instant, to: Instant) -> u64 {
        self.simulated.counts_between(&self.table, from, to).scanned
    }

    /// Writes of items that were carried out so far.
    pub fn written(&self) -> u64 {
        let counts = self.simulated.counts(&self.table);
        counts.writes - counts.throttled_writes - counts.failed_conditions
    }

    /// How many items are as they are to be in the end.
    pub fn done(&self, work: Work) -> u64 {
        self.simulated.items(&self.table).iter().filter(|item| work.is_done(item)).count() as u64
    }

    /// Each item was changed exactly once, and a further run neither writes anything nor reads an item.
    pub async fn is_finished(&self, work: Work, context: &str) {
        assert_eq!((self.simulated.len(&self.table) as u64, self.done(work)), (self.size.items, self.size.items), "{context}");
        assert_eq!(self.written(), self.size.items, "{context}: an item was written twice");
        let (read, recorder) = (self.read(), self.recorder(|_| Verdict::Pass));
        let again = self.up_with(recorder.attach(&self.simulated.client()), work.sequence()).await.expect("nothing to do");
        assert_eq!(again.outcome, Outcome::NothingToDo, "{context}");
        assert_eq!((recorder.writes().len(), self.read() - read), (0, 0), "{context}: {:?}", recorder.operations());
    }
}

pub type Heard = Arc<Mutex<Vec<Event>>>;

/// Whether a call keeps how far segments are.
pub fn keeps(call: &Call) -> bool {
    call.operation == "TransactWriteItems" && String::from_utf8_lossy(&call.body).contains("/seg/")
}

pub fn is_data(call: &Call) -> bool {
    ["Scan", "BatchExecuteStatement", "GetItem", "UpdateItem"].contains(&call.operation.as_str())
        && String::from_utf8_lossy(&call.body).contains("customers")
}

/// Numbers that look like chance, the same in each run.
pub fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    }
}
