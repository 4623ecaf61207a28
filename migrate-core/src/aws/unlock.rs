//! Takes the lock away from a holder who hangs, by the epoch that somebody saw; knows neither why nor what comes after.

use std::time::Duration;

use super::lock::{Held, Lock};
use super::store::COLLISIONS;
use crate::error::{Error, ErrorKind};
use crate::history::LockInfo;

/// It has the epoch that was seen, and was not given back. Whether it beats does not matter.
const STILL_HELD: &str = "epoch = :seen AND NOT released = :true";

/// Why nothing is taken away.
#[derive(Debug, thiserror::Error)]
enum UnlockError {
    #[error("nobody holds the lock{}", .0.map_or_else(String::new, |epoch| format!(": epoch {epoch} was given back")))]
    Free(Option<u64>),
    #[error("the lock has epoch {}, not {asked}: {} holds it since {}, doing: {}", .now.epoch, .now.holder.who(), .now.since, .now.doing)]
    Another { asked: u64, now: Box<LockInfo> },
    #[error("the lock was written by others whenever it was to be taken away")]
    Contended,
}

/// The holder who is meant, if it is the one who holds the lock.
pub(crate) fn holder(lock: Option<LockInfo>, epoch: u64) -> Result<LockInfo, Error> {
    match lock {
        Some(lock) if lock.released => Err(Error::new(ErrorKind::Usage, UnlockError::Free(Some(lock.epoch)))
            .with_help("there is nothing to take away: `migrate up` takes it at once")),
        None => Err(Error::new(ErrorKind::Usage, UnlockError::Free(None)).with_help("`migrate up` takes it at once")),
        Some(now) if now.epoch != epoch => {
            let help = format!("look again, `migrate lock`; if this holder hangs too: `migrate unlock --epoch {}`", now.epoch);
            Err(Error::new(ErrorKind::LockHeld, UnlockError::Another { asked: epoch, now: Box::new(now) }).with_help(help))
        }
        Some(lock) => Ok(lock),
    }
}

impl Lock {
    /// Takes the lock from the holder of this epoch, alive or not, and tells who that was. The epoch rises, so that every write of that holder
    /// which is bound to it fails from here on, its next beat among them.
    pub(crate) async fn force(&self, epoch: u64, doing: &str) -> Result<(Held, LockInfo), Error> {
        let heart = self.heart().await?;
        for attempt in 1..=COLLISIONS {
            let seen = holder(self.look(&heart).await?, epoch)?;
            let sent = self.sent_now();
            let taken = match self.take(&heart, STILL_HELD, Some(seen.clone()), doing).await {
                Ok(taken) => taken,
                // It may have arrived all the same, its reply lost.
                Err(error) => match self.look(&heart).await {
                    Ok(Some(now)) if self.is_mine(&now) && now.epoch == epoch + 1 => Some((now.epoch, sent)),
                    Ok(_) | Err(_) => return Err(error),
                },
            };
            if let Some((epoch, sent)) = taken {
                return Ok((self.keep(heart, epoch, sent, doing), seen));
            }
            // A record of the holder's was on its way, or somebody was faster: the next look tells.
            tokio::time::sleep(Duration::from_millis(20 * u64::from(attempt))).await;
        }
        Err(Error::new(ErrorKind::LockHeld, UnlockError::Contended).with_help("try it again"))
    }
}
