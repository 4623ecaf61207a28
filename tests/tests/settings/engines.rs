//! The rows on every engine of this build: what it holds is asserted, what it cannot is reported, and the page `docs/settings.md` says which.

use crate::cases;
use crate::page::{ENGINES, Page};
use crate::play::{Held, Stand, play};
use migrate_tests::engine::TestEngine;
use migrate_tests::model::{Model, Quirks};
use std::path::Path;

/// A row's stage, and its cell or what is wrong with it.
type Line = (String, Result<&'static str, String>);

/// What an engine is known to do otherwise than DynamoDB, where nothing in its answers to `up` could tell.
const KNOWN: &[(&str, &str, &str)] = &[
    ("moto", "tag team is red and blue instead of blue", "proved, and the old value is kept beside it"),
    ("ministack", "recovery is on instead of 35", "proved, without a period"),
    ("embedded", "backups is unread", "proved, without a backup"),
    ("dynamodb-local", "backups is unread", "proved, without a backup"),
    ("dynamodb-local-delayed", "backups is unread", "proved, without a backup"),
];

fn cell(engine: &str, held: Held) -> Result<&'static str, String> {
    match held {
        Held::Proved => Ok("proved"),
        Held::NothingToDo => Ok("nothing to do"),
        Held::Unheld(_) => Ok("not held"),
        Held::Wrong(words) => {
            let known = KNOWN.iter().find(|(of, part, _)| *of == engine && words.contains(part) && !words.contains(';'));
            known.map(|(_, _, cell)| *cell).ok_or(words)
        }
    }
}

/// Each row on tables of its own, beside each other.
async fn lines(engine: TestEngine) -> Vec<Line> {
    let rows = cases::all().into_iter().map(|case| {
        let stand = match engine.name() {
            "model" => Stand::of_model(&Model::with(Quirks::instant())),
            name => Stand { engine: TestEngine::over(name, engine.client()), model: None, faults: Vec::new(), heard_by: None },
        };
        tokio::spawn(async move {
            let held = play(&stand, &case, false).await;
            held.into_iter()
                .map(|(word, held)| (format!("{}: {word}", case.name), cell(stand.engine.name(), held)))
                .collect::<Vec<_>>()
        })
    });
    let rows: Vec<_> = rows.collect();
    let mut lines = Vec::new();
    for row in rows {
        lines.extend(row.await.expect("a row"));
    }
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_engine_holds_or_is_reported_not_to_as_the_page_says() {
    let mut engines = vec![TestEngine::over("model", Model::new().client())];
    engines.extend(TestEngine::all_for_settings());
    let asked: Vec<_> = engines.into_iter().map(|engine| (engine.name(), tokio::spawn(lines(engine)))).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    let said = Page::read(&std::fs::read_to_string(&path).unwrap_or_default());
    let (mut now, mut wrong) = (said.clone(), Vec::new());
    for (engine, lines) in asked {
        assert!(ENGINES.contains(&engine), "{engine} has no column");
        now.forget(engine);
        for (row, cell) in lines.await.expect("an engine's answers") {
            match cell {
                Ok(cell) => now.put(&row, engine, cell),
                Err(words) => wrong.push(format!("{engine}, {row}: {words}")),
            }
        }
    }
    assert!(wrong.is_empty(), "neither held nor reported:\n{}", wrong.join("\n"));
    #[expect(clippy::disallowed_methods, reason = "a person asks for a new page")]
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, now.write(&rows())).expect("a page");
        return;
    }
    let differences = said.differences(&now);
    assert!(differences.is_empty(), "docs/settings.md is not what the engines do; UPDATE=1 writes it anew:\n{differences}");
}

/// Their order on the page.
fn rows() -> Vec<String> {
    let cases = cases::all();
    cases.iter().flat_map(|case| case.stages.iter().map(|stage| format!("{}: {}", case.name, stage.word))).collect()
}
