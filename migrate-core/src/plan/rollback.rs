//! What taking migrations back means: which, in which order, and what stops it before it begins; knows no function to run.

use serde::Serialize;

use super::assemble::freshness;
use super::findings::{findings, moved};
use super::input::{Draft, Input};
use super::model::{Declared, Notice, Observed, Refusal, Request};
use super::reach::{Goer, Reached};
#[cfg(feature = "aws")]
use super::settle::stands;
use crate::error::ErrorKind;
#[cfg(feature = "aws")]
use crate::history::History;
use crate::history::{MigrationState, MigrationStatus};
use crate::migration::{MigrationId, Version};

/// What `rollback --to N` would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RollbackPlan {
    /// The sequence.
    pub sequence: String,
    /// The last migration that stays; 0 if none.
    pub to: Version,
    /// What is taken back, newest first.
    pub migrations: Vec<PlannedRollback>,
    /// What stops it before its first write.
    pub refusals: Vec<Refusal>,
    /// What is worth knowing.
    pub notices: Vec<Notice>,
}

/// A migration that is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedRollback {
    /// Which.
    #[serde(flatten)]
    pub migration: MigrationId,
    /// Its description, where the code has it.
    pub description: String,
    /// Where it stands.
    pub was: MigrationStatus,
    /// Whether this binary has its `#[rollback(n)]`.
    pub has_function: bool,
    /// What that goes through, of the tables that it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Reached>,
}

impl RollbackPlan {
    /// Whether there is nothing to take back.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// Without what it takes and costs: on an engine where nothing does.
    #[must_use]
    pub fn without_estimates(mut self) -> Self {
        self.migrations.iter_mut().flat_map(|planned| &mut planned.tables).for_each(|reached| reached.estimate = None);
        self
    }

    /// Those that have no rollback in this binary.
    pub fn missing(&self) -> impl Iterator<Item = &MigrationId> {
        self.migrations.iter().filter(|planned| !planned.has_function).map(|planned| &planned.migration)
    }

    /// What came between since `shown` and would be taken back unseen. Fewer than were shown is no matter: somebody else took them back.
    #[cfg(feature = "aws")]
    pub(crate) fn beyond(&self, shown: &Self, history: &History) -> Option<Refusal> {
        let unseen = |planned: &&PlannedRollback| !shown.migrations.iter().any(|seen| seen.migration == planned.migration);
        let came = |planned: &PlannedRollback| {
            let state = history.migrations().get(&planned.migration.version);
            let how = state.map_or_else(String::new, |state| format!(": {}", stands(state)));
            format!("migration {} came between{how}", planned.migration)
        };
        let unseen: Vec<String> = self.migrations.iter().filter(unseen).map(came).collect();
        let what = format!("nothing was taken back, since more would be than was shown: {}", unseen.join("; "));
        let help = format!(
            "look again with `migrate status`; if it is to be taken back too, say `migrate rollback --to {}` again",
            self.to
        );
        (!unseen.is_empty()).then(|| Refusal::new(ErrorKind::StalePlan, what).help(help))
    }
}

/// Says what is taken back so that `to` is the last migration that stays, and what stops that: newest first, all that may have changed
/// something, also what failed or was killed half-way.
pub fn plan_rollback(declared: &Declared, observed: &Observed, request: &Request, to: Version) -> RollbackPlan {
    let input = Input { declared, observed, request };
    let mut draft = Draft::default();
    let sequence = declared.sequence.name.to_owned();
    if let Some(refusal) = unknown(input, to) {
        return RollbackPlan { sequence, to, migrations: Vec::new(), refusals: vec![refusal], notices: Vec::new() };
    }
    let history = observed.history.migrations();
    let ahead = findings(input, freshness(input), &mut draft).map(|ahead| ahead.database);
    // Beside other findings it is not told that the database is ahead.
    let ahead = ahead.or_else(|| {
        let newer = history.range(input.last().next()..).filter(|(_, state)| state.status != MigrationStatus::RolledBack);
        newer.filter(|(version, state)| moved(input, **version, state).is_none()).map(|(version, _)| *version).next_back()
    });
    // What is open is what this goes on with, or takes back.
    draft.refusals.retain(|refusal| refusal.kind != ErrorKind::Unsettled);
    let is_ahead = ahead.is_some();
    // Of a breaking one that is said already.
    if let Some(database) = ahead.filter(|_| draft.refusals.is_empty()) {
        let what = format!("the database is ahead: it is at migration {database}, which this binary does not have");
        let help = "run this with the binary that has it: what a newer binary did only that one can take back";
        draft.refusals.push(Refusal::new(ErrorKind::Ahead, what).help(help));
    }
    let migrations: Vec<PlannedRollback> = history
        .range(to.next()..)
        .rev()
        .filter(|(_, state)| state.status != MigrationStatus::RolledBack)
        .map(|(version, state)| planned(input, *version, state, &mut draft))
        .collect();
    for state in history.range(..=to).map(|(_, state)| state).filter(|state| state.status.is_rolling_back()) {
        let what = format!("the rollback of migration {} was begun and is not finished", state.migration);
        let before = Version::new(state.migration.version.get().saturating_sub(1));
        draft.notices.push(Notice::new(what, format!("`migrate rollback --to {before}` goes on with it")));
    }
    let mut plan = RollbackPlan { sequence, to, migrations, refusals: draft.refusals, notices: draft.notices };
    if !is_ahead {
        plan.refusals.extend(no_rollback(&plan));
    }
    plan
}

fn planned(input: Input<'_>, version: Version, state: &MigrationState, draft: &mut Draft) -> PlannedRollback {
    let meta = input.declared.migrations.get(&version);
    let reach = input.declared.rollbacks.get(&version).filter(|_| meta.is_some());
    let migration = state.migration.clone();
    let goer = Goer { what: format!("the rollback of migration {migration}"), attribute: "rollback", version, by_flag: false };
    PlannedRollback {
        description: meta.map_or("", |meta| meta.description).to_owned(),
        was: state.status.clone(),
        has_function: reach.is_some(),
        tables: reach.map(|reach| goer.reached(input, reach, false, draft)).unwrap_or_default(),
        migration,
    }
}

/// All that lack a rollback, in one refusal.
fn no_rollback(plan: &RollbackPlan) -> Option<Refusal> {
    let missing: Vec<&MigrationId> = plan.missing().collect();
    let (last, names) = (missing.first()?, missing.iter().map(ToString::to_string).collect::<Vec<_>>());
    let what = match names.as_slice() {
        [one] => format!("migration {one} has no rollback in this binary"),
        all => format!("migrations {} have no rollback in this binary", all.join(", ")),
    };
    let refusal = Refusal::new(ErrorKind::NoRollback, what);
    let version = last.version;
    Some(
        refusal
            .help(format!("write `#[rollback({version})] async fn ..(cx: &MigrationContext) -> migrate_core::Result` beside the migration"))
            .help(format!(
                "or, if nothing of it is left in the database, because you took it back by hand: `migrate resolve --rolled-back {version} --reason ..`"
            )),
    )
}

/// A number that stands for no state of this code.
fn unknown(input: Input<'_>, to: Version) -> Option<Refusal> {
    if to == Version::new(0) || to == input.before_first() || input.declared.migrations.contains_key(&to) {
        return None;
    }
    let known = match (input.declared.migrations.keys().next(), input.declared.migrations.keys().next_back()) {
        (Some(first), Some(last)) => format!("there are {first} to {last}; 0 takes all back"),
        (_, _) => "there are none".to_owned(),
    };
    Some(Refusal::new(ErrorKind::Usage, format!("`--to {to}`: the code has no migration {to}; {known}")))
}
