//! What happens to each pending migration in this run; knows no table and no fingerprint.

use super::input::{Draft, Input};
use super::model::{Action, Phase, PlannedMigration, Refusal};
use super::reach::reached;
use crate::error::ErrorKind;
use crate::history::{Freshness, MigrationStatus};
use crate::migration::{MigrationMeta, OnFresh, Version};

/// Plans the pending migrations in order, and refuses an order of phases that cannot be kept.
pub(super) fn migrations(input: Input<'_>, freshness: Freshness, draft: &mut Draft) -> Vec<PlannedMigration> {
    if let Some(to) = input.request.to.filter(|to| !input.declared.migrations.contains_key(to)) {
        draft.refusals.push(unknown(input, to));
    }
    let history = input.observed.history.migrations();
    let mut planned = Vec::new();
    let mut waits = false;
    for meta in input.declared.migrations.values() {
        let status = history.get(&meta.version).map(|state| &state.status);
        if status.is_some_and(MigrationStatus::is_settled) {
            continue;
        }
        let behind = input.request.to.is_some_and(|to| meta.version > to);
        let other_phase = !skips(input, meta, freshness) && !fits(input.request.phase, meta);
        waits |= behind || other_phase;
        let action = if waits {
            Action::Wait
        } else if skips(input, meta, freshness) {
            Action::Skip
        } else if status.is_some_and(|status| !status.is_pending_again()) {
            Action::RunAgain
        } else {
            Action::Run
        };
        let tables = match action {
            Action::Run | Action::RunAgain => reached(input, meta, freshness, draft),
            Action::Skip | Action::Wait => Vec::new(),
        };
        planned.push(PlannedMigration {
            migration: meta.id(),
            description: meta.description.to_owned(),
            action,
            again: status.filter(|_| matches!(action, Action::Run | Action::RunAgain)).map(again),
            after_deploy: meta.after_deploy,
            tables,
        });
    }
    phases(input, freshness, draft);
    planned
}

/// Why one runs that is recorded already.
fn again(status: &MigrationStatus) -> String {
    match status {
        MigrationStatus::RolledBack => "it was rolled back".to_owned(),
        MigrationStatus::Reopened { table } => format!("table {table} was restored"),
        MigrationStatus::Started
        | MigrationStatus::Failed { .. }
        | MigrationStatus::Applied { .. }
        | MigrationStatus::Skipped
        | MigrationStatus::Baselined
        | MigrationStatus::Resolved { .. }
        | MigrationStatus::RollingBack
        | MigrationStatus::RollbackFailed { .. } => "an earlier run began it".to_owned(),
    }
}

/// The pending migrations that really run, within `--to`.
fn running<'a>(input: Input<'a>, freshness: Freshness) -> impl Iterator<Item = &'a MigrationMeta> {
    let settled = move |version| input.observed.history.migrations().get(&version).is_some_and(|state| state.status.is_settled());
    let all = input.declared.migrations.values();
    all.filter(move |meta| {
        !settled(meta.version) && input.request.to.is_none_or(|to| meta.version <= to) && !skips(input, meta, freshness)
    })
}

fn fits(phase: Phase, meta: &MigrationMeta) -> bool {
    match phase {
        Phase::Before => !meta.after_deploy,
        Phase::After => meta.after_deploy,
        Phase::All => true,
    }
}

// What was begun is run again, whatever it says of fresh databases: it may have left something behind.
fn skips(input: Input<'_>, meta: &MigrationMeta, freshness: Freshness) -> bool {
    let fresh = matches!(freshness, Freshness::Fresh { up_to } if meta.version <= up_to);
    let begun = input.observed.history.migrations().contains_key(&meta.version);
    fresh && !begun && meta.on_fresh.unwrap_or(input.declared.sequence.on_fresh) == OnFresh::Skip
}

/// The last `after_deploy` migration that must run before a migration of the next deploy may: the earlier deploy ends with it.
pub(super) fn earlier_deploy(input: Input<'_>, freshness: Freshness) -> Option<Version> {
    let first = running(input, freshness).skip_while(|meta| !meta.after_deploy).find(|meta| !meta.after_deploy)?.version;
    running(input, freshness).take_while(|meta| meta.version < first).last().map(|meta| meta.version)
}

fn phases(input: Input<'_>, freshness: Freshness, draft: &mut Draft) {
    let names =
        |migrations: Vec<&MigrationMeta>| migrations.iter().map(|meta| meta.id().to_string()).collect::<Vec<_>>().join(", ");
    let to = input.request.to;
    let all = format!("or, if no old code is serving, {} does it all in order", Input::up(Phase::All, to));
    let earlier = earlier_deploy(input, freshness);
    let refusal = match input.request.phase {
        Phase::All => return,
        Phase::Before => {
            let Some(earlier) = earlier else { return };
            let (waiting, behind): (Vec<&MigrationMeta>, Vec<&MigrationMeta>) =
                running(input, freshness).partition(|meta| meta.after_deploy);
            let waiting: Vec<&MigrationMeta> = waiting.into_iter().filter(|meta| meta.version <= earlier).collect();
            let behind = behind.into_iter().filter(|meta| meta.version > earlier).collect();
            let what = format!(
                "{} must run before the deploy, but {} still waits for an earlier deploy to be finished",
                names(behind),
                names(waiting)
            );
            Refusal::new(ErrorKind::PhaseOrder, what).help(format!(
                "finish the earlier deploy: {}, then {}",
                Input::up(Phase::After, Some(earlier)),
                Input::up(Phase::Before, to)
            ))
        }
        Phase::After => {
            let before: Vec<&MigrationMeta> = running(input, freshness).filter(|meta| !meta.after_deploy).collect();
            if before.is_empty() {
                return;
            }
            let refusal =
                Refusal::new(ErrorKind::PhaseOrder, format!("{} must run before the deploy, and has not", names(before)));
            let before = Input::up(Phase::Before, to);
            match earlier {
                Some(earlier) => refusal.help(format!(
                    "finish the earlier deploy first: {}, then {before}, deploy, and {}",
                    Input::up(Phase::After, Some(earlier)),
                    Input::up(Phase::After, to)
                )),
                None => refusal.help(format!("{before}, deploy, then {}", Input::up(Phase::After, to))),
            }
        }
    };
    draft.refusals.push(refusal.help(all));
}

fn unknown(input: Input<'_>, to: Version) -> Refusal {
    let known = match (input.declared.migrations.keys().next(), input.declared.migrations.keys().next_back()) {
        (Some(first), Some(last)) if first == last => format!("the only one is {last}"),
        (Some(first), Some(last)) => format!("there are {first} to {last}"),
        (_, _) => "there are none".to_owned(),
    };
    Refusal::new(ErrorKind::Usage, format!("`--to {to}`: the code has no migration {to}; {known}"))
}
