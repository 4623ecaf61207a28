//! Puts a plan together: what was found, what is declared and what was asked for; knows no rule of a single table or migration.

use super::drops::drops;
use super::estimate::estimate_all;
use super::findings::{findings, newer_is_open};
use super::input::{Draft, Input};
use super::migrations::{earlier_deploy, migrations};
use super::model::{Action, Declared, Notice, Observed, Phase, Plan, PlannedMigration, PlannedStep, Postponed, Refusal, Request};
use super::summary::Effect;
use super::tables::tables;
use crate::error::ErrorKind;
use crate::history::Freshness;

/// Says what `up` would do, in order, and what stops it. Two calls with the same inputs give the same plan.
///
/// While there are no refusals, `records` and then the first of `expand` can be done next against `observed`; planned again after
/// each step, the tables come to the declared state, whatever was interrupted before. The same holds for `contract`, after the migrations.
pub fn plan(declared: &Declared, observed: &Observed, request: &Request) -> Plan {
    let input = Input { declared, observed, request };
    let mut draft = Draft::default();
    let freshness = freshness(input);
    let ahead = findings(input, freshness, &mut draft);
    let (mut planned, mut later) = (Vec::new(), Vec::new());
    if ahead.is_none() && !newer_is_open(input) {
        data_without_history(input, &mut draft);
        let ours = tables(input, &mut draft);
        drops(input, &ours, &mut draft);
        planned = migrations(input, freshness, &mut draft);
        later = split_phases(input, freshness, &planned, &mut draft);
        no_drops(input, &mut draft);
    }
    let Draft { records, mut expand, mut contract, not_now, mut unknown, accepted: _, mut refusals, mut notices } = draft;
    for steps in [&mut expand, &mut contract, &mut later] {
        estimate_all(steps, |step| input.live(step.table()));
    }
    refusals.sort_by(|a, b| (a.kind, &a.table, &a.what).cmp(&(b.kind, &b.table, &b.what)));
    notices.sort_by(|a, b| a.what.cmp(&b.what));
    unknown.sort();
    Plan {
        sequence: declared.sequence.name.to_owned(),
        freshness,
        first_run: observed.history.freshness().is_none(),
        records,
        expand,
        migrations: planned,
        contract,
        later,
        not_now,
        unknown,
        refusals,
        notices,
        ahead,
    }
}

/// Decided once, by the first record; before it, a database is fresh if no declared table holds an item.
pub(super) fn freshness(input: Input<'_>) -> Freshness {
    let empty = !input.declared.tables.keys().any(|table| input.observed.with_data.contains(table));
    let now = if empty { Freshness::Fresh { up_to: input.last() } } else { Freshness::Settled };
    input.observed.history.freshness().unwrap_or(now)
}

fn data_without_history(input: Input<'_>, draft: &mut Draft) {
    let tables: Vec<&str> = input
        .declared
        .tables
        .keys()
        .filter(|table| input.observed.with_data.contains(*table))
        .map(|table| table.as_str())
        .collect();
    if input.observed.history.freshness().is_some() || input.declared.migrations.is_empty() || tables.is_empty() {
        return;
    }
    let last = input.last();
    let verb = if let [_] = tables[..] { "holds" } else { "hold" };
    let what =
        format!("{} {verb} data, but there is no history: nobody knows which migrations that data has seen", tables.join(", "));
    draft.refusals.push(
        Refusal::new(ErrorKind::DataWithoutHistory, what)
            .help(format!("if the data is in the form that the code expects today: `migrate baseline {last}`"))
            .help(format!("if it is older: `migrate baseline N` with the last of the migrations up to {last} that it has seen; the rest will run")),
    );
}

/// A gate that no consent opens.
fn no_drops(input: Input<'_>, draft: &mut Draft) {
    let steps = draft.expand.iter().chain(&draft.contract);
    let drops = steps.map(|planned| &planned.step).filter(|step| Effect::of(step) == Effect::Drop);
    let drops: Vec<String> = drops.map(ToString::to_string).collect();
    if input.declared.no_drops && !drops.is_empty() {
        let what = format!("this environment allows no drops, whatever was consented to: {}", drops.join("; "));
        draft.refusals.push(
            Refusal::new(ErrorKind::ConsentMissing, what)
                .help("if it is meant: `allow_drop = true` among the environment's gates in migrate.toml")
                .help("or leave out what consents: `drop_table!`, `drop_index!`, `--drop`"),
        );
    }
}

/// Keeps what belongs to this phase, and returns what does not.
fn split_phases(input: Input<'_>, freshness: Freshness, planned: &[PlannedMigration], draft: &mut Draft) -> Vec<PlannedStep> {
    let waiting = planned.iter().find(|migration| migration.action == Action::Wait);
    match input.request.phase {
        Phase::Before => std::mem::take(&mut draft.contract),
        Phase::After => {
            let waits = |planned: &PlannedStep| Effect::of(&planned.step) == Effect::Wait;
            let (expand, mut work): (Vec<_>, Vec<_>) = std::mem::take(&mut draft.expand).into_iter().partition(waits);
            draft.expand = expand;
            // What DynamoDB did not take then is left for that phase too.
            let postponed = std::mem::take(&mut draft.not_now).into_iter();
            work.extend(postponed.map(|Postponed { step, accepted, .. }| PlannedStep { accepted, ..PlannedStep::new(step) }));
            // A setting that had to wait stops nothing: the deploy went on without it.
            let missing = |planned: &&PlannedStep| Effect::of(&planned.step) != Effect::Change;
            let missing: Vec<&PlannedStep> = work.iter().filter(missing).collect();
            if !missing.is_empty() {
                draft.refusals.push(not_expanded(input, freshness, &missing));
            } else if !work.is_empty() {
                let what = format!("{} of tables are left for the phase before the deploy", changes(work.len()));
                draft.notices.push(Notice::new(what, format!("{} does them", Input::up(Phase::Before, input.request.to))));
            }
            work.into_iter().chain(hold(waiting, draft)).collect()
        }
        Phase::All => hold(waiting, draft),
    }
}

/// Drops come after every migration: the code that a waiting one belongs to may not be deployed yet.
fn hold(waiting: Option<&PlannedMigration>, draft: &mut Draft) -> Vec<PlannedStep> {
    let Some(waiting) = waiting.filter(|_| !draft.contract.is_empty()) else { return Vec::new() };
    draft.notices.push(Notice::new(
        format!("drops wait for migration {}", waiting.migration),
        "they come after the last migration; run without `--to`",
    ));
    std::mem::take(&mut draft.contract)
}

fn changes(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}

fn not_expanded(input: Input<'_>, freshness: Freshness, work: &[&PlannedStep]) -> Refusal {
    let steps: Vec<String> = work.iter().map(|planned| planned.step.to_string()).collect();
    let what = format!("what must be there before the deploy is not: {}", steps.join("; "));
    let to = earlier_deploy(input, freshness).or(input.request.to);
    Refusal::new(ErrorKind::PhaseOrder, what)
        .help(format!("{}, then this again", Input::up(Phase::Before, to)))
        .help(format!("or, if no old code is serving, {} does it all in order", Input::up(Phase::All, input.request.to)))
}
