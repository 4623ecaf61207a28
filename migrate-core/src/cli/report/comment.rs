//! Results for a pull request: what `plan`, `up`, `status` and `check` say, as tables and lists. It never knows how they came about.

use super::check::Finding;
use super::lines::{Line, sections, total};
use super::markdown::{code, escape, fenced, list, table};
use super::plan::{refusal_glyph, summary};
use super::status::{HEAD, cells, failures};
use super::text::Text;
use super::words::count;
use crate::migrator::Status;
use crate::plan::{Notice, Plan, Refusal};

/// The sum first, then what stops it, then every line, then what is worth knowing.
pub(in crate::cli) fn plan(plan: &Plan) -> String {
    let mut blocks = vec![format!("**{}**", escape(&summary(plan)))];
    blocks.extend(plan.estimate().as_ref().and_then(total).map(|total| escape(&total)));
    if let Some(ahead) = &plan.ahead {
        blocks.push(escape(&super::up::ahead(ahead).to_string()));
    }
    blocks.extend(refusals(plan));
    let rows: Vec<[String; 3]> =
        sections(plan).iter().flat_map(|section| section.lines.iter().map(|line| row(&section.title, line))).collect();
    if !rows.is_empty() {
        blocks.push(table(["", "of", "what"], &rows, &count(rows.len(), "line", "lines")));
    }
    blocks.extend(notices(&plan.notices));
    blocks.join("\n\n")
}

fn row(title: &str, line: &Line) -> [String; 3] {
    let Line { glyph, tone: _, what, mark, aside, notes } = line;
    let mut cell = what.iter().map(|what| code(what)).collect::<Vec<_>>();
    if let Some(first) = cell.first_mut() {
        let mark = mark.iter().map(|mark| format!(" **{}**", escape(mark)));
        let aside = aside.iter().map(|aside| format!(" {}", escape(aside)));
        first.extend(mark.chain(aside));
    }
    cell.extend(notes.iter().map(|note| format!("<sub>{}</sub>", escape(note))));
    [format!("`{glyph}`"), escape(title), cell.join("<br>")]
}

/// What stops a run before its first write.
pub(in crate::cli) fn refusals(plan: &Plan) -> Option<String> {
    let entries: Vec<(String, Vec<String>)> = plan.refusals.iter().map(refusal).collect();
    (!entries.is_empty()).then(|| format!("**Refused before the first write:**\n\n{}", list(&entries)))
}

fn refusal(refusal: &Refusal) -> (String, Vec<String>) {
    let Refusal { kind, table: _, what, differences, recipe, hazard: _ } = refusal;
    let differences = differences.iter().map(|change| format!("differs: {}", code(&change.to_string())));
    let recipe = recipe.iter().map(|help| format!("help: {}", escape(help)));
    (format!("`{}` {}: {}", refusal_glyph(*kind), kind.code(), escape(what)), differences.chain(recipe).collect())
}

fn notices(notices: &[Notice]) -> Option<String> {
    let entries: Vec<(String, Vec<String>)> = notices
        .iter()
        .map(|notice| (format!("note: {}", escape(&notice.what)), notice.help.iter().map(|help| escape(help)).collect()))
        .collect();
    (!entries.is_empty()).then(|| list(&entries))
}

/// Every migration, the lock, and what is next.
pub(in crate::cli) fn status(status: &Status, safe: &str, (next, remark): (&str, &str)) -> String {
    let mut blocks =
        vec![format!("sequence {}, history in table {}", code(&status.sequence), code(status.management_table.as_ref()))];
    if !status.managed {
        blocks.push("That table is not there: nothing was ever run here.".to_owned());
    }
    blocks.extend(status.environment.as_ref().map(|environment| format!("environment {}", escape(&environment.to_string()))));
    let rows: Vec<[String; 6]> = status.migrations.iter().map(|row| cells(row).0.map(|cell| escape(&cell))).collect();
    if !rows.is_empty() {
        blocks.push(table(HEAD, &rows, &count(rows.len(), "migration", "migrations")));
    }
    let failed = failures(&status.migrations).map(|(id, error)| (format!("{} failed: {}", escape(&id), code(error)), Vec::new()));
    let said = super::control::sayings(&status.in_force).into_iter().map(|saying| (escape(&saying), Vec::new()));
    let lock = (escape(super::status::lock(status.lock.as_ref()).to_string().trim_end()), Vec::new());
    let lines = failed
        .chain([lock])
        .chain(said)
        .chain([(format!("safe to run again: {}", escape(safe)), Vec::new())])
        .chain([(format!("next: {} {}", code(next), escape(remark)).trim_end().to_owned(), Vec::new())]);
    blocks.push(list(&lines.collect::<Vec<_>>()));
    blocks.join("\n\n")
}

/// A policy, or another document that is JSON.
pub(in crate::cli) fn document(json: &str) -> String {
    format!("{}\n", fenced("json", json))
}

/// The verdict first, then what was found; `text` is what people read of it.
pub(in crate::cli) fn check(text: &Text, findings: &[Finding]) -> String {
    let text = text.to_string();
    let verdict = format!("**{}**", escape(text.lines().last().unwrap_or_default()));
    let entry = |Finding { kind, code: number, what, exit: _ }: &Finding| {
        let number = number.map(|number| format!(" {number}")).unwrap_or_default();
        (format!("{kind}{number}: {}", code(what)), Vec::new())
    };
    let entries: Vec<_> = findings.iter().map(entry).collect();
    if entries.is_empty() { verdict } else { format!("{verdict}\n\n{}", list(&entries)) }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::{empty, id, rich};
    use super::*;
    use crate::cli::exit::Exit;
    use crate::error::ErrorKind;
    use crate::history::{Environment, MigrationState, MigrationStatus};
    use crate::migrator::{Row, RowState};

    /// What a reader sees of it: without markup.
    fn seen(markdown: &str) -> String {
        let mut seen = markdown.to_owned();
        for tag in ["<code>", "</code>", "<sub>", "</sub>", "**"] {
            seen = seen.replace(tag, "");
        }
        for c in "|`*_[]~#\\$+@".chars() {
            seen = seen.replace(&format!("&#{};", u32::from(c)), &c.to_string());
        }
        seen.replace("<br>", "\n").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn a_plan_says_all_that_people_read_of_it() {
        let markdown = plan(&rich());
        let seen = seen(&markdown);
        for line in super::super::plan::plan(&rich()).to_string().lines() {
            let parts = line.trim().trim_start_matches(['+', '~', '-', '!', '?', '>', '…', ' ']);
            // A remark stands in its own markup, the code of a refusal before it, and a title beside each of its lines.
            let parts = parts.split("  ").map(|part| part.trim_start_matches("help: "));
            for part in parts.filter(|part| !part.starts_with("refused: ") && !part.starts_with('[')) {
                assert!(seen.contains(part), "«{part}» is missing: {seen}");
            }
        }
    }

    #[test]
    fn a_plan_for_a_pull_request() {
        let mut small = empty();
        small.migrations = rich().migrations[..1].to_vec();
        small.unknown = rich().unknown;
        small.refusals = vec![Refusal::new(ErrorKind::NotOwned, "table `a|b` is here").help("adopt it")];
        small.notices = vec![Notice::new("<x> stays", "drop it")];
        assert_eq!(
            plan(&small),
            "**Plan: 0 to create, 0 to change, 0 to drop, 1 migration; 1 refused.**

In all: &#126;41 minutes, &#126;&#36;0.77 once (list price, us-east-1)

**Refused before the first write:**

- `?` M0303: table &#96;a&#124;b&#96; is here
  - help: adopt it

|  | of | what |
| --- | --- | --- |
| `>` | migrations | <code>0001 load</code> **(H114 accepted)** Does 1.<br><sub>H114, table customers: its stream is on, and about 1204000 records will be emitted if each item is changed</sub><br><sub>table customers: &#126;1,204,000 items, at most &#126;1.2 million write units and &#126;118,000 read units, at least &#126;41 minutes at 500 write units a second, at most &#126;&#36;0.77</sub> |
| `?` | not known | <code>customers, time to live: unknown (needs dynamodb:DescribeTimeToLive)</code> |

- note: &lt;x&gt; stays
  - drop it"
        );
    }

    #[test]
    fn many_lines_are_folded() {
        assert!(plan(&rich()).contains("<details><summary>14 lines</summary>\n\n|  | of | what |"), "{}", plan(&rich()));
    }

    #[test]
    fn a_status_and_a_check() {
        let row = Row {
            id: id(1, "load"),
            record: RowState::Pending,
            in_code: true,
            edited: false,
            unsettled: false,
            after_deploy: true,
            description: String::new(),
        };
        let state = MigrationState {
            migration: id(2, "split"),
            fingerprint: String::new(),
            status: MigrationStatus::Failed { error: "no <field>".to_owned() },
            breaking: false,
            at: "2026-01-02T03:04:05Z".parse().unwrap(),
            by: "ana".to_owned(),
            attempts: 1,
            tables: Vec::new(),
        };
        let failed = Row { id: id(2, "split"), record: RowState::Recorded(Box::new(state)), after_deploy: false, ..row.clone() };
        let found = Status {
            sequence: "shop".into(),
            management_table: "migrations".into(),
            environment: Some(Environment { name: "prod".into(), account: None, region: None }),
            managed: false,
            migrations: vec![row, failed],
            lock: None,
            in_force: super::super::control::tests::both(),
        };
        assert_eq!(
            status(&found, "yes", ("migrate up", "(or `resolve`)")),
            "sequence <code>shop</code>, history in table <code>migrations</code>

That table is not there: nothing was ever run here.

environment &#96;prod&#96;

| number | name | state | when | took | by |
| --- | --- | --- | --- | --- | --- |
| 0001 | load | pending (after the deploy) |  |  |  |
| 0002 | split | failed | 2026-01-02 03:04:05Z |  | ana |

- 0002 split failed: <code>no &lt;field&gt;</code>
- lock: free, never taken
- paused by ana since 2026-01-02 03:04:05Z: no item is read or written until &#96;migrate resume&#96;
- throttled by bob since 2026-01-02 03:04:06Z, until &#96;migrate throttle off&#96;: write units 200 per second, read units unlimited
- safe to run again: yes
- next: <code>migrate up</code> (or &#96;resolve&#96;)"
        );
        let findings = [Finding { kind: "drift", code: Some("M0303"), what: "a | b".to_owned(), exit: Exit::Pending }];
        let text = super::super::check::check("shop", &findings, None);
        assert_eq!(
            check(&text, &findings),
            "**Pending: shop is not as declared; &#96;migrate plan&#96; shows what &#96;up&#96; would do.**

- drift M0303: <code>a &#124; b</code>"
        );
    }
}
