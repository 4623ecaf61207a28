//! What a context is made from, and under which terms its migration runs.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use aws_sdk_dynamodb::Client;

use crate::aws::jobs::JobStore;
use crate::budget::Budget;
use crate::event::Listener;
use crate::history::Turn;
use crate::migration::MigrationId;
use crate::schema::{Hazard, Naming};
use crate::stop::Stop;

/// What a context is made from.
pub(crate) struct Work {
    /// The one that user code may use, already guarded.
    pub client: Client,
    pub naming: Naming,
    pub migration: MigrationId,
    pub listener: Listener,
    pub stop: Stop,
    pub terms: Terms,
}

/// Under which terms a run goes through items.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub budget: Budget,
    /// An engine that costs nothing and serves nobody else.
    pub local: bool,
    /// Into how many segments a table is split; else as many as it may have partitions.
    pub segments: Option<u32>,
    pub mode: Mode,
    /// Old code may still write while it runs: it goes through a table again until nothing old is left.
    pub after_deploy: bool,
    /// Hazards that the migration accepts.
    pub accept: Vec<Hazard>,
    /// Of the migration's text: what was begun by another one is begun anew.
    pub fingerprint: String,
    /// What the name of a mark is made of.
    pub sequence: String,
    /// Which way it goes, and the how manieth time: a mark of another turn says nothing.
    pub turn: Turn,
    /// Where progress is kept; a context outside of any run has none.
    pub jobs: Option<JobStore>,
    /// When the credentials end, where that is known.
    pub credentials_end: Option<SystemTime>,
    /// What the migrations of this run cost so far, in thousand-millionths of a dollar.
    pub spent: Arc<AtomicU64>,
}

/// What is done with what a function decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is written.
    Write,
    /// It is counted, and nothing is written.
    Try {
        /// How many items of a table are looked at, spread over its segments; `None`: all.
        items: Option<u64>,
        /// How many changes are kept, to be shown.
        show: usize,
    },
    /// Only items that were put aside are tried again.
    Retry,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            budget: Budget::default(),
            local: true,
            segments: None,
            mode: Mode::Write,
            after_deploy: false,
            accept: Vec::new(),
            fingerprint: String::new(),
            sequence: "detached".to_owned(),
            turn: Turn::default(),
            jobs: None,
            credentials_end: None,
            spent: Arc::default(),
        }
    }
}
