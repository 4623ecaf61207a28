//! Texts from a database, an engine or a person who means harm, through every report: nothing of them steers a terminal, forges a line, or
//! becomes markup.

use std::time::Duration;

use serde_json::json;

use super::plan::tests::{empty, id, rich};
use super::*;
use crate::budget::{InForce, Said};
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::error::{Error, ErrorKind};
use crate::event::UnderWay;
use crate::history::{Counts, Entry, Environment, LockInfo, MigrationState, MigrationStatus, Record, RunInfo};
use crate::migrator::{
    DeadLetter, DryRunReport, Outcome, Report, Retried, Row, RowState, Status, TriedAttribute, TriedChange, TriedEnd, TriedJob,
    TriedMigration, Waited,
};
use crate::plan::{Accepted, Notice, Plan, PlannedStep, Postponed, Refusal, Unknown};
use crate::schema::{Aspect, Delta, Hazard, Setting, SettingChange, TableName};
use crate::step::Step;

/// Escape sequences in both forms, a bell, line ends, turned directions, what does not show, and markup of every sort.
const HOSTILE: &str = "x\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{7f}\u{202e}r\u{2066}\u{200b}z\u{feff}\u{ad}\u{e0041}|\r\nFORGED\r\n\n# FORGED\n- [FORGED](http://evil) \
    ![i](http://evil) <b>FORGED</b> <!-- @FORGED `c` | ``` *FORGED* </details></code> $FORGED$ \u{2028}FORGED\n```\nFORGED\n````text\n| FORGED |";

/// What of it must not come out, as characters; not by the rule that is tested.
const STEERING: [char; 12] = [
    '\u{1b}',
    '\u{7}',
    '\u{9b}',
    '\u{7f}',
    '\r',
    '\u{202e}',
    '\u{2066}',
    '\u{2028}',
    '\u{200b}',
    '\u{feff}',
    '\u{ad}',
    '\u{e0041}',
];

fn hostile() -> String {
    HOSTILE.to_owned()
}

fn run() -> RunInfo {
    let some = || Some(hostile());
    RunInfo { run_id: hostile(), caller: some(), host: some(), pid: 7, binary: hostile(), commit: some(), ci: some() }
}

fn at() -> jiff::Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn in_force_() -> InForce {
    let said = || Some(Said { by: hostile(), at: at() });
    InForce { paused: said(), write: Some(crate::budget::Allowance::PerSecond(1)), read: None, throttled: said() }
}

/// A setting and its change, with what somebody wrote into a tag.
fn step_() -> Step {
    let tags = [(hostile(), Delta::new(Setting::Set(hostile()), Setting::Set(hostile())))].into();
    Step::Set { table: TableName::new("orders").unwrap(), change: SettingChange::Tags { tags } }
}

fn accepted() -> Vec<Accepted> {
    vec![Accepted { hazard: Hazard::StreamOff, what: hostile() }]
}

fn plan_() -> Plan {
    let migrations = rich().migrations.into_iter().map(|mut planned| {
        planned.description = hostile();
        planned.migration.name = hostile();
        planned
    });
    let mut refusal = Refusal::new(ErrorKind::NotOwned, hostile()).help(hostile());
    refusal.differences = vec![crate::diff::Change::Setting(match step_() {
        Step::Set { change, .. } => change,
        other => panic!("{other}"),
    })];
    Plan {
        sequence: hostile(),
        records: vec![Entry::MigrationFailed { migration: id(1, HOSTILE), fingerprint: hostile(), error: hostile() }],
        expand: vec![PlannedStep { step: step_(), reason: Some(hostile()), accepted: accepted(), estimate: None }],
        migrations: migrations.collect(),
        not_now: vec![Postponed { step: step_(), until: None, reason: hostile(), accepted: accepted() }],
        unknown: vec![Unknown { table: TableName::new("orders").unwrap(), setting: Aspect::Ttl, needs: hostile() }],
        refusals: vec![refusal],
        notices: vec![Notice::new(hostile(), hostile())],
        ..empty()
    }
}

fn status_() -> Status {
    let state = MigrationState {
        migration: id(1, HOSTILE),
        fingerprint: hostile(),
        status: MigrationStatus::Failed { error: hostile() },
        breaking: false,
        at: at(),
        by: hostile(),
        attempts: 2,
        tables: vec![hostile()],
    };
    let record = RowState::Recorded(Box::new(state));
    let row = Row {
        id: id(1, HOSTILE),
        record,
        in_code: false,
        edited: true,
        unsettled: false,
        after_deploy: true,
        description: hostile(),
    };
    let lock =
        |released| LockInfo { epoch: 1, beat: 1, released, lease_ms: u64::MAX, since: at(), doing: hostile(), holder: run() };
    Status {
        sequence: hostile(),
        management_table: hostile(),
        managed: false,
        environment: Some(Environment { name: hostile(), account: Some(hostile()), region: Some(hostile()) }),
        migrations: vec![row],
        lock: Some(lock(false)),
        in_force: in_force_(),
    }
}

fn letters() -> Vec<DeadLetter> {
    vec![DeadLetter { table: hostile(), key: hostile(), error: hostile(), job: hostile(), at: at() }]
}

fn dry_run_() -> DryRunReport {
    let ends = [
        TriedEnd::Failed { code: "M0703", text: hostile() },
        TriedEnd::Wrote { text: hostile() },
        TriedEnd::Absent { text: hostile() },
        TriedEnd::Behind { behind: vec![id(1, HOSTILE)], text: hostile() },
    ];
    let job = TriedJob {
        job: hostile(),
        table: hostile(),
        looked_at: 1,
        of_items: None,
        counts: Counts::default(),
        in_all: None,
        estimate: None,
    };
    let some = || Some(hostile());
    let attributes = vec![TriedAttribute { name: hostile(), before: some(), after: some() }];
    let migrations = ends.map(|end| TriedMigration {
        migration: id(1, HOSTILE),
        end,
        jobs: vec![job.clone()],
        without: vec![hostile()],
        samples: vec![TriedChange { table: hostile(), key: hostile(), attributes: attributes.clone() }],
    });
    DryRunReport { sequence: hostile(), migrations: migrations.into(), skipped: vec![id(2, HOSTILE)], ahead: None }
}

fn report() -> Report {
    Report {
        sequence: hostile(),
        outcome: Outcome::Incomplete { why: hostile() },
        steps: vec![step_()],
        unsupported: vec![(step_(), hostile())],
        migrations: Vec::new(),
        notices: plan_().notices,
        later: vec![step_()],
        not_now: plan_().not_now,
        unknown: plan_().unknown,
        waiting: plan_().migrations,
    }
}

fn records() -> Vec<Record> {
    let entries = [
        Entry::MigrationFailed { migration: id(1, HOSTILE), fingerprint: hostile(), error: hostile() },
        Entry::LockForced { ended: 1, holder: hostile(), reason: hostile() },
        Entry::MigrationApplied {
            migration: id(1, HOSTILE),
            fingerprint: hostile(),
            breaking: false,
            duration_ms: u64::MAX,
            counts: Counts::default(),
            tables: vec![hostile()],
        },
        Entry::TableCreated { table: TableName::new("orders").unwrap(), table_id: Some(hostile()) },
    ];
    let record = |entry: Entry| Record { number: 1, at: at(), epoch: 1, run: run(), text: hostile(), entry };
    entries.map(record).into()
}

fn error_() -> Error {
    #[derive(Debug, thiserror::Error)]
    #[error("{HOSTILE}")]
    struct Around(#[source] std::io::Error);
    Error::new(ErrorKind::MigrationFailed, Around(std::io::Error::other(hostile()))).with_help(hostile())
}

/// What a terminal gets, apart from colours of our own.
#[track_caller]
fn is_harmless(what: &str, text: &str) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let (codes, behind) = behind.split_once('m').expect("a colour ends");
        assert!(codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{what}: {text:?}");
        rest = behind;
    }
    plain.push_str(rest);
    assert!(plain.contains("FORGED"), "{what} shows what it is about, or this tests nothing: {plain}");
    assert!(!plain.contains(STEERING), "{what}: {plain:?}");
    let forged = plain.lines().find(|line| line.starts_with("FORGED") || line.starts_with('#'));
    assert_eq!(forged, None, "{what} has a line that nobody of ours wrote: {plain}");
}

/// What GitHub renders: outside of fences no markup of somebody else's, and no fence ends early.
#[track_caller]
fn is_no_markup(what: &str, markdown: &str) {
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line.trim_end() == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                for markup in
                    ["[FORGED]", "![", "<b>", "@FORGED", "*FORGED*", "$FORGED$", "`c`", "| FORGED", "http://evil)</", "```"]
                {
                    assert!(!line.contains(markup), "{what} has {markup}: {line}");
                }
                let ours = [
                    "<code>",
                    "</code>",
                    "<br>",
                    "<sub>",
                    "</sub>",
                    "<details>",
                    "</details>",
                    "<summary>",
                    "</summary>",
                    "<!-- -->",
                ];
                let rest = ours.iter().fold(line.to_owned(), |line, tag| line.replace(tag, ""));
                assert!(!rest.contains('<'), "{what} has a tag of somebody else's: {line}");
                assert_eq!(line.matches("<code>").count(), line.matches("</code>").count(), "{what}: {line}");
                assert!(!line.starts_with("FORGED") && !line.starts_with("# "), "{what}: {line}");
            }
        }
    }
    assert_eq!(fence, None, "{what}: a fence is open: {markdown}");
    assert!(!markdown.contains(STEERING) && markdown.contains("FORGED"), "{what}: {markdown:?}");
}

fn texts() -> Vec<(&'static str, Text)> {
    let migration = id(1, HOSTILE);
    let finding = Finding { kind: "drift", code: None, what: hostile(), exit: Exit::Pending };
    let retried_ =
        Retried { migration: migration.clone(), tried: 1, counts: Counts::default(), left: letters(), is_allowed: false };
    let table = TableName::new("orders").unwrap();
    let waited = Waited { settled: Vec::new(), under_way: vec![UnderWay { table, index: None, status: hostile() }] };
    vec![
        ("plan", plan(&plan_())),
        ("refusals", refusals(&plan_())),
        ("status", status(&status_(), HOSTILE, HOSTILE)),
        ("lock", lock(status_().lock.as_ref())),
        ("history", history(HOSTILE, &records())),
        ("error", error(&error_())),
        ("dead letters", dead_letters(&migration, &letters())),
        ("retried", retried(&retried_)),
        ("dry run", dry_run(&dry_run_())),
        ("check", check(HOSTILE, &[finding], None)),
        ("up", up(&report(), Duration::ZERO, &[], true, true)),
        ("up done", up(&Report { outcome: Outcome::Done, ..report() }, Duration::ZERO, &[], true, true)),
        ("wait", wait(HOSTILE, None, &waited)),
        ("in force", in_force(&in_force_())),
        ("saved", saved(HOSTILE, HOSTILE, HOSTILE)),
        ("source", source(&format!("// {}", HOSTILE.replace(['\n', '\r'], " ")))),
    ]
}

#[test]
fn nothing_steers_a_terminal_or_forges_a_line() {
    for (what, text) in texts() {
        is_harmless(what, text.as_str());
        is_harmless(what, &text.to_string());
    }
}

#[test]
fn nothing_becomes_markup() {
    let migration = id(1, HOSTILE);
    let finding = Finding { kind: "drift", code: None, what: hostile(), exit: Exit::Pending };
    let retried_ =
        Retried { migration: migration.clone(), tried: 1, counts: Counts::default(), left: letters(), is_allowed: false };
    let checked = check(HOSTILE, std::slice::from_ref(&finding), None);
    let blocks = [
        ("plan", comment::plan(&plan_())),
        ("refusals", comment::refusals(&plan_()).unwrap()),
        ("status", comment::status(&status_(), HOSTILE, (HOSTILE, HOSTILE))),
        ("check", comment::check(&checked, &[finding])),
        ("dead letters", dead_letters_markdown(&migration, &letters())),
        ("retried", retried_markdown(&retried_)),
        ("dry run", dry_run_markdown(&dry_run_())),
        ("saved", saved_block(&saved(HOSTILE, HOSTILE, HOSTILE))),
    ];
    for (what, block) in &blocks {
        is_no_markup(what, block);
    }
    // All that has no Markdown of its own stands behind a fence, under a heading that says what it is about.
    let mut document = Document::new("up");
    document.about(HOSTILE);
    texts().iter().for_each(|(_, text)| document.verbatim(text));
    is_no_markup("document", &document.finish(Format::Markdown, Exit::Failed));
}

#[test]
fn nothing_in_json_steers_a_terminal_and_all_of_it_is_there() {
    let mut document = Document::new("up");
    document.set("text", json!(HOSTILE));
    document.set("error", error_json(&error_()));
    document.push("sequences", json!({ HOSTILE: serde_json::to_value(plan_()).unwrap(), "history": records() }));
    let text = document.finish(Format::Json, Exit::Failed);
    assert!(!text.contains(STEERING), "{text:?}");
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["text"], HOSTILE);
}
