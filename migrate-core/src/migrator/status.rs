//! Where a database stands, read with read rights alone and by a binary of any version: records describe themselves.

use std::collections::BTreeMap;

use serde::Serialize;

use super::builder::Migrator;
use super::environment::Care;
use crate::aws::guard;
use crate::aws::jobs::ControlStore;
use crate::budget::InForce;
use crate::error::{Error, ErrorKind};
use crate::history::{Environment, History, LockInfo, MigrationState, MigrationStatus, Record};
use crate::migration::{MigrationId, MigrationMeta, Version};

/// Where one migration stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RowState {
    /// The code has it, the database does not.
    Pending,
    /// The database has it.
    Recorded(Box<MigrationState>),
}

/// One migration, known to the code, to the database, or to both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Which.
    #[serde(flatten)]
    pub id: MigrationId,
    /// Where it stands.
    pub record: RowState,
    /// Whether this binary has it.
    pub in_code: bool,
    /// Whether its text is not the recorded one.
    pub edited: bool,
    /// Whether a person must say how it stands, before `up` does anything.
    pub unsettled: bool,
    /// Whether it waits until the new code is deployed.
    pub after_deploy: bool,
    /// Its description, where the code has it.
    pub description: String,
}

/// Where a database stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The sequence.
    pub sequence: String,
    /// The management table.
    pub management_table: String,
    /// Whether it is there: if not, nothing was ever run here.
    pub managed: bool,
    /// The environment that it remembers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Every migration, in order.
    pub migrations: Vec<Row>,
    /// Who holds the lock, or held it last.
    pub lock: Option<LockInfo>,
    /// What people said to its runs.
    #[serde(skip_serializing_if = "InForce::is_empty")]
    pub in_force: InForce,
}

impl Status {
    /// The migrations that the code has and the database has not settled.
    pub fn pending(&self) -> impl Iterator<Item = &Row> {
        self.migrations.iter().filter(|row| row.in_code && !row.is_settled())
    }
}

impl Row {
    /// Whether nothing is left to do.
    pub fn is_settled(&self) -> bool {
        matches!(&self.record, RowState::Recorded(state) if state.status.is_settled())
    }

    /// Whether a rollback of it was begun and is not finished.
    pub fn is_rolling_back(&self) -> bool {
        matches!(&self.record, RowState::Recorded(state) if state.status.is_rolling_back())
    }

    /// Whether it was taken back: nothing of it is left.
    pub fn is_rolled_back(&self) -> bool {
        matches!(&self.record, RowState::Recorded(state) if state.status == MigrationStatus::RolledBack)
    }

    /// Whether it was begun and did not end.
    pub fn is_open(&self) -> bool {
        matches!(&self.record, RowState::Recorded(state) if state.status == MigrationStatus::Started)
    }
}

/// The database is not where the application needs it to be.
#[derive(Debug, thiserror::Error)]
#[error("the database needs migration {needed} of sequence `{sequence}`, and {state}")]
struct Behind {
    needed: Version,
    sequence: &'static str,
    state: String,
}

/// The database has a migration that this binary must not run after.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database has migration {breaking} of sequence `{sequence}`, after which this binary must not run any more: it ends with {last}"
)]
struct TooFar {
    breaking: Version,
    sequence: &'static str,
    last: Version,
}

impl Migrator {
    /// Where the database stands: one query, and one more for what people said to its runs.
    pub async fn status(&self) -> Result<Status, Error> {
        let client = guard::read_only(&self.client);
        let found = self.read(client.clone(), Care::NotWrong).await?;
        let in_force = match found.exists {
            true => ControlStore::new(&self.store(client)).read().await?,
            false => InForce::default(),
        };
        Ok(Status {
            sequence: self.sequence.name().to_owned(),
            management_table: self.management.name.to_string(),
            managed: found.exists,
            environment: found.environment,
            migrations: rows(&self.declared.migrations, &found.history),
            lock: found.lock,
            in_force,
        })
    }

    /// Every record, in order: one query.
    pub async fn history(&self) -> Result<Vec<Record>, Error> {
        Ok(self.read(guard::read_only(&self.client), Care::NotWrong).await?.history.records().to_vec())
    }

    /// Who holds the lock, or held it last: one query.
    pub async fn lock(&self) -> Result<Option<LockInfo>, Error> {
        Ok(self.read(guard::read_only(&self.client), Care::NotWrong).await?.lock)
    }

    /// For an application's start-up: an error unless every migration up to `version` is settled, and if a newer binary applied one that is
    /// `breaking` for this one. One read, no write.
    ///
    /// ```no_run
    /// # async fn start(migrator: migrate_core::Migrator) -> Result<(), migrate_core::Error> {
    /// if let Some(last) = migrator.sequence().last() {
    ///     migrator.ensure_at_least(last).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StalePlan`] if the database is behind, [`ErrorKind::Ahead`] if it has moved on too far.
    pub async fn ensure_at_least(&self, version: Version) -> Result<(), Error> {
        let history = self.read(guard::read_only(&self.client), Care::NotWrong).await?.history;
        let last = self.sequence.last().unwrap_or(version).max(version);
        if let Some((breaking, _)) = history.migrations().range(last.next()..).find(|(_, state)| state.breaking) {
            let ahead = TooFar { breaking: *breaking, sequence: self.sequence.name(), last };
            return Err(Error::new(ErrorKind::Ahead, ahead).with_help("deploy a version of the application that has it"));
        }
        let settled = |state: &MigrationState| state.status.is_settled();
        let state = match history.migrations().range(..=version).next_back() {
            None => "none was ever applied".to_owned(),
            Some((last, _)) if *last < version => format!("is at {last}"),
            Some(_) => match history.migrations().range(..=version).find(|(_, state)| !settled(state)) {
                None => return Ok(()),
                Some((open, _)) => format!("migration {open} is not finished"),
            },
        };
        let behind = Behind { needed: version, sequence: self.sequence.name(), state };
        Err(Error::new(ErrorKind::StalePlan, behind).with_help("run `migrate up` before this application starts"))
    }
}

pub(super) fn rows(code: &BTreeMap<Version, MigrationMeta>, history: &History) -> Vec<Row> {
    let recorded = history.migrations();
    let versions: std::collections::BTreeSet<Version> = code.keys().chain(recorded.keys()).copied().collect();
    let row = |version: Version| {
        let (meta, state) = (code.get(&version), recorded.get(&version));
        let id = meta.map(MigrationMeta::id).or_else(|| state.map(|state| state.migration.clone()))?;
        Some(Row {
            id,
            record: state.map_or(RowState::Pending, |state| RowState::Recorded(Box::new(state.clone()))),
            in_code: meta.is_some(),
            edited: meta.zip(state).is_some_and(|(meta, state)| state.is_edited(meta)),
            unsettled: state.is_some_and(|state| state.is_unsettled(meta)),
            after_deploy: meta.is_some_and(|meta| meta.after_deploy),
            description: meta.map_or("", |meta| meta.description).to_owned(),
        })
    };
    versions.into_iter().filter_map(row).collect()
}
