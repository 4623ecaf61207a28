//! The command line as it is met: the real binary, in an empty folder, with nothing configured.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migrate"));
    command.args(arguments).current_dir(folder).env_clear().envs(environment.iter().copied());
    command.output().expect("the binary")
}

/// What is printed, where the exit code is this.
fn prints(folder: &Path, arguments: &[&str], code: i32) -> String {
    says(folder, arguments, code).0
}

/// The same, with what is said of progress.
fn says(folder: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let output = run(folder, arguments, &[]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    (out.into_owned(), err.into_owned())
}

fn json(folder: &Path, arguments: &[&str], code: i32) -> Value {
    let out = prints(folder, &[arguments, &["--format", "json"]].concat(), code);
    let document: Value = serde_json::from_str(&out).expect("one document");
    assert_eq!((&document["format"], &document["exit"]), (&1.into(), &code.into()), "{out}");
    document
}

#[test]
fn from_an_empty_folder_to_nothing_to_do() {
    let folder = folder();
    let folder = folder.path();

    let plan = prints(folder, &["plan"], 0);
    assert_eq!(plan.trim_end().lines().next_back(), Some("Plan: 2 to create, 0 to change, 0 to drop, 9 migrations."), "{plan}");
    assert!(plan.contains("\n  > 0001 load_week  Loads the week's events as USGS publishes them.\n"), "{plan}");
    prints(folder, &["plan", "--detailed-exitcode"], 2);
    prints(folder, &["check"], 2);

    the_readme_shows(1, &says(folder, &[], 0));
    assert!(folder.join(".migrate/quakes.db").is_file());

    the_readme_shows(2, &says(folder, &[], 0));
    prints(folder, &["plan", "--detailed-exitcode"], 0);
    prints(folder, &["check"], 0);

    let status = json(folder, &["status"], 0);
    let rows = status["sequences"][0]["migrations"].as_array().expect("migrations");
    let names: Vec<_> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!((names.len(), names.first(), names.last()), (9, Some(&"load_week"), Some(&"drop_geometry_and_title")), "{status}");
    assert!(rows.iter().all(|row| row["record"]["status"]["state"] == "applied"), "{status}");
    assert_eq!(json(folder, &["up"], 0)["sequences"][0]["outcome"], "nothing_to_do");
}

/// What the README shows of one run is printed in that order, or said. Only times differ: they end a line.
fn the_readme_shows(run: usize, (printed, said): &(String, String)) {
    let readme = include_str!("../README.md");
    let shown = readme.split("$ cargo run --bin migrate\n").nth(run).and_then(|rest| rest.split("```").next()).expect("a run");
    let mut printed_lines = printed.lines();
    for line in shown.lines().filter(|line| *line != "…") {
        let stable = match line.rsplit_once(", ") {
            Some((stable, last)) if last.trim_end_matches('.').ends_with('s') => stable,
            _ => line,
        };
        // Progress is said beside it: tables are made at once, in any order.
        let is_said = said.lines().any(|said| said.starts_with(stable));
        assert!(is_said || printed_lines.any(|printed| printed.starts_with(stable)), "not there: {line}\n{printed}\n{said}");
    }
}

#[test]
fn where_ci_is_spoken_of_the_target_must_be_named() {
    let folder = folder();
    let output = run(folder.path(), &["up"], &[("CI", "true")]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--target"));
    assert!(!folder.path().join(".migrate").exists());
}
