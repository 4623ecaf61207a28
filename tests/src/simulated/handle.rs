//! The simulation as a test or a benchmark holds it: built, filled, changed while it runs, and counted; it never knows requests.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::time::Instant;

use super::connector::Seam;
use super::setup::{Access, SimulatedTable};
use super::state::State;
use super::store::Stored;
use super::tally::Counts;
use super::value::Item;
use super::world::{Latency, StatementFault, StatementJudge, World, states};

/// What a simulation is made of; see [`Simulated::over`].
#[must_use]
pub struct Builder {
    below: Client,
    tables: Vec<SimulatedTable>,
    latency: Latency,
    judge: Arc<StatementJudge>,
}

impl Builder {
    /// One more simulated table.
    pub fn table(mut self, table: SimulatedTable) -> Self {
        self.tables.push(table);
        self
    }

    /// What each request to a simulated table takes, half of it before it is carried out: `fixed`, and up to `jitter` more by the seed.
    pub fn latency(mut self, fixed: Duration, jitter: Duration, seed: u64) -> Self {
        self.latency = Latency { fixed, jitter, seed };
        self
    }

    /// Asks about every statement of a batch, by its number from 0 and its text, whether it meets a fault.
    pub fn failing_statements(mut self, judge: impl Fn(u64, &str) -> Option<StatementFault> + Send + Sync + 'static) -> Self {
        self.judge = Arc::new(judge);
        self
    }

    /// Starts with full buckets.
    ///
    /// # Panics
    ///
    /// The client of the engine below has no HTTP client, or this is no tokio runtime.
    pub fn start(self) -> Simulated {
        let below = self.below.config().http_client().expect("an HTTP client");
        let world = World {
            tables: states(self.tables),
            below: self.below,
            latency: Mutex::new(self.latency),
            judge: self.judge,
            statements: Mutex::default(),
        };
        Simulated { seam: Seam { world: Arc::new(world), below } }
    }
}

/// A running simulation. Clones are the same one. Tables are named as DynamoDB knows them.
#[derive(Clone, Debug)]
pub struct Simulated {
    pub(super) seam: Seam,
}

impl Simulated {
    /// A simulation above the engine of a client.
    pub fn over(below: &Client) -> Builder {
        let latency = Latency::default();
        Builder { below: below.clone(), tables: Vec::new(), latency, judge: Arc::new(|_, _| None) }
    }

    /// A client of it, with retry tokens of its own.
    pub fn client(&self) -> Client {
        static CLIENTS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = CLIENTS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let config = self.seam.world.below.config().to_builder().http_client(self.seam.clone());
        let partition = RetryPartition::custom(format!("simulated-{number}")).build();
        Client::from_conf(config.retry_partition(partition).build())
    }

    /// It in the place of a network, for a client with settings of its own.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.seam.clone())
    }

    /// Stores items, each as DynamoDB's JSON: `{"pk":{"S":"a"},…}`. They cost nothing.
    ///
    /// # Panics
    ///
    /// The table is missing, or an item is none, or has not its key.
    pub async fn fill(&self, table: &str, items: impl IntoIterator<Item = String>) {
        self.seam.world.learn(table).await.expect("a table in the engine below");
        let mut state = self.state(table);
        let schema = state.schema().expect("it was learnt");
        for text in items {
            let item: Item = serde_json::from_str(&text).expect("an item as JSON");
            let key = schema.key(&item).expect("an item with its key");
            state.store.put(key, Stored::new(&item));
        }
    }

    /// Every item as JSON, names in order, in the order of a scan.
    pub fn items(&self, table: &str) -> Vec<String> {
        self.state(table).store.all().map(|stored| stored.text.to_string()).collect()
    }

    /// How many items there are.
    pub fn len(&self, table: &str) -> usize {
        self.state(table).store.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self, table: &str) -> bool {
        self.len(table) == 0
    }

    /// What the table's bucket gives in a second from now on, where it has one. DescribeTable goes on to show what it did.
    pub fn set_capacity(&self, table: &str, access: Access, units: f64) {
        if let Some(bucket) = &mut self.state(table).buckets(access).table {
            bucket.set_rate(Instant::now(), units);
        }
    }

    /// As [`Simulated::set_capacity`], of each partition.
    pub fn set_partition_capacity(&self, table: &str, access: Access, units: f64) {
        for bucket in &mut self.state(table).buckets(access).partitions {
            bucket.set_rate(Instant::now(), units);
        }
    }

    /// The table's bucket gives half of what it gave.
    pub fn halve(&self, table: &str, access: Access) {
        if let Some(bucket) = &mut self.state(table).buckets(access).table {
            bucket.set_rate(Instant::now(), bucket.rate() / 2.0);
        }
    }

    /// An application takes so many units a second first, evenly from all partitions.
    pub fn set_application(&self, table: &str, access: Access, units: f64) {
        let mut state = self.state(table);
        let now = Instant::now();
        let buckets = state.buckets(access);
        if let Some(bucket) = &mut buckets.table {
            bucket.set_taken(now, units);
        }
        let each = units / buckets.partitions.len().max(1) as f64;
        for bucket in &mut buckets.partitions {
            bucket.set_taken(now, each);
        }
    }

    /// Refuses everything for a while, as if there were no capacity.
    pub fn throttle_everything(&self, table: &str, time: Duration) {
        self.state(table).refuse_until(Some(Instant::now() + time));
    }

    /// What was asked of a table since the start.
    pub fn counts(&self, table: &str) -> Counts {
        self.state(table).tally.between(None, None)
    }

    /// What was asked of a table from one moment up to another one.
    pub fn counts_between(&self, table: &str, from: Instant, to: Instant) -> Counts {
        self.state(table).tally.between(Some(from), Some(to))
    }

    /// [`Simulated::counts`] of every table.
    pub(super) fn counts_as_json(&self) -> serde_json::Value {
        let tables = self.seam.world.tables.keys();
        let one = |table: &String| (table.clone(), self.counts(table).to_json());
        serde_json::Value::Object(tables.map(one).collect())
    }

    fn state(&self, table: &str) -> MutexGuard<'_, State> {
        self.seam.world.table(table).unwrap_or_else(|| panic!("{table} is not simulated"))
    }
}
