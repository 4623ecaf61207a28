//! A plan in sections and lines, before anything is drawn; it never knows a colour or a markup.

use std::collections::BTreeSet;

use super::pieces::{made, pieces};
use super::text::Tone;
use super::words::{estimate, minute, passage};
use crate::history::Entry;
use crate::plan::{Accepted, Action, Effect, Estimate, Plan, PlannedMigration, PlannedStep, Postponed, Reached, Unknown};
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

    fn accepted(mut self, hazards: &[Accepted]) -> Self {
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
        add(&format!("table {table}"), of_table(&steps));
    }
    add("migrations", plan.due().map(due).collect());
    add("drops", plan.contract.iter().map(|planned| with_notes(planned, drop(&planned.step))).collect());
    let waiting = plan.migrations.iter().filter(|migration| migration.action == Action::Wait).map(waits);
    let later = plan
        .later
        .iter()
        .map(|planned| with_notes(planned, Line::new('…', Tone::Faint, format!("{}: in another phase", planned.step))));
    let not_now = plan.not_now.iter().map(|postponed| {
        let line = Line::new('…', Tone::Change, postponed.step.to_string()).note(until(postponed));
        line.accepted(&postponed.accepted)
    });
    add("waits", waiting.chain(later).chain(not_now).collect());
    let unknown = plan.unknown.iter().map(|unknown| Line::new('?', Tone::Change, self::unknown(unknown)));
    add("not known", unknown.collect());
    sections
}

fn of_table(steps: &[&PlannedStep]) -> Vec<Line> {
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
        lines.push(with_notes(planned, line));
    }
    lines
}

fn with_notes(planned: &PlannedStep, line: Line) -> Line {
    let mut line = line.accepted(&planned.accepted);
    line.notes.extend(notes(planned));
    line
}

fn notes(planned: &PlannedStep) -> Vec<String> {
    planned.reason.clone().into_iter().chain(planned.estimate.as_ref().and_then(estimate)).collect()
}

fn drop(step: &Step) -> Line {
    let (glyph, tone) = look(step);
    let backup = if matches!(step, Step::DropTable { backup: true, .. }) {
        ", its protection lifted, after a backup where the engine has them"
    } else {
        ""
    };
    Line::new(glyph, tone, format!("{step}{backup}"))
}

fn due(planned: &PlannedMigration) -> Line {
    let PlannedMigration { migration, description, action, again, tables, .. } = planned;
    let again = match action {
        Action::Run | Action::RunAgain | Action::Wait => again.as_ref().map(|why| format!("(again: {why})")),
        Action::Skip => Some("(only recorded: the database is fresh)".to_owned()),
    };
    let codes: BTreeSet<&str> =
        tables.iter().flat_map(|reached| &reached.accepted).map(|accepted| accepted.hazard.code()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let accepted = (!codes.is_empty()).then(|| format!("({} accepted)", codes.join(", ")));
    let marks: Vec<String> = again.into_iter().chain(accepted).collect();
    let mark = Some(marks.join(" ")).filter(|mark| !mark.is_empty());
    let aside = Some(description.clone()).filter(|description| !description.is_empty());
    let notes = tables.iter().flat_map(|Reached { table, accepted, estimate }| {
        let hazards = accepted.iter().map(move |accepted| format!("{}, table {table}: {}", accepted.hazard, accepted.what));
        hazards.chain(estimate.as_ref().map(|estimate| format!("table {table}: {}", passage(estimate))))
    });
    Line { mark, aside, notes: notes.collect(), ..Line::new('>', Tone::Hint, migration.to_string()) }
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

/// What all of it takes and costs.
pub(super) fn total(sum: &Estimate) -> Option<String> {
    let money = sum.once_microdollars.is_some() || sum.monthly_microdollars.is_some();
    let prices = if money { " (list price, us-east-1)" } else { "" };
    Some(format!("In all: {}{prices}", estimate(sum)?))
}
