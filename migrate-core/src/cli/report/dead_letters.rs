//! Items that were put aside, by their keys; it never knows their content.

use super::markdown::{code, escape, table};
use super::text::{Text, Tone};
use super::words::{count, time};
use crate::migration::MigrationId;
use crate::migrator::DeadLetter;

/// Each with its key and what was wrong.
pub(in crate::cli) fn dead_letters(migration: &MigrationId, letters: &[DeadLetter]) -> Text {
    let mut text = Text::new();
    text.line(if letters.is_empty() { Tone::Good } else { Tone::Strong }, head(migration, letters));
    for DeadLetter { table, key, error, job, at } in letters {
        text.add(Tone::Change, format_args!("  {table} {key}"));
        text.line(Tone::Faint, format_args!("  {}  ({job})", time(*at)));
        text.plain("    ").lines(Tone::Plain, "    ", error);
    }
    text
}

/// The same for a pull request.
pub(in crate::cli) fn dead_letters_markdown(migration: &MigrationId, letters: &[DeadLetter]) -> String {
    let head = format!("**{}**", escape(&head(migration, letters)));
    if letters.is_empty() {
        return head;
    }
    let rows: Vec<[String; 5]> = letters
        .iter()
        .map(|DeadLetter { table, key, error, job, at }| [code(table), code(key), code(error), time(*at), code(job)])
        .collect();
    let what = count(rows.len(), "dead letter", "dead letters");
    format!("{head}\n\n{}", table(["table", "key", "error", "when", "job"], &rows, &what))
}

fn head(migration: &MigrationId, letters: &[DeadLetter]) -> String {
    match letters.len() {
        0 => format!("Migration {migration} put no item aside."),
        some => format!("Migration {migration} put {} aside:", count(some, "item", "items")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;

    fn letters() -> Vec<DeadLetter> {
        let letter = |key: &str, error: &str| DeadLetter {
            table: "orders".to_owned(),
            key: key.to_owned(),
            error: error.to_owned(),
            job: "update orders 1".to_owned(),
            at: "2026-01-02T03:04:05Z".parse().unwrap(),
        };
        vec![letter("(\"a\", 5)", "no `total`\nin\u{1b}[2J it"), letter("0x00ff", "a|b")]
    }

    #[test]
    fn for_people() {
        let text = "Migration 0003 split put 2 items aside:
  orders (\"a\", 5)  2026-01-02 03:04:05Z  (update orders 1)
    no `total`
    in\\u{1b}[2J it
  orders 0x00ff  2026-01-02 03:04:05Z  (update orders 1)
    a|b
";
        assert_eq!(dead_letters(&id(3, "split"), &letters()).to_string(), text);
        assert_eq!(dead_letters(&id(3, "split"), &[]).to_string(), "Migration 0003 split put no item aside.\n");
    }

    #[test]
    fn for_a_pull_request() {
        let text = "**Migration 0003 split put 1 item aside:**

| table | key | error | when | job |
| --- | --- | --- | --- | --- |
| <code>orders</code> | <code>0x00ff</code> | <code>a&#124;b</code> | 2026-01-02 03:04:05Z | <code>update orders 1</code> |";
        assert_eq!(dead_letters_markdown(&id(3, "split"), &letters()[1..]), text);
        assert_eq!(dead_letters_markdown(&id(3, "split"), &[]), "**Migration 0003 split put no item aside.**");
    }
}
