//! Takes an existing database under ownership: numbers recorded as applied, tables adopted. Changes no table.

use std::time::Duration;

use serde::Serialize;

use super::adopt::{Adoption, another_owner, looking};
use super::builder::Migrator;
use super::observe::Look;
use super::refusal::refuse_all;
use crate::aws::guard;
use crate::error::{Error, ErrorKind};
use crate::history::{Entry, History};
use crate::migration::{MigrationId, MigrationMeta, Version};
use crate::plan::open_up_to;

/// What `baseline N` would record.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Baseline {
    /// The migrations that count as applied from then on.
    pub migrations: Vec<MigrationId>,
    /// The tables that come under ownership, and indexes on other sequences' tables.
    pub tables: Vec<Adoption>,
}

impl Baseline {
    /// Whether there is nothing to record.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty() && self.tables.iter().all(|one| !one.adopted)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no migration {0} in this binary; its last is {1}")]
struct NoSuchVersion(Version, Version);

impl Migrator {
    /// What [`baseline`](Migrator::baseline) would record, writing nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the code has no migration of that number; [`ErrorKind::Unsettled`] while a person must say how one of them stands.
    pub async fn plan_baseline(&self, version: Version) -> Result<Baseline, Error> {
        let look = self.look_for_baseline(version).await?;
        self.missing(version, &look).await
    }

    /// Records the migrations up to `version` as applied, without running them, and takes the declared tables that exist under ownership.
    ///
    /// # Errors
    /// As [`plan_baseline`](Migrator::plan_baseline); the lock's and the engine's errors.
    pub async fn baseline(&self, version: Version, lock_wait: Duration) -> Result<Baseline, Error> {
        let look = self.look_for_baseline(version).await?;
        let before = self.missing(version, &look).await?;
        if before.is_empty() {
            return Ok(before);
        }
        let told = self.to_share(&before.tables, &look.observed.history);
        self.tell_owners(&told, lock_wait).await?;
        let held = self.take_lock(look.managed, "baseline", lock_wait).await?;
        let outcome = async {
            let mut look = self.look_for_baseline(version).await?;
            let store = self.store(guard::guarded(&self.client, held.lease()));
            self.remember(&store, look.environment.as_ref()).await?;
            let mut missing = self.missing(version, &look).await?;
            let indexes: Vec<Adoption> = missing.tables.extract_if(.., |one| one.index.is_some()).collect();
            let entries = self.entries(&missing, &look.observed.history);
            store.append(&mut look.observed.history, held.epoch(), &self.run, entries).await?;
            missing.tables.extend(self.adopt_indexes(&held, indexes, &told, lock_wait).await?);
            Ok(missing)
        };
        let outcome = outcome.await;
        held.release().await;
        outcome
    }

    async fn look_for_baseline(&self, version: Version) -> Result<Look, Error> {
        let last = self.sequence.last().unwrap_or(Version::new(0));
        if version > last {
            let help = "give the number of the last migration whose effect is in the database already";
            return Err(Error::new(ErrorKind::Usage, NoSuchVersion(version, last)).with_help(help));
        }
        let look = self.look(&looking(), None).await?;
        another_owner(self.managed(), &look.observed)?;
        Ok(look)
    }

    async fn missing(&self, version: Version, look: &Look) -> Result<Baseline, Error> {
        let observed = &look.observed;
        let history = &observed.history;
        refuse_all(open_up_to(&self.declared, observed, version))?;
        let settled =
            |meta: &MigrationMeta| history.migrations().get(&meta.version).is_some_and(|state| state.status.is_settled());
        let migrations = self.declared.migrations.range(..=version).map(|(_, meta)| meta);
        let mut tables = self.adoptions(self.managed(), observed);
        tables.extend(self.index_adoptions(self.visited(), false, observed).await?);
        Ok(Baseline { migrations: migrations.filter(|meta| !settled(meta)).map(MigrationMeta::id).collect(), tables })
    }

    fn entries(&self, missing: &Baseline, history: &History) -> Vec<Entry> {
        let mut entries = Vec::new();
        if history.freshness().is_none() {
            entries.push(Entry::SequenceStarted { fresh_up_to: None });
        }
        for id in &missing.migrations {
            if let Some(meta) = self.declared.migrations.get(&id.version) {
                let fingerprint = meta.fingerprint.to_owned();
                entries.push(Entry::MigrationBaselined { migration: id.clone(), fingerprint, breaking: meta.breaking });
            }
        }
        entries.extend(missing.tables.iter().filter_map(Adoption::entry));
        entries
    }
}
