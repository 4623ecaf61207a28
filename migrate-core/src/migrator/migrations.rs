//! Runs the due migrations in order: write-ahead `Started`, the function, fenced `Applied`.

use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::report::MigrationReport;
use super::run::Run;
use super::work::{How, call};
use crate::aws::fault::is_expired;
use crate::aws::jobs::JobStore;
use crate::context::Mode;
use crate::error::{Error, ErrorKind, chain, keyless};
use crate::event::Event;
use crate::history::{Counts, Entry};
use crate::migration::{MigrationId, MigrationMeta, OnInterrupt};
use crate::plan::Action;
use crate::registry::MigrationEntry;

/// An error's text in the history is cut: it is for people, and an item holds 400 KB at most.
const ERROR_LENGTH: usize = 2_000;

#[derive(Debug, thiserror::Error)]
#[error("migration {0} is applied, but what was kept of its progress could not be taken away: {1}")]
struct Kept(MigrationId, Error);

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
        let MigrationMeta { fingerprint, breaking, .. } = entry.meta;
        let migration = entry.meta.id();
        let fingerprint = fingerprint.to_owned();
        let listener = self.migrator.listener.clone();
        let jobs = JobStore::new(&self.store, entry.meta.version, self.held.epoch());
        let recorded = self.observed.history.migrations().get(&entry.meta.version);
        if recorded.is_some_and(|state| state.status.is_pending_again()) {
            // What is kept of an earlier run's progress tells of items that are as they were again.
            jobs.forget().await?;
        }
        self.held.doing(&format!("migration {migration}"));
        self.record(Entry::MigrationStarted { migration: migration.clone(), fingerprint: fingerprint.clone() }).await?;
        listener.say(Event::MigrationStarted { migration: migration.clone(), again });

        let begun = Instant::now();
        let before = self.spent.load(Ordering::Relaxed);
        let context = self.migrator.context(
            entry,
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
                listener: listener.clone(),
            },
        );
        let outcome = call(entry, &context, &self.stop, || self.held.abandon()).await;
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
        let spent = self.spent.load(Ordering::Relaxed) - before;
        let cost_microdollars = (!self.migrator.local && spent > 0).then(|| spent.div_ceil(1_000));
        let done = MigrationReport { migration: migration.clone(), skipped: false, counts, cost_microdollars, duration_ms };
        self.report.migrations.push(done);
        if again || jobs.is_used() {
            self.forget(migration, &jobs).await;
        }
        Ok(())
    }

    /// Takes away what was kept of its progress. It is recorded as applied, so that nobody needs it: a failure is only told.
    async fn forget(&self, migration: MigrationId, jobs: &JobStore) {
        if let Err(error) = jobs.forget().await {
            let text = Kept(migration.clone(), error).to_string();
            self.migrator.listener.say(Event::MigrationNote { migration, text });
        }
    }

    /// Records a failure, unless the lock is gone or the run was asked to stop: then the open `Started` says it all.
    async fn fail(&mut self, migration: MigrationId, fingerprint: String, error: Error) -> Error {
        if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Incomplete) || is_expired(&error) {
            let asks = self
                .migrator
                .declared
                .migrations
                .get(&migration.version)
                .is_some_and(|meta| meta.on_interrupt == OnInterrupt::Ask);
            return if asks { error.with_help("it says `on_interrupt = ask`: the next `up` asks how it stands") } else { error };
        }
        if let Some(why) = self.held.lease().refusal() {
            return Error::new(ErrorKind::LockLost, why).with_help("nothing more was written; run `migrate up` again");
        }
        // The record and the event say which migration failed.
        let cause = std::error::Error::source(&error).unwrap_or(&error);
        let cut = |mut text: String| {
            text.truncate(text.floor_char_boundary(ERROR_LENGTH));
            text
        };
        // Who may read the history need not be who may read the tables.
        let failed = Entry::MigrationFailed { migration: migration.clone(), fingerprint, error: cut(keyless(cause)) };
        self.migrator.listener.say(Event::MigrationFailed { migration, error: cut(chain(cause)) });
        match self.record(failed).await {
            Ok(()) => error.with_help("mend it and run `migrate up` again: it goes on with this migration"),
            Err(unrecorded) if unrecorded.kind() == ErrorKind::LockLost => unrecorded,
            Err(unrecorded) => error.with_help(format!("the failure itself could not be recorded: {unrecorded}")),
        }
    }
}
