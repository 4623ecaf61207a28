//! The code's migrations held against the recorded ones: everything that stops a run before it begins; knows no table.

use super::input::{Draft, Input};
use super::model::{Ahead, Notice, Observed, Refusal};
use crate::error::ErrorKind;
use crate::history::{Entry, Freshness, MigrationState, MigrationStatus};
use crate::migration::{Edited, MigrationId, MigrationMeta, Version};

/// Lists all that speaks against a run. If a newer binary was here and the rest agrees, says so: then nothing is done.
pub(super) fn findings(input: Input<'_>, freshness: Freshness, draft: &mut Draft) -> Option<Ahead> {
    let before = draft.refusals.len();
    for (version, state) in input.observed.history.migrations() {
        // While a person must say how it stands, that is all there is to be said of it.
        match state.is_unsettled(input.declared.migrations.get(version)) {
            true => draft.refusals.push(unsettled(state, input.observed)),
            false => recorded(input, *version, state, draft),
        }
    }
    out_of_order(input, draft);
    too_old(input, freshness, draft);
    if draft.refusals.len() == before { ahead(input, draft) } else { None }
}

/// Whether a newer binary's rollback is not finished: what tables are to be like is that one's business then.
pub(super) fn newer_is_open(input: Input<'_>) -> bool {
    input.observed.history.migrations().range(input.last().next()..).any(|(_, state)| state.is_unsettled(None))
}

/// What a person must settle before `baseline` may say that all up to `last` is applied.
#[cfg(feature = "aws")]
pub(crate) fn open_up_to(declared: &super::Declared, observed: &Observed, last: Version) -> Vec<Refusal> {
    let recorded = observed.history.migrations().range(..=last);
    let open = recorded.filter(|(version, state)| state.is_unsettled(declared.migrations.get(version)));
    open.map(|(_, state)| unsettled(state, observed)).collect()
}

/// A migration of which nobody but a person can say how it stands.
fn unsettled(state: &MigrationState, observed: &Observed) -> Refusal {
    let MigrationState { migration: id, at, by, .. } = state;
    let version = id.version;
    let (what, finish, is_rollback) = match &state.status {
        MigrationStatus::RollbackFailed { error } => {
            (format!("the rollback of migration {id}, by {by}, failed at {at}: {error}"), "mend it, and finish it", true)
        }
        MigrationStatus::RollingBack => {
            (format!("the rollback of migration {id} was begun at {at} by {by} and did not end"), "finish it", true)
        }
        MigrationStatus::Started
        | MigrationStatus::Failed { .. }
        | MigrationStatus::Applied { .. }
        | MigrationStatus::Skipped
        | MigrationStatus::Baselined
        | MigrationStatus::Resolved { .. }
        | MigrationStatus::RolledBack
        | MigrationStatus::Reopened { .. } => {
            let asks = "and says `on_interrupt = ask`: a person must say how it stands";
            (format!("migration {id} was begun at {at} by {by}, did not end, {asks}"), "", false)
        }
    };
    let before = version.get().saturating_sub(1);
    let refusal = Refusal::new(ErrorKind::Unsettled, what);
    let refusal = if is_rollback { refusal.help(format!("{finish}: `migrate rollback --to {before}`")) } else { refusal };
    let refusal = refusal
        .help(format!("if all of it is in the database: `migrate resolve --applied {version} --reason TEXT`; it is not run again"))
        .help(format!("if nothing of it is left there: `migrate resolve --rolled-back {version} --reason TEXT`; the next `up` runs it from its beginning"));
    // Whoever began it and does not hold the lock any more is not at work on it.
    match observed.holder.as_ref() == Some(by) {
        true => refusal.help(format!("if {by} is still at work on it, which `migrate lock` shows: wait for that")),
        false => refusal,
    }
}

/// The code's migration that a record's name and text belong to, under another number. One that was recorded under its own before that was
/// not moved: the same function was written once more, since a text may be used twice.
pub(super) fn moved<'a>(input: Input<'a>, version: Version, state: &MigrationState) -> Option<&'a MigrationMeta> {
    let at_home = input.declared.migrations.get(&version).is_some_and(|meta| meta.accepts(&state.fingerprint));
    let recorded = input.observed.history.migrations();
    let begun = |id: &MigrationId| {
        let records = input.observed.history.records().iter();
        records.map(|record| record.entry.migration()).position(|recorded| recorded == Some(id))
    };
    let stayed = |meta: &MigrationMeta| {
        let own = recorded.get(&meta.version).filter(|own| own.is_of(meta));
        own.is_some_and(|own| begun(&own.migration) < begun(&state.migration))
    };
    let is_same = |meta: &MigrationMeta| meta.name == state.migration.name && meta.accepts(&state.fingerprint);
    let mut others = input.declared.migrations.values();
    others.find(|meta| !at_home && meta.version != version && is_same(meta) && !stayed(meta))
}

fn recorded(input: Input<'_>, version: Version, state: &MigrationState, draft: &mut Draft) {
    let id = &state.migration;
    let word = match state.status {
        // What failed may be mended, renamed, moved or left out.
        MigrationStatus::Failed { .. } | MigrationStatus::RolledBack => return,
        MigrationStatus::Started => "started",
        MigrationStatus::Applied { .. } => "applied",
        MigrationStatus::Skipped => "recorded as skipped",
        MigrationStatus::Baselined => "baselined",
        MigrationStatus::Resolved { .. } => "resolved as applied",
        MigrationStatus::RollingBack | MigrationStatus::RollbackFailed { .. } => "being rolled back",
        MigrationStatus::Reopened { .. } => "applied, before a table was restored",
    };
    if let Some(meta) = moved(input, version, state) {
        let what = format!("migration {} has been given the number {}: it was {word} as {id}", meta.id(), meta.version);
        draft.refusals.push(Refusal::new(ErrorKind::Renumbered, what).help(format!(
            "{}: give it back its number, `#[migration({version})]`; new migrations come after the last recorded one",
            meta.location
        )));
        return;
    }
    if version < input.declared.sequence.first || version > input.last() {
        return;
    }
    let Some(meta) = input.declared.migrations.get(&version).filter(|meta| state.is_of(meta)) else {
        let what = match input.declared.migrations.get(&version) {
            Some(meta) => format!("migration {id} was {word}, but the code has another one under this number: {}", meta.name),
            None => format!("migration {id} was {word}, but the code does not have it"),
        };
        let refusal = Refusal::new(ErrorKind::MissingMigration, what);
        draft.refusals.push(
            refusal
                .help(format!(
                    "bring `{}` back into the code as `#[migration({version})]`: `git log -S 'fn {}'` finds it",
                    id.name, id.name
                ))
                .help("migrations that were written meanwhile, on another branch, come after the last recorded one"),
        );
        return;
    };
    if state.is_edited(meta) {
        edited(input, meta, state, word, draft);
    }
}

fn edited(input: Input<'_>, meta: &MigrationMeta, state: &MigrationState, word: &str, draft: &mut Draft) {
    let what = format!("migration {} was edited after it was {word}", meta.id());
    let back = format!("{}: put the old text back (`git log -L :{}:{}`)", meta.location, meta.name, meta.location.file);
    let accept = format!("#[migration({}, was = \"{}\")]", meta.version, state.fingerprint);
    let rebless = format!("or, for this database alone, `migrate resolve --rebless {} --reason TEXT`", meta.version);
    if state.status == MigrationStatus::Started {
        draft.refusals.push(
            Refusal::new(ErrorKind::Edited, format!("{what}, and nobody knows how far the old text came"))
                .help(format!("{back} and run again"))
                .help(format!("or, if the new text may run over what the old one did, say `{accept}`, {rebless}")),
        );
        return;
    }
    match input.declared.sequence.edited {
        Edited::Deny => {
            let refusal = Refusal::new(ErrorKind::Edited, what);
            draft.refusals.push(refusal.help(back).help(format!("or, if both texts mean the same, say `{accept}`, {rebless}")));
        }
        Edited::Warn if state.status.is_settled() => {
            let help = format!("it does not run again; if both texts mean the same, say `{accept}`, {rebless}");
            draft.notices.push(Notice::new(what, help));
        }
        Edited::Warn => draft.notices.push(Notice::new(what, "it runs again, with the text that it has now")),
    }
}

fn out_of_order(input: Input<'_>, draft: &mut Draft) {
    let history = &input.observed.history;
    let Some(highest) = history.highest_settled() else { return };
    let moved: Vec<Version> = history
        .migrations()
        .iter()
        .filter_map(|(version, state)| moved(input, *version, state))
        .map(|meta| meta.version)
        .collect();
    for meta in input.declared.migrations.range(..highest).map(|(_, meta)| meta) {
        // One that is recorded and not settled stands below a settled one only because a person wanted it to run again.
        if !history.migrations().contains_key(&meta.version) && !moved.contains(&meta.version) {
            let what = format!("migration {} has not run, but {highest:04} has", meta.id(), highest = highest.get());
            draft.refusals.push(
                Refusal::new(ErrorKind::OutOfOrder, what)
                    .help(format!("{}: give it a number after the last recorded one, which is {highest}", meta.location)),
            );
        }
    }
}

fn too_old(input: Input<'_>, freshness: Freshness, draft: &mut Draft) {
    let history = &input.observed.history;
    let needed = input.before_first();
    let fresh = matches!(freshness, Freshness::Fresh { up_to } if up_to >= needed);
    // Without a history, data is refused by another name; and nothing comes before a first migration 1.
    if needed.get() == 0 || fresh || history.freshness().is_none() || has_come_far_enough(input) {
        return;
    }
    let first = input.declared.sequence.first;
    let at = history.highest_settled().map_or("no migration".to_owned(), |version| format!("migration {version}"));
    let what = match taken_back(input) {
        Some(state) => format!("migration {} is to run again, and this code's migrations begin with {first}", state.migration),
        None => format!("this code's migrations begin with {first}, but the database has come to {at} only"),
    };
    let refusal = Refusal::new(ErrorKind::TooOld, what)
        .help(format!("check out the last version of the code that has migrations up to {needed}, run its `migrate up --phase all`, then this one"));
    // Where none is recorded, a person may have said `baseline` of the one before the first, which leaves no record of its number.
    let may_be_said = history.migrations().is_empty() && input.declared.migrations.contains_key(&first);
    draft.refusals.push(match may_be_said {
        true => refusal.help(format!("or, if its data has the effect of all up to {needed}: `migrate baseline {first}`, then `migrate resolve --rolled-back {first} --reason TEXT`, and the next `up` runs {first}")),
        false => refusal,
    });
}

/// What only an older code can run again.
fn taken_back(input: Input<'_>) -> Option<&MigrationState> {
    let before = input.observed.history.migrations().range(..input.declared.sequence.first);
    before.map(|(_, state)| state).find(|state| state.status.is_pending_again())
}

/// Whoever had begun one of this code's migrations had come to its first, unless one before that was taken back since.
fn has_come_far_enough(input: Input<'_>) -> bool {
    let (history, first) = (&input.observed.history, input.declared.sequence.first);
    let begun = history.migrations().range(first..).next().is_some();
    let is_whole = history.migrations().range(..first).all(|(_, state)| state.status.is_settled());
    let has_settled = history.highest_settled() >= Some(input.before_first());
    (begun && is_whole) || (has_settled && taken_back(input).is_none())
}

/// A newer binary shows by its migrations, or by having shaped the tables.
fn ahead(input: Input<'_>, draft: &mut Draft) -> Option<Ahead> {
    let history = &input.observed.history;
    let last = input.last();
    // One that failed and was then given a number of ours is ours.
    let above: Vec<&MigrationState> = history
        .migrations()
        .iter()
        .filter(|(version, state)| **version > last && moved(input, **version, state).is_none())
        // Of what was rolled back nothing is left.
        .filter(|(_, state)| state.status != MigrationStatus::RolledBack)
        .map(|(_, state)| state)
        .collect();
    let records = || history.records().iter().map(|record| &record.entry);
    let is_back = |entry: &Entry| {
        let is_one = matches!(entry, Entry::MigrationRolledBack { .. } | Entry::ResolvedRolledBack { .. });
        is_one && entry.migration().is_some_and(|migration| migration.version > last)
    };
    // What a newer binary had shaped before its migrations were taken back is no reason any more.
    let since = records().rposition(is_back).unwrap_or(0);
    let shaped =
        records().skip(since).filter_map(|entry| if let Entry::SchemaApplied { last, .. } = entry { *last } else { None });
    let database = above.iter().map(|state| state.migration.version).chain(shaped).max().filter(|database| *database > last)?;
    let breaking: Vec<String> = above.iter().filter(|state| state.breaking).map(|state| state.migration.to_string()).collect();
    if !breaking.is_empty() {
        let what = format!(
            "the database has {}, after which this binary must not run any more: it ends with migration {last}",
            breaking.join(", ")
        );
        draft.refusals.push(
            Refusal::new(ErrorKind::Ahead, what).help(format!("deploy a version of the code that has migration {database}")),
        );
    }
    Some(Ahead { database, binary: input.declared.migrations.keys().next_back().copied() })
}
