//! The walls of the house: which room may know which, and what no room may do. Reads the sources as text.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of migrate-core, from the ground. `use crate::` points downward, or stays inside a room.
const FLOORS: [&[&str]; 12] = [
    &["error", "migration"],
    &["schema"],
    &["step", "history", "budget", "iam"],
    &["event", "stop"],
    &["diff", "source"],
    &["plan"],
    &["embedded"],
    &["aws"],
    &["context"],
    &["registry", "transform"],
    &["migrator"],
    &["cli", "testing"],
];

/// Doors: they name everything and do nothing.
const DOORS: [&str; 3] = ["lib", "private", "macros"];

const PURE: [&str; 11] = ["error", "migration", "schema", "step", "history", "budget", "iam", "event", "diff", "source", "plan"];

/// What a room must never know: words that must not stand in its code.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    (
        &PURE,
        &[
            "aws_sdk",
            "aws_smithy",
            "tokio",
            "std::env",
            "std::fs",
            "std::net",
            "std::process",
            "HashMap",
            "HashSet",
            "SystemTime",
            "Instant::now",
            "Timestamp::now",
            "uuid",
            "rand::",
        ],
    ),
    (&["diff"], &["history", "Client"]),
    (&["plan"], &["Client", "RunFn", "MigrationEntry", "inventory"]),
    (&["aws"], &["crate::plan", "crate::registry", "inventory"]),
    (&["context", "transform"], &["crate::plan", "crate::registry", "crate::diff", "History"]),
    (&["migrator"], &["clap", "std::env", "anstream"]),
    (&["testing"], &["clap", "anstream", "crate::plan", "crate::diff"]),
    (&["cli/report"], &["Client", "aws_sdk"]),
];

struct Source {
    /// `aws/lock`, `diff`, …
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// The code without comments and without what is only for tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text[..end]
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(n, line)| (n + 1, line))
    }

    /// Whether the whole file is for tests.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.contains("/tests/")
            || name == "tests"
            || name.ends_with("_tests")
            || ["aws/fake", "aws/layer"].contains(&self.path.as_str())
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn sources(package: &str) -> Vec<Source> {
    let root = workspace().join(package).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("inside").with_extension("");
                let text = fs::read_to_string(&path).expect("a source");
                found.push(Source { path: name.to_string_lossy().replace('\\', "/"), text });
            }
        }
    }
    assert!(found.len() > 3, "{package}: only {} files were found", found.len());
    found
}

fn must_be_empty(broken: &[String]) {
    assert!(broken.is_empty(), "walls are broken:\n{}", broken.join("\n"));
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    let floors: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor))).collect();
    let mut broken = Vec::new();
    let mut seen = 0;
    for source in sources("migrate-core") {
        let room = source.room();
        if DOORS.contains(&room) || source.is_test() {
            continue;
        }
        let Some(floor) = floors.get(room) else {
            broken.push(format!("{}: a room without a floor", source.path));
            continue;
        };
        for (line, code) in source.code() {
            for (at, _) in code.match_indices("crate::") {
                let target: String = code[at + 7..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                // A grouped import, `use crate::{..}`, would hide from this test; a macro or a name of the door is not a room.
                if code[at + 7..].starts_with('{') {
                    broken.push(format!("{}:{line}: name one room per `use crate::`", source.path));
                }
                if let Some(below) = floors.get(target.as_str()) {
                    seen += 1;
                    if target != room && below >= floor {
                        broken.push(format!("{}:{line}: {room} (floor {floor}) uses {target} (floor {below})", source.path));
                    }
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} uses were seen: does this test still read the sources?");
    must_be_empty(&broken);
}

#[test]
fn no_room_knows_what_it_must_not() {
    let mut broken = Vec::new();
    for source in sources("migrate-core").iter().filter(|source| !source.is_test()) {
        for (rooms, words) in FORBIDDEN {
            // It says which kind std's types are stored as, and so it names them.
            if source.path == "schema/kind"
                || !rooms.iter().any(|room| source.path == *room || source.path.starts_with(&format!("{room}/")))
            {
                continue;
            }
            for (line, code) in source.code() {
                broken.extend(
                    words.iter().filter(|word| code.contains(**word)).map(|word| format!("{}:{line}: {word}", source.path)),
                );
            }
        }
    }
    must_be_empty(&broken);
}

#[test]
fn only_the_report_prints_and_only_the_command_line_reads_the_environment() {
    let mut broken = Vec::new();
    for package in ["migrate-core", "migrate-macros"] {
        for source in sources(package).iter().filter(|source| !source.is_test()) {
            for (line, code) in source.code() {
                let prints = ["println!(", "print!(", "eprint!(", "dbg!("].iter().any(|word| code.contains(word));
                if prints && !source.path.starts_with("cli/report") {
                    broken.push(format!("{package} {}:{line}: prints", source.path));
                }
                // What a person says to `cargo test` is heard in one file.
                let listens = source.room() == "cli" || source.path == "testing/told";
                if code.contains("std::env") && !listens {
                    broken.push(format!("{package} {}:{line}: reads the environment", source.path));
                }
                let io = ["std::fs", "aws_sdk", "aws_smithy", "aws_config", "aws_types", "std::net", "Command::new"]
                    .iter()
                    .any(|word| code.contains(word));
                if package == "migrate-macros" && io {
                    broken.push(format!("{package} {}:{line}: macros know Rust syntax and nothing else", source.path));
                }
            }
        }
    }
    must_be_empty(&broken);
}

#[test]
fn every_file_says_what_it_is_for_and_none_is_too_long() {
    let mut broken = Vec::new();
    for package in ["migrate-core", "migrate-macros", "tests", "tests/benches", "examples/quakes"] {
        for source in sources(package) {
            // A migration says it in its doc comment, which becomes its description.
            if !source.text.starts_with("//!") && !source.path.starts_with("migrations/m") {
                broken.push(format!("{package} {}: does not open with `//!`", source.path));
            }
            let lines = source.text.lines().count();
            if lines > 400 {
                broken.push(format!("{package} {}: {lines} lines", source.path));
            }
        }
    }
    must_be_empty(&broken);
}
