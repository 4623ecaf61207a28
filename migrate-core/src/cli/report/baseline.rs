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
    if stage != Stage::Done {
        list(&mut text, baseline);
    }
    if baseline.is_empty() {
        text.line(Tone::Good, "Nothing to record: those migrations are settled, and every declared table that exists is ours.");
        return text;
    }
    let migrations = count(baseline.migrations.len(), "migration", "migrations");
    let (tables, indexes) = adopted(&baseline.tables);
    let mut all = vec![migrations, count(tables, "table", "tables")];
    all.extend((indexes > 0).then(|| count(indexes, "index", "indexes")));
    let all = all.join(", ");
    if stage == Stage::Before {
        text.line(Tone::Strong, format_args!("Baseline: {all} to record; no table is changed by it."));
    } else {
        text.line(Tone::Good, format_args!("Recorded: {all}. No table was changed; `migrate plan` shows what `up` will do."));
    }
    text
}

fn list(text: &mut Text, baseline: &Baseline) {
    for migration in &baseline.migrations {
        text.line(Tone::Hint, format_args!("  > {migration}: counts as applied, is not run"));
    }
    list_adoptions(text, &baseline.tables);
}

/// How many tables and indexes come under ownership.
fn adopted(adoptions: &[Adoption]) -> (usize, usize) {
    let of = |index: bool| adoptions.iter().filter(|one| one.adopted && one.index.is_some() == index).count();
    (of(false), of(true))
}

/// The tables and indexes, each with what differs.
pub(in crate::cli) fn adopt(adoptions: &[Adoption], stage: Stage) -> Text {
    let mut text = Text::new();
    if stage != Stage::Done {
        list_adoptions(&mut text, adoptions);
    }
    let (tables, indexes) = adopted(adoptions);
    let parts = [(tables, "table", "tables"), (indexes, "index", "indexes")];
    let parts = parts.into_iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(number, one, many));
    let count = parts.collect::<Vec<_>>().join(", ");
    if count.is_empty() {
        let why = match adoptions {
            [] => "every table that was meant and exists is ours, and every index on another sequence's",
            [..] => "what is here and not ours has another shape",
        };
        text.line(Tone::Good, format_args!("Nothing to record: {why}."));
        return text;
    }
    if stage == Stage::Before {
        text.line(Tone::Strong, format_args!("Adopt: {count} to record; no table is changed and no migration settled by it."));
    } else {
        text.line(Tone::Good, format_args!("Recorded: {count}. No table was changed; `migrate plan` shows what `up` will do."));
    }
    text
}

fn list_adoptions(text: &mut Text, adoptions: &[Adoption]) {
    for adoption in adoptions {
        let table = &adoption.table;
        let line = match (&adoption.index, adoption.adopted) {
            (None, _) => format!("  ? table {table} comes under ownership"),
            (Some(index), true) => format!("  ? index {table}/{index} comes under ownership"),
            (Some(index), false) => format!("  ! index {table}/{index} has another shape, and is left alone"),
        };
        text.line(Tone::Change, line);
        for difference in &adoption.differences {
            text.line(Tone::Plain, format_args!("      differs: {difference}"));
        }
        if adoption.differences.is_empty() {
            text.line(Tone::Faint, "      is as declared");
        }
        if !adoption.adopted {
            text.line(Tone::Hint, "      declare it as it is and adopt that, then change it; or declare one under a new name");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::diff::Change;
    use crate::schema::{Delta, GlobalIndex, IndexKey, IndexName, KeyElement, Projection, ScalarType, SettingChange, TableName};

    #[test]
    fn every_difference_is_shown_before() {
        let adoption = |name: &'static str, differences| Adoption {
            table: TableName::checked(name),
            table_id: None,
            index: None,
            adopted: true,
            differences,
        };
        let differs = vec![Change::Setting(SettingChange::DeletionProtection(Delta::new(false, true)))];
        let tables = vec![adoption("orders", differs), adoption("users", Vec::new())];
        let found = Baseline { migrations: vec![id(1, "load")], tables };
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

    #[test]
    fn an_index_of_another_shape_is_shown_and_not_counted() {
        let key = |attribute| IndexKey { partition: vec![KeyElement::new(attribute, ScalarType::S)], sort: Vec::new() };
        let shape = |attribute| GlobalIndex::new(key(attribute), Projection::All);
        let adoption = |name: &'static str, differences: Vec<Change>| Adoption {
            table: TableName::checked("orders"),
            table_id: None,
            index: Some(IndexName::checked(name)),
            adopted: differences.is_empty(),
            differences,
        };
        let index = IndexName::checked("by-name");
        let differs = Change::GlobalIndexDiffers { index, live: shape("first"), declared: shape("name") };
        let found = [adoption("by-day", Vec::new()), adoption("by-name", vec![differs])];
        let left = "  ! index orders/by-name has another shape, and is left alone
      differs: global index by-name: (first S) projection all → (name S) projection all
      declare it as it is and adopt that, then change it; or declare one under a new name
";
        assert_eq!(
            adopt(&found, Stage::Before).to_string(),
            format!(
                "  ? index orders/by-day comes under ownership
      is as declared
{left}Adopt: 1 index to record; no table is changed and no migration settled by it.
"
            )
        );
        let nothing = format!("{left}Nothing to record: what is here and not ours has another shape.\n");
        assert_eq!(adopt(&found[1..], Stage::DoneUnseen).to_string(), nothing);
        let mut numbers = Baseline { tables: found.into(), ..Baseline::default() };
        let done = baseline(&numbers, Stage::Done).to_string();
        assert!(done.starts_with("Recorded: 0 migrations, 0 tables, 1 index."), "{done}");
        numbers.tables.remove(0);
        let done = baseline(&numbers, Stage::DoneUnseen).to_string();
        assert!(numbers.is_empty() && done.starts_with(left) && done.contains("Nothing to record"), "{done}");
        let json = serde_json::to_value(&numbers.tables[0]).unwrap();
        assert_eq!((&json["index"], &json["adopted"]), (&"by-name".into(), &false.into()));
    }
}
