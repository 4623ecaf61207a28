//! Settles a doubt by one record: what somebody says of a migration or a restored table. Changes no table and runs nothing.

use std::time::Duration;

use super::adopt::looking;
use super::builder::Migrator;
use super::environment::Care;
use super::observe::Look;
use super::refusal::refused;
use crate::aws::guard;
use crate::error::{Error, ErrorKind};
use crate::plan::{Observed, Resolution, Settlement, settle};

/// A reason is for people, and a record is read with every run: longer ones stand elsewhere.
const REASON_LENGTH: usize = 2_000;

#[derive(Debug, thiserror::Error)]
enum ReasonError {
    #[error("a reason is missing")]
    Missing,
    #[error("the reason has {0} bytes, and may have {REASON_LENGTH}")]
    TooLong(usize),
}

impl Migrator {
    /// What [`resolve`](Migrator::resolve) would record, and what follows from it; writes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if it says nothing new, speaks of what is not there, or gives no reason; otherwise the kind of what contradicts it
    /// ([`ErrorKind::OutOfOrder`], [`ErrorKind::MissingMigration`], [`ErrorKind::NotOwned`], [`ErrorKind::NotFound`]), with the mend.
    pub async fn plan_resolve(&self, resolution: &Resolution, reason: &str) -> Result<Settlement, Error> {
        self.settlement(&self.look_at(resolution).await?.observed, resolution, stated(reason)?)
    }

    /// Records what somebody says of a migration or a restored table, under the lock, with who said it and why: one record, and nothing else is
    /// changed. It is never checked against the data: that is for whoever says it.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use migrate_core::{migration::Version, plan::Resolution};
    /// # async fn settle(migrator: migrate_core::Migrator) -> Result<(), migrate_core::Error> {
    /// let mails_went_out = Resolution::Applied { version: Version::new(7) };
    /// migrator.resolve(&mails_went_out, "the provider's log has all 1,204", Duration::from_secs(60)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`plan_resolve`](Migrator::plan_resolve); [`ErrorKind::StalePlan`] if it stands otherwise when the lock is ours; the lock's and the
    /// engine's errors.
    pub async fn resolve(&self, resolution: &Resolution, reason: &str, lock_wait: Duration) -> Result<Settlement, Error> {
        let shown = self.plan_resolve(resolution, reason).await?;
        self.resolve_as_shown(&shown, resolution, reason, lock_wait).await
    }

    /// The same for whoever has shown to somebody what [`plan_resolve`](Migrator::plan_resolve) said of it: it is recorded only if under the
    /// lock that is still so, however long they thought and the lock was waited for.
    ///
    /// # Errors
    /// As [`resolve`](Migrator::resolve).
    pub async fn resolve_as_shown(
        &self,
        shown: &Settlement,
        resolution: &Resolution,
        reason: &str,
        lock_wait: Duration,
    ) -> Result<Settlement, Error> {
        let reason = stated(reason)?;
        // Where nothing was ever run nothing could be shown: the management table is there.
        let held = self.take_lock(true, "resolve", lock_wait).await?;
        let outcome = async {
            let Look { mut observed, environment, .. } = self.look_at(resolution).await?;
            let settlement = self.settlement(&observed, resolution, reason).map_err(meanwhile)?;
            settlement.still(shown).map_err(refused)?;
            let store = self.store(guard::guarded(&self.client, held.lease()));
            self.remember(&store, environment.as_ref()).await?;
            store.append(&mut observed.history, held.epoch(), &self.run, vec![settlement.entry.clone()]).await?;
            Ok(settlement)
        };
        let outcome = outcome.await;
        held.release().await;
        outcome
    }

    /// Tables are looked at only where one is spoken of.
    async fn look_at(&self, resolution: &Resolution) -> Result<Look, Error> {
        match resolution {
            Resolution::Restored { .. } => self.look(&looking(), None).await,
            Resolution::Applied { .. } | Resolution::RolledBack { .. } | Resolution::Reblessed { .. } => {
                let found = self.read(guard::read_only(&self.client), Care::Named).await?;
                let observed = Observed { history: found.history, ..Observed::default() };
                Ok(Look { observed, managed: found.exists, lock: found.lock, environment: found.environment })
            }
        }
    }

    fn settlement(&self, observed: &Observed, resolution: &Resolution, reason: &str) -> Result<Settlement, Error> {
        settle(&self.declared, observed, resolution, reason).map_err(refused)
    }
}

/// It was not refused before.
fn meanwhile(error: Error) -> Error {
    error.with_help("nothing was recorded, since this came between; look again with `migrate status`")
}

/// A reason that somebody gave.
pub(super) fn stated(reason: &str) -> Result<&str, Error> {
    let wrong =
        |error| Error::new(ErrorKind::Usage, error).with_help("say in a sentence why: it is recorded, for whoever asks later");
    match reason.trim() {
        "" => Err(wrong(ReasonError::Missing)),
        reason if reason.len() > REASON_LENGTH => Err(wrong(ReasonError::TooLong(reason.len()))),
        reason => Ok(reason),
    }
}
