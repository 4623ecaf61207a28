//! What each engine does with each setting of a table: asked anew, and compared with `docs/engines.md`.

mod answer;
mod at_creation;
mod bench;
mod beside;
mod book;
mod by_update;
mod seen;

use crate::bench::{Bench, Note};
use crate::book::{Book, Line};
use migrate_tests::engine::TestEngine;
use std::path::Path;
use tokio::task::JoinHandle;

/// The families of settings run beside each other, each on tables of its own.
async fn ask(engine: TestEngine) -> Vec<Line> {
    macro_rules! families {
        ($($family:path),* $(,)?) => {
            vec![$(tokio::spawn($family(Bench::new(&engine, stringify!($family).rsplit("::").next().unwrap_or_default())))),*]
        };
    }
    let mut families: Vec<JoinHandle<Vec<Note>>> = vec![tokio::spawn(at_creation::run(engine.clone()))];
    families.extend(families![
        by_update::billing,
        by_update::stream,
        by_update::class_and_protection,
        by_update::encryption,
        by_update::indexes,
        by_update::replicas,
        beside::tagging,
        beside::time_to_live,
        beside::recovery,
        beside::insights,
        beside::policies,
        beside::kinesis,
        beside::backups,
        beside::unknown,
    ]);
    let mut lines = Vec::new();
    for family in families {
        for (setting, told) in family.await.expect("notes") {
            let words = told.as_ref().err().map(|refusal| common(&refusal.to_string(), engine.prefix()));
            lines.push((setting.to_owned(), answer::cell(&told), words));
        }
    }
    lines
}

/// What differs from one run to the next is left out: the names' prefix, a backup's name, and long numbers.
fn common(words: &str, prefix: &str) -> String {
    let words = words.replace(prefix, "").replace('|', "/");
    let words = words.split_once("/backup/").map_or(words.as_str(), |(before, _)| before);
    let mut pieces: Vec<String> = Vec::new();
    for letter in words.chars() {
        match pieces.last_mut().filter(|piece| piece.ends_with(|last: char| last.is_ascii_digit() == letter.is_ascii_digit())) {
            Some(piece) => piece.push(letter),
            None => pieces.push(letter.to_string()),
        }
    }
    let long = |piece: &String| piece.len() > 12 && piece.starts_with(|first: char| first.is_ascii_digit());
    pieces.into_iter().map(|piece| if long(&piece) { "…".to_owned() } else { piece }).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_engine_does_with_each_setting_what_the_page_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/engines.md");
    let mut asked = Vec::new();
    for engine in TestEngine::all_for_settings() {
        asked.push((engine.name(), tokio::spawn(ask(engine))));
    }
    let said = std::fs::read_to_string(&page).unwrap_or_default();
    let (said, mut now) = (Book::read(&said), Book::read(&said));
    let mut wrong = String::new();
    for (engine, lines) in asked {
        now.put(engine, lines.await.expect("an engine's answers"));
        let (before, after) = (said.column(engine), now.column(engine));
        for line in before.iter().filter(|line| !after.contains(line)) {
            wrong.push_str(&format!("{engine}: - {line}\n"));
        }
        for line in after.iter().filter(|line| !before.contains(line)) {
            wrong.push_str(&format!("{engine}: + {line}\n"));
        }
    }
    #[expect(clippy::disallowed_methods, reason = "a person asks for a new page")]
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&page, now.write()).expect("a page");
        return;
    }
    assert!(wrong.is_empty(), "docs/engines.md (-) is not what the engines do (+); UPDATE=1 writes it anew:\n{wrong}");
}
