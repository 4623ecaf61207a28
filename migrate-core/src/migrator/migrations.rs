//! Runs the due migrations in order: write-ahead `Started`, the function, fenced `Applied`.

use super::report::MigrationReport;
use super::run::Run;
use super::work::{Called, Function};
use crate::aws::fault::is_expired;
use crate::aws::guard::lost;
use crate::aws::jobs::JobStore;
use crate::error::{Error, ErrorKind, chain, keyless};
use crate::event::Event;
use crate::history::{Counts, Entry};
use crate::migration::{MigrationId, MigrationMeta, OnInterrupt};
use crate::plan::Action;
use crate::registry::MigrationEntry;

/// An error's text in the history is cut: it is for people, and an item holds 400 KB at most.
const ERROR_LENGTH: usize = 2_000;

#[derive(Debug, thiserror::Error)]
#[error("it is done, but what was kept of its progress could not be taken away: {0}")]
struct Kept(Error);

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
        self.report.migrations.push(MigrationReport {
            migration,
            skipped: true,
            counts: Counts::default(),
            cost_microdollars: None,
            duration_ms: 0,
        });
        Ok(())
    }

    async fn run(&mut self, entry: &MigrationEntry, again: bool) -> Result<(), Error> {
        let MigrationMeta { version, fingerprint, breaking, .. } = entry.meta;
        let (migration, fingerprint) = (entry.meta.id(), fingerprint.to_owned());
        let history = &self.observed.history;
        let (function, is_known) = (Function::of(entry, history.turn(version)), history.migrations().contains_key(&version));
        let listener = self.migrator.listener.clone();
        if history.migrations().get(&version).is_some_and(|state| state.status.is_pending_again()) {
            // What is kept of an earlier run's progress tells of items that are as they were again.
            JobStore::new(&self.store, version, function.turn, self.held.epoch()).forget().await?;
        }
        self.held.doing(&format!("migration {migration}"));
        self.record(Entry::MigrationStarted { migration: migration.clone(), fingerprint: fingerprint.clone() }).await?;
        listener.say(Event::MigrationStarted { migration: migration.clone(), again });

        let called = self.call(function).await;
        let (report, duration_ms) = (called.report(migration.clone()), called.duration_ms());
        let Called { outcome, jobs, counts, elapsed, tables, .. } = called;
        if let Err(error) = outcome {
            return Err(self.fail(function, error).await);
        }
        let applied =
            Entry::MigrationApplied { migration: migration.clone(), fingerprint, breaking, duration_ms, counts, tables };
        self.record(applied).await?;
        listener.say(Event::MigrationApplied { migration: migration.clone(), counts, elapsed });
        self.report.migrations.push(report);
        if is_known || jobs.is_used() {
            self.forget(migration, &jobs).await;
        }
        Ok(())
    }

    /// Takes away what was kept of its progress. The record says that all is done, so that nobody needs it: a failure is only told.
    pub(super) async fn forget(&self, migration: MigrationId, jobs: &JobStore) {
        if let Err(error) = jobs.forget().await {
            let text = Kept(error).to_string();
            self.migrator.listener.say(Event::MigrationNote { migration, text });
        }
    }

    /// Records a failure, unless the lock is gone or the run was asked to stop: then the open record of the beginning says it all.
    pub(super) async fn fail(&mut self, function: Function<'_>, error: Error) -> Error {
        let asks = !function.turn.is_back && function.meta.on_interrupt == OnInterrupt::Ask;
        // Who panics said nothing of how far it came, other than one that returns an error.
        let is_cut = match error.kind() {
            ErrorKind::Interrupted | ErrorKind::Incomplete => true,
            ErrorKind::MigrationPanicked => asks,
            _ => is_expired(&error),
        };
        if is_cut {
            return if asks { to_be_settled(function.meta, &error) } else { error };
        }
        let (migration, is_back) = (function.meta.id(), function.turn.is_back);
        if let Some(why) = self.held.lease().refusal() {
            return lost(why);
        }
        // The record and the event say which migration failed.
        let cause = std::error::Error::source(&error).unwrap_or(&error);
        let cut = |mut text: String| {
            text.truncate(text.floor_char_boundary(ERROR_LENGTH));
            text
        };
        let fingerprint = function.meta.fingerprint.to_owned();
        // Who may read the history need not be who may read the tables.
        let (recorded, told) = (cut(keyless(cause)), cut(chain(cause)));
        let (failed, event) = match is_back {
            false => (
                Entry::MigrationFailed { migration: migration.clone(), fingerprint, error: recorded },
                Event::MigrationFailed { migration, error: told },
            ),
            true => (
                Entry::MigrationRollbackFailed { migration: migration.clone(), fingerprint, error: recorded },
                Event::RollbackFailed { migration, error: told },
            ),
        };
        self.migrator.listener.say(event);
        match self.record(failed).await {
            Ok(()) => error.with_help("mend it and run the same command again: it goes on with this migration"),
            Err(unrecorded) if unrecorded.kind() == ErrorKind::LockLost => unrecorded,
            Err(unrecorded) => error.with_help(format!("the failure itself could not be recorded: {unrecorded}")),
        }
    }
}

/// It stopped where nothing is wrong for any other; but of one that asks nobody knows how far it came.
fn to_be_settled(meta: &MigrationMeta, stopped: &Error) -> Error {
    // Whoever asked it to stop knows that it did, and a panic is a failure. A deadline's «run it again» would be wrong.
    let kind = match stopped.kind() {
        kind @ (ErrorKind::Interrupted | ErrorKind::MigrationPanicked) => kind,
        _ => ErrorKind::Unsettled,
    };
    let (id, version) = (meta.id(), meta.version);
    let asks = format!("{stopped}; migration {id} says `on_interrupt = ask`: the next `up` asks how it stands");
    Error::new(kind, asks)
        .with_help(format!("if all of it is in the database: `migrate resolve --applied {version} --reason TEXT`"))
        .with_help(format!("if nothing of it is left there: `migrate resolve --rolled-back {version} --reason TEXT`"))
}
