//! The page `docs/engines.md` as columns, one an engine; it never asks an engine.

use std::collections::BTreeMap;
use std::fmt::Write;

const ENGINES: [&str; 5] = ["embedded", "dynamodb-local", "dynamodb-local-delayed", "moto", "ministack"];

const AS: &str = "As ";

const HEAD: &str = "# What each engine does with each setting

Found by asking the engines with the real client: the tests `capability` ask again and compare with this page. It is written anew by
`UPDATE=1 cargo test -p migrate-tests --test capability --features dynamodb-local,moto,ministack`.

- **holds**: done, and shown as it was asked for, or what is shown. Taking away what was never kept holds too.
- **ignores**: accepted, and then not shown, or shown otherwise. **accepts, then reading …**: what the read was answered.
- **refuses**: with this code; further down word by word.
- **unknown operation**: answered with `UnknownOperationException`.
- **breaks**: answered with an HTTP status and no code: moto does so for what it lacks and for its own mistakes alike.
";

/// A setting, its cell, and the words of a refusal.
pub type Line = (String, String, Option<String>);

/// The lines of each engine.
#[derive(Debug, Default)]
pub struct Book(BTreeMap<String, Vec<Line>>);

impl Book {
    pub fn put(&mut self, engine: &str, lines: Vec<Line>) {
        self.0.insert(engine.to_owned(), lines);
    }

    /// The lines of an engine, for a comparison.
    pub fn column(&self, engine: &str) -> Vec<String> {
        let lines = self.lines(engine);
        let words = |words: &Option<String>| words.as_ref().map_or(String::new(), |words| format!(" ({words})"));
        lines.iter().map(|(setting, cell, text)| format!("{setting} => {cell}{}", words(text))).collect()
    }

    fn lines(&self, engine: &str) -> &[Line] {
        self.0.get(engine).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn read(page: &str) -> Self {
        let mut book = Self::default();
        let mut engine = String::new();
        for line in page.lines() {
            if let Some(name) = line.strip_prefix("### ") {
                name.clone_into(&mut engine);
            } else if let Some(other) = line.strip_prefix(AS).and_then(|line| line.strip_suffix('.')) {
                let words: BTreeMap<_, _> = book.lines(other).iter().cloned().map(|(name, _, words)| (name, words)).collect();
                for line in book.0.entry(engine.clone()).or_default() {
                    line.2 = words.get(&line.0).cloned().flatten();
                }
            } else if let Some((setting, words)) = line.strip_prefix("- ").and_then(|line| line.split_once(" — ")) {
                let lines = book.0.entry(engine.clone()).or_default().iter_mut();
                let lines = lines.filter(|(name, ..)| setting.split("; ").any(|one| one == name));
                lines.for_each(|line| line.2 = Some(words.to_owned()));
            } else if let Some(row) = line.strip_prefix("| ").filter(|row| !row.starts_with("setting ")) {
                let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
                for (engine, cell) in ENGINES.iter().zip(&cells[1..]) {
                    let line = (cells[0].to_owned(), (*cell).to_owned(), None);
                    book.0.entry((*engine).to_owned()).or_default().push(line);
                }
            }
        }
        book
    }

    pub fn write(&self) -> String {
        let mut page = format!("{HEAD}\n| setting | {} |\n|---|---|---|---|---|---|\n", ENGINES.join(" | "));
        let settings = self.0.values().max_by_key(|lines| lines.len()).expect("an engine");
        for (setting, ..) in settings {
            write!(page, "| {setting} |").expect("a text");
            for engine in ENGINES {
                let mut lines = self.lines(engine).iter();
                let cell = lines.find(|(name, ..)| name == setting).map_or("not asked", |line| &line.1);
                write!(page, " {cell} |").expect("a text");
            }
            page.push('\n');
        }
        page.push_str("\n## Refusals, word by word\n");
        let mut last = ("", Vec::new());
        for engine in ENGINES {
            let told = self.refusals(engine);
            write!(page, "\n### {engine}\n\n").expect("a text");
            if told == last.1 {
                writeln!(page, "{AS}{}.", last.0).expect("a text");
                continue;
            }
            for (words, settings) in &told {
                writeln!(page, "- {} — {words}", settings.join("; ")).expect("a text");
            }
            last = (engine, told);
        }
        page
    }

    /// Each text once, with the settings that it was the answer to.
    fn refusals(&self, engine: &str) -> Vec<(&str, Vec<&str>)> {
        let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
        for (setting, _, words) in self.lines(engine) {
            let Some(words) = words else { continue };
            match told.iter_mut().find(|(known, _)| known == words) {
                Some((_, settings)) => settings.push(setting),
                None => told.push((words, vec![setting])),
            }
        }
        told
    }
}
