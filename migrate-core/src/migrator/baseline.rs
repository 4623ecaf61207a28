//! Takes an existing database under ownership: numbers recorded as applied, tables adopted. Changes no table.

use std::time::Duration;

use serde::Serialize;

use super::builder::Migrator;
use super::observe::Look;
use crate::aws::guard;
use crate::diff::{Change, diff};
use crate::error::{Error, ErrorKind};
use crate::history::{Entry, History, Ownership};
use crate::migration::{MigrationId, MigrationMeta, Version};
use crate::plan::{Observed, Phase, Request, VerifyKeys, made_again};
use crate::schema::{TableName, TableSchema};

/// A declared table that is there and not ours, with every difference from what the code declares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Adoption {
    /// The table.
    pub table: TableName,
    /// DynamoDB's id for it, where the engine has one.
    pub table_id: Option<String>,
    /// What differs. Adopting changes none of it; the next `up` does, or refuses.
    pub differences: Vec<Change>,
}

/// What `baseline N` would record.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Baseline {
    /// The migrations that count as applied from then on.
    pub migrations: Vec<MigrationId>,
    /// The tables that come under ownership.
    pub tables: Vec<Adoption>,
    #[serde(skip)]
    managed: bool,
}

impl Baseline {
    /// Whether there is nothing to record.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty() && self.tables.is_empty()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no migration {0} in this binary; its last is {1}")]
struct NoSuchVersion(Version, Version);

#[derive(Debug, thiserror::Error)]
#[error("table `{table}` belongs to sequence `{sequence}`: a table has one owner")]
struct AnotherOwner {
    table: TableName,
    sequence: String,
}

impl Migrator {
    /// What [`baseline`](Migrator::baseline) would record, writing nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the code has no migration of that number.
    pub async fn plan_baseline(&self, version: Version) -> Result<Baseline, Error> {
        let look = self.look_for_baseline(version).await?;
        Ok(self.missing(version, &look.observed, look.managed))
    }

    /// Records the migrations up to `version` as applied, without running them, and takes the declared tables that exist under ownership.
    ///
    /// # Errors
    /// As [`plan_baseline`](Migrator::plan_baseline); the lock's and the engine's errors.
    pub async fn baseline(&self, version: Version, lock_wait: Duration) -> Result<Baseline, Error> {
        let before = self.plan_baseline(version).await?;
        if before.is_empty() {
            return Ok(before);
        }
        let held = self.take_lock(before.managed, "baseline", lock_wait).await?;
        let outcome = async {
            let Look { mut observed, managed, environment } = self.look_for_baseline(version).await?;
            let store = self.store(guard::guarded(&self.client, held.lease()));
            self.remember(&store, environment.as_ref()).await?;
            let missing = self.missing(version, &observed, managed);
            let entries = self.entries(&missing, &observed.history);
            store.append(&mut observed.history, held.epoch(), &self.run, entries).await?;
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
        let look = self.look(&Request { verify_keys: VerifyKeys::Never, ..Request::of(Phase::All) }, None).await?;
        let elsewhere = self.owned().find_map(|(table, _)| look.observed.owned_elsewhere.get_key_value(table));
        if let Some((table, sequence)) = elsewhere {
            let error = AnotherOwner { table: table.clone(), sequence: sequence.clone() };
            return Err(Error::new(ErrorKind::NotOwned, error).with_help(format!(
                "if the crate was renamed: `migrate_core::migrations!(name = \"{sequence}\")` keeps its numbers, lock and history"
            )));
        }
        Ok(look)
    }

    /// The declared tables that are this sequence's to own.
    fn owned(&self) -> impl Iterator<Item = (&TableName, &TableSchema)> {
        self.declared.tables.iter().filter(|(_, schema)| schema.handling.owner.is_none())
    }

    fn missing(&self, version: Version, observed: &Observed, managed: bool) -> Baseline {
        let history = &observed.history;
        let settled =
            |meta: &MigrationMeta| history.migrations().get(&meta.version).is_some_and(|state| state.status.is_settled());
        let migrations = self.declared.migrations.range(..=version).map(|(_, meta)| meta);
        // A table that was made again, from a backup for example, is another one, and not ours yet.
        let owned = |name: &TableName, live| {
            let owner = history.tables().get(name);
            matches!(owner, Some(Ownership::Owned { table_id }) if !made_again(table_id.as_deref(), live))
        };
        let adoption = |(name, declared)| {
            let live = observed.tables.get(name).filter(|live| !owned(name, live))?;
            Some(Adoption {
                table: TableName::clone(name),
                table_id: live.table_id.clone(),
                differences: diff(&live.schema, declared),
            })
        };
        Baseline {
            migrations: migrations.filter(|meta| !settled(meta)).map(MigrationMeta::id).collect(),
            tables: self.owned().filter_map(adoption).collect(),
            managed,
        }
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
        let adopted =
            |adoption: &Adoption| Entry::TableAdopted { table: adoption.table.clone(), table_id: adoption.table_id.clone() };
        entries.extend(missing.tables.iter().map(adopted));
        entries
    }
}
