//! Items that were put aside, by their keys; it never knows their content.

use super::markdown::{code, escape, table};
use super::text::{Text, Tone};
use super::words::{count, counts, time};
use crate::migration::MigrationId;
use crate::migrator::{DeadLetter, Retried};

/// Each with its key and what was wrong.
pub(in crate::cli) fn dead_letters(migration: &MigrationId, letters: &[DeadLetter]) -> Text {
    let mut text = Text::new();
    text.line(if letters.is_empty() { Tone::Good } else { Tone::Strong }, head(migration, letters));
    each(&mut text, letters);
    text
}

/// What came of trying them again.
pub(in crate::cli) fn retried(done: &Retried) -> Text {
    let mut text = Text::new();
    let tone = match (done.left.is_empty(), done.is_allowed) {
        (true, _) => Tone::Good,
        (false, true) => Tone::Change,
        (false, false) => Tone::Bad,
    };
    text.line(tone, outcome(done));
    each(&mut text, &done.left);
    text
}

/// The same for a pull request.
pub(in crate::cli) fn retried_markdown(done: &Retried) -> String {
    let head = format!("**{}**", escape(&outcome(done)));
    if done.left.is_empty() { head } else { format!("{head}\n\n{}", rows(&done.left)) }
}

fn outcome(done: &Retried) -> String {
    let Retried { migration, tried, counts: became, left, is_allowed } = done;
    if *tried == 0 {
        return head(migration, left);
    }
    let left = match (left.len(), is_allowed) {
        (0, _) => "none is left".to_owned(),
        (some, true) => format!("{some} left, which the migration allows"),
        (some, false) => format!("{some} left, more than the migration allows"),
    };
    let tried = count(*tried, "item", "items");
    format!("Migration {migration}: {tried} tried again, {}; {left}.", counts(became))
}

fn each(text: &mut Text, letters: &[DeadLetter]) {
    for DeadLetter { table, key, error, job, at } in letters {
        text.add(Tone::Change, format_args!("  {table} {key}"));
        text.line(Tone::Faint, format_args!("  {}  ({job})", time(*at)));
        text.plain("    ").lines(Tone::Plain, "    ", error);
    }
}

/// The same for a pull request.
pub(in crate::cli) fn dead_letters_markdown(migration: &MigrationId, letters: &[DeadLetter]) -> String {
    let head = format!("**{}**", escape(&head(migration, letters)));
    if letters.is_empty() {
        return head;
    }
    format!("{head}\n\n{}", rows(letters))
}

fn rows(letters: &[DeadLetter]) -> String {
    let rows: Vec<[String; 5]> = letters
        .iter()
        .map(|DeadLetter { table, key, error, job, at }| [code(table), code(key), code(error), time(*at), code(job)])
        .collect();
    let what = count(rows.len(), "dead letter", "dead letters");
    table(["table", "key", "error", "when", "job"], &rows, &what)
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

    #[test]
    fn tried_again() {
        let counts = crate::history::Counts { changed: 1, ..crate::history::Counts::default() };
        let done = Retried { migration: id(3, "split"), tried: 3, counts, left: letters(), is_allowed: false };
        let text = retried(&done).to_string();
        let head = "Migration 0003 split: 3 items tried again, 1 changed; 2 left, more than the migration allows.";
        assert!(text.starts_with(&format!("{head}\n  orders (\"a\", 5)  2026")), "{text}");
        let markdown = retried_markdown(&done);
        assert!(markdown.starts_with(&format!("**{head}**\n\n| table | key |")), "{markdown}");
        let allowed = retried(&Retried { is_allowed: true, ..done.clone() }).to_string();
        assert!(allowed.contains("; 2 left, which the migration allows.\n"), "{allowed}");
        let none = Retried { left: Vec::new(), is_allowed: true, ..done.clone() };
        assert_eq!(retried(&none).to_string(), "Migration 0003 split: 3 items tried again, 1 changed; none is left.\n");
        let nothing = retried_markdown(&Retried { tried: 0, ..none });
        assert_eq!(nothing, "**Migration 0003 split put no item aside.**");
    }
}
