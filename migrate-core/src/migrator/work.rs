//! What a migration's function, or its rollback's, is called with, and what came of the call; the same for a run, a dry run and another try.
//! Knows no record.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use futures_util::FutureExt;
use tokio::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

use super::builder::Migrator;
use super::report::MigrationReport;
use super::run::Run;
use crate::aws::fault::{credentials_ended, is_expired};
use crate::aws::guard::lost;
use crate::aws::harmless::{harmless, quiet};
use crate::aws::jobs::JobStore;
use crate::aws::lock::Held;
use crate::budget::Budget;
use crate::context::{MigrationContext, Mode, Terms, Work};
use crate::error::{BoxError, Error, ErrorKind};
use crate::event::Listener;
use crate::history::{Counts, Turn};
use crate::migration::{Location, MigrationId, MigrationMeta};
use crate::registry::{MigrationEntry, RollbackEntry, RunFn};
use crate::schema::{Hazard, TableName};
use crate::stop::Stop;

/// How long a migration may take to come to a safe point of its own, once asked to stop. Dropping it then is a crash, and as safe.
const GRACE: Duration = Duration::from_secs(10);

/// It did other things than wait for a verb.
#[derive(Debug, thiserror::Error)]
#[error(
    "{why}; {what} came to no safe point within {} s and was cut off where it stood ({location}){}",
    GRACE.as_secs(),
    if *leaves_lock { ", and the lock is left to run out" } else { "" }
)]
struct CutOff {
    why: &'static str,
    /// A dry run has none.
    leaves_lock: bool,
    what: String,
    location: Location,
}

#[derive(Debug, thiserror::Error)]
#[error("{what} failed ({location})")]
struct Failed {
    what: String,
    location: Location,
    source: BoxError,
}

/// A function that says that all is well although it is not.
#[derive(Debug, thiserror::Error)]
#[error("{what} returned without an error, but its «{job}» did not come to its end ({location})")]
struct Unfinished {
    what: String,
    location: Location,
    job: String,
}

#[derive(Debug, thiserror::Error)]
#[error("{what} panicked ({location}): {message}")]
struct Panicked {
    what: String,
    location: Location,
    message: String,
}

/// What is called: a migration's function, or the one that takes it back.
#[derive(Clone, Copy)]
pub(super) struct Function<'a> {
    pub(super) meta: &'a MigrationMeta,
    pub(super) turn: Turn,
    run: RunFn,
    location: Location,
    fingerprint: &'a str,
    accept: &'a [Hazard],
}

impl<'a> Function<'a> {
    /// A migration's own, in this turn.
    pub(super) fn of(entry: &'a MigrationEntry, turn: Turn) -> Self {
        let MigrationEntry { meta, run, accept, .. } = entry;
        Self { meta, turn, run: *run, location: meta.location, fingerprint: meta.fingerprint, accept }
    }

    /// The one that takes it back from this turn.
    pub(super) fn back(meta: &'a MigrationMeta, entry: &'a RollbackEntry, turn: Turn) -> Self {
        let RollbackEntry { run, location, fingerprint, accept, .. } = entry;
        Self { meta, turn: turn.back(), run: *run, location: *location, fingerprint, accept }
    }

    /// For people.
    fn what(self) -> String {
        let of = if self.turn.is_back { "the rollback of " } else { "" };
        format!("{of}migration {}", self.meta.id())
    }
}

/// What a call did under the lock, and how it ended.
pub(super) struct Called {
    pub(super) outcome: Result<(), Error>,
    pub(super) jobs: JobStore,
    pub(super) counts: Counts,
    pub(super) elapsed: Duration,
    /// The tables that it touched, each with its id where the engine has one.
    pub(super) tables: Vec<String>,
    cost_microdollars: Option<u64>,
}

impl Called {
    pub(super) fn duration_ms(&self) -> u64 {
        u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn report(&self, migration: MigrationId) -> MigrationReport {
        let Self { counts, cost_microdollars, .. } = *self;
        MigrationReport { migration, skipped: false, counts, cost_microdollars, duration_ms: self.duration_ms() }
    }
}

impl Run<'_> {
    /// Calls a function under the lock, from its checkpoints.
    pub(super) async fn call(&self, function: Function<'_>) -> Called {
        let (begun, before) = (Instant::now(), self.spent.load(Ordering::Relaxed));
        let jobs = JobStore::new(&self.store, function.meta.version, function.turn, self.held.epoch());
        let context = self.migrator.context(
            function,
            How {
                client: self.client.clone(),
                mode: Mode::Write,
                budget: self.request.budget,
                segments: self.segments,
                accept: &self.request.accept,
                fingerprint: None,
                jobs: Some(jobs.clone()),
                spent: self.spent.clone(),
                stop: self.stop.clone(),
                listener: self.migrator.listener.clone(),
            },
        );
        let outcome = call(function, &context, &self.stop, Some(self.held)).await;
        let (counts, elapsed) = (context.counts(), begun.elapsed());
        let tables = context.tables_touched().into_iter().map(|table| {
            let id = self.observed.tables.get(table.as_str()).and_then(|live| live.table_id.as_deref());
            id.map_or_else(|| table.clone(), |id| format!("{table} {id}"))
        });
        let spent = self.spent.load(Ordering::Relaxed) - before;
        let cost_microdollars = (!self.migrator.local && spent > 0).then(|| spent.div_ceil(1_000));
        Called { outcome, jobs, counts, elapsed, tables: tables.collect(), cost_microdollars }
    }
}

/// How a function is called.
pub(super) struct How<'a> {
    pub(super) client: Client,
    pub(super) mode: Mode,
    pub(super) budget: Budget,
    pub(super) segments: Option<u32>,
    /// Hazards that are accepted besides those that the code accepts.
    pub(super) accept: &'a BTreeSet<(TableName, Hazard)>,
    /// Of another text of the function that counts as the same.
    pub(super) fingerprint: Option<String>,
    pub(super) jobs: Option<JobStore>,
    pub(super) spent: Arc<AtomicU64>,
    pub(super) stop: Stop,
    pub(super) listener: Listener,
}

impl Migrator {
    /// The context of one call.
    pub(super) fn context(&self, function: Function<'_>, how: How<'_>) -> MigrationContext {
        let Function { meta, turn, .. } = function;
        let How { client, mode, budget, segments, accept, fingerprint, jobs, spent, stop, listener } = how;
        let reach = if turn.is_back { &self.declared.rollbacks } else { &self.declared.reach };
        let reached = reach.get(&meta.version).map(|reach| &reach.tables);
        let here = accept.iter().filter(|(table, _)| reached.is_some_and(|tables| tables.contains(table)));
        MigrationContext::new(Work {
            client,
            naming: self.naming.clone(),
            migration: meta.id(),
            listener,
            stop,
            terms: Terms {
                budget,
                local: self.local,
                segments,
                mode,
                after_deploy: meta.after_deploy && !turn.is_back,
                accept: function.accept.iter().copied().chain(here.map(|(_, hazard)| *hazard)).collect(),
                fingerprint: fingerprint.unwrap_or_else(|| function.fingerprint.to_owned()),
                sequence: self.sequence.name().to_owned(),
                turn,
                jobs,
                credentials_end: self.credentials_end,
                spent,
            },
        })
    }
}

/// The user's function: a panic is caught, a wish to stop gives it time to come to a safe point, and when the lock is lost it is dropped where it
/// stands: what it does beside its clients nobody else could keep from being done twice.
pub(super) async fn call(
    function: Function<'_>,
    context: &MigrationContext,
    stop: &Stop,
    held: Option<&Held>,
) -> Result<(), Error> {
    let (what, location) = (function.what(), function.location);
    let grace = async {
        stop.requested().await;
        tokio::time::sleep(GRACE).await;
    };
    let lock_is_lost = async {
        match held {
            Some(held) => held.lease().lost().await,
            None => std::future::pending().await,
        }
    };
    let span = tracing::info_span!(
        "migration",
        migration = %function.meta.id(),
        items = Empty,
        changed = Empty,
        inserted = Empty,
        deleted = Empty,
        conflicts = Empty,
        failed = Empty,
        write_units = Empty,
        read_units = Empty,
    );
    let outcome = tokio::select! {
        outcome = AssertUnwindSafe((function.run)(context).instrument(span.clone())).catch_unwind() => match outcome {
            Ok(Ok(())) => match context.unfinished() {
                None => Ok(()),
                Some(_) if stop.is_requested() => stop.safe_point(),
                Some(job) => Err(Error::new(ErrorKind::MigrationFailed, Unfinished { what, location, job }).with_help(
                    "its error was dropped, or it was cut off: let the function return the errors of its verbs, with `?`",
                )),
            },
            Ok(Err(source)) => match interruption(&source) {
                Some(_) if stop.is_requested() => stop.safe_point(),
                // It came to a safe point by itself: nothing is wrong.
                Some(why) => Err(at_safe_point(&what, why)),
                None if is_expired(&*source) => Err(at_safe_point(&what, &credentials_ended())),
                None => Err(failure(what, location, source)),
            },
            Err(panic) => Err(Error::new(ErrorKind::MigrationPanicked, Panicked { what, location, message: message(&*panic) })),
        },
        () = grace => {
            held.inspect(|held| held.abandon());
            Err(cut_off(what, location, stop, held.is_some()))
        }
        () = lock_is_lost => Err(lost(held.and_then(|held| held.lease().refusal()).unwrap_or_default())),
    };
    let Counts { scanned, changed, inserted, deleted, conflicts, failed, write_units, read_units, .. } = context.counts();
    span.record("items", scanned).record("changed", changed).record("inserted", inserted).record("deleted", deleted);
    span.record("conflicts", conflicts).record("failed", failed);
    span.record("write_units", write_units).record("read_units", read_units);
    outcome
}

/// A request of it may still be on its way, so that the lock is not given back.
fn cut_off(what: String, location: Location, stop: &Stop, leaves_lock: bool) -> Error {
    let (kind, why) = match stop.safe_point().err().map(|error| error.kind()) {
        Some(ErrorKind::Incomplete) => (ErrorKind::Incomplete, "the deadline has passed"),
        _ => (ErrorKind::Interrupted, "it was asked to stop"),
    };
    let help = "run the same command again: it goes on from its last checkpoint, or from its beginning if it has none";
    Error::new(kind, CutOff { why, leaves_lock, what, location }).with_help(help)
}

/// What stopped is named before why.
fn at_safe_point(what: &str, why: &Error) -> Error {
    let error = Error::new(why.kind(), format!("{what}: {why}"));
    why.help().iter().cloned().fold(error, Error::with_help)
}

/// What the library itself said keeps its code and its help; the migration is named around it.
fn failure(what: String, location: Location, source: BoxError) -> Error {
    let (kind, help) = match source.downcast_ref::<Error>() {
        Some(error) => (error.kind(), error.help().to_vec()),
        None => (ErrorKind::MigrationFailed, Vec::new()),
    };
    let source = quiet(source);
    help.into_iter().fold(Error::new(kind, Failed { what, location, source }), Error::with_help)
}

/// A stop at a safe point, if an error or one that caused it is one.
fn interruption(error: &BoxError) -> Option<&Error> {
    let is_one = |error: &&Error| matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Incomplete);
    let all = std::iter::successors(Some(&**error as &(dyn std::error::Error + 'static)), |error| error.source());
    all.filter_map(|error| error.downcast_ref::<Error>()).find(is_one)
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.map_or_else(|| "without a message".to_owned(), |text| harmless(&text))
}
