//! The lock as everybody sees it; knows neither how it is taken nor how it is kept.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::run_info::RunInfo;

/// More holders than there ever are, and there must be room for the next.
const HIGHEST: u64 = u64::MAX / 2;

/// Who holds a sequence's lock, or held it last. The record is never deleted: its epoch only rises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// Rises by one with every holder; every write of a holder is conditioned on it.
    #[serde(deserialize_with = "epoch")]
    pub epoch: u64,
    /// Rises by one with every heartbeat: a beat that stands still for a lease means that its holder is gone.
    pub beat: u64,
    /// Whether the holder gave it back.
    pub released: bool,
    /// How long, in milliseconds, a beat may stand still.
    pub lease_ms: u64,
    /// Since when, by the holder's clock: for people, never compared.
    pub since: Timestamp,
    /// What the holder was doing when the lock was written last.
    pub doing: String,
    /// Who it is.
    pub holder: RunInfo,
}

fn epoch<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let epoch = u64::deserialize(from)?;
    if epoch > HIGHEST { Err(D::Error::custom("no lock ever had so high an epoch")) } else { Ok(epoch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_that_leaves_no_room_for_the_next_is_damage() {
        let lock = |epoch: u64| {
            let lock = serde_json::json!({
                "epoch": epoch, "beat": 1, "released": false, "lease_ms": 30_000, "since": "2026-01-01T00:00:00Z", "doing": "",
                "holder": RunInfo::default(),
            });
            serde_json::from_value::<LockInfo>(lock).map(|lock| lock.epoch).map_err(|error| error.to_string())
        };
        for epoch in [0, 1, 7, u64::MAX / 2] {
            assert_eq!(lock(epoch), Ok(epoch));
        }
        for epoch in [u64::MAX / 2 + 1, u64::MAX] {
            assert_eq!(lock(epoch), Err("no lock ever had so high an epoch".to_owned()));
        }
    }
}
