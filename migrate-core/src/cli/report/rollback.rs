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

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::migration::Version;
    use crate::plan::{Accepted, Passage, Reached};
    use crate::schema::{Hazard, TableName};

    #[test]
    fn what_would_be_taken_back_is_shown_with_where_it_stands() {
        let passage = Passage { items: 1_200, write_units: 1_200, read_units: 90, pace: None, once_microdollars: None };
        let accepted = vec![Accepted { hazard: Hazard::StreamRecords, what: "its stream is on".to_owned() }];
        let tables = vec![Reached { table: TableName::checked("orders"), accepted, estimate: Some(passage) }];
        let planned = |number, name: &str, was| {
            let (migration, description) = (id(number, name), String::new());
            PlannedRollback { migration, description, was, has_function: true, tables: Vec::new() }
        };
        let applied = MigrationStatus::Applied { duration_ms: 1, counts: Counts::default() };
        let migrations = vec![
            planned(9, "clean", MigrationStatus::Failed { error: "no".to_owned() }),
            PlannedRollback { tables, description: "Splits names.".to_owned(), ..planned(8, "split", applied) },
            PlannedRollback { has_function: false, ..planned(7, "load", MigrationStatus::Skipped) },
        ];
        let notices = vec![Notice::new("7 was edited", "say so")];
        let plan = RollbackPlan { sequence: "shop".to_owned(), to: Version::new(6), migrations, refusals: Vec::new(), notices };
        assert_eq!(
            rollback_plan(&plan).to_string(),
            "rollback to migration 6
  < 0009 clean (failed: what it did until then)
  < 0008 split (H114 accepted)  Splits names.
      H114, table orders: its stream is on
      table orders: ~1,200 items, at most ~1,200 write units and ~90 read units
  ! 0007 load (never run: the database was fresh)
note: 7 was edited
      help: say so
Rollback: 3 migrations to take back; tables, indexes and settings stay as they are.
"
        );
    }

    #[test]
    fn what_was_taken_back_and_what_is_left_is_said() {
        let counts = Counts { changed: 7, write_units: 12, ..Counts::default() };
        let (migration, cost_microdollars) = (id(9, "clean"), Some(20_000));
        let migrations = vec![MigrationReport { migration, skipped: false, counts, cost_microdollars, duration_ms: 1_300 }];
        let (sequence, to, left) = ("shop".to_owned(), Version::new(6), Vec::new());
        let done = RollbackReport { sequence, to, outcome: Outcome::Done, migrations, left };
        let time = Duration::from_secs(2);
        assert_eq!(
            rolled_back(&done, time, &[], true, true).to_string(),
            "  < 0009 clean  7 changed, 1.3 s (12 write units, ~$0.02)
Done: 1 migration rolled back (7 changed), in 2.0 s.
Consumed: 12 write units, ~$0.02.
next: they are pending again, and `migrate up` would run them: deploy the code that goes with this data first
"
        );
        let why = "no more money".to_owned();
        let stopped = RollbackReport { outcome: Outcome::Incomplete { why }, left: vec![id(8, "split")], ..done };
        assert_eq!(
            rolled_back(&stopped, time, &[], false, true).to_string(),
            "Incomplete after 2.0 s, and nothing is wrong: no more money. 1 migration rolled back, 1 left. Run it again: it goes on from here.\n"
        );
    }
}
