//! `new NAME`: writes the next migration's file and its `mod` line; needs no database and overwrites nothing.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::args::{Global, NewArgs};
use crate::cli::entry::Main;
use crate::cli::exit::Exit;
use crate::cli::report::{Console, Document, Text, Tone};
use crate::cli::scaffold;
use crate::error::{Error, ErrorKind};
use crate::migration::{OnFresh, SequenceInfo};
use crate::registry;

#[derive(Debug, thiserror::Error)]
enum NewError {
    #[error("no function can be called `{0}`")]
    Name(String),
    #[error("this is no application's manifest folder: {0}")]
    NoManifest(&'static str),
    #[error("this binary runs {}; the new migration is for one of them", .0.join(", "))]
    WhichSequence(Vec<&'static str>),
    #[error("there is no sequence `{0}` in this binary; there is {known}", known = .1.join(", "))]
    UnknownSequence(String, Vec<&'static str>),
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    #[error("`{}` cannot be read or written", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

/// What was written.
struct Written {
    file: PathBuf,
    list: PathBuf,
    number: u32,
    notes: Vec<String>,
}

pub(in crate::cli) fn new(
    main: &Main,
    global: &Global,
    args: &NewArgs,
    console: &Console,
    document: &mut Document,
) -> Result<Exit, Error> {
    let name = scaffold::identifier(&args.name).ok_or_else(|| {
        let error = Error::new(ErrorKind::Usage, NewError::Name(args.name.clone()));
        error.with_help("name it as a Rust function: small letters, digits and `_`, such as `lowercase_emails`")
    })?;
    let sequence = sequence(main, global)?;
    let written = write(Path::new("."), main, sequence, &name)?;
    let mut text = Text::new();
    text.add(Tone::Good, "wrote ").line(Tone::Plain, format_args!("{} (migration {})", written.file.display(), written.number));
    text.add(Tone::Good, "added ").line(Tone::Plain, format_args!("its `mod` line to {}", written.list.display()));
    for note in &written.notes {
        text.add(Tone::Change, "note: ").line(Tone::Plain, note);
    }
    text.add(Tone::Hint, "next: ").line(Tone::Plain, "fill it in; until then it fails where it is run");
    console.show(&text);
    document.verbatim(&text);
    document.set("file", json!(written.file));
    document.set("list", json!(written.list));
    document.set("number", json!(written.number));
    document.set("notes", json!(written.notes));
    Ok(Exit::Done)
}

fn sequence(main: &Main, global: &Global) -> Result<&'static SequenceInfo, Error> {
    let known = || main.sequences.iter().map(|info| info.name).collect();
    match (&global.sequence, main.sequences) {
        (Some(name), all) => all
            .iter()
            .find(|info| info.name == name)
            .copied()
            .ok_or_else(|| Error::new(ErrorKind::UnknownSequence, NewError::UnknownSequence(name.clone(), known()))),
        (None, [one]) => Ok(one),
        (None, _) => Err(Error::new(ErrorKind::Usage, NewError::WhichSequence(known())).with_help("name it: `--sequence NAME`")),
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::new(ErrorKind::Usage, NewError::Io { path, source })
}

/// Writes into the application at `root`.
fn write(root: &Path, main: &Main, sequence: &SequenceInfo, name: &str) -> Result<Written, Error> {
    let no_manifest = |why| {
        let error = Error::new(ErrorKind::Usage, NewError::NoManifest(why));
        error.with_help(format!("run it in the folder with the application's Cargo.toml: `cd {}`", main.manifest_dir))
    };
    let manifest = fs::read_to_string(root.join("Cargo.toml")).map_err(|_| no_manifest("there is no Cargo.toml"))?;
    if !manifest.lines().any(|line| line.trim() == "[package]") {
        return Err(no_manifest("its Cargo.toml has no [package]"));
    }
    let folder = root.join("src/migrations");
    let files = fs::read_dir(&folder).into_iter().flatten().flatten();
    let in_files = files.filter_map(|file| scaffold::number(file.file_name().to_str()?)).max();
    let linked: Vec<_> = registry::of(sequence.name).collect();
    let in_code = linked.iter().map(|meta| meta.version.get()).max();
    let number = in_files.max(in_code).map_or(sequence.first.get(), |last| last + 1);
    // Behind one that runs on a fresh database every later one must run there.
    let runs = linked.iter().any(|meta| meta.on_fresh == Some(OnFresh::Run)) || sequence.on_fresh == OnFresh::Run;
    let module = scaffold::module(number, name);
    let file = folder.join(format!("{module}.rs"));
    let list = [folder.join("mod.rs")].into_iter().find(|path| path.exists()).unwrap_or_else(|| root.join("src/migrations.rs"));

    fs::create_dir_all(&folder).map_err(io(&folder))?;
    let mut out = fs::File::create_new(&file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::new(ErrorKind::Usage, NewError::Exists(file.clone())),
        _ => io(&file)(error),
    })?;
    let text = scaffold::file(number, name, if runs { "run" } else { "skip" });
    out.write_all(text.as_bytes()).map_err(io(&file))?;
    let before = if list.exists() { fs::read_to_string(&list).map_err(io(&list))? } else { String::new() };
    fs::write(&list, scaffold::with_module(&before, &module)).map_err(io(&list))?;

    let mut notes = Vec::new();
    let roots = ["src/lib.rs", "src/main.rs"].into_iter().filter_map(|path| fs::read_to_string(root.join(path)).ok());
    if !roots.into_iter().any(|text| scaffold::declares_migrations(&text)) {
        notes.push("add `pub mod migrations;` beside `migrate_core::migrations!();` in src/lib.rs or src/main.rs".to_owned());
    }
    if !manifest.contains("serde") {
        notes.push("the file uses serde: `cargo add serde --features derive`".to_owned());
    }
    let shown = |path: PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
    Ok(Written { file: shown(file), list: shown(list), number, notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::{Edited, Location, Management, Version};

    const MAIN: Main = Main { sequences: &[], pin: None, package: "shop", version: "1", manifest_dir: "/somewhere/shop" };

    fn info(first: u32, on_fresh: OnFresh) -> SequenceInfo {
        let location = Location { file: "src/lib.rs", line: 1 };
        SequenceInfo {
            name: "a sequence without migrations",
            first: Version::new(first),
            on_fresh,
            edited: Edited::Warn,
            management: Management::Manage,
            location,
        }
    }

    #[test]
    fn the_first_and_the_next() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let no_manifest = write(root, &MAIN, &info(1, OnFresh::Skip), "a").err().unwrap();
        assert_eq!(no_manifest.kind(), ErrorKind::Usage);
        assert!(no_manifest.help()[0].contains("cd /somewhere/shop"));

        fs::write(root.join("Cargo.toml"), "[package]\nname = \"shop\"\n").unwrap();
        let first = write(root, &MAIN, &info(1, OnFresh::Skip), "a").unwrap();
        assert_eq!((first.file.as_path(), first.number), (Path::new("src/migrations/m0001_a.rs"), 1));
        assert_eq!(first.list.as_path(), Path::new("src/migrations.rs"));
        assert_eq!(first.notes.len(), 2, "{:?}", first.notes);

        fs::write(root.join("src/lib.rs"), "migrate_core::migrations!();\npub mod migrations;\n").unwrap();
        fs::write(root.join("Cargo.toml"), "[package]\nname = \"shop\"\n[dependencies]\nserde = \"1\"\n").unwrap();
        let second = write(root, &MAIN, &info(1, OnFresh::Run), "b").unwrap();
        assert_eq!((second.number, second.notes), (2, Vec::new()));
        assert_eq!(fs::read_to_string(root.join("src/migrations.rs")).unwrap(), "mod m0001_a;\nmod m0002_b;\n");
        assert!(fs::read_to_string(root.join("src/migrations/m0002_b.rs")).unwrap().contains("on_fresh = run"));
    }

    #[test]
    fn a_squashed_sequence_begins_where_it_says_and_mod_rs_is_taken_where_it_is() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("src/migrations")).unwrap();
        fs::write(root.join("Cargo.toml"), "[package]\n").unwrap();
        fs::write(root.join("src/migrations/mod.rs"), "//! Migrations.\n").unwrap();
        let written = write(root, &MAIN, &info(41, OnFresh::Skip), "a").unwrap();
        assert_eq!((written.number, written.list.as_path()), (41, Path::new("src/migrations/mod.rs")));
    }
}
