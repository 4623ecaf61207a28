//! Which way a migration goes, and the how manieth time: what is kept and marked in one turn says nothing in another. Knows no function.

use std::fmt;

use super::record::Entry;
use super::state::History;
use crate::migration::Version;

/// One way of a migration, there or back. A run that goes on with an earlier one is of the same turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Whether it is rolled back.
    pub is_back: bool,
    /// How often it had been settled anew before: rolled back, or by somebody's word.
    pub round: u32,
}

impl Turn {
    /// The way back from here.
    pub(crate) const fn back(self) -> Self {
        Self { is_back: true, ..self }
    }
}

/// Between a migration's number and what is kept or marked under it: nothing at first.
impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_back { " back" } else { "" })?;
        if self.round > 0 { write!(f, " {}", self.round) } else { Ok(()) }
    }
}

impl History {
    /// The turn in which a migration would run now.
    pub(crate) fn turn(&self, version: Version) -> Turn {
        Turn { is_back: false, round: self.turns(version).1 }
    }

    /// The turn in which its function, or the one that takes it back, was called last.
    pub(crate) fn last_turn(&self, version: Version) -> Turn {
        self.turns(version).0
    }

    fn turns(&self, version: Version) -> (Turn, u32) {
        let (mut last, mut round) = (Turn::default(), 0);
        let entries = self.records().iter().map(|record| &record.entry);
        for entry in entries.filter(|entry| entry.migration().is_some_and(|id| id.version == version)) {
            match entry {
                Entry::MigrationStarted { .. } => last = Turn { is_back: false, round },
                Entry::MigrationRollingBack { .. } => last = Turn { is_back: true, round },
                // Data may have been mended by hand before somebody's word: what a function did before counts no more.
                Entry::MigrationRolledBack { .. } | Entry::ResolvedApplied { .. } | Entry::ResolvedRolledBack { .. } => {
                    round += 1
                }
                Entry::MigrationApplied { .. }
                | Entry::MigrationFailed { .. }
                | Entry::MigrationSkipped { .. }
                | Entry::MigrationBaselined { .. }
                | Entry::MigrationRollbackFailed { .. }
                | Entry::Reblessed { .. }
                | Entry::SequenceStarted { .. }
                | Entry::TableCreating { .. }
                | Entry::TableCreated { .. }
                | Entry::TableNotCreated { .. }
                | Entry::TableAdopted { .. }
                | Entry::TableChanging { .. }
                | Entry::TableChanged { .. }
                | Entry::TableDropping { .. }
                | Entry::TableDropped { .. }
                | Entry::TableShared { .. }
                | Entry::IndexCreating { .. }
                | Entry::IndexCreated { .. }
                | Entry::IndexAdopted { .. }
                | Entry::IndexDropping { .. }
                | Entry::IndexDropped { .. }
                | Entry::TableRestored { .. }
                | Entry::LockForced { .. }
                | Entry::SchemaApplied { .. }
                | Entry::Unknown => {}
            }
        }
        (last, round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Counts, Record, RunInfo};
    use crate::migration::MigrationId;

    #[test]
    fn each_way_there_and_back_is_a_turn_of_its_own() {
        let (fingerprint, reason) = ("f".to_owned(), "r".to_owned());
        let id = |version| MigrationId { version: Version::new(version), name: "seven".to_owned() };
        let (migration, error) = (id(7), "e".to_owned());
        let started = || Entry::MigrationStarted { migration: id(7), fingerprint: "f".to_owned() };
        let back = || Entry::MigrationRollingBack { migration: id(7), fingerprint: "f".to_owned() };
        let (counts, tables) = (Counts::default(), Vec::new());
        let steps = [
            (started(), "", ""),
            (started(), "", ""),
            (Entry::MigrationFailed { migration: id(7), fingerprint: "f".to_owned(), error: error.clone() }, "", ""),
            (back(), " back", ""),
            (Entry::MigrationRollbackFailed { migration: id(7), fingerprint: "f".to_owned(), error }, " back", ""),
            (back(), " back", ""),
            (
                Entry::MigrationRolledBack { migration: id(7), fingerprint: "f".to_owned(), duration_ms: 1, counts, tables },
                " back",
                " 1",
            ),
            (Entry::MigrationStarted { migration: id(8), fingerprint: "f".to_owned() }, " back", " 1"),
            (started(), " 1", " 1"),
            (
                Entry::ResolvedApplied { migration: id(7), fingerprint: "f".to_owned(), breaking: false, reason: reason.clone() },
                " 1",
                " 2",
            ),
            (back(), " back 2", " 2"),
            (Entry::ResolvedRolledBack { migration, fingerprint, reason }, " back 2", " 3"),
            (started(), " 3", " 3"),
        ];
        let mut history = History::default();
        for (number, (entry, last, next)) in (1..).zip(steps) {
            let text = entry.to_string();
            let run = RunInfo::default();
            history.append(Record { number, at: jiff::Timestamp::UNIX_EPOCH, epoch: 1, run, text: text.clone(), entry }).unwrap();
            let turns = (history.last_turn(Version::new(7)).to_string(), history.turn(Version::new(7)).to_string());
            assert_eq!(turns, (last.to_owned(), next.to_owned()), "after {number}: {text}");
        }
        assert_eq!(history.turn(Version::new(9)), Turn::default());
    }
}
