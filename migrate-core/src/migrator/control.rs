//! What people say to runs that go on, and the items that those put aside. Needs no lock: the run that is meant holds it.

use jiff::Timestamp;
use serde::Serialize;

use super::builder::Migrator;
use super::environment::Care;
use super::status::rows;
use crate::aws::guard;
use crate::aws::jobs::{Aside, ControlStore, JobStore};
use crate::budget::{Allowance, InForce};
use crate::error::{Error, ErrorKind};
use crate::migration::{MigrationId, Version};
use crate::schema::TableName;

#[derive(Debug, thiserror::Error)]
#[error("there is no table `{0}`: nothing was ever run here, so that there is no run to speak to")]
struct NoRuns(TableName);

#[derive(Debug, thiserror::Error)]
#[error("sequence `{sequence}` has no migration {version}, neither in this binary nor in the database")]
struct NoMigration {
    sequence: &'static str,
    version: Version,
}

/// An item that a migration could not change and put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// The physical table.
    pub table: String,
    /// Its key as errors show it: escaped, and cut where it is long.
    pub key: String,
    /// What was wrong with it.
    pub error: String,
    /// Which work of the migration met it: verb, table, how manieth.
    pub job: String,
    /// When it was put aside last.
    pub at: Timestamp,
}

impl Migrator {
    /// Lets runs read and write no item until [`resume`](Self::resume): the one that goes on, and all that come. It keeps its lock and its
    /// place meanwhile. Gives back what is in force then.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where nothing was ever run, [`ErrorKind::OtherEnvironment`], and the engine's errors.
    pub async fn pause(&self) -> Result<InForce, Error> {
        self.control().await?.pause(&self.run.who()).await
    }

    /// Takes [`pause`](Self::pause) back.
    ///
    /// # Errors
    /// As [`pause`](Self::pause).
    pub async fn resume(&self) -> Result<InForce, Error> {
        self.control().await?.resume().await
    }

    /// Gives runs other rates from now on: those that are named. Without either each run keeps to its own budget again.
    ///
    /// # Errors
    /// As [`pause`](Self::pause).
    pub async fn throttle(&self, write: Option<Allowance>, read: Option<Allowance>) -> Result<InForce, Error> {
        self.control().await?.throttle(write, read, &self.run.who()).await
    }

    async fn control(&self) -> Result<ControlStore, Error> {
        if !self.read(guard::read_only(&self.client), Care::Named).await?.exists {
            return Err(Error::new(ErrorKind::NotFound, NoRuns(self.management.name.clone()))
                .with_help("check the account, the region, the environment and the prefix: is it this database that is meant?"));
        }
        Ok(ControlStore::new(&self.store(self.client.clone())))
    }

    /// The items that a migration could not change and put aside, or its rollback if that was last, by when it did; with the migration's name, where it is known.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a number that neither the code nor the database has; the engine's errors.
    pub async fn dead_letters(&self, version: Version) -> Result<(MigrationId, Vec<DeadLetter>), Error> {
        let client = guard::read_only(&self.client);
        let found = self.read(client.clone(), Care::NotWrong).await?;
        let row = rows(&self.declared.migrations, &found.history).into_iter().find(|row| row.id.version == version);
        let missing = || NoMigration { sequence: self.sequence.name(), version };
        let id = row.ok_or_else(|| Error::new(ErrorKind::Usage, missing()).with_help("`migrate status` lists them"))?.id;
        if !found.exists {
            return Ok((id, Vec::new()));
        }
        let aside = JobStore::reader(&self.store(client), version, found.history.last_turn(version)).all_aside().await?;
        Ok((id, aside.into_iter().map(|aside| self.told(aside)).collect()))
    }

    pub(super) fn told(&self, aside: Aside) -> DeadLetter {
        let declared = self.declared.tables.iter().find(|(name, _)| name.as_str() == aside.job.table);
        let key = aside.shown(declared.map(|(_, table)| &table.key));
        DeadLetter { table: aside.job.table, key, error: aside.letter.error, job: aside.job.place, at: aside.at }
    }
}
