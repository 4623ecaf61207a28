//! Takes migrations back, newest first: write-ahead `RollingBack`, the `#[rollback(n)]` function, fenced `RolledBack`. Changes no table's shape.

use std::time::Duration;

use serde::Serialize;

use super::adopt::looking;
use super::builder::Migrator;
use super::refusal::refuse_all;
use super::report::{MigrationReport, Outcome};
use super::run::Run;
use super::up::Options;
use super::work::{Called, Function};
use crate::aws::apply::Wait;
use crate::aws::fault::{credentials_ended, is_expired};
use crate::budget::Budget;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::history::Entry;
use crate::migration::{MigrationId, Version};
use crate::plan::{PlannedRollback, Request, RollbackPlan, plan_rollback};

/// How a rollback goes.
#[derive(Clone, Debug)]
pub struct RollbackOptions {
    /// How long to wait for somebody else's lock. Default: 5 minutes.
    pub lock_wait: Duration,
    /// What it may use of the tables' capacity, and cost.
    pub budget: Budget,
    /// Into how many segments a table is split that is gone through. Default: more than it may have partitions.
    pub segments: Option<u32>,
}

impl Default for RollbackOptions {
    fn default() -> Self {
        Self { lock_wait: Options::default().lock_wait, budget: Budget::default(), segments: None }
    }
}

/// What a rollback did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RollbackReport {
    /// The sequence.
    pub sequence: String,
    /// The last migration that stays; 0 if none.
    pub to: Version,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The migrations that were taken back, in that order.
    pub migrations: Vec<MigrationReport>,
    /// Those that are still to be taken back.
    pub left: Vec<MigrationId>,
}

impl Migrator {
    /// What [`rollback`](Self::rollback) would do, writing nothing. Its refusals are part of it, not an error.
    ///
    /// # Errors
    /// The engine's, and [`ErrorKind::OtherEnvironment`].
    pub async fn plan_rollback(&self, to: Version, options: &RollbackOptions) -> Result<RollbackPlan, Error> {
        let request = self.taking_back(options);
        let look = self.look(&request, None).await?;
        Ok(plan_rollback(&self.declared, &look.observed, &request, to))
    }

    /// Takes back every migration after `to`, newest first, by its `#[rollback(n)]` function: also those that were skipped on a fresh database,
    /// baselined, or begun and not finished. Each is pending again, and the next [`up`](Self::up) runs it.
    ///
    /// Tables, indexes and settings stay as they are: they belong to the code that is deployed.
    ///
    /// # Errors
    /// A refusal before the first write: [`ErrorKind::Usage`] if the code has no migration `to` (0 takes all back), [`ErrorKind::NoRollback`] if
    /// one lacks its function, [`ErrorKind::Ahead`], [`ErrorKind::StalePlan`] if there is more to take back when the lock is ours than there was
    /// before, or another that speaks of the history (`M04xx`); a held or lost lock (`M05xx`), the engine's errors (`M06xx`), a function's own
    /// (`M07xx`). After any of them it can be run again: it goes on where it stopped.
    pub async fn rollback(&self, to: Version, options: RollbackOptions) -> Result<RollbackReport, Error> {
        let shown = self.plan_rollback(to, &options).await?;
        self.rollback_as_shown(&shown, options).await
    }

    /// The same for whoever has shown to somebody what [`plan_rollback`](Self::plan_rollback) said: nothing is taken back that was not in it,
    /// however long they thought and the lock was waited for. What somebody else took back meanwhile is left out.
    ///
    /// # Errors
    /// As [`rollback`](Self::rollback).
    pub async fn rollback_as_shown(&self, shown: &RollbackPlan, options: RollbackOptions) -> Result<RollbackReport, Error> {
        refuse_all(shown.refusals.clone())?;
        if shown.is_empty() {
            return Ok(self.taken_back(shown.to, Outcome::NothingToDo, Vec::new(), shown));
        }
        self.stop.safe_point()?;
        // Where nothing was ever run there is nothing to show: the management table is there.
        let held = self.take_lock(true, &format!("rollback to migration {}", shown.to), options.lock_wait).await?;
        let wait = Wait { stop: self.stop.clone(), ..Wait::default() };
        let outcome = match Run::begin(self, &held, self.taking_back(&options), None, wait).await {
            Ok(run) => Run { segments: options.segments, ..run }.take_back(shown).await,
            Err(error) => Err(error),
        };
        held.release().await;
        self.listener.say(Event::LockReleased);
        outcome
    }

    fn taking_back(&self, options: &RollbackOptions) -> Request {
        Request { budget: options.budget, local: self.local, ..looking() }
    }

    fn taken_back(&self, to: Version, outcome: Outcome, migrations: Vec<MigrationReport>, left: &RollbackPlan) -> RollbackReport {
        let left = left.migrations.iter().map(|planned| planned.migration.clone()).collect();
        RollbackReport { sequence: self.sequence.name().to_owned(), to, outcome, migrations, left }
    }
}

impl Run<'_> {
    async fn take_back(mut self, shown: &RollbackPlan) -> Result<RollbackReport, Error> {
        let outcome =
            match self.take_all_back(shown).await.map_err(|error| if is_expired(&error) { credentials_ended() } else { error }) {
                // Somebody else was faster.
                Ok(()) if self.report.migrations.is_empty() => Outcome::NothingToDo,
                Ok(()) => Outcome::Done,
                // Nothing is wrong: what is left is for the next run.
                Err(error) if error.kind() == ErrorKind::Incomplete => Outcome::Incomplete { why: error.to_string() },
                Err(error) => return Err(error),
            };
        let left = self.plan_rollback(shown.to);
        Ok(self.migrator.taken_back(shown.to, outcome, self.report.migrations, &left))
    }

    /// Planned again after each, as what comes next follows from the history alone; and only what was shown.
    async fn take_all_back(&mut self, shown: &RollbackPlan) -> Result<(), Error> {
        self.tell_in_force().await?;
        loop {
            self.stop.safe_point()?;
            let plan = self.plan_rollback(shown.to);
            let beyond = plan.beyond(shown, &self.observed.history);
            refuse_all(plan.refusals.into_iter().chain(beyond))?;
            let Some(next) = plan.migrations.first() else { return Ok(()) };
            self.take_one_back(next).await?;
        }
    }

    fn plan_rollback(&self, to: Version) -> RollbackPlan {
        plan_rollback(&self.migrator.declared, &self.observed, &self.request, to)
    }

    async fn take_one_back(&mut self, planned: &PlannedRollback) -> Result<(), Error> {
        let version = planned.migration.version;
        let sequence = &self.migrator.sequence;
        let entries = self.migrator.declared.migrations.get(&version).zip(sequence.rollback(version));
        // The plan has refused what lacks its function.
        let (meta, entry) = entries.ok_or_else(|| Error::new(ErrorKind::NoRollback, planned.migration.to_string()))?;
        let function = Function::back(meta, entry, self.observed.history.turn(version));
        let (migration, fingerprint) = (meta.id(), meta.fingerprint.to_owned());
        let listener = self.migrator.listener.clone();
        self.held.doing(&format!("rollback of migration {migration}"));
        self.record(Entry::MigrationRollingBack { migration: migration.clone(), fingerprint: fingerprint.clone() }).await?;
        listener.say(Event::RollbackStarted { migration: migration.clone(), again: planned.was.is_rolling_back() });

        let called = self.call(function).await;
        let (report, duration_ms) = (called.report(migration.clone()), called.duration_ms());
        let Called { outcome, jobs, counts, elapsed, tables, .. } = called;
        if let Err(error) = outcome {
            return Err(self.fail(function, error).await);
        }
        self.record(Entry::MigrationRolledBack { migration: migration.clone(), fingerprint, duration_ms, counts, tables })
            .await?;
        listener.say(Event::RolledBack { migration: migration.clone(), counts, elapsed });
        self.report.migrations.push(report);
        self.forget(migration, &jobs).await;
        Ok(())
    }
}
