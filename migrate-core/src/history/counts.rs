//! What was done to items, in numbers; knows no migration.

use serde::{Deserialize, Serialize};

/// What a migration did to items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items that were read.
    #[serde(default)]
    pub scanned: u64,
    /// Items that were changed.
    #[serde(default)]
    pub changed: u64,
    /// Items that already were as the function wants them.
    #[serde(default)]
    pub unchanged: u64,
    /// Items of other entities, left alone.
    #[serde(default)]
    pub skipped: u64,
    /// Items that were inserted.
    #[serde(default)]
    pub inserted: u64,
    /// Items that `put_all` found already there, with other content.
    #[serde(default)]
    pub existing: u64,
    /// Items that were deleted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deleted: u64,
    /// Writes that met a write of somebody else and were decided anew.
    #[serde(default)]
    pub conflicts: u64,
    /// Items that failed and were put aside as dead letters.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// Read capacity units consumed, rounded up; what the engine does not tell is estimated.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub read_units: u64,
    /// Write capacity units consumed, those of indexes included, rounded up.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub write_units: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    #[cfg(feature = "aws")]
    /// What came on top of an earlier count of the same.
    pub(crate) const fn since(self, before: Self) -> Self {
        Self {
            scanned: self.scanned.saturating_sub(before.scanned),
            changed: self.changed.saturating_sub(before.changed),
            unchanged: self.unchanged.saturating_sub(before.unchanged),
            skipped: self.skipped.saturating_sub(before.skipped),
            inserted: self.inserted.saturating_sub(before.inserted),
            existing: self.existing.saturating_sub(before.existing),
            deleted: self.deleted.saturating_sub(before.deleted),
            conflicts: self.conflicts.saturating_sub(before.conflicts),
            failed: self.failed.saturating_sub(before.failed),
            read_units: self.read_units.saturating_sub(before.read_units),
            write_units: self.write_units.saturating_sub(before.write_units),
        }
    }
}

/// What was kept may be damaged: a sum ends at the largest number.
impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.scanned = self.scanned.saturating_add(other.scanned);
        self.changed = self.changed.saturating_add(other.changed);
        self.unchanged = self.unchanged.saturating_add(other.unchanged);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.inserted = self.inserted.saturating_add(other.inserted);
        self.existing = self.existing.saturating_add(other.existing);
        self.deleted = self.deleted.saturating_add(other.deleted);
        self.conflicts = self.conflicts.saturating_add(other.conflicts);
        self.failed = self.failed.saturating_add(other.failed);
        self.read_units = self.read_units.saturating_add(other.read_units);
        self.write_units = self.write_units.saturating_add(other.write_units);
    }
}
