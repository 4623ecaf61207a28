//! A past that is given instead of lived through: records about migrations, as a run would have left them. It never runs anything.

use std::collections::BTreeSet;

use super::db::TestDb;
use super::dump::words;
use crate::aws::store::Store;
use crate::error::{Error, ErrorKind};
use crate::history::{Counts, Entry, History, RunInfo};
use crate::migration::{MigrationId, MigrationMeta, Version};
use crate::migrator::RowState;

/// What a text that was edited since is recorded as.
const OTHER_TEXT: &str = "tokens-1:another text";

/// No run begins a migration while one before it has never run, nor does `baseline` leave one out.
#[derive(Debug, thiserror::Error)]
#[error("migration {later} is given a past, but {earlier} before it has none")]
struct LeftOut {
    later: MigrationId,
    earlier: MigrationId,
}

/// What happened to a migration before the test begins. One value is all of it: what was rolled back has run, so `RolledBack(1)` alone says both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Past {
    /// It ran.
    Applied(u32),
    /// It ran, and its text was another one.
    AppliedWithOtherText(u32),
    /// It was begun, and the run died.
    Started(u32),
    /// It was begun, and failed.
    Failed(u32),
    /// It was not needed on a fresh database.
    Skipped(u32),
    /// `baseline` declared it applied.
    Baselined(u32),
    /// It ran, then its rollback was begun, and that run died.
    RollingBack(u32),
    /// It ran, then its rollback failed.
    RollbackFailed(u32),
    /// It ran and was rolled back: it is pending again.
    RolledBack(u32),
}

impl Past {
    const fn number(self) -> u32 {
        match self {
            Self::Applied(number)
            | Self::AppliedWithOtherText(number)
            | Self::Started(number)
            | Self::Failed(number)
            | Self::Skipped(number)
            | Self::Baselined(number)
            | Self::RollingBack(number)
            | Self::RollbackFailed(number)
            | Self::RolledBack(number) => number,
        }
    }

    fn entries(self, meta: &MigrationMeta) -> Vec<Entry> {
        let migration = meta.id();
        let other = matches!(self, Self::AppliedWithOtherText(_));
        let fingerprint = || if other { OTHER_TEXT.to_owned() } else { meta.fingerprint.to_owned() };
        let (counts, tables, breaking) = (Counts::default(), Vec::new(), meta.breaking);
        let started = Entry::MigrationStarted { migration: migration.clone(), fingerprint: fingerprint() };
        let applied = Entry::MigrationApplied {
            migration: migration.clone(),
            fingerprint: fingerprint(),
            breaking,
            duration_ms: 0,
            counts,
            tables: tables.clone(),
        };
        let rolling_back = Entry::MigrationRollingBack { migration: migration.clone(), fingerprint: fingerprint() };
        let error = "as the test says".to_owned();
        match self {
            Self::Applied(_) | Self::AppliedWithOtherText(_) => vec![started, applied],
            Self::Started(_) => vec![started],
            Self::Failed(_) => vec![started, Entry::MigrationFailed { migration, fingerprint: fingerprint(), error }],
            Self::Skipped(_) => vec![Entry::MigrationSkipped { migration, fingerprint: fingerprint(), breaking }],
            Self::Baselined(_) => vec![Entry::MigrationBaselined { migration, fingerprint: fingerprint(), breaking }],
            Self::RollingBack(_) => vec![started, applied, rolling_back],
            Self::RollbackFailed(_) => {
                let failed = Entry::MigrationRollbackFailed { migration, fingerprint: fingerprint(), error };
                vec![started, applied, rolling_back, failed]
            }
            Self::RolledBack(_) => {
                let back = Entry::MigrationRolledBack { migration, fingerprint: fingerprint(), duration_ms: 0, counts, tables };
                vec![started, applied, rolling_back, back]
            }
        }
    }
}

impl TestDb {
    /// Gives the database a past: its tables are made, and these are recorded in this order. No migration's function runs, so put items in the
    /// form that this past would have left.
    ///
    /// ```
    /// # use migrate_core::testing::{Past, TestDb};
    /// # async fn example(db: TestDb) -> migrate_core::Result {
    /// db.given([Past::Applied(1), Past::Started(2)]).await?; // the run died in migration 2
    /// db.up().await?;
    /// assert_eq!(db.states().await?, ["0001 lowercase_emails: applied", "0002 split_names: applied"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the code has no migration of such a number; [`ErrorKind::CorruptHistory`] if one before it has no past, or if
    /// what is settled or being rolled back is begun once more. In which order different migrations stand is not judged: `Started(1)` may follow
    /// `Applied(2)`, as after `resolve --rolled-back 1` and a run that died.
    pub async fn given(&self, past: impl IntoIterator<Item = Past>) -> Result<(), Error> {
        // A binary without the migrations that are recorded would be one that is too old.
        if self.past().await?.migrations().is_empty() {
            self.begin().await?;
        }
        let (mut entries, mut given) = (Vec::new(), BTreeSet::new());
        for one in past {
            let entry = self.entry(Version::new(one.number()))?;
            given.insert(entry.meta.version);
            entries.extend(one.entries(&entry.meta));
        }
        let migrator = self.migrator()?;
        let store = Store::new(self.client(), migrator.management_table().clone(), self.sequence().name());
        let mut found = store.read().await?;
        self.none_left_out(&given, &found.history)?;
        // The run that made the tables gave its epoch back, and nobody took another one since.
        let epoch = found.lock.as_ref().map_or(0, |lock| lock.epoch);
        let run = RunInfo { run_id: "a test's past".to_owned(), ..RunInfo::default() };
        store.append(&mut found.history, epoch, &run, entries).await.map_err(|error| match error.kind() {
            ErrorKind::CorruptHistory => error.with_help(
                "say all of one migration by one value: `Past::RolledBack(1)` holds the run, `Past::Failed(1)` its begin",
            ),
            _ => error,
        })
    }

    fn none_left_out(&self, given: &BTreeSet<Version>, history: &History) -> Result<(), Error> {
        let is_known = |version: &Version| given.contains(version) || history.migrations().contains_key(version);
        let Some(later) = given.last() else { return Ok(()) };
        let mut before = self.sequence().migrations().map(|entry| &entry.meta).take_while(|meta| meta.version < *later);
        let Some(earlier) = before.find(|meta| !is_known(&meta.version)) else { return Ok(()) };
        let why = LeftOut { later: self.entry(*later)?.meta.id(), earlier: earlier.id() };
        let help = format!("give that a past too, such as `Past::Applied({})`", earlier.version);
        Err(Error::new(ErrorKind::CorruptHistory, why).with_help(help))
    }

    /// What the history says of migrations, in its own words and in order.
    ///
    /// # Errors
    /// The engine's, and those of a history that cannot be read.
    pub async fn history(&self) -> Result<Vec<String>, Error> {
        let records = self.migrator()?.history().await?;
        Ok(records.into_iter().filter(|record| record.entry.migration().is_some()).map(|record| record.text).collect())
    }

    /// Where each migration stands, in order: `0001 lowercase_emails: applied`, or `pending` where nothing is recorded.
    ///
    /// # Errors
    /// As [`history`](TestDb::history).
    pub async fn states(&self) -> Result<Vec<String>, Error> {
        let status = self.migrator()?.status().await?;
        let word = |row: &RowState| match row {
            RowState::Pending => "pending",
            RowState::Recorded(state) => words(&state.status),
        };
        Ok(status.migrations.iter().map(|row| format!("{}: {}", row.id, word(&row.record))).collect())
    }
}
