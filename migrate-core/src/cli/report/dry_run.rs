//! What a dry run found, in words; values of items stand in it only where they were asked for.

use super::markdown::{code, escape, list};
use super::text::{Text, Tone};
use super::up::ahead;
use super::words::{count, passage, thousands};
use crate::history::Counts;
use crate::migrator::{DryRunReport, TriedAttribute, TriedChange, TriedEnd, TriedJob, TriedMigration};

/// Migration by migration, and what it comes to.
pub(in crate::cli) fn dry_run(report: &DryRunReport) -> Text {
    let mut text = report.ahead.as_ref().map(ahead).unwrap_or_default();
    for tried in &report.migrations {
        text.line(Tone::Hint, format_args!("migration {}", tried.migration));
        for job in &tried.jobs {
            let (head, notes) = told(job);
            text.line(Tone::Plain, format_args!("  {head}"));
            notes.iter().for_each(|note| {
                text.line(Tone::Faint, format_args!("      {note}"));
            });
        }
        for note in notes(tried) {
            text.add(Tone::Change, "  note: ").line(Tone::Plain, note);
        }
        if let Some((tone, end)) = end(&tried.end) {
            text.add(tone, "  ").lines(tone, "    ", end);
        }
        tried.samples.iter().for_each(|change| sample(&mut text, change));
    }
    for skipped in &report.skipped {
        text.line(Tone::Faint, format_args!("migration {skipped} would only be recorded: the database is fresh"));
    }
    let tone = if report.has_failed() { Tone::Bad } else { Tone::Good };
    text.line(tone, sum(report));
    text
}

/// The same for a pull request.
pub(in crate::cli) fn dry_run_markdown(report: &DryRunReport) -> String {
    let entry = |tried: &TriedMigration| {
        let jobs = tried.jobs.iter().flat_map(|job| {
            let (head, notes) = told(job);
            std::iter::once(escape(&head)).chain(notes.into_iter().map(|note| format!("<sub>{}</sub>", escape(&note))))
        });
        let notes = notes(tried).into_iter().map(|note| format!("note: {}", escape(&note)));
        let end = end(&tried.end).map(|(_, end)| format!("**{}**", escape(&end)));
        let samples = tried.samples.iter().flat_map(|TriedChange { table, key, attributes }| {
            let item = code(&format!("{table} {key}"));
            attributes.iter().map(move |TriedAttribute { name, before, after }| {
                let value = |value: &Option<String>| value.as_ref().map_or_else(|| "nothing".to_owned(), |value| code(value));
                format!("{item}: {} {} → {}", code(name), value(before), value(after))
            })
        });
        (code(&tried.migration.to_string()), jobs.chain(notes).chain(end).chain(samples).collect())
    };
    let skipped =
        report.skipped.iter().map(|skipped| (format!("{} would only be recorded", code(&skipped.to_string())), Vec::new()));
    let entries: Vec<(String, Vec<String>)> = report.migrations.iter().map(entry).chain(skipped).collect();
    let warning = report.ahead.as_ref().map(|state| format!("{}\n\n", escape(ahead(state).to_string().trim_end())));
    let sum = format!("{}**{}**", warning.unwrap_or_default(), escape(&sum(report)));
    if entries.is_empty() { sum } else { format!("{sum}\n\n{}", list(&entries)) }
}

fn sum(report: &DryRunReport) -> String {
    let failed = report.migrations.iter().filter(|tried| matches!(tried.end, TriedEnd::Failed { .. })).count();
    let asking = report.migrations.iter().filter(|tried| tried.end == TriedEnd::Asks).count();
    let tried = count(report.migrations.len() - asking, "migration", "migrations");
    let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
    let failed = if asking == 0 { failed } else { format!("{failed}, {asking} not called") };
    match report.migrations.len() {
        0 => "Dry run: no migration is due, and nothing was written.".to_owned(),
        1 => format!("Dry run: {tried} tried{failed}, nothing was written."),
        _ => format!("Dry run: {tried} tried{failed}, each on items as they are now; nothing was written."),
    }
}

/// What a job did, and what it comes to on the whole table.
fn told(job: &TriedJob) -> (String, Vec<String>) {
    let TriedJob { job: name, looked_at, of_items, counts, in_all, estimate, .. } = job;
    let looked = match (looked_at, of_items) {
        // What is put is brought by the migration.
        (0, _) if counts.inserted > 0 => None,
        (looked, Some(of)) if of > looked => Some(format!("{} of ~{} items looked at", thousands(*looked), thousands(*of))),
        (looked, Some(_) | None) => Some(format!("all {} looked at", items(*looked))),
    };
    let parts: Vec<String> = looked.into_iter().chain(Some(would(counts))).collect();
    let all = in_all.as_ref().map(|all| format!("in all roughly: {}", would(all)));
    let estimate = estimate.as_ref().map(|estimate| format!("{} (list price, us-east-1)", passage(estimate)));
    (format!("{name}: {}", parts.join(", ")), all.into_iter().chain(estimate).collect())
}

fn items(number: u64) -> String {
    format!("{} {}", thousands(number), if number == 1 { "item" } else { "items" })
}

/// `12 would change, 3 would be deleted`.
fn would(counts: &Counts) -> String {
    let Counts { changed, inserted, deleted, failed, .. } = *counts;
    let all = [(changed, "would change"), (inserted, "would be inserted"), (deleted, "would be deleted"), (failed, "would fail")];
    let shown: Vec<String> = all.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", thousands(*n))).collect();
    if shown.is_empty() { "none would change".to_owned() } else { shown.join(", ") }
}

fn notes(tried: &TriedMigration) -> Vec<String> {
    let without = tried.without.iter().map(|step| format!("tried without what this run would do before: {step}"));
    without.collect()
}

fn end(end: &TriedEnd) -> Option<(Tone, String)> {
    match end {
        TriedEnd::Whole => None,
        TriedEnd::Asks => Some((
            Tone::Change,
            "it was not called: it says `on_interrupt = ask`, and a dry run holds back only writes of items".to_owned(),
        )),
        TriedEnd::Wrote { text } => {
            Some((Tone::Change, format!("it writes by itself, and a dry run cannot go further there: {text} [M0607]")))
        }
        TriedEnd::Absent { text } => {
            Some((Tone::Change, format!("a table is not there yet, so that a dry run cannot go further: {text}")))
        }
        TriedEnd::Behind { behind, text } => {
            let behind: Vec<String> = behind.iter().map(ToString::to_string).collect();
            let behind = behind.join(", ");
            Some((
                Tone::Change,
                format!(
                    "it cannot be tried before {behind}, which in a run goes before it and changes items of the same table: {text}"
                ),
            ))
        }
        TriedEnd::Failed { code, text } => Some((Tone::Bad, format!("it fails: {text} [{code}]"))),
    }
}

/// An item before and after.
fn sample(text: &mut Text, change: &TriedChange) {
    text.line(Tone::Strong, format_args!("    {} {}", change.table, change.key));
    for TriedAttribute { name, before, after } in &change.attributes {
        text.plain(format_args!("      {name}: "));
        for (tone, value, then) in [(Tone::Bad, before, " → "), (Tone::Good, after, "")] {
            match value {
                Some(value) => text.add(tone, value),
                None => text.add(Tone::Faint, "nothing"),
            };
            text.plain(then);
        }
        text.end();
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::id;
    use super::*;
    use crate::plan::{Limit, Pace, Passage};

    fn report() -> DryRunReport {
        let pace = Some(Pace { seconds: 2_408, per_second: 500, of: Limit::WriteUnits });
        let estimate =
            Passage { items: 1_204_000, write_units: 14_448, read_units: 118_000, pace, once_microdollars: Some(23_000) };
        let update = TriedJob {
            job: "update orders 1".to_owned(),
            table: "orders".to_owned(),
            looked_at: 1_000,
            of_items: Some(1_204_000),
            counts: Counts { scanned: 1_000, changed: 12, deleted: 1, failed: 1, ..Counts::default() },
            in_all: Some(Counts { scanned: 1_204_000, changed: 14_448, deleted: 1_204, ..Counts::default() }),
            estimate: Some(estimate),
        };
        let counts = Counts { inserted: 5, ..Counts::default() };
        let put = TriedJob {
            job: "put_all orders 1".to_owned(),
            looked_at: 0,
            of_items: None,
            counts,
            in_all: None,
            estimate: None,
            ..update.clone()
        };
        let verify = TriedJob {
            job: "verify orders 1".to_owned(),
            looked_at: 1,
            of_items: None,
            counts: Counts::default(),
            ..put.clone()
        };
        let attribute = |name: &str, before: Option<&str>, after: Option<&str>| TriedAttribute {
            name: name.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let attributes = vec![
            attribute("email", Some(r#"{"S":"A|\u{1b}"}"#), Some(r#"{"S":"a"}"#)),
            attribute("new", None, Some(r#"{"N":"1"}"#)),
        ];
        let samples = vec![TriedChange { table: "orders".to_owned(), key: "\"7\"".to_owned(), attributes }];
        let tried = |number, name: &str, end| TriedMigration {
            migration: id(number, name),
            end,
            jobs: Vec::new(),
            without: Vec::new(),
            samples: Vec::new(),
        };
        DryRunReport {
            sequence: "shop".to_owned(),
            migrations: vec![
                TriedMigration {
                    jobs: vec![update, put, verify],
                    without: vec!["create index orders/by-day".to_owned()],
                    samples,
                    ..tried(2, "lower", TriedEnd::Whole)
                },
                tried(3, "own", TriedEnd::Wrote { text: "PutItem would write, and this command only reads".to_owned() }),
                tried(4, "later", TriedEnd::Absent { text: "table `x` is not there".to_owned() }),
                tried(5, "odd", TriedEnd::Failed { code: "M0703", text: "no `email`\nin \u{1b}it".to_owned() }),
            ],
            skipped: vec![id(1, "load")],
            ahead: None,
        }
    }

    #[test]
    fn for_people() {
        let text = "migration 0002 lower
  update orders 1: 1,000 of ~1,204,000 items looked at, 12 would change, 1 would be deleted, 1 would fail
      in all roughly: 14,448 would change, 1,204 would be deleted
      ~1,204,000 items, at most ~14,448 write units and ~118,000 read units, at least ~41 minutes at 500 write units a second, at most ~$0.02 (list price, us-east-1)
  put_all orders 1: 5 would be inserted
  verify orders 1: all 1 item looked at, none would change
  note: tried without what this run would do before: create index orders/by-day
    orders \"7\"
      email: {\"S\":\"A|\\u{1b}\"} → {\"S\":\"a\"}
      new: nothing → {\"N\":\"1\"}
migration 0003 own
  it writes by itself, and a dry run cannot go further there: PutItem would write, and this command only reads [M0607]
migration 0004 later
  a table is not there yet, so that a dry run cannot go further: table `x` is not there
migration 0005 odd
  it fails: no `email`
    in \\u{1b}it [M0703]
migration 0001 load would only be recorded: the database is fresh
Dry run: 4 migrations tried, 1 failed, each on items as they are now; nothing was written.
";
        assert_eq!(dry_run(&report()).to_string(), text);
        let nothing = DryRunReport { sequence: String::new(), migrations: Vec::new(), skipped: Vec::new(), ahead: None };
        assert_eq!(dry_run(&nothing).to_string(), "Dry run: no migration is due, and nothing was written.\n");
    }

    #[test]
    fn for_a_pull_request() {
        let text = dry_run_markdown(&report());
        for part in [
            "**Dry run: 4 migrations tried, 1 failed, each on items as they are now; nothing was written.**\n\n- <code>0002 lower</code>\n  - update orders 1: 1,000 of &#126;1,204,000 items",
            "  - <sub>in all roughly: 14,448 would change, 1,204 would be deleted</sub>",
            "  - <code>orders &quot;7&quot;</code>: <code>email</code> <code>{",
            "&#124;",
            "<code>new</code> nothing → <code>",
            "  - **it fails: no &#96;email&#96;<br>in &#92;u{1b}it &#91;M0703&#93;**",
            "- <code>0001 load</code> would only be recorded",
        ] {
            assert!(text.contains(&part.replace("&quot;", "\"")), "«{part}» is missing:\n{text}");
        }
    }

    #[test]
    fn for_machines() {
        let json = serde_json::to_value(report()).unwrap();
        let first = &json["migrations"][0];
        assert_eq!((&first["version"], &first["name"], &first["end"]), (&2.into(), &"lower".into(), &"whole".into()), "{json:#}");
        assert_eq!(
            (&first["jobs"][0]["counts"]["changed"], &first["jobs"][0]["in_all"]["changed"]),
            (&12.into(), &14_448.into())
        );
        assert_eq!((&json["migrations"][1]["end"], &json["migrations"][3]["code"]), (&"wrote".into(), &"M0703".into()));
        assert_eq!(first["samples"][0]["attributes"][1]["before"], serde_json::Value::Null);
    }
}
