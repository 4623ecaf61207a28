//! Where a database stands, as a table; it never knows the code beyond what the rows say.

use std::time::Duration;

use super::control::sayings;
use super::text::{Text, Tone};
use super::words::{duration, run, time};
use crate::history::{LockInfo, MigrationStatus};
use crate::migrator::{Row, RowState, Status};

/// Every migration, the lock, whether it is safe to run again, and the next command.
pub(in crate::cli) fn status(status: &Status, safe: &str, next: &str) -> Text {
    let mut text = Text::new();
    text.line(Tone::Faint, format_args!("sequence {}, history in table {}", status.sequence, status.management_table));
    if !status.managed {
        text.line(Tone::Plain, "That table is not there: nothing was ever run here.");
    }
    if let Some(environment) = &status.environment {
        text.line(Tone::Faint, format_args!("environment {environment}"));
    }
    rows(&mut text, &status.migrations);
    for (id, error) in failures(&status.migrations) {
        text.add(Tone::Bad, format_args!("{id} failed: ")).lines(Tone::Plain, "  ", error);
    }
    text.append(&lock(status.lock.as_ref()));
    for saying in sayings(&status.in_force) {
        text.line(Tone::Change, saying);
    }
    text.add(Tone::Strong, "safe to run again: ").line(Tone::Plain, safe);
    text.add(Tone::Hint, "next: ").line(Tone::Plain, next);
    text
}

/// The migrations that failed, each with its error.
pub(super) fn failures(rows: &[Row]) -> impl Iterator<Item = (String, &str)> {
    rows.iter().filter_map(|row| match &row.record {
        RowState::Recorded(state) => match &state.status {
            MigrationStatus::Failed { error } | MigrationStatus::RollbackFailed { error } => {
                Some((row.id.to_string(), error.as_str()))
            }
            MigrationStatus::Started
            | MigrationStatus::Applied { .. }
            | MigrationStatus::Skipped
            | MigrationStatus::Baselined
            | MigrationStatus::Resolved { .. }
            | MigrationStatus::RollingBack
            | MigrationStatus::RolledBack
            | MigrationStatus::Reopened { .. } => None,
        },
        RowState::Pending => None,
    })
}

/// Who holds the lock, or held it last.
pub(in crate::cli) fn lock(lock: Option<&LockInfo>) -> Text {
    let mut text = Text::new();
    text.add(Tone::Strong, "lock: ");
    match lock {
        None => text.line(Tone::Plain, "free, never taken"),
        Some(lock) if lock.released => text.line(
            Tone::Plain,
            format_args!("free, epoch {}; last held by {} from {}", lock.epoch, run(&lock.holder), time(lock.since)),
        ),
        Some(lock) => {
            text.add(Tone::Change, format_args!("held since {} by {}", time(lock.since), run(&lock.holder))).end();
            let lease = duration(Duration::from_millis(lock.lease_ms));
            text.line(
                Tone::Plain,
                format_args!(
                    "  doing: {} (epoch {}, beat {}; taken over if it stands still for {lease})",
                    lock.doing, lock.epoch, lock.beat
                ),
            )
        }
    };
    text
}

/// What the columns are.
pub(super) const HEAD: [&str; 6] = ["number", "name", "state", "when", "took", "by"];

fn rows(text: &mut Text, rows: &[Row]) {
    let cells: Vec<([String; 6], Tone)> = rows.iter().map(cells).collect();
    let head = HEAD.map(str::to_owned);
    let mut widths = head.clone().map(|cell| cell.chars().count());
    for (cells, _) in &cells {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if cells.is_empty() {
        text.line(Tone::Plain, "  no migrations");
        return;
    }
    for (cells, tone) in std::iter::once((&head, Tone::Faint)).chain(cells.iter().map(|(cells, tone)| (cells, *tone))) {
        let line: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.line(tone, format_args!("  {}", line.join("  ").trim_end()));
    }
}

/// What stands in them.
pub(super) fn cells(row: &Row) -> ([String; 6], Tone) {
    let number = format!("{:04}", row.id.version.get());
    let (state, at, took, by, tone) = match &row.record {
        RowState::Pending => ("pending".to_owned(), String::new(), String::new(), String::new(), Tone::Change),
        RowState::Recorded(state) => {
            let (name, took, tone) = match &state.status {
                MigrationStatus::Started => ("started", None, Tone::Change),
                MigrationStatus::Failed { .. } => ("failed", None, Tone::Bad),
                MigrationStatus::Applied { duration_ms, .. } => ("applied", Some(*duration_ms), Tone::Good),
                MigrationStatus::Skipped => ("skipped", None, Tone::Good),
                MigrationStatus::Baselined => ("baselined", None, Tone::Good),
                MigrationStatus::Resolved { .. } => ("resolved", None, Tone::Good),
                MigrationStatus::RollingBack => ("rolling back", None, Tone::Change),
                MigrationStatus::RollbackFailed { .. } => ("rollback failed", None, Tone::Bad),
                MigrationStatus::RolledBack => ("rolled back", None, Tone::Change),
                MigrationStatus::Reopened { .. } => ("to run again", None, Tone::Change),
            };
            let name = if state.attempts > 1 { format!("{name}, attempt {}", state.attempts) } else { name.to_owned() };
            let took = took.map(|ms| duration(Duration::from_millis(ms))).unwrap_or_default();
            (name, time(state.at), took, state.by.clone(), tone)
        }
    };
    let remarks = [
        (row.unsettled, "to be settled"),
        (row.edited, "edited since"),
        (!row.in_code, "not in this binary"),
        (row.after_deploy && !row.is_settled(), "after the deploy"),
    ];
    let remarks: Vec<&str> = remarks.into_iter().filter_map(|(shown, remark)| shown.then_some(remark)).collect();
    let tone = if row.edited || !row.in_code { Tone::Bad } else { tone };
    let state = if remarks.is_empty() { state } else { format!("{state} ({})", remarks.join(", ")) };
    ([number, row.id.name.clone(), state, at, took, by], tone)
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::history::{Counts, MigrationState, RunInfo};

    fn row(number: u32, name: &str, status: Option<MigrationStatus>) -> Row {
        let record = status.map_or(RowState::Pending, |status| {
            RowState::Recorded(Box::new(MigrationState {
                migration: id(number, name),
                fingerprint: String::new(),
                status,
                breaking: false,
                at: "2026-01-02T03:04:05Z".parse().unwrap(),
                by: "ana on laptop (process 7)".to_owned(),
                attempts: 1,
                tables: Vec::new(),
            }))
        });
        Row {
            id: id(number, name),
            record,
            in_code: true,
            edited: false,
            unsettled: false,
            after_deploy: false,
            description: String::new(),
        }
    }

    fn held() -> LockInfo {
        LockInfo {
            epoch: 4,
            beat: 2,
            released: false,
            lease_ms: 30_000,
            since: "2026-01-02T03:04:05Z".parse().unwrap(),
            doing: "migration 0002 split\u{1b}[2J".to_owned(),
            holder: RunInfo { caller: Some("ana".to_owned()), pid: 7, binary: "shop 1.0.0".to_owned(), ..RunInfo::default() },
        }
    }

    #[test]
    fn a_table_the_lock_and_the_next_command() {
        let failed = MigrationStatus::Failed { error: "no such field".to_owned() };
        let newer = Row { in_code: false, ..row(4, "later", Some(MigrationStatus::Skipped)) };
        let status = Status {
            sequence: "shop".to_owned(),
            management_table: "migrations".to_owned(),
            environment: None,
            managed: true,
            migrations: vec![
                row(1, "load", Some(MigrationStatus::Applied { duration_ms: 1_340, counts: Counts::default() })),
                row(2, "split", Some(failed)),
                Row { after_deploy: true, ..row(3, "clean", None) },
                newer,
            ],
            lock: Some(held()),
            in_force: super::super::control::tests::both(),
        };
        assert_eq!(
            super::status(&status, "yes", "migrate up").to_string(),
            "sequence shop, history in table migrations
  number  name   state                         when                  took   by
  0001    load   applied                       2026-01-02 03:04:05Z  1.3 s  ana on laptop (process 7)
  0002    split  failed                        2026-01-02 03:04:05Z         ana on laptop (process 7)
  0003    clean  pending (after the deploy)
  0004    later  skipped (not in this binary)  2026-01-02 03:04:05Z         ana on laptop (process 7)
0002 split failed: no such field
lock: held since 2026-01-02 03:04:05Z by ana (process 7), shop 1.0.0
  doing: migration 0002 split\\u{1b}[2J (epoch 4, beat 2; taken over if it stands still for 30.0 s)
paused by ana since 2026-01-02 03:04:05Z: no item is read or written until `migrate resume`
throttled by bob since 2026-01-02 03:04:06Z, until `migrate throttle off`: write units 200 per second, read units unlimited
safe to run again: yes
next: migrate up
"
        );
    }

    #[test]
    fn a_free_lock() {
        assert_eq!(lock(None).to_string(), "lock: free, never taken\n");
        let released = LockInfo { released: true, ..held() };
        assert_eq!(
            lock(Some(&released)).to_string(),
            "lock: free, epoch 4; last held by ana (process 7), shop 1.0.0 from 2026-01-02 03:04:05Z\n"
        );
    }
}
