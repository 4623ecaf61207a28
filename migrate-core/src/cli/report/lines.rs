//! A plan in sections and lines, before anything is drawn; it never knows a colour or a markup.

use super::pieces::{made, pieces};
use super::text::Tone;
use super::words::{estimate, minute};
use crate::history::Entry;
use crate::plan::{Accepted, Action, Effect, Estimate, Plan, PlannedMigration, PlannedStep, Postponed, Unknown};
use crate::schema::{Hazard, Setting, SettingChange};
use crate::step::Step;

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub title: String,
    pub lines: Vec<Line>,
}

/// One change, with all that is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub glyph: char,
    pub tone: Tone,
    /// What changes, in a line or more.
    pub what: Vec<String>,
    /// What nobody should overlook, in a word or two.
    pub mark: Option<String>,
    /// What it is for, on the same line.
    pub aside: Option<String>,
    /// Why, and what it means, takes and costs.
    pub notes: Vec<String>,
}

impl Line {
    fn new(glyph: char, tone: Tone, what: impl Into<String>) -> Self {
        Self { glyph, tone, what: vec![what.into()], mark: None, aside: None, notes: Vec::new() }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn accepted(mut self, hazards: &[&Accepted]) -> Self {
        if !hazards.is_empty() {
            let codes: Vec<&str> = hazards.iter().map(|accepted| accepted.hazard.code()).collect();
            self.mark = Some(format!("({} accepted)", codes.join(", ")));
            self.notes.extend(hazards.iter().map(|accepted| format!("{}: {}", accepted.hazard, accepted.what)));
        }
        self
    }
}

/// Glyph and tone of a step.
pub(super) const fn look(step: &Step) -> (char, Tone) {
    match Effect::of(step) {
        Effect::Create => ('+', Tone::Good),
        Effect::Change => ('~', Tone::Change),
        Effect::Drop => ('-', Tone::Bad),
        Effect::Wait => ('…', Tone::Faint),
    }
}

/// Table by table, then migrations, then drops, then what waits, then what nobody knows.
pub(super) fn sections(plan: &Plan) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut add = |title: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            sections.push(Section { title: title.to_owned(), lines });
        }
    };
    let open = |entry: &Entry| {
        let what = match entry {
            // Nothing was left open: it begins now.
            Entry::TableShared { .. } => format!("record that this sequence {entry}"),
            entry => format!("record what an earlier run left open: {entry}"),
        };
        Line::new('~', Tone::Change, what)
    };
    add("history", plan.records.iter().map(open).collect());
    let mut tables: Vec<&str> = Vec::new();
    for table in plan.expand.iter().map(|planned| planned.step.table().as_str()) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    for table in tables {
        let steps: Vec<&PlannedStep> = plan.expand.iter().filter(|planned| planned.step.table().as_str() == table).collect();
        add(&format!("table {table}"), of_table(plan, &steps));
    }
    add("migrations", plan.due().map(due).collect());
    add("drops", plan.contract.iter().map(|planned| with_notes(plan, planned, drop(&planned.step))).collect());
    let waiting = plan.migrations.iter().filter(|migration| migration.action == Action::Wait).map(waits);
    let later = plan
        .later
        .iter()
        .map(|planned| with_notes(plan, planned, Line::new('…', Tone::Faint, format!("{}: in another phase", planned.step))));
    let not_now = plan.not_now.iter().map(|postponed| {
        let line = Line::new('…', Tone::Change, postponed.step.to_string()).note(until(postponed));
        line.accepted(&hazards_of(plan, &postponed.step))
    });
    add("waits", waiting.chain(later).chain(not_now).collect());
    let unknown = plan.unknown.iter().map(|unknown| Line::new('?', Tone::Change, self::unknown(unknown)));
    add("not known", unknown.collect());
    add("accepted", elsewhere(plan));
    sections
}

fn of_table(plan: &Plan, steps: &[&PlannedStep]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut is_new = false;
    for planned in steps {
        let (glyph, tone) = look(&planned.step);
        let line = match &planned.step {
            Step::CreateTable { schema } => {
                is_new = true;
                let mut line = Line::new(glyph, tone, planned.step.to_string());
                line.what.extend(made(schema));
                line
            }
            Step::CreateGlobalIndex { index, definition, .. } => {
                let mut line = Line::new(glyph, tone, format!("create index {index} {definition}"));
                line.what.extend(definition.billing.map(|billing| format!("billing {billing}")));
                line
            }
            Step::DropGlobalIndex { index, .. } => Line::new(glyph, tone, format!("drop index {index}")),
            Step::Set { change, .. } => {
                let pieces = pieces(change);
                // What a new table gets afterwards is part of it: it counts as one.
                if let Some(line) = lines.last_mut().filter(|_| is_new) {
                    line.what.extend(pieces.iter().map(super::pieces::Piece::made));
                    line.notes.extend(notes(planned));
                    continue;
                }
                let what: Vec<String> = pieces.iter().map(super::pieces::Piece::changed).collect();
                Line { what, ..Line::new(glyph, tone, "") }
            }
            Step::AwaitTable { .. } | Step::DropTable { .. } => Line::new(glyph, tone, planned.step.to_string()),
        };
        lines.push(with_notes(plan, planned, line));
    }
    lines
}

fn with_notes(plan: &Plan, planned: &PlannedStep, line: Line) -> Line {
    let mut line = line.accepted(&hazards_of(plan, &planned.step));
    line.notes.extend(notes(planned));
    line
}

fn notes(planned: &PlannedStep) -> Vec<String> {
    planned.reason.clone().into_iter().chain(planned.estimate.as_ref().and_then(estimate)).collect()
}

fn drop(step: &Step) -> Line {
    let (glyph, tone) = look(step);
    let backup =
        if matches!(step, Step::DropTable { backup: true, .. }) { ", after a backup where the engine has them" } else { "" };
    Line::new(glyph, tone, format!("{step}{backup}"))
}

fn due(planned: &PlannedMigration) -> Line {
    let PlannedMigration { migration, description, action, .. } = planned;
    let mark = match action {
        Action::Run | Action::Wait => None,
        Action::RunAgain => Some("(again: an earlier run began it)".to_owned()),
        Action::Skip => Some("(only recorded: the database is fresh)".to_owned()),
    };
    let aside = Some(description.clone()).filter(|description| !description.is_empty());
    Line { mark, aside, ..Line::new('>', Tone::Hint, migration.to_string()) }
}

fn waits(planned: &PlannedMigration) -> Line {
    let until = if planned.after_deploy { "until the new code is deployed" } else { "for an earlier one or behind --to" };
    Line::new('…', Tone::Faint, format!("{} waits {until}", planned.migration))
}

/// A setting that cannot be read.
pub(in crate::cli) fn unknown(found: &Unknown) -> String {
    format!("{}, {}: unknown (needs {})", found.table, found.setting, found.needs)
}

/// A change that DynamoDB does not take now.
pub(in crate::cli) fn postponed(postponed: &Postponed) -> String {
    format!("{}: {}", postponed.step, until(postponed))
}

/// Until when DynamoDB does not take a change, and by which rule.
pub(super) fn until(postponed: &Postponed) -> String {
    match postponed.until {
        Some(at) => format!("not now, until {}: {}", minute(at), postponed.reason),
        None => format!("not now: {}", postponed.reason),
    }
}

/// Which accepted hazards a step brings; of several of one table, those that name what it is about.
fn hazards_of<'a>(plan: &'a Plan, step: &Step) -> Vec<&'a Accepted> {
    let found = |hazards: &[Hazard], part: &str| {
        let of = |accepted: &&Accepted| {
            accepted.table == *step.table() && hazards.contains(&accepted.hazard) && accepted.what.contains(part)
        };
        plan.hazards.iter().filter(of).collect()
    };
    match step {
        Step::CreateGlobalIndex { index, .. } => found(&[Hazard::MisfitsLeftOut], &format!("index {index}:")),
        Step::DropGlobalIndex { index, .. } => found(&[Hazard::IndexReplaced], &format!("index {index} ")),
        Step::Set { change, .. } => match change {
            SettingChange::Stream(delta) if matches!(delta.to, Setting::Off) => {
                found(&[Hazard::StreamOff, Hazard::StreamCycle], "")
            }
            SettingChange::Ttl(delta) if delta.to.value().is_some() => found(&[Hazard::TtlOn], ""),
            SettingChange::PointInTimeRecovery(_) => found(&[Hazard::RecoveryOff, Hazard::RecoveryShortened], ""),
            SettingChange::Encryption(_) => found(&[Hazard::KeyChange], ""),
            SettingChange::Replica { region, present } if !present.to => found(&[Hazard::ReplicaRemoved], &format!(" {region} ")),
            SettingChange::ResourcePolicy { policy, .. } if matches!(policy.to, Setting::Off) => {
                found(&[Hazard::PolicyRemoved], "")
            }
            SettingChange::KinesisStream(delta) if matches!(delta.to, Setting::Off) => found(&[Hazard::KinesisOff], ""),
            SettingChange::DeletionProtection(_)
            | SettingChange::TableClass(_)
            | SettingChange::Stream(_)
            | SettingChange::Capacity { .. }
            | SettingChange::Ttl(_)
            | SettingChange::Replica { .. }
            | SettingChange::Tags { .. }
            | SettingChange::WarmThroughput { .. }
            | SettingChange::ContributorInsights { .. }
            | SettingChange::ResourcePolicy { .. }
            | SettingChange::KinesisStream(_) => Vec::new(),
        },
        Step::CreateTable { .. } | Step::AwaitTable { .. } | Step::DropTable { .. } => Vec::new(),
    }
}

/// Accepted hazards that no line shows: none is kept quiet.
fn elsewhere(plan: &Plan) -> Vec<Line> {
    let planned = plan.expand.iter().chain(&plan.contract).chain(&plan.later).map(|planned| &planned.step);
    let steps = planned.chain(plan.not_now.iter().map(|postponed| &postponed.step));
    let shown: Vec<&Accepted> = steps.flat_map(|step| hazards_of(plan, step)).collect();
    let left = plan.hazards.iter().filter(|accepted| !shown.contains(accepted));
    left.map(|accepted| Line::new('~', Tone::Change, format!("{}, {}: {}", accepted.hazard, accepted.table, accepted.what)))
        .collect()
}

/// What all of it takes and costs.
pub(super) fn total(sum: &Estimate) -> Option<String> {
    let money = sum.once_microdollars.is_some() || sum.monthly_microdollars.is_some();
    let prices = if money { " (list price, us-east-1)" } else { "" };
    Some(format!("In all: {}{prices}", estimate(sum)?))
}
