//! What `up` did, in a few lines; it never knows how.

use std::time::Duration;

use super::lines::{unknown, until};
use super::plan::{notice, step};
use super::text::{Text, Tone};
use super::words::{consumed, count, counts, duration};
use crate::history::Counts;
use crate::migrator::{MigrationReport, Outcome, Report};
use crate::plan::{Ahead, Notice};

/// A notice that nobody should miss.
pub(super) fn ahead(ahead: &Ahead) -> Text {
    let binary = ahead.binary.map_or_else(|| "has no migration".to_owned(), |version| format!("ends at {version}"));
    let mut text = Text::new();
    let database = ahead.database;
    text.line(
        Tone::Bad,
        format_args!("WARNING: the database is ahead: it is at migration {database}, and this binary {binary}."),
    );
    text.line(Tone::Plain, "An older binary never changes what a newer one made: nothing is done. If the deploy was not rolled back on purpose, deploy the newer one; if a migration's file was deleted, bring it back.");
    text
}

/// What was done; what is left. Notices that the plan has shown are not said again.
///
/// The single changes are listed where nobody followed them (`lists`), and what was consumed where it is paid for (`is_paid`).
pub(in crate::cli) fn up(report: &Report, elapsed: Duration, shown: &[Notice], lists: bool, is_paid: bool) -> Text {
    let mut text = Text::new();
    match &report.outcome {
        Outcome::Ahead(state) => return ahead(state),
        Outcome::NothingToDo => {
            let left = !report.waiting.is_empty() || !report.later.is_empty() || !report.not_now.is_empty();
            let now = if left { " in this run" } else { ": the database is as this binary declares it" };
            text.line(Tone::Good, format_args!("Nothing to do{now}."));
        }
        Outcome::Incomplete { why } => {
            text.line(
                Tone::Change,
                format_args!(
                    "Incomplete after {}, and nothing is wrong: {why}. Run it again: it goes on from here.",
                    duration(elapsed)
                ),
            );
        }
        Outcome::Done => {
            if lists {
                report.steps.iter().for_each(|done| step(&mut text, done));
                report.migrations.iter().for_each(|done| migration(&mut text, done, is_paid));
            }
            let mut sum = Counts::default();
            report.migrations.iter().for_each(|migration| sum += migration.counts);
            let skipped = report.migrations.iter().filter(|migration| migration.skipped).count();
            let run = count(report.migrations.len() - skipped, "migration", "migrations");
            let only = if skipped == 0 { String::new() } else { format!(" and {skipped} only recorded") };
            let steps = count(report.steps.len(), "change of tables", "changes of tables");
            let items = if sum == Counts::default() { String::new() } else { format!(" ({})", counts(&sum)) };
            text.line(Tone::Good, format_args!("Done and read back: {steps}, {run} run{only}{items}, in {}.", duration(elapsed)));
            if let Some(consumed) = consumed(&sum, cost(report)).filter(|_| is_paid) {
                text.line(Tone::Faint, format_args!("Consumed by migrations: {consumed}{}.", list_price(report)));
            }
        }
    }
    for (change, reason) in &report.unsupported {
        text.add(Tone::Change, "note: ")
            .line(Tone::Plain, format_args!("this engine cannot «{change}» ({reason}); on AWS it would be done"));
    }
    report.notices.iter().filter(|found| !shown.contains(found)).for_each(|found| notice(&mut text, found));
    for found in &report.unknown {
        text.line(Tone::Change, format_args!("  ? {}", unknown(found)));
    }
    left(&mut text, report);
    text
}

/// What the migrations cost together, as far as they did.
fn cost(report: &Report) -> Option<u64> {
    report.migrations.iter().filter_map(|migration| migration.cost_microdollars).reduce(u64::saturating_add)
}

fn list_price(report: &Report) -> &'static str {
    if cost(report).is_some() { " (list price, us-east-1)" } else { "" }
}

/// What waits, and for what.
fn left(text: &mut Text, report: &Report) {
    let is_incomplete = matches!(report.outcome, Outcome::Incomplete { .. });
    for waiting in &report.waiting {
        let until = match waiting.after_deploy {
            true => "waits until the new code is deployed",
            false if is_incomplete => "is left",
            false => "waits: not in this run",
        };
        text.line(Tone::Faint, format_args!("  … {} {until}", waiting.migration));
    }
    for later in &report.later {
        text.line(Tone::Faint, format_args!("  … {later}: waits for another phase"));
    }
    for postponed in &report.not_now {
        text.line(Tone::Change, format_args!("  … {}", postponed.step));
        text.line(Tone::Faint, format_args!("      {}", until(postponed)));
    }
    let next = match report.waiting.first() {
        Some(first) if !first.after_deploy && is_incomplete => "run the same command again",
        Some(first) if !first.after_deploy => "run `migrate up` again without `--to`, or with a higher one",
        Some(_) => "once the new code is deployed, run `migrate up --phase after`",
        None if !report.later.is_empty() => {
            "`migrate plan --phase all` shows what is left; `migrate up --phase after` does what waits for the deploy"
        }
        None if !report.not_now.is_empty() => "run `migrate up` again then: it does what DynamoDB does not take now",
        None => return,
    };
    text.add(Tone::Hint, "next: ").line(Tone::Plain, next);
}

fn migration(text: &mut Text, done: &MigrationReport, is_paid: bool) {
    let MigrationReport { migration, skipped, counts: done, cost_microdollars, duration_ms } = done;
    text.add(Tone::Hint, format_args!("  > {migration}"));
    if *skipped {
        text.line(Tone::Faint, "  only recorded: the database was fresh");
        return;
    }
    let consumed = consumed(done, *cost_microdollars).filter(|_| is_paid).map(|consumed| format!(" ({consumed})"));
    let (done, time) = (counts(done), duration(Duration::from_millis(*duration_ms)));
    text.line(Tone::Faint, format_args!("  {done}, {time}{}", consumed.unwrap_or_default()));
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::{empty, id, planned, rich};
    use super::*;
    use crate::migration::Version;
    use crate::plan::{Action, PlannedMigration};

    fn report(outcome: Outcome) -> Report {
        Report {
            sequence: empty().sequence,
            outcome,
            steps: Vec::new(),
            unsupported: Vec::new(),
            migrations: Vec::new(),
            notices: Vec::new(),
            later: Vec::new(),
            not_now: Vec::new(),
            unknown: Vec::new(),
            waiting: Vec::new(),
        }
    }

    #[test]
    fn a_run_is_summed_up() {
        let counts = Counts { inserted: 1_707, write_units: 1_707_000, ..Counts::default() };
        let migrations = vec![
            MigrationReport {
                migration: id(1, "load"),
                skipped: false,
                counts,
                cost_microdollars: Some(1_070_000),
                duration_ms: 1_340,
            },
            MigrationReport {
                migration: id(2, "fix"),
                skipped: true,
                counts: Counts::default(),
                cost_microdollars: None,
                duration_ms: 0,
            },
        ];
        let shown = Notice::new("known", "already");
        let notices = vec![shown.clone(), Notice::new("new", "do it")];
        let done = Report { migrations, notices, waiting: vec![planned(3, "clean", Action::Wait)], ..report(Outcome::Done) };
        assert_eq!(
            up(&done, Duration::from_secs(2), &[shown], true, true).to_string(),
            "  > 0001 load  1,707 inserted, 1.3 s (1,707,000 write units, ~$1.07)
  > 0002 fix  only recorded: the database was fresh
Done and read back: 0 changes of tables, 1 migration run and 1 only recorded (1,707 inserted), in 2.0 s.
Consumed by migrations: 1,707,000 write units, ~$1.07 (list price, us-east-1).
note: new
      help: do it
  … 0003 clean waits until the new code is deployed
next: once the new code is deployed, run `migrate up --phase after`
"
        );
    }

    #[test]
    fn what_is_not_now_and_not_known_is_said_with_the_next_command() {
        let plan = rich();
        let done = Report { not_now: plan.not_now, unknown: plan.unknown, ..report(Outcome::NothingToDo) };
        assert_eq!(
            up(&done, Duration::ZERO, &[], false, true).to_string(),
            "Nothing to do in this run.
  ? customers, time to live: unknown (needs dynamodb:DescribeTimeToLive)
  … set customers, table class: standard → standard_infrequent_access
      not now, until 2026-03-04 11:00 UTC: the class changes twice in 30 days
next: run `migrate up` again then: it does what DynamoDB does not take now
"
        );
    }

    #[test]
    fn nothing_to_do_and_ahead() {
        let nothing = up(&report(Outcome::NothingToDo), Duration::ZERO, &[], false, true).to_string();
        assert_eq!(nothing, "Nothing to do: the database is as this binary declares it.\n");
        let behind_to = PlannedMigration { after_deploy: false, ..planned(2, "split", Action::Wait) };
        let left = up(&Report { waiting: vec![behind_to], ..report(Outcome::NothingToDo) }, Duration::ZERO, &[], false, true)
            .to_string();
        assert_eq!(
            left,
            "Nothing to do in this run.
  … 0002 split waits: not in this run
next: run `migrate up` again without `--to`, or with a higher one
"
        );
        let cut = PlannedMigration { after_deploy: false, ..planned(2, "split", Action::RunAgain) };
        let incomplete = report(Outcome::Incomplete { why: "the deadline has passed".to_owned() });
        let left = up(&Report { waiting: vec![cut], ..incomplete }, Duration::ZERO, &[], false, true).to_string();
        assert!(left.ends_with("  … 0002 split is left\nnext: run the same command again\n"), "{left}");
        let ahead = Ahead { database: Version::new(2), binary: None };
        let text = up(&report(Outcome::Ahead(ahead)), Duration::ZERO, &[], false, true).to_string();
        assert!(
            text.starts_with("WARNING: the database is ahead: it is at migration 2, and this binary has no migration.\n"),
            "{text}"
        );
    }
}
