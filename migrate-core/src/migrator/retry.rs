//! Items that a migration put aside are tried again, under the lock: those alone. Records nothing but what is left.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::builder::Migrator;
use super::control::DeadLetter;
use super::environment::Care;
use super::status::{RowState, rows};
use super::work::{Function, How, call};
use crate::aws::guard;
use crate::aws::jobs::{Aside, JobStore};
use crate::aws::lock::Held;
use crate::budget::Budget;
use crate::context::Mode;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::history::{Counts, MigrationStatus, Turn};
use crate::migration::{MigrationId, MigrationMeta, OnInterrupt, Version};
use crate::registry::MigrationEntry;
use crate::schema::{Hazard, TableName};

/// What came of trying items again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retried {
    /// The migration.
    pub migration: MigrationId,
    /// How many items were aside before.
    pub tried: usize,
    /// What became of them.
    pub counts: Counts,
    /// Those that are still aside.
    pub left: Vec<DeadLetter>,
    /// Whether as many may be, as the migration says.
    pub is_allowed: bool,
}

#[derive(Debug, thiserror::Error)]
enum RetryError {
    #[error("this binary has no migration {0}, and only its function can try items again")]
    NoFunction(Version),
    #[error("migration {0} was neither applied nor did it fail: there is nothing to be tried again by itself")]
    NotRun(MigrationId),
    #[error("migration {0} failed: what comes behind these items was never done, and only a run of all of it does that")]
    Failed(MigrationId),
    #[error("migration {0} counts as applied by somebody's word, not by a run of its own: nothing is tried again by itself")]
    NotByARun(MigrationId),
    #[error(
        "migration {0} says `on_interrupt = ask`, and only by calling the whole of its function could its items be tried again"
    )]
    Asks(MigrationId),
    #[error("the rollback of migration {0} is not finished: what it put aside it takes up again itself")]
    RollingBack(MigrationId),
    #[error("the function of migration {0} was changed since it put items aside")]
    Changed(MigrationId),
}

impl Migrator {
    /// Runs the function of a migration that was applied on the items that it put aside, and on no others; the history is as before. Of one that
    /// failed, [`up`](Migrator::up) tries them first.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a migration that the code lacks, that was not applied by a run, that says `on_interrupt = ask`, or whose function is another
    /// one now; the lock's and the engine's errors; the migration's own, but for items that fail again: those are told.
    pub async fn retry_dead_letters(&self, version: Version, lock_wait: Duration) -> Result<Retried, Error> {
        let (entry, aside) = self.retriable(version).await?;
        if aside.is_empty() {
            let (migration, counts, left) = (entry.meta.id(), Counts::default(), Vec::new());
            return Ok(Retried { migration, tried: 0, counts, left, is_allowed: true });
        }
        let held = self.take_lock(true, &format!("dead letters of migration {}", entry.meta.id()), lock_wait).await?;
        let outcome = self.retry(entry, &held).await;
        held.release().await;
        self.listener.say(Event::LockReleased);
        outcome
    }

    /// What [`retry_dead_letters`](Migrator::retry_dead_letters) would try, as far as is known without the lock.
    pub(crate) async fn retriable(&self, version: Version) -> Result<(&MigrationEntry, Vec<DeadLetter>), Error> {
        let entry = self.sequence.migration(version).ok_or_else(|| {
            let error = Error::new(ErrorKind::Usage, RetryError::NoFunction(version));
            error.with_help("run it with the binary that has it; `migrate status` lists them")
        })?;
        let store = self.store(guard::read_only(&self.client));
        let (_, _, aside) = self.aside(entry, |turn| JobStore::reader(&store, version, turn)).await?;
        Ok((entry, aside.into_iter().map(|aside| self.told(aside)).collect()))
    }

    /// What it put aside when it ran last, if that may be tried again, and where it is kept.
    async fn aside(
        &self,
        entry: &MigrationEntry,
        jobs: impl FnOnce(Turn) -> JobStore,
    ) -> Result<(Turn, JobStore, Vec<Aside>), Error> {
        let found = self.read(guard::read_only(&self.client), Care::Named).await?;
        let row = rows(&self.declared.migrations, &found.history).into_iter().find(|row| row.id.version == entry.meta.version);
        was_applied(&entry.meta, row.map(|row| row.record))?;
        if entry.meta.on_interrupt == OnInterrupt::Ask {
            return Err(Error::new(ErrorKind::Usage, RetryError::Asks(entry.meta.id())).with_help(
                "write a new migration for these items, without what must not happen twice; `migrate dead-letters` lists them",
            ));
        }
        let turn = found.history.turn(entry.meta.version);
        let jobs = jobs(turn);
        let aside = jobs.all_aside().await?;
        let first = aside.first().map(|aside| aside.job.fingerprint.as_str());
        let is_same = |aside: &Aside| Some(aside.job.fingerprint.as_str()) == first && entry.meta.accepts(&aside.job.fingerprint);
        if aside.iter().all(is_same) {
            return Ok((turn, jobs, aside));
        }
        Err(Error::new(ErrorKind::Usage, RetryError::Changed(entry.meta.id()))
            .with_help("write a new migration for these items; `migrate dead-letters` lists them"))
    }

    async fn retry(&self, entry: &MigrationEntry, held: &Held) -> Result<Retried, Error> {
        let client = guard::guarded(&self.client, held.lease());
        let store = self.store(client.clone());
        // Another run may have been here before the lock was ours.
        let (turn, jobs, before) =
            self.aside(entry, |turn| JobStore::new(&store, entry.meta.version, turn, held.epoch())).await?;
        let function = Function::of(entry, turn);
        let fingerprint = before.first().map(|aside| aside.job.fingerprint.clone());
        // Whoever let the migration run has accepted what it does to those who read the stream.
        let tables = self.declared.reach.get(&entry.meta.version).map(|reach| reach.tables.clone()).unwrap_or_default();
        let accept: BTreeSet<(TableName, Hazard)> = tables.into_iter().map(|table| (table, Hazard::StreamRecords)).collect();
        let how = How {
            client,
            mode: Mode::Retry,
            budget: Budget::default(),
            segments: None,
            accept: &accept,
            fingerprint,
            jobs: Some(jobs.clone()),
            spent: Arc::default(),
            stop: self.stop.clone(),
            listener: self.listener.clone(),
        };
        let context = self.context(function, how);
        let is_allowed = match call(function, &context, &self.stop, Some(held)).await {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::DeadLetters => false,
            Err(error) => return Err(error),
        };
        jobs.forget().await?;
        let left = jobs.all_aside().await?.into_iter().map(|aside| self.told(aside)).collect();
        Ok(Retried { migration: entry.meta.id(), tried: before.len(), counts: context.counts(), left, is_allowed })
    }
}

/// Whether it ran to its end, as it must have so that only its items are left.
fn was_applied(meta: &MigrationMeta, record: Option<RowState>) -> Result<(), Error> {
    let id = meta.id();
    let (error, help) = match record {
        Some(RowState::Recorded(state)) => match state.status {
            MigrationStatus::Applied { .. } => return Ok(()),
            MigrationStatus::Failed { .. } => (RetryError::Failed(id), failed(meta)),
            MigrationStatus::RollingBack | MigrationStatus::RollbackFailed { .. } => {
                let before = id.version.get().saturating_sub(1);
                (RetryError::RollingBack(id), format!("go on with it by `migrate rollback --to {before}`"))
            }
            MigrationStatus::Skipped | MigrationStatus::Baselined | MigrationStatus::Resolved { .. } => {
                (RetryError::NotByARun(id), "write a new migration for items that it left".to_owned())
            }
            MigrationStatus::Started | MigrationStatus::RolledBack | MigrationStatus::Reopened { .. } => not_run(id),
        },
        Some(RowState::Pending) | None => not_run(id),
    };
    Err(Error::new(ErrorKind::Usage, error).with_help(help))
}

/// What goes on with one that failed.
fn failed(meta: &MigrationMeta) -> String {
    match meta.on_interrupt {
        OnInterrupt::Ask => format!(
            "`migrate up` calls all of it again, and it says `on_interrupt = ask`: if only these items are left, `migrate resolve --applied {} --reason TEXT`, and a new migration for them",
            meta.version
        ),
        OnInterrupt::Run => "mend the items and run `migrate up`: these are tried first, and then it goes on".to_owned(),
    }
}

fn not_run(id: MigrationId) -> (RetryError, String) {
    (RetryError::NotRun(id), "`migrate up` runs what is due".to_owned())
}
