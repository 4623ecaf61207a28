//! Runs the due migrations in order: write-ahead `Started`, the function, fenced `Applied`.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;

use super::report::MigrationReport;
use super::run::Run;
use crate::aws::jobs::JobStore;
use crate::context::{MigrationContext, Terms, Work};
use crate::error::{BoxError, Error, ErrorKind};
use crate::event::Event;
use crate::history::{Counts, Entry};
use crate::migration::{Location, MigrationId, MigrationMeta};
use crate::plan::Action;
use crate::registry::MigrationEntry;

/// How long a migration may take to come to a safe point of its own, once asked to stop. Dropping it then is a crash, and as safe.
const GRACE: Duration = Duration::from_secs(10);
/// An error's text in the history is cut: it is for people, and an item holds 400 KB at most.
const ERROR_LENGTH: usize = 2_000;

#[derive(Debug, thiserror::Error)]
#[error("migration {migration} failed ({location})")]
struct Failed {
    migration: MigrationId,
    location: Location,
    source: BoxError,
}

#[derive(Debug, thiserror::Error)]
#[error("migration {migration} panicked ({location}): {message}")]
struct Panicked {
    migration: MigrationId,
    location: Location,
    message: String,
}

impl Run<'_> {
    /// Runs what is due, planning again after each: the plan alone knows the order.
    pub(super) async fn run_migrations(&mut self) -> Result<(), Error> {
        loop {
            self.stop.safe_point()?;
            let plan = self.plan();
            let Some(planned) = plan.due().next() else { return Ok(()) };
            let Some(entry) = self.migrator.sequence.migration(planned.migration.version) else { return Ok(()) };
            self.saved.as_ref().map_or(Ok(()), |saved| saved.allows_migration(planned))?;
            let meta = &entry.meta;
            match planned.action {
                Action::Skip => self.skip(meta).await?,
                Action::Run => self.run(entry, false).await?,
                Action::RunAgain => self.run(entry, true).await?,
                Action::Wait => return Ok(()),
            }
        }
    }

    async fn skip(&mut self, meta: &MigrationMeta) -> Result<(), Error> {
        let migration = meta.id();
        let fingerprint = meta.fingerprint.to_owned();
        self.record(Entry::MigrationSkipped { migration: migration.clone(), fingerprint, breaking: meta.breaking }).await?;
        self.migrator.listener.say(Event::MigrationSkipped { migration: migration.clone() });
        self.report.migrations.push(MigrationReport { migration, skipped: true, counts: Counts::default(), duration_ms: 0 });
        Ok(())
    }

    async fn run(&mut self, entry: &MigrationEntry, again: bool) -> Result<(), Error> {
        let MigrationMeta { fingerprint, breaking, .. } = entry.meta;
        let migration = entry.meta.id();
        let fingerprint = fingerprint.to_owned();
        let listener = self.migrator.listener.clone();
        self.held.doing(&format!("migration {migration}"));
        self.record(Entry::MigrationStarted { migration: migration.clone(), fingerprint: fingerprint.clone() }).await?;
        listener.say(Event::MigrationStarted { migration: migration.clone(), again });

        let begun = Instant::now();
        let context = MigrationContext::new(Work {
            client: self.client.clone(),
            naming: self.migrator.naming.clone(),
            migration: migration.clone(),
            listener: listener.clone(),
            stop: self.stop.clone(),
            terms: Terms {
                local: self.migrator.local,
                after_deploy: entry.meta.after_deploy,
                accept: entry.accept.to_vec(),
                fingerprint: fingerprint.clone(),
                sequence: self.migrator.sequence.name().to_owned(),
                jobs: Some(JobStore::new(&self.store, entry.meta.version, self.held.epoch())),
                ..Terms::default()
            },
        });
        let outcome = self.call(entry, &context).await;
        let (counts, elapsed) = (context.counts(), begun.elapsed());
        if let Err(error) = outcome {
            return Err(self.fail(migration, fingerprint, error).await);
        }
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let tables = context.tables_touched().into_iter().map(|table| {
            let id = self.observed.tables.get(table.as_str()).and_then(|live| live.table_id.as_deref());
            id.map_or_else(|| table.clone(), |id| format!("{table} {id}"))
        });
        let tables = tables.collect();
        let applied =
            Entry::MigrationApplied { migration: migration.clone(), fingerprint, breaking, duration_ms, counts, tables };
        self.record(applied).await?;
        listener.say(Event::MigrationApplied { migration: migration.clone(), counts, elapsed });
        self.report.migrations.push(MigrationReport { migration, skipped: false, counts, duration_ms });
        Ok(())
    }

    /// The user's function: a panic is caught, a wish to stop gives it time to come to a safe point.
    async fn call(&self, entry: &MigrationEntry, context: &MigrationContext) -> Result<(), Error> {
        let stop = &self.stop;
        let (migration, location) = (entry.meta.id(), entry.meta.location);
        let grace = async {
            stop.requested().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            outcome = AssertUnwindSafe((entry.run)(context)).catch_unwind() => match outcome {
                Ok(Ok(())) => Ok(()),
                Ok(Err(source)) if stop.is_requested() && is_interruption(&source) => stop.safe_point(),
                Ok(Err(source)) => Err(failure(migration, location, source)),
                Err(panic) => Err(Error::new(ErrorKind::MigrationPanicked, Panicked { migration, location, message: message(&*panic) })),
            },
            () = grace => {
                self.held.abandon();
                stop.safe_point()
            }
        }
    }

    /// Records a failure, unless the lock is gone or the run was asked to stop: then the open `Started` says it all.
    async fn fail(&mut self, migration: MigrationId, fingerprint: String, error: Error) -> Error {
        if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Incomplete) {
            return error;
        }
        if let Some(why) = self.held.lease().refusal() {
            return Error::new(ErrorKind::LockLost, why).with_help("nothing more was written; run `migrate up` again");
        }
        // The record and the event say which migration failed.
        let mut text = std::error::Error::source(&error).map_or_else(|| chain(&error), chain);
        text.truncate(text.floor_char_boundary(ERROR_LENGTH));
        let failed = Entry::MigrationFailed { migration: migration.clone(), fingerprint, error: text.clone() };
        self.migrator.listener.say(Event::MigrationFailed { migration, error: text });
        match self.record(failed).await {
            Ok(()) => error.with_help("mend it and run `migrate up` again: it goes on with this migration"),
            Err(unrecorded) if unrecorded.kind() == ErrorKind::LockLost => unrecorded,
            Err(unrecorded) => error.with_help(format!("the failure itself could not be recorded: {unrecorded}")),
        }
    }
}

/// What the library itself said keeps its code and its help; the migration is named around it.
fn failure(migration: MigrationId, location: Location, source: BoxError) -> Error {
    let (kind, help) = match source.downcast_ref::<Error>() {
        Some(error) => (error.kind(), error.help().to_vec()),
        None => (ErrorKind::MigrationFailed, Vec::new()),
    };
    help.into_iter().fold(Error::new(kind, Failed { migration, location, source }), Error::with_help)
}

/// Whether an error, or one that caused it, is a stop at a safe point.
fn is_interruption(error: &BoxError) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&**error);
    while let Some(error) = next {
        if error
            .downcast_ref::<Error>()
            .is_some_and(|error| matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Incomplete))
        {
            return true;
        }
        next = error.source();
    }
    false
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        next = error.source();
    }
    text
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}
