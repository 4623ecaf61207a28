//! Whether a table of ours may be recorded as come back from a backup; knows no lock and no other doubt.

use super::model::{Declared, Observed, Refusal};
use super::settle::usage;
use crate::error::ErrorKind;
use crate::history::{Entry, MigrationState, MigrationStatus, Ownership};
use crate::migration::{MigrationId, Version};
use crate::schema::{LiveTable, Status, TableName, TableSchema};

/// The record, if nothing speaks against it.
pub(super) fn restored(
    declared: &Declared,
    observed: &Observed,
    name: &TableName,
    at: Version,
    reason: &str,
) -> Result<Entry, Refusal> {
    let table = declared.naming.physical(name).map_err(|error| Refusal::new(ErrorKind::InvalidName, error.to_string()))?;
    let live = ours(declared, observed, name, &table).map_err(|refusal| refusal.of(&table))?;
    // The backup may be older than what became of a migration since: taken back, or reopened by another table that came back.
    let highest = observed.history.highest_ever_settled();
    if at >= declared.sequence.first && highest.is_none_or(|highest| at > highest) {
        let highest = highest.map_or("none was".to_owned(), |highest| format!("the last one that was is {highest}"));
        return Err(usage(format!("`--at {at}`: the data cannot have seen a migration that never was settled here; {highest}"))
            .help("give the last migration whose effect the backup's data has; 0 if none"));
    }
    not_taken_back(observed, at, live)?;
    in_code(declared, observed, at, live)?;
    known(observed, name, at, live)?;
    ended(observed, live)?;
    Ok(Entry::TableRestored { table, table_id: live.table_id.clone(), at, reason: reason.to_owned() })
}

/// The table, which must be there, ours by the record, with the declared key and another id than is recorded.
fn ours<'a>(declared: &Declared, observed: &'a Observed, name: &TableName, table: &TableName) -> Result<&'a LiveTable, Refusal> {
    let each = "`migrate resolve --rolled-back N --reason TEXT` for each migration that touched it";
    let Some(schema) = declared.tables.get(table) else {
        return Err(usage(format!(
            "the code declares no table `{name}`, and only of a declared one it can be told whether it is the same"
        ))
        .help("declare it again, or give the name that the code uses"));
    };
    let recorded = match observed.history.tables().get(table) {
        Some(Ownership::Owned { table_id }) => table_id,
        Some(Ownership::Creating | Ownership::Dropping { .. }) | None => {
            return Err(Refusal::new(
                ErrorKind::NotOwned,
                format!("table `{table}` is not ours by the record: it cannot have come back"),
            )
            .help(format!("take it under ownership first: `migrate adopt {name}`; then {each}")));
        }
    };
    let live = observed.tables.get(table).filter(|live| live.status != Status::Deleting).ok_or_else(|| {
        Refusal::new(ErrorKind::NotFound, format!("table `{table}` is not there"))
            .help(format!("restore the backup as `{table}`, and say this again when it is there"))
    })?;
    match &live.status {
        Status::Active | Status::Updating => {}
        Status::Creating | Status::Deleting | Status::Other(_) => {
            return Err(Refusal::new(ErrorKind::NotSupported, format!("table `{table}` is not ready yet"))
                .help(format!("say this again when it is: `migrate wait --for table {name}`")));
        }
    }
    same_key(live, schema)?;
    if recorded.is_some() && *recorded == live.table_id {
        return Err(usage(format!(
            "table `{table}` is the very one that is recorded as ours: it did not come back from a backup"
        ))
        .help(format!("if older items were put back into it: {each}")));
    }
    Ok(live)
}

fn same_key(live: &LiveTable, schema: &TableSchema) -> Result<(), Refusal> {
    if live.schema.key == schema.key {
        return Ok(());
    }
    let (table, here, declared) = (&schema.name, &live.schema.key, &schema.key);
    let what = format!(
        "table `{table}` has the key {here}, and declared is {declared}: it is another table, not an older state of ours"
    );
    Err(Refusal::new(ErrorKind::NotOwned, what).help(format!("restore a backup of ours as `{table}`")))
}

/// Those that came after the backup.
fn later(observed: &Observed, at: Version) -> impl Iterator<Item = &MigrationState> {
    observed.history.migrations().range(at.next()..).map(|(_, state)| state)
}

fn is_unknown(state: &MigrationState) -> bool {
    matches!(state.status, MigrationStatus::Baselined | MigrationStatus::Resolved { .. })
}

/// Whether what the data has seen still counts: what was taken back since would run over its own work. Of one that a person calls rolled back,
/// as the help for what nobody knows says, that is meant.
fn not_taken_back(observed: &Observed, at: Version, live: &LiveTable) -> Result<(), Refusal> {
    let history = &observed.history;
    let by_a_run = |id: &MigrationId| {
        let mut records = history.records().iter().rev().map(|record| &record.entry);
        let last = records.find(|entry| entry.migration().is_some_and(|other| other.version == id.version));
        matches!(last, Some(Entry::MigrationRolledBack { .. }))
    };
    let table = &live.schema.name;
    let seen = history.migrations().range(..=at).map(|(_, state)| state);
    let mut touched = seen.filter(|state| state.touched(table.as_str()) || state.tables.is_empty());
    let Some(state) = touched.find(|state| state.status == MigrationStatus::RolledBack && by_a_run(&state.migration)) else {
        return Ok(());
    };
    let (id, number) = (&state.migration, state.migration.version);
    let what =
        format!("migration {id}, which data as of {at} has seen, was rolled back since: it would run again over its own work");
    let before = number.get().saturating_sub(1);
    Err(usage(what)
        .help(format!("say first that it counts: `migrate resolve --applied {number} --reason TEXT`; then say this again"))
        .help(format!("then, if it is to be taken back there too: `migrate rollback --to {before}`")))
}

/// Whether the code still has what must run again: after a squash it would stay pending, and later ones would meet data that it never had.
fn in_code(declared: &Declared, observed: &Observed, at: Version, live: &LiveTable) -> Result<(), Refusal> {
    let (table, first) = (&live.schema.name, declared.sequence.first);
    let reopens = |state: &MigrationState| {
        matches!(state.status, MigrationStatus::Applied { .. } | MigrationStatus::Reopened { .. })
            && state.touched(table.as_str())
    };
    let gone = later(observed, at).filter(|state| state.migration.version < first);
    let gone: Vec<&MigrationId> =
        gone.filter(|state| reopens(state) || is_unknown(state)).map(|state| &state.migration).collect();
    let [from, rest @ ..] = &gone[..] else { return Ok(()) };
    let (it, its, functions) = if rest.is_empty() { ("it", "its", "function") } else { ("them", "their", "functions") };
    let what = format!(
        "{} touched table `{table}` after that, or may have, and this code cannot run {it} again: it begins with {first}",
        list(&gone)
    );
    let (before, from) = (first.get().saturating_sub(1), from.version);
    Err(usage(what)
        .help(format!(
            "restore a younger backup; or, if the data has all of {its} effect, or none is needed, say `--at {before}`"
        ))
        .help(format!(
            "or bring back {its} {functions}, `migrations!(first = {from})` with all from there on, and say this again"
        )))
}

/// Whether it is known which of the later migrations touched it.
fn known(observed: &Observed, name: &TableName, at: Version, live: &LiveTable) -> Result<(), Refusal> {
    let unknown: Vec<&MigrationState> = later(observed, at).filter(|state| is_unknown(state)).collect();
    if let Some(last) = unknown.last() {
        let ids: Vec<&MigrationId> = unknown.iter().map(|state| &state.migration).collect();
        let what = format!("nobody knows whether {} touched table `{name}`: {}", list(&ids), why_unknown(&unknown));
        let up_to = last.migration.version;
        // Of what is pending again it is said already.
        let touched = |state: &&MigrationState| {
            let is_due = state.status.is_pending_again() || state.migration.version > up_to;
            !is_due && state.touched(live.schema.name.as_str())
        };
        let touched: Vec<&MigrationId> = later(observed, at).filter(touched).map(|state| &state.migration).collect();
        let also = if touched.is_empty() { String::new() } else { format!(", as {} did", list(&touched)) };
        return Err(usage(what)
            .help(format!("for each up to {up_to} that touched the table{also}: `migrate resolve --rolled-back N --reason TEXT`, and it runs again"))
            .help(format!("then for those behind: `migrate resolve --restored {name} --at {up_to} --reason TEXT`")));
    }
    Ok(())
}

/// Whether none goes on, there or back, in the middle of a table that is another one now: what is kept of its progress is bound to the
/// table's id. Not even one that the data has seen, since it may be run again or taken back.
fn ended(observed: &Observed, live: &LiveTable) -> Result<(), Refusal> {
    let is_open = |state: &&MigrationState| !state.status.is_settled() && !state.status.is_pending_again();
    let Some(open) = observed.history.migrations().values().find(is_open).filter(|_| live.table_id.is_none()) else {
        return Ok(());
    };
    let (id, number, is_back) = (&open.migration, open.migration.version, open.status.is_rolling_back());
    let who = if is_back { format!("the rollback of migration {id}") } else { format!("migration {id}") };
    let table = &live.schema.name;
    let refusal =
        usage(format!("{who} did not end, and this engine gives tables no id: it would go on in the middle of table `{table}`"));
    let rolled_back = format!("`migrate resolve --rolled-back {number} --reason TEXT`");
    Err(match is_back {
        true => refusal.help(format!("say first how it stands: if nothing of it is left, {rolled_back}")).help(format!(
            "if it is to be taken back still, `migrate resolve --applied {number} --reason TEXT`, and a later rollback begins at its beginning"
        )),
        false => refusal.help(format!("say first that nothing of it is left: {rolled_back}")),
    })
}

/// One that was begun may have touched what it did not record, and what a person then did is recorded nowhere.
fn why_unknown(unknown: &[&MigrationState]) -> String {
    let (ran, never): (Vec<&MigrationState>, Vec<&MigrationState>) = unknown.iter().partition(|state| state.attempts > 0);
    let mixed = !ran.is_empty() && !never.is_empty();
    let why = |states: &[&MigrationState], one: &str, more: &str| {
        let who = match (mixed, states) {
            (true, _) => states.iter().map(|state| state.migration.to_string()).collect::<Vec<_>>().join(", "),
            (false, [_]) => "it".to_owned(),
            (false, _) => "they".to_owned(),
        };
        let what = if states.len() == 1 { one } else { more };
        (!states.is_empty()).then(|| format!("{who} {what}"))
    };
    let by_hand = "settled by hand, and what was done by hand is not recorded";
    let ran = why(&ran, &format!("began here and was then {by_hand}"), &format!("began here and were then {by_hand}"));
    let never = why(&never, "never ran here", "never ran here");
    ran.into_iter().chain(never).collect::<Vec<_>>().join("; ")
}

fn list(ids: &[&MigrationId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("{} {}", if ids.len() == 1 { "migration" } else { "migrations" }, ids.join(", "))
}
