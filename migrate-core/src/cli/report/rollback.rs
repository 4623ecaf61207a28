//! What `rollback` would take back, and what it took back; it never knows how.

use std::collections::BTreeSet;
use std::time::Duration;

use super::plan::notice;
use super::text::{Text, Tone};
use super::words::{consumed, count, counts, duration, passage};
use crate::history::{Counts, MigrationStatus};
use crate::migrator::{MigrationReport, Outcome, RollbackReport};
use crate::plan::{Notice, PlannedRollback, RollbackPlan};

/// What would be taken back, newest first. What stops it is said as an error.
pub(in crate::cli) fn rollback_plan(plan: &RollbackPlan) -> Text {
    let mut text = Text::new();
    text.line(Tone::Strong, format_args!("rollback to migration {}", plan.to));
    plan.migrations.iter().for_each(|planned| line(&mut text, planned));
    plan.notices.iter().for_each(|found| notice(&mut text, found));
    let migrations = count(plan.migrations.len(), "migration", "migrations");
    text.line(Tone::Strong, format_args!("Rollback: {migrations} to take back; tables, indexes and settings stay as they are."));
    text
}

fn line(text: &mut Text, planned: &PlannedRollback) {
    let PlannedRollback { migration, description, was, has_function, tables, .. } = planned;
    let (glyph, tone) = if *has_function { ('<', Tone::Hint) } else { ('!', Tone::Bad) };
    text.add(tone, format_args!("  {glyph} {migration}"));
    let codes = tables.iter().flat_map(|reached| &reached.accepted).map(|accepted| accepted.hazard.code());
    let codes: BTreeSet<&str> = codes.collect();
    let accepted = (!codes.is_empty()).then(|| format!("({} accepted)", codes.into_iter().collect::<Vec<_>>().join(", ")));
    for mark in mark(was).map(str::to_owned).into_iter().chain(accepted) {
        text.add(Tone::Change, format_args!(" {mark}"));
    }
    if !description.is_empty() {
        text.add(Tone::Faint, format_args!("  {description}"));
    }
    text.end();
    for reached in tables {
        for accepted in &reached.accepted {
            let note = format!("{}, table {}: {}", accepted.hazard, reached.table, accepted.what);
            text.add(Tone::Faint, "      ").lines(Tone::Faint, "      ", note);
        }
        if let Some(estimate) = &reached.estimate {
            text.line(Tone::Faint, format_args!("      table {}: {}", reached.table, passage(estimate)));
        }
    }
}

/// What nobody should overlook of where it stands.
const fn mark(was: &MigrationStatus) -> Option<&'static str> {
    match was {
        MigrationStatus::Applied { .. } | MigrationStatus::RolledBack => None,
        MigrationStatus::Started => Some("(begun and not finished)"),
        MigrationStatus::Failed { .. } => Some("(failed: what it did until then)"),
        MigrationStatus::Skipped => Some("(never run: the database was fresh)"),
        MigrationStatus::Baselined => Some("(never run: baselined)"),
        MigrationStatus::Resolved { .. } => Some("(resolved as applied)"),
        MigrationStatus::RollingBack => Some("(again: an earlier run began it)"),
        MigrationStatus::RollbackFailed { .. } => Some("(again: it failed)"),
        MigrationStatus::Reopened { .. } => Some("(a table of it was restored)"),
    }
}

/// What was taken back; what is left.
///
/// The single migrations are listed where nobody followed them (`lists`), and what was consumed where it is paid for (`is_paid`).
pub(in crate::cli) fn rolled_back(
    report: &RollbackReport,
    elapsed: Duration,
    notices: &[Notice],
    lists: bool,
    is_paid: bool,
) -> Text {
    let mut text = Text::new();
    let RollbackReport { to, outcome, migrations, left, .. } = report;
    if lists {
        migrations.iter().for_each(|done| taken_back(&mut text, done, is_paid));
    }
    let mut sum = Counts::default();
    migrations.iter().for_each(|migration| sum += migration.counts);
    let number = count(migrations.len(), "migration", "migrations");
    match outcome {
        Outcome::NothingToDo | Outcome::Ahead(_) => {
            text.line(Tone::Good, format_args!("Nothing to roll back: no migration after {to} is in the database."));
        }
        Outcome::Incomplete { why } => {
            let (left, time) = (left.len(), duration(elapsed));
            text.line(
                Tone::Change,
                format_args!("Incomplete after {time}, and nothing is wrong: {why}. {number} rolled back, {left} left. Run it again: it goes on from here."),
            );
        }
        Outcome::Done => {
            let items = if sum == Counts::default() { String::new() } else { format!(" ({})", counts(&sum)) };
            text.line(Tone::Good, format_args!("Done: {number} rolled back{items}, in {}.", duration(elapsed)));
            let cost = migrations.iter().filter_map(|migration| migration.cost_microdollars).reduce(u64::saturating_add);
            if let Some(consumed) = consumed(&sum, cost).filter(|_| is_paid) {
                text.line(Tone::Faint, format_args!("Consumed: {consumed}."));
            }
            let next = "they are pending again, and `migrate up` would run them: deploy the code that goes with this data first";
            text.add(Tone::Hint, "next: ").line(Tone::Plain, next);
        }
    }
    notices.iter().for_each(|found| notice(&mut text, found));
    text
}

fn taken_back(text: &mut Text, done: &MigrationReport, is_paid: bool) {
    let MigrationReport { migration, counts: done, cost_microdollars, duration_ms, .. } = done;
    text.add(Tone::Hint, format_args!("  < {migration}"));
    let consumed = consumed(done, *cost_microdollars).filter(|_| is_paid).map(|consumed| format!(" ({consumed})"));
    let (done, time) = (counts(done), duration(Duration::from_millis(*duration_ms)));
    text.line(Tone::Faint, format_args!("  {done}, {time}{}", consumed.unwrap_or_default()));
}
