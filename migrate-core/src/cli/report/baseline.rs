//! What `baseline` and `adopt` record, with every difference; it never knows whether it was recorded already.

use super::text::{Text, Tone};
use super::words::count;
use crate::migrator::{Adoption, Baseline};

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Stage {
    /// Shown before it is recorded.
    Before,
    /// Recorded; what it is was shown.
    Done,
    /// Recorded, and nothing was shown.
    DoneUnseen,
}

/// The migrations and tables, each table with what differs.
pub(in crate::cli) fn baseline(baseline: &Baseline, stage: Stage) -> Text {
    let mut text = Text::new();
    if baseline.is_empty() {
        text.line(Tone::Good, "Nothing to record: those migrations are settled, and every declared table that exists is ours.");
        return text;
    }
    if stage != Stage::Done {
        list(&mut text, baseline);
    }
    let migrations = count(baseline.migrations.len(), "migration", "migrations");
    let tables = count(baseline.tables.len(), "table", "tables");
    if stage == Stage::Before {
        text.line(Tone::Strong, format_args!("Baseline: {migrations}, {tables} to record; no table is changed by it."));
    } else {
        text.line(
            Tone::Good,
            format_args!("Recorded: {migrations}, {tables}. No table was changed; `migrate plan` shows what `up` will do."),
        );
    }
    text
}

fn list(text: &mut Text, baseline: &Baseline) {
    for migration in &baseline.migrations {
        text.line(Tone::Hint, format_args!("  > {migration}: counts as applied, is not run"));
    }
    adoptions(text, &baseline.tables);
}

/// The tables, each with what differs.
pub(in crate::cli) fn adopt(tables: &[Adoption], stage: Stage) -> Text {
    let mut text = Text::new();
    if tables.is_empty() {
        text.line(Tone::Good, "Nothing to record: every table that was meant and exists is ours.");
        return text;
    }
    if stage != Stage::Done {
        adoptions(&mut text, tables);
    }
    let count = count(tables.len(), "table", "tables");
    if stage == Stage::Before {
        text.line(Tone::Strong, format_args!("Adopt: {count} to record; no table is changed and no migration settled by it."));
    } else {
        text.line(Tone::Good, format_args!("Recorded: {count}. No table was changed; `migrate plan` shows what `up` will do."));
    }
    text
}

fn adoptions(text: &mut Text, tables: &[Adoption]) {
    for adoption in tables {
        text.line(Tone::Change, format_args!("  ? table {} comes under ownership", adoption.table));
        for difference in &adoption.differences {
            text.line(Tone::Plain, format_args!("      differs: {difference}"));
        }
        if adoption.differences.is_empty() {
            text.line(Tone::Faint, "      is as declared");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::diff::Change;
    use crate::schema::{Delta, SettingChange, TableName};

    #[test]
    fn every_difference_is_shown_before() {
        let adoption =
            |name: &'static str, differences| Adoption { table: TableName::new(name).unwrap(), table_id: None, differences };
        let differs = vec![Change::Setting(SettingChange::DeletionProtection(Delta::new(false, true)))];
        let mut found = Baseline::default();
        found.migrations = vec![id(1, "load")];
        found.tables = vec![adoption("orders", differs), adoption("users", Vec::new())];
        assert_eq!(
            baseline(&found, Stage::Before).to_string(),
            "  > 0001 load: counts as applied, is not run
  ? table orders comes under ownership
      differs: deletion protection: off → on
  ? table users comes under ownership
      is as declared
Baseline: 1 migration, 2 tables to record; no table is changed by it.
"
        );
        assert_eq!(
            adopt(&found.tables[1..], Stage::Before).to_string(),
            "  ? table users comes under ownership
      is as declared
Adopt: 1 table to record; no table is changed and no migration settled by it.
"
        );
        assert!(adopt(&[], Stage::Done).to_string().starts_with("Nothing to record"));
        let done = "Recorded: 1 migration, 2 tables. No table was changed; `migrate plan` shows what `up` will do.\n";
        assert_eq!(baseline(&found, Stage::Done).to_string(), done);
        assert!(baseline(&Baseline::default(), Stage::Before).to_string().starts_with("Nothing to record"));
    }
}
