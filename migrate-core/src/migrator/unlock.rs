//! Takes the lock from a holder who hangs, and records who did and why. Runs nothing, and judges no holder: that is for whoever asks for it.

use std::time::Duration;

use super::builder::Migrator;
use super::environment::Care;
use super::resolve::stated;
use crate::aws::guard;
use crate::aws::lock::{Held, Lock};
use crate::aws::unlock::holder;
use crate::error::{Error, ErrorKind};
use crate::history::{Entry, LockInfo};

/// It was asked to stop before the old holder was sure to have noticed.
#[derive(Debug, thiserror::Error)]
#[error("the lock of epoch {epoch} is taken away from {holder}; it was not waited for until their lease is over, as asked")]
struct NotWaited {
    epoch: u64,
    holder: String,
}

impl Migrator {
    /// Who [`unlock`](Migrator::unlock) would take the lock from; writes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::LockHeld`](crate::ErrorKind::LockHeld) if the lock has another epoch by now, [`ErrorKind::Usage`](crate::ErrorKind::Usage) if
    /// nobody holds it.
    pub async fn plan_unlock(&self, epoch: u64) -> Result<LockInfo, Error> {
        holder(self.read(guard::read_only(&self.client), Care::Named).await?.lock, epoch)
    }

    /// Takes the lock from the holder of this epoch, who from then on can neither confirm it nor record anything, and gives it back when that
    /// holder's lease is over: until then it may not have noticed, and a run beside it would not be alone. Tells who it was.
    ///
    /// A holder that does not beat any more is replaced by the next run without this.
    ///
    /// # Errors
    /// As [`plan_unlock`](Migrator::plan_unlock); [`ErrorKind::Usage`](crate::ErrorKind::Usage) without a reason; the engine's errors.
    pub async fn unlock(&self, epoch: u64, reason: &str) -> Result<LockInfo, Error> {
        let reason = stated(reason)?;
        self.plan_unlock(epoch).await?;
        let lock = Lock::new(&self.store(self.client.clone()), &self.run, self.pace);
        let (held, from) = lock.force(epoch, &format!("unlock of epoch {epoch}")).await?;
        let outcome = self.fence(&held, &from, reason).await;
        if outcome.is_err() {
            // The old holder may not have noticed yet: whoever comes next waits for a lease.
            held.abandon();
        }
        held.release().await;
        outcome.map(|()| from)
    }

    async fn fence(&self, held: &Held, from: &LockInfo, reason: &str) -> Result<(), Error> {
        let client = guard::guarded(&self.client, held.lease());
        let mut history = self.read(client.clone(), Care::Named).await?.history;
        let forced = Entry::LockForced { ended: from.epoch, holder: from.holder.who(), reason: reason.to_owned() };
        self.store(client).append(&mut history, held.epoch(), &self.run, vec![forced]).await?;
        held.doing(&format!("unlock of epoch {}: waits until its lease is over", from.epoch));
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(from.lease_ms)) => Ok(()),
            () = self.stop.requested() => {
                let left = NotWaited { epoch: from.epoch, holder: from.holder.who() };
                Err(Error::new(ErrorKind::Interrupted, left)
                    .with_help("there is nothing more to unlock: `migrate up` takes the lock as soon as nobody can be at work under it any more"))
            }
            () = held.lease().lost() => {
                let why = held.lease().refusal().unwrap_or_default();
                Err(Error::new(ErrorKind::LockLost, why).with_help("the old holder has lost it all the same; `migrate lock` shows who has it now"))
            }
        }
    }
}
