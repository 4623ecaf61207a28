//! `new NAME`: the next migration's file, in an application that has nothing yet.

use migrate_tests::process::Folder;

use super::{EMPTY, SHOP};

const MANIFEST: &str = "[package]\nname = \"app\"\n\n[dependencies]\nmigrate-core = \"0.1\"\nserde = \"1\"\n";

fn application() -> Folder {
    let folder = Folder::default();
    folder.write("Cargo.toml", MANIFEST);
    folder.write("src/lib.rs", "migrate_core::migrations!();\n");
    folder
}

#[test]
fn it_writes_the_file_and_its_line_and_counts_on() {
    let folder = application();
    let first = folder.run(EMPTY, &["new", "Lower-case e-mails"]).succeeds();
    first.prints(&[
        "src/migrations/m0001_lower_case_e_mails.rs",
        "migration 1",
        "src/migrations.rs",
        "add `pub mod migrations;`",
    ]);
    let file = folder.read("src/migrations/m0001_lower_case_e_mails.rs");
    assert!(file.contains("#[migration(1, on_fresh = skip)]\nasync fn lower_case_e_mails("), "{file}");
    folder.write("src/lib.rs", "migrate_core::migrations!();\nmod migrations;\n");
    let second = folder.run(EMPTY, &["new", "split_region", "--format", "json"]).succeeds().json();
    assert_eq!((&second["number"], &second["file"]), (&2.into(), &"src/migrations/m0002_split_region.rs".into()), "{second}");
    assert_eq!(second["notes"], serde_json::json!([]));
    assert_eq!(folder.read("src/migrations.rs"), "mod m0001_lower_case_e_mails;\nmod m0002_split_region;\n");
}

#[test]
fn it_counts_on_from_what_is_linked_too() {
    let folder = application();
    folder.run(SHOP, &["new", "next"]).succeeds().prints(&["m0004_next.rs"]);
    let file = folder.read("src/migrations/m0004_next.rs");
    assert!(file.contains("on_fresh = run"), "those before it run on a fresh database: {file}");
}

#[test]
fn it_refuses_what_is_no_name_and_what_is_no_application() {
    let folder = application();
    for name in ["2fa", "type", "../../etc/passwd", "größe", ""] {
        folder.run(EMPTY, &["new", name]).exits(64).says(&["error[M0202]", "help: name it as a Rust function"]);
    }
    assert!(!folder.path("src/migrations").exists());
    folder.run(EMPTY, &["new"]).exits(64).says(&["<NAME>"]);
    let outside = Folder::default().run(EMPTY, &["new", "x"]).exits(64);
    outside.says(&["error[M0202]", "Cargo.toml", "help: run it in the folder"]);
    let workspace = Folder::default();
    workspace.write("Cargo.toml", "[workspace]\nmembers = []\n");
    workspace.run(EMPTY, &["new", "x"]).exits(64).says(&["[package]"]);
    assert!(!workspace.path("src").exists());
}

#[test]
fn it_needs_no_target_and_overwrites_nothing() {
    let folder = application();
    folder.run_with(EMPTY, &["new", "x"], &[("CI", "true"), ("AWS_REGION", "eu-west-1")]).succeeds();
    assert!(!folder.path(".migrate").exists());
    folder.write("src/migrations/m0001_x.rs", "mine");
    folder.run(EMPTY, &["new", "x"]).succeeds().prints(&["m0002_x.rs"]);
    assert_eq!(folder.read("src/migrations/m0001_x.rs"), "mine");
}

/// Compiled by trybuild, which has this workspace's crates at hand: but for the one mistake put in on purpose, all is well. (A case that
/// compiles would be built and linked with the whole SDK.)
#[test]
fn what_it_writes_compiles() {
    let folder = application();
    folder.run(EMPTY, &["new", "first"]).succeeds();
    folder.run(EMPTY, &["new", "second"]).succeeds();
    folder.write(
        "src/main.rs",
        "mod migrations;\nmigrate_core::migrations!(name = \"app\");\nfn main() {}\nconst MISTAKE: u8 = ();\n",
    );
    let only = "error[E0308]: mismatched types
 --> $DIR/main.rs:4:21
  |
4 | const MISTAKE: u8 = ();
  |                     ^^ expected `u8`, found `()`
";
    folder.write("src/main.stderr", only);
    trybuild::TestCases::new().compile_fail(folder.path("src/main.rs"));
}
