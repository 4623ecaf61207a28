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
            scanned: self.scanned - before.scanned,
            changed: self.changed - before.changed,
            unchanged: self.unchanged - before.unchanged,
            skipped: self.skipped - before.skipped,
            inserted: self.inserted - before.inserted,
            existing: self.existing - before.existing,
            deleted: self.deleted - before.deleted,
            conflicts: self.conflicts - before.conflicts,
            failed: self.failed - before.failed,
            read_units: self.read_units - before.read_units,
            write_units: self.write_units - before.write_units,
        }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.scanned += other.scanned;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.inserted += other.inserted;
        self.existing += other.existing;
        self.deleted += other.deleted;
        self.conflicts += other.conflicts;
        self.failed += other.failed;
        self.read_units += other.read_units;
        self.write_units += other.write_units;
    }
}
