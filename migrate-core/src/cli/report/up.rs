//! What `up` did, in a few lines; it never knows how.

use std::time::Duration;

use super::plan::step;
use super::text::{Text, Tone};
use super::words::{count, counts, duration};
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
    text.line(Tone::Plain, "An older binary never changes what a newer one made: nothing is done. If the deploy was not rolled back on purpose, deploy the newer one.");
    text
}

/// What was done; what is left. Notices that the plan has shown are not said again.
pub(in crate::cli) fn up(report: &Report, elapsed: Duration, shown: &[Notice]) -> Text {
    let mut text = Text::new();
    match &report.outcome {
        Outcome::Ahead(state) => return ahead(state),
        Outcome::NothingToDo => {
            text.line(Tone::Good, "Nothing to do: the database is as this binary declares it.");
        }
        Outcome::Done => {
            report.steps.iter().for_each(|done| step(&mut text, done));
            report.migrations.iter().for_each(|done| migration(&mut text, done));
            let skipped = report.migrations.iter().filter(|migration| migration.skipped).count();
            let run = count(report.migrations.len() - skipped, "migration", "migrations");
            let only = if skipped == 0 { String::new() } else { format!(" and {skipped} only recorded") };
            let steps = count(report.steps.len(), "change of tables", "changes of tables");
            text.line(Tone::Good, format_args!("Done and read back: {steps}, {run} run{only}, in {}.", duration(elapsed)));
        }
    }
    for (change, reason) in &report.unsupported {
        text.add(Tone::Change, "note: ")
            .line(Tone::Plain, format_args!("this engine cannot «{change}» ({reason}); on AWS it would be done"));
    }
    for notice in report.notices.iter().filter(|notice| !shown.contains(notice)) {
        text.add(Tone::Change, "note: ").lines(Tone::Plain, "      ", &notice.what);
        if let Some(help) = &notice.help {
            text.add(Tone::Hint, "      help: ").lines(Tone::Plain, "            ", help);
        }
    }
    if !report.waiting.is_empty() || !report.later.is_empty() {
        for waiting in &report.waiting {
            text.line(Tone::Faint, format_args!("  … {waiting}"));
        }
        for later in &report.later {
            text.line(Tone::Faint, format_args!("  … {later}"));
        }
        text.line(Tone::Plain, "Left for another phase: once the new code is deployed, run `migrate up --phase after`.");
    }
    text
}

fn migration(text: &mut Text, done: &MigrationReport) {
    let MigrationReport { migration, skipped, counts: done, duration_ms } = done;
    text.add(Tone::Hint, format_args!("  > {migration}"));
    if *skipped {
        text.line(Tone::Faint, "  only recorded: the database was fresh");
    } else {
        text.line(Tone::Faint, format_args!("  {}, {}", counts(done), duration(Duration::from_millis(*duration_ms))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::{empty, id};
    use super::*;
    use crate::history::Counts;
    use crate::migration::Version;

    fn report(outcome: Outcome) -> Report {
        Report {
            sequence: empty().sequence,
            outcome,
            steps: Vec::new(),
            unsupported: Vec::new(),
            migrations: Vec::new(),
            notices: Vec::new(),
            later: Vec::new(),
            waiting: Vec::new(),
        }
    }

    #[test]
    fn a_run_is_summed_up() {
        let counts = Counts { inserted: 1_707, ..Counts::default() };
        let migrations = vec![
            MigrationReport { migration: id(1, "load"), skipped: false, counts, duration_ms: 1_340 },
            MigrationReport { migration: id(2, "fix"), skipped: true, counts: Counts::default(), duration_ms: 0 },
        ];
        let shown = Notice::new("known", "already");
        let notices = vec![shown.clone(), Notice::new("new", "do it")];
        let done = Report { migrations, notices, waiting: vec![id(3, "clean")], ..report(Outcome::Done) };
        assert_eq!(
            up(&done, Duration::from_secs(2), &[shown]).to_string(),
            "  > 0001 load  1,707 inserted, 1.3 s
  > 0002 fix  only recorded: the database was fresh
Done and read back: 0 changes of tables, 1 migration run and 1 only recorded, in 2.0 s.
note: new
      help: do it
  … 0003 clean
Left for another phase: once the new code is deployed, run `migrate up --phase after`.
"
        );
    }

    #[test]
    fn nothing_to_do_and_ahead() {
        let nothing = up(&report(Outcome::NothingToDo), Duration::ZERO, &[]).to_string();
        assert_eq!(nothing, "Nothing to do: the database is as this binary declares it.\n");
        let ahead = Ahead { database: Version::new(2), binary: None };
        let text = up(&report(Outcome::Ahead(ahead)), Duration::ZERO, &[]).to_string();
        assert!(
            text.starts_with("WARNING: the database is ahead: it is at migration 2, and this binary has no migration.\n"),
            "{text}"
        );
    }
}
