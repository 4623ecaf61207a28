//! What a migration's function is called with, and what came of the call; the same for a run, a dry run and another try. Knows no record.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use futures_util::FutureExt;
use tracing::Instrument;
use tracing::field::Empty;

use super::builder::Migrator;
use crate::aws::fault::{credentials_ended, is_expired};
use crate::aws::harmless::{harmless, quiet};
use crate::aws::jobs::JobStore;
use crate::budget::Budget;
use crate::context::{MigrationContext, Mode, Terms, Work};
use crate::error::{BoxError, Error, ErrorKind};
use crate::event::Listener;
use crate::history::Counts;
use crate::migration::{Location, MigrationId};
use crate::registry::MigrationEntry;
use crate::schema::{Hazard, TableName};
use crate::stop::Stop;

/// How long a migration may take to come to a safe point of its own, once asked to stop. Dropping it then is a crash, and as safe.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
#[error("migration {migration} failed ({location})")]
struct Failed {
    migration: MigrationId,
    location: Location,
    source: BoxError,
}

/// A function that says that all is well although it is not.
#[derive(Debug, thiserror::Error)]
#[error("migration {migration} returned without an error, but its «{job}» did not come to its end ({location})")]
struct Unfinished {
    migration: MigrationId,
    location: Location,
    job: String,
}

#[derive(Debug, thiserror::Error)]
#[error("migration {migration} panicked ({location}): {message}")]
struct Panicked {
    migration: MigrationId,
    location: Location,
    message: String,
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
    pub(super) fn context(&self, entry: &MigrationEntry, how: How<'_>) -> MigrationContext {
        let How { client, mode, budget, segments, accept, fingerprint, jobs, spent, stop, listener } = how;
        let reached = self.declared.reach.get(&entry.meta.version).map(|reach| &reach.tables);
        let here = accept.iter().filter(|(table, _)| reached.is_some_and(|tables| tables.contains(table)));
        MigrationContext::new(Work {
            client,
            naming: self.naming.clone(),
            migration: entry.meta.id(),
            listener,
            stop,
            terms: Terms {
                budget,
                local: self.local,
                segments,
                mode,
                after_deploy: entry.meta.after_deploy,
                accept: entry.accept.iter().copied().chain(here.map(|(_, hazard)| *hazard)).collect(),
                fingerprint: fingerprint.unwrap_or_else(|| entry.meta.fingerprint.to_owned()),
                sequence: self.sequence.name().to_owned(),
                jobs,
                credentials_end: self.credentials_end,
                spent,
            },
        })
    }
}

/// The user's function: a panic is caught, a wish to stop gives it time to come to a safe point. `abandon` is called if it does not.
pub(super) async fn call(
    entry: &MigrationEntry,
    context: &MigrationContext,
    stop: &Stop,
    abandon: impl FnOnce() + Send,
) -> Result<(), Error> {
    let (migration, location) = (entry.meta.id(), entry.meta.location);
    let grace = async {
        stop.requested().await;
        tokio::time::sleep(GRACE).await;
    };
    let span = tracing::info_span!(
        "migration",
        %migration,
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
        outcome = AssertUnwindSafe((entry.run)(context).instrument(span.clone())).catch_unwind() => match outcome {
            Ok(Ok(())) => match context.unfinished() {
                None => Ok(()),
                Some(_) if stop.is_requested() => stop.safe_point(),
                Some(job) => Err(Error::new(ErrorKind::MigrationFailed, Unfinished { migration, location, job }).with_help(
                    "its error was dropped, or it was cut off: let the function return the errors of its verbs, with `?`",
                )),
            },
            Ok(Err(source)) => match interruption(&source) {
                Some(_) if stop.is_requested() => stop.safe_point(),
                // It came to a safe point by itself: nothing is wrong.
                Some(why) => Err(at_safe_point(&migration, why)),
                None if is_expired(&*source) => Err(at_safe_point(&migration, &credentials_ended())),
                None => Err(failure(migration, location, source)),
            },
            Err(panic) => Err(Error::new(ErrorKind::MigrationPanicked, Panicked { migration, location, message: message(&*panic) })),
        },
        () = grace => {
            abandon();
            stop.safe_point()
        }
    };
    let Counts { scanned, changed, inserted, deleted, conflicts, failed, write_units, read_units, .. } = context.counts();
    span.record("items", scanned).record("changed", changed).record("inserted", inserted).record("deleted", deleted);
    span.record("conflicts", conflicts).record("failed", failed);
    span.record("write_units", write_units).record("read_units", read_units);
    outcome
}

/// The migration is named before why it stopped.
fn at_safe_point(migration: &MigrationId, why: &Error) -> Error {
    let error = Error::new(why.kind(), format!("migration {migration}: {why}"));
    why.help().iter().cloned().fold(error, Error::with_help)
}

/// What the library itself said keeps its code and its help; the migration is named around it.
fn failure(migration: MigrationId, location: Location, source: BoxError) -> Error {
    let (kind, help) = match source.downcast_ref::<Error>() {
        Some(error) => (error.kind(), error.help().to_vec()),
        None => (ErrorKind::MigrationFailed, Vec::new()),
    };
    let source = quiet(source);
    help.into_iter().fold(Error::new(kind, Failed { migration, location, source }), Error::with_help)
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
