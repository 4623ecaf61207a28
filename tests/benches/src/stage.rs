//! A migration over the simulated DynamoDB, on a clock that jumps: the table, its items, a run; knows no row and no bar.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use migrate_core::Migrator;
use migrate_core::embedded::Engine;
use migrate_core::event::Event;
use migrate_core::migrator::{Options, Report};
use migrate_tests::simulated::{Counts, Simulated, SimulatedTable};
use tokio::time::Instant;

use crate::Result;
use crate::job::{self, Renderer, TABLE};
use crate::subject;

/// What a call takes, and up to half of it more.
const LATENCY: Duration = Duration::from_millis(4);

/// A table of orders whose capacity is simulated.
#[derive(Debug)]
pub struct Stage {
    simulated: Simulated,
    items: usize,
}

/// A run of the migration that came to its end.
#[derive(Debug)]
pub struct Ran {
    /// From the migration's first moment.
    pub begun: Instant,
    /// To its last.
    pub ended: Instant,
    /// What the run says.
    pub report: Report,
}

impl Stage {
    /// Made as a user makes it, by a run of its own, and filled.
    pub async fn set(table: SimulatedTable, items: usize) -> Result<Self> {
        let client = Engine::memory()?.client();
        subject::before(client.clone())?.build()?.up(Options::default()).await?;
        let simulated = Simulated::over(&client).table(table).latency(LATENCY, LATENCY / 2, 7).start();
        let renderer = Renderer::default();
        let text = |number| {
            let mut text = Vec::with_capacity(job::ON_WIRE);
            renderer.item(number, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        };
        simulated.fill(TABLE, (0..items).map(text)).await;
        Ok(Self { simulated, items })
    }

    /// What is simulated.
    pub fn simulated(&self) -> &Simulated {
        &self.simulated
    }

    /// Runs the migration to its end.
    pub async fn run(&self) -> Result<Ran> {
        self.run_through(self.simulated.client()).await
    }

    /// The same through a client that somebody else looks at.
    pub async fn run_through(&self, client: Client) -> Result<Ran> {
        let moments: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let heard = moments.clone();
        let migrator: Migrator = subject::after(client)?
            .on_event(move |event| {
                if matches!(event, Event::MigrationStarted { .. } | Event::MigrationApplied { .. }) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
                }
            })
            .build()?;
        let report = migrator.up(Options::default()).await?;
        let moments = moments.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        Ok(Ran { begun: moments.first().copied().unwrap_or(now), ended: moments.last().copied().unwrap_or(now), report })
    }

    /// What was asked of the table in a span of time.
    pub fn counts(&self, from: Instant, to: Instant) -> Counts {
        self.simulated.counts_between(TABLE, from, to)
    }

    /// How many items are not as the migration makes them, or are not there.
    pub fn lost(&self) -> usize {
        let stored = self.simulated.items(TABLE);
        let done = stored.iter().filter(|item| item.contains("@example.com")).count();
        self.items.saturating_sub(done)
    }
}

/// Runs on a clock that jumps where nothing is left to do but wait.
pub fn jump<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?.block_on(work)
}
