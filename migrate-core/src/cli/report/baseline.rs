//! What `baseline` records, with every difference; it never knows whether it was recorded already.

use super::text::{Text, Tone};
use super::words::count;
use crate::migrator::Baseline;

/// The migrations and tables, each table with what differs.
pub(in crate::cli) fn baseline(baseline: &Baseline, done: bool) -> Text {
    let mut text = Text::new();
    if baseline.is_empty() {
        text.line(Tone::Good, "Nothing to record: those migrations are settled, and every declared table that exists is ours.");
        return text;
    }
    for migration in &baseline.migrations {
        text.line(Tone::Hint, format_args!("  > {migration}: counts as applied, is not run"));
    }
    for adoption in &baseline.tables {
        text.line(Tone::Change, format_args!("  ? table {} comes under ownership", adoption.table));
        for difference in &adoption.differences {
            text.line(Tone::Plain, format_args!("      differs: {difference}"));
        }
        if adoption.differences.is_empty() {
            text.line(Tone::Faint, "      is as declared");
        }
    }
    let migrations = count(baseline.migrations.len(), "migration", "migrations");
    let tables = count(baseline.tables.len(), "table", "tables");
    if done {
        text.line(
            Tone::Good,
            format_args!("Recorded: {migrations}, {tables}. No table was changed; `migrate plan` shows what `up` will do."),
        );
    } else {
        text.line(Tone::Strong, format_args!("Baseline: {migrations}, {tables} to record; no table is changed by it."));
    }
    text
}
