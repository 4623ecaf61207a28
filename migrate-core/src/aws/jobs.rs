//! What is kept of work that goes through items, so that the next run goes on where this one stopped: how far each segment is, which items
//! were put aside, and what a person says to the run. Decides nothing.
//!
//! It has a part of the management table of its own, so that a run with nothing to do never reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::store::Store;
use crate::budget::Control;
use crate::error::Error;
use crate::history::Counts;
use crate::migration::Version;

/// The jobs of one migration, written under one epoch.
#[derive(Clone, Debug)]
pub(crate) struct JobStore {
    store: Store,
    version: Version,
    epoch: u64,
}

/// What a job is about. One that differs in any of it is another job, and begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Its place in its migration: verb, table, how manieth.
    pub place: String,
    /// The physical table.
    pub table: String,
    /// DynamoDB's id for it, where the engine has one.
    pub table_id: Option<String>,
    /// Of the migration's text.
    pub fingerprint: String,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Into how many segments the table is split: fixed when the job began.
    pub segments: u32,
    /// Which pass over the table, from 1.
    pub sweep: u32,
    /// Whether nothing is left to do.
    pub finished: bool,
    /// What was done so far.
    pub counts: Counts,
    /// Segments that were begun; all others stand at their beginning.
    pub positions: BTreeMap<u32, Position>,
}

/// How far a segment is: everything before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Position {
    /// After the item with this key, as DynamoDB's JSON.
    After(String),
    /// At its end.
    End,
}

/// An item that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeadLetter {
    /// Its key, as DynamoDB's JSON.
    pub key: String,
    /// What was wrong with it.
    pub error: String,
}

impl JobStore {
    pub(crate) fn new(store: &Store, version: Version, epoch: u64) -> Self {
        Self { store: store.clone(), version, epoch }
    }

    /// Takes up a job, or begins it: what was kept of another one at its place goes.
    pub(crate) async fn open(&self, job: &Job, segments: u32) -> Result<Progress, Error> {
        todo!()
    }

    /// Keeps how far segments are, and what was done, under the epoch.
    pub(crate) async fn save(&self, place: &str, positions: &BTreeMap<u32, Position>, counts: Counts) -> Result<(), Error> {
        todo!()
    }

    /// Begins the next pass over the table.
    pub(crate) async fn next_sweep(&self, place: &str, sweep: u32, counts: Counts) -> Result<(), Error> {
        todo!()
    }

    /// Notes that nothing is left to do.
    pub(crate) async fn finish(&self, place: &str, counts: Counts) -> Result<(), Error> {
        todo!()
    }

    /// Forgets all jobs of the migration, but not what was put aside.
    pub(crate) async fn forget(&self) -> Result<(), Error> {
        todo!()
    }

    /// Puts items aside.
    pub(crate) async fn put_aside(&self, place: &str, letters: &[DeadLetter]) -> Result<(), Error> {
        todo!()
    }

    /// The items of a job that were put aside.
    pub(crate) async fn aside(&self, place: &str) -> Result<Vec<DeadLetter>, Error> {
        todo!()
    }

    /// Takes an item off them: it is done.
    pub(crate) async fn settle(&self, place: &str, key: &str) -> Result<(), Error> {
        todo!()
    }

    /// What a person says to the run.
    pub(crate) async fn control(&self) -> Result<Control, Error> {
        todo!()
    }
}
