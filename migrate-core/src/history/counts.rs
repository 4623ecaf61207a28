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

#[cfg(test)]
mod tests {
    use super::Counts;

    /// Every field has another number, so that none can stand for another.
    fn counts(times: u64) -> Counts {
        Counts {
            scanned: times,
            changed: 2 * times,
            unchanged: 3 * times,
            skipped: 4 * times,
            inserted: 5 * times,
            existing: 6 * times,
            deleted: 7 * times,
            conflicts: 8 * times,
            failed: 9 * times,
            read_units: 10 * times,
            write_units: 11 * times,
        }
    }

    #[test]
    fn they_add_up_field_by_field_and_end_at_the_largest_number() {
        let mut sum = counts(1);
        sum += counts(10);
        assert_eq!(sum, counts(11));
        sum += Counts { write_units: u64::MAX, ..Counts::default() };
        assert_eq!(sum, Counts { write_units: u64::MAX, ..counts(11) });
    }

    #[cfg(feature = "aws")]
    #[test]
    fn what_came_on_top_is_the_difference_of_each_field_and_never_below_nothing() {
        assert_eq!(counts(11).since(counts(10)), counts(1));
        assert_eq!(counts(1).since(counts(10)), Counts::default());
    }

    #[test]
    fn the_rare_ones_are_kept_only_where_there_are_any() {
        let kept =
            |counts: &Counts| serde_json::to_value(counts).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let always = ["changed", "conflicts", "existing", "inserted", "scanned", "skipped", "unchanged"];
        assert_eq!(kept(&Counts::default()), always);
        assert_eq!(kept(&counts(1)).len(), always.len() + 4);
        let read: Counts = serde_json::from_value(serde_json::to_value(counts(3)).unwrap()).unwrap();
        assert_eq!(read, counts(3));
    }
}
