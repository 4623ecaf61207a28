//! What somebody says of a migration or a restored table to settle a doubt: whether it may be recorded, and what follows from it. Pure; knows
//! neither who says it nor the lock.

use std::collections::BTreeSet;

use serde::Serialize;

use super::model::{Declared, Observed, Refusal};
use super::restored::restored;
use crate::error::ErrorKind;
use crate::history::{Entry, History, MigrationState, MigrationStatus, Record, RunInfo};
use crate::migration::{MigrationId, MigrationMeta, Version};
use crate::schema::TableName;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "resolution", rename_all = "snake_case")]
pub enum Resolution {
    /// All of a migration that is not settled is in the database: it counts as applied, and is not run.
    Applied {
        /// Its number.
        version: Version,
    },
    /// Nothing of a migration that is recorded is left in the database: it is pending again, and begins at its beginning.
    RolledBack {
        /// Its number.
        version: Version,
    },
    /// A migration's text was edited since it was recorded, and means the same.
    Reblessed {
        /// Its number.
        version: Version,
    },
    /// A table of ours came back from a backup: what was applied to it later runs again.
    Restored {
        /// The table, by the name that the code uses.
        table: TableName,
        /// The last migration whose effect its data has.
        at: Version,
    },
}

/// What is recorded, and what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Settlement {
    /// The one record.
    #[serde(rename = "recorded")]
    pub entry: Entry,
    /// How the migration stood before, in words; of a restored table, nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Migrations that the next `up` runs from their beginning, because of it.
    pub runs: Vec<MigrationId>,
    /// Migrations that it would have run, and does not.
    pub no_longer: Vec<MigrationId>,
    /// Settled migrations that those which run come behind: they stay as they are.
    pub behind: Vec<MigrationId>,
}

#[cfg(feature = "aws")]
impl Settlement {
    /// Whether it is still what was shown or decided before the lock was waited for: only that is recorded.
    ///
    /// # Errors
    /// A refusal that says what came between.
    pub(crate) fn still(&self, shown: &Self) -> Result<(), Refusal> {
        if self == shown {
            return Ok(());
        }
        let why = match (self.entry.migration(), &self.before, &shown.before) {
            (Some(id), Some(now), Some(before)) if now != before => {
                format!("migration {id} stands otherwise meanwhile: {now} (before: {before})")
            }
            _ => format!("what follows from it is not the same meanwhile: {}", self.differs(shown).join("; ")),
        };
        Err(Refusal::new(ErrorKind::StalePlan, format!("nothing was recorded, since {why}"))
            .help("look again with `migrate status`; if it is still to be said, say it again"))
    }

    fn differs(&self, shown: &Self) -> Vec<String> {
        let list = |ids: &[MigrationId]| match ids {
            [] => "none".to_owned(),
            ids => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        let each = [
            ("the next `up` runs for it", &self.runs, &shown.runs),
            ("it leaves out", &self.no_longer, &shown.no_longer),
            ("of those behind stay as they are", &self.behind, &shown.behind),
        ];
        let lists = each.into_iter().filter(|(_, now, before)| now != before);
        let lists = lists.map(|(what, now, before)| format!("{what} {} (before: {})", list(now), list(before)));
        // The words of a record do not say all of it, as a table's id.
        let record = (self.entry != shown.entry).then(|| "it is of another text or table".to_owned());
        lists.chain(record).collect()
    }
}

/// Judges what somebody says, and tells what follows from it.
///
/// # Errors
/// A refusal with the mend: the history or the code contradicts it, or it says nothing new.
pub fn settle(declared: &Declared, observed: &Observed, resolution: &Resolution, reason: &str) -> Result<Settlement, Refusal> {
    let history = &observed.history;
    if history.freshness().is_none() {
        return Err(Refusal::new(ErrorKind::Usage, "nothing was ever run here, so that there is no doubt to settle")
            .help("an existing database is taken over by `migrate baseline N`"));
    }
    let about = Judged { declared, history, reason };
    let entry = match resolution {
        Resolution::Applied { version } => about.applied(*version)?,
        Resolution::RolledBack { version } => about.rolled_back(*version)?,
        Resolution::Reblessed { version } => about.reblessed(*version)?,
        Resolution::Restored { table, at } => restored(declared, observed, table, *at, reason)?,
    };
    let before = entry.migration().map(|id| match history.migrations().get(&id.version) {
        None => "pending".to_owned(),
        Some(state) => stands(state),
    });
    follows(declared, observed, entry, before)
}

struct Judged<'a> {
    declared: &'a Declared,
    history: &'a History,
    reason: &'a str,
}

impl<'a> Judged<'a> {
    fn applied(&self, version: Version) -> Result<Entry, Refusal> {
        let meta = self.in_code(version)?;
        if let Some(state) = self.history.migrations().get(&version) {
            if state.status.is_settled() {
                return Err(usage(format!("migration {} is settled already: {}", state.migration, stands(state))));
            }
            self.same(meta, state)?;
        }
        let known = |state: &MigrationState| state.status.is_settled() || state.status.is_pending_again();
        let is_open = |earlier: &&MigrationMeta| !self.history.migrations().get(&earlier.version).is_some_and(known);
        if let Some(open) = self.declared.migrations.range(..version).map(|(_, earlier)| earlier).find(is_open) {
            let (number, id) = (open.version, open.id());
            let what =
                format!("migration {} cannot count as applied while {id}, which comes before it, is not settled", meta.id());
            // What a person must settle is refused by `up` too.
            let is_theirs = self.history.migrations().get(&number).is_some_and(|state| state.is_unsettled(Some(open)));
            let otherwise = match is_theirs {
                true => format!(
                    "if nothing of it is left there: `migrate resolve --rolled-back {number} --reason TEXT` first; the next `up` runs it from its beginning"
                ),
                false => format!("if it is not: `migrate up --to {number}` runs it"),
            };
            return Err(Refusal::new(ErrorKind::OutOfOrder, what)
                .help(format!("if {id} is in the database too: `migrate resolve --applied {number} --reason TEXT` first"))
                .help(otherwise));
        }
        Ok(Entry::ResolvedApplied {
            migration: meta.id(),
            fingerprint: meta.fingerprint.to_owned(),
            breaking: meta.breaking,
            reason: self.reason.to_owned(),
        })
    }

    fn rolled_back(&self, version: Version) -> Result<Entry, Refusal> {
        let state = self.recorded(version, "it is pending as it is, and the next `up` runs it")?;
        if state.status.is_pending_again() {
            return Err(usage(format!("migration {} is pending again already: {}", state.migration, stands(state))));
        }
        let first = self.declared.sequence.first;
        // One that is not settled has to be said so all the same.
        if version < first && state.status.is_settled() {
            let what = format!("migration {} could not run again: this code's migrations begin with {first}", state.migration);
            return Err(usage(what).help("say it with a version of the code that has it, which then runs it"));
        }
        let (migration, fingerprint) = (state.migration.clone(), state.fingerprint.clone());
        Ok(Entry::ResolvedRolledBack { migration, fingerprint, reason: self.reason.to_owned() })
    }

    fn reblessed(&self, version: Version) -> Result<Entry, Refusal> {
        let state = self.recorded(version, "there is no other text to compare with")?;
        let meta = self.in_code(version)?;
        self.same(meta, state)?;
        let id = &state.migration;
        // What failed or was taken back runs with whatever text the code has.
        if matches!(state.status, MigrationStatus::Failed { .. } | MigrationStatus::RolledBack) {
            let what =
                format!("migration {id} may be edited freely: {}, and it runs with the text that the code has", stands(state));
            return Err(usage(what));
        }
        if !state.is_edited(meta) {
            let what = match state.status == MigrationStatus::Skipped {
                true => format!("migration {id} never ran, {}: its text may change without a word", stands(state)),
                false => format!("migration {id} is not edited: the code has the text that is recorded, or accepts it by `was`"),
            };
            return Err(usage(what));
        }
        let fingerprint = meta.fingerprint.to_owned();
        Ok(Entry::Reblessed { migration: meta.id(), fingerprint, reason: self.reason.to_owned() })
    }

    fn in_code(&self, version: Version) -> Result<&'a MigrationMeta, Refusal> {
        self.declared.migrations.get(&version).ok_or_else(|| {
            if !self.history.migrations().contains_key(&version) {
                return self.nobody_has(version);
            }
            usage(format!("this binary has no migration {version}, and its text is part of the record"))
                .help("say it with the binary that has it; `migrate status` lists them")
        })
    }

    fn recorded(&self, version: Version, or: &str) -> Result<&'a MigrationState, Refusal> {
        self.history.migrations().get(&version).ok_or_else(|| {
            if !self.declared.migrations.contains_key(&version) {
                return self.nobody_has(version);
            }
            usage(format!("nothing of a migration {version} is recorded: {or}")).help("`migrate status` lists what is recorded")
        })
    }

    /// A number that neither the code nor the history has.
    fn nobody_has(&self, version: Version) -> Refusal {
        let known: BTreeSet<Version> = self.declared.migrations.keys().chain(self.history.migrations().keys()).copied().collect();
        usage(format!("there is no migration {version}: there {}", numbers(&known))).help("`migrate status` lists them")
    }

    /// Whether the code's migration is the recorded one. What failed or was taken back may have become another.
    fn same(&self, meta: &MigrationMeta, state: &MigrationState) -> Result<(), Refusal> {
        let free = matches!(state.status, MigrationStatus::Failed { .. } | MigrationStatus::RolledBack);
        if free || state.is_of(meta) {
            return Ok(());
        }
        let what = format!("the code has another migration under this number, {}: recorded is {}", meta.name, state.migration);
        Err(Refusal::new(ErrorKind::MissingMigration, what).help(format!(
            "{}: bring the recorded one back, and give this one a number after the last recorded one",
            meta.location
        )))
    }
}

/// The difference that the record makes.
fn follows(declared: &Declared, observed: &Observed, entry: Entry, before: Option<String>) -> Result<Settlement, Refusal> {
    let mut after = observed.history.clone();
    let (number, run) = (after.next_number(), RunInfo::default());
    let record = Record { number, at: observed.at, epoch: 0, run, text: entry.to_string(), entry: entry.clone() };
    after.append(record).map_err(|conflict| Refusal::new(ErrorKind::Usage, conflict.to_string()))?;
    let due = |history: &History| -> BTreeSet<Version> {
        let settled = |version: &Version| history.migrations().get(version).is_some_and(|state| state.status.is_settled());
        declared.migrations.keys().chain(history.migrations().keys()).copied().filter(|version| !settled(version)).collect()
    };
    let (was_due, is_due) = (due(&observed.history), due(&after));
    let id = |version: &Version| {
        let recorded = after.migrations().get(version).map(|state| state.migration.clone());
        recorded.or_else(|| declared.migrations.get(version).map(MigrationMeta::id))
    };
    // One that was pending and begins at its beginning instead of where it stopped is another matter too.
    let changed = |version: &Version| observed.history.migrations().get(version) != after.migrations().get(version);
    let runs: Vec<Version> = is_due.iter().copied().filter(|version| changed(version)).collect();
    let is_behind = |version: &&Version| runs.first().is_some_and(|first| *version > first) && !is_due.contains(*version);
    Ok(Settlement {
        entry,
        before,
        no_longer: was_due.difference(&is_due).filter_map(id).collect(),
        behind: after.migrations().keys().filter(is_behind).filter_map(id).collect(),
        runs: runs.iter().filter_map(id).collect(),
    })
}

/// Which numbers there are, as short as they can be said.
fn numbers(known: &BTreeSet<Version>) -> String {
    let mut runs: Vec<(Version, Version)> = Vec::new();
    for version in known {
        match runs.last_mut() {
            Some((_, last)) if last.next() == *version => *last = *version,
            _ => runs.push((*version, *version)),
        }
    }
    let each = runs.iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first} to {last}") });
    match &each.collect::<Vec<_>>()[..] {
        [] => "is none at all".to_owned(),
        [one] if known.len() == 1 => format!("is only {one}"),
        each => format!("are {}", each.join(", ")),
    }
}

pub(super) fn usage(what: String) -> Refusal {
    Refusal::new(ErrorKind::Usage, what)
}

/// How a migration stands, since when and by whom.
pub(super) fn stands(state: &MigrationState) -> String {
    let word = match &state.status {
        MigrationStatus::Started => "it was begun and did not end",
        MigrationStatus::Failed { .. } => "it failed",
        MigrationStatus::Applied { .. } => "it was applied",
        MigrationStatus::Skipped => "it was skipped on a fresh database",
        MigrationStatus::Baselined => "it was baselined",
        MigrationStatus::Resolved { .. } => "it was resolved as applied",
        MigrationStatus::RollingBack => "its rollback was begun and did not end",
        MigrationStatus::RollbackFailed { .. } => "its rollback failed",
        MigrationStatus::RolledBack => "it was rolled back",
        MigrationStatus::Reopened { .. } => "a table that it touched was restored",
    };
    format!("{word}, at {} by {}", state.at, state.by)
}
