//! The page `docs/settings.md`: a cell for each row and engine; it never asks an engine.

use std::collections::BTreeMap;
use std::fmt::Write;

pub const ENGINES: [&str; 6] = ["model", "embedded", "dynamodb-local", "dynamodb-local-delayed", "moto", "ministack"];

const HEAD: &str = "# Which setting was proved on which engine

Each line is an edit of one declaration, in the order of the lines, and `up` after each. The tests `settings` run them anew and compare with this page. It is written by
`UPDATE=1 cargo test -p migrate-tests --test settings --features dynamodb-local,moto,ministack`.

- **proved**: `up` did it, the live table was read back by the plain client, every change has its two records in the history, and a second `up` wrote nothing. A change that
  is a [hazard](hazards.md) was refused before the first write until it was accepted.
- **nothing to do**: the table was so already, because nothing was asked for or because an earlier line was not held; `up` wrote nothing.
- **not held**: the engine cannot; `up` said so in its report, did the rest, and ended well. On Amazon DynamoDB itself that is an error. [engines.md](engines.md) has the engines' own words.

`model` is a model of DynamoDB's control plane after AWS's pages (`tests/src/model`), which has every capability and refuses what AWS refuses; no engine here is Amazon DynamoDB itself.
";

/// The cells by row and engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page(BTreeMap<(String, String), String>);

impl Page {
    pub fn put(&mut self, row: &str, engine: &str, cell: &str) {
        self.0.insert((row.to_owned(), engine.to_owned()), cell.to_owned());
    }

    /// Empties the column of an engine.
    pub fn forget(&mut self, engine: &str) {
        self.0.retain(|(_, of), _| of != engine);
    }

    pub fn read(text: &str) -> Self {
        let mut page = Self::default();
        let lines = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
        for line in lines.filter(|line| !line.starts_with("setting |")) {
            let mut cells = line.split(" | ");
            let row = cells.next().unwrap_or_default();
            for (engine, cell) in ENGINES.iter().zip(cells).filter(|(_, cell)| *cell != "not asked") {
                page.put(row, engine, cell);
            }
        }
        page
    }

    pub fn write(&self, rows: &[String]) -> String {
        let mut text = format!("{HEAD}\n| setting | {} |\n|---|{}\n", ENGINES.join(" | "), "---|".repeat(ENGINES.len()));
        for row in rows {
            let cell = |engine: &&str| self.0.get(&(row.clone(), (*engine).to_owned())).map_or("not asked", String::as_str);
            let cells: Vec<&str> = ENGINES.iter().map(cell).collect();
            writeln!(text, "| {row} | {} |", cells.join(" | ")).expect("a text");
        }
        text
    }

    /// What another page says otherwise.
    pub fn differences(&self, now: &Self) -> String {
        let mut words = String::new();
        for key in self.0.keys().chain(now.0.keys().filter(|key| !self.0.contains_key(key))) {
            let (said, is) = (self.0.get(key), now.0.get(key));
            if said != is {
                writeln!(words, "{}, {}: {said:?}, and now {is:?}", key.1, key.0).expect("a text");
            }
        }
        words
    }
}
