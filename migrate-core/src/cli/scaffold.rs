//! The text of a new migration, its name, and the line that makes the compiler see it; knows no file system.

/// What a name becomes: `Lower-case e-mails` is `lower_case_e_mails`. `None` if no function can be called so.
pub(super) fn identifier(name: &str) -> Option<String> {
    let mut identifier = String::new();
    let mut last = '_';
    for c in name.trim().chars() {
        match c {
            'a'..='z' | '0'..='9' => identifier.push(c),
            'A'..='Z' => {
                if last.is_ascii_lowercase() || last.is_ascii_digit() {
                    identifier.push('_');
                }
                identifier.push(c.to_ascii_lowercase());
            }
            '_' | '-' | ' ' if identifier.ends_with('_') || identifier.is_empty() => {}
            '_' | '-' | ' ' => identifier.push('_'),
            _ => return None,
        }
        last = c;
    }
    let identifier = identifier.trim_end_matches('_').to_owned();
    let is_word = identifier.starts_with(|c: char| c.is_ascii_lowercase()) && !KEYWORDS.contains(&identifier.as_str());
    is_word.then_some(identifier)
}

/// Rust's own words, kept ones too: https://doc.rust-lang.org/reference/keywords.html
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The module of a migration.
pub(super) fn module(number: u32, name: &str) -> String {
    format!("m{number:04}_{name}")
}

/// The number of a file `m0007_name.rs`.
pub(super) fn number(file: &str) -> Option<u32> {
    file.strip_suffix(".rs")?.strip_prefix('m')?.split_once('_')?.0.parse().ok()
}

/// The file. It compiles as it stands, and fails where it is run, so that nothing unwritten is recorded as applied.
pub(super) fn file(number: u32, name: &str, on_fresh: &str) -> String {
    let module = module(number, name);
    format!(
        r#"use migrate_core::{{Failure, MigrationContext, migration}};
use serde::{{Deserialize, Serialize}};

/// The fields that this migration reads or writes, as they are stored now. Frozen: it stays as it is when the tables' own structs move on.
#[derive(Serialize, Deserialize)]
#[allow(dead_code)] // TODO: take this line away once the migration uses it.
struct Item {{
    // TODO: `email: String,`
}}

/// TODO: what it does, in a sentence that `status` and `plan` show.
//
// On a fresh database there is no old data to change (`on_fresh = skip`), unless an earlier migration brings some (`on_fresh = run`).
// With `tables(Customer)`, `plan` tells what it takes and costs. `accept(H114)` is needed where the table's stream is on.
// A function with `#[rollback({number})]` beside it takes it back, where that may be wanted.
#[migration({number}, on_fresh = {on_fresh})]
async fn {name}(cx: &MigrationContext) -> migrate_core::Result {{
    // TODO: `use crate::tables::Customer;`, and in place of the two lines below:
    //
    //     cx.table::<Customer>().of::<Item>().update(|item| item.email.make_ascii_lowercase()).await?;
    //     Ok(())
    //
    // It is run again after a crash: on its own output it must change nothing. `migrate up --dry-run` tries it without writing.
    let _ = cx;
    Err(Failure::msg("{module} is not written yet"))
}}
"#
    )
}

/// The list of modules with one more, behind the last of its kind.
pub(super) fn with_module(list: &str, module: &str) -> String {
    let line = format!("mod {module};");
    let is_migration = |line: &str| {
        let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.strip_prefix("mod m").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut lines: Vec<&str> = list.lines().collect();
    let behind = lines.iter().rposition(|line| is_migration(line)).map_or(lines.len(), |at| at + 1);
    lines.insert(behind, &line);
    format!("{}\n", lines.join("\n"))
}

/// Whether a crate root declares the module of all migrations.
pub(super) fn declares_migrations(root: &str) -> bool {
    root.lines().any(|line| {
        let line = line.trim_start();
        ["mod migrations;", "mod migrations {"].iter().any(|declaration| line.contains(declaration)) && !line.starts_with("//")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (name, expected) in [
            ("lowercase_emails", Some("lowercase_emails")),
            ("Lower-case  E-mails ", Some("lower_case_e_mails")),
            ("splitRegion2", Some("split_region2")),
            ("2fa", None),
            ("type", None),
            ("", None),
            ("--", None),
            ("../x", None),
            ("größe", None),
        ] {
            assert_eq!(identifier(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn numbers_are_read_from_files() {
        assert_eq!(
            [number("m0007_x.rs"), number("m12345_x_y.rs"), number("mod.rs"), number("m0007_x.txt")],
            [Some(7), Some(12_345), None, None]
        );
    }

    #[test]
    fn the_module_goes_behind_the_last_of_its_kind() {
        assert_eq!(with_module("", "m0001_a"), "mod m0001_a;\n");
        let list = "//! Migrations.\n\nmod m0001_a;\npub mod m0002_b;\n\n#[cfg(test)]\nmod tests {}\n";
        let expected = "//! Migrations.\n\nmod m0001_a;\npub mod m0002_b;\nmod m0003_c;\n\n#[cfg(test)]\nmod tests {}\n";
        assert_eq!(with_module(list, "m0003_c"), expected);
        assert_eq!(with_module("//! Migrations.\nmod misc;", "m0001_a"), "//! Migrations.\nmod misc;\nmod m0001_a;\n");
    }

    #[test]
    fn the_root_declares_the_module_or_not() {
        assert!(declares_migrations("pub mod tables;\npub mod migrations;\n"));
        assert!(!declares_migrations("// mod migrations;\nmod tables;\n"));
    }

    #[test]
    fn the_file_is_explicit_and_fails_until_it_is_written() {
        let text = file(7, "split_region", "skip");
        for part in [
            "#[migration(7, on_fresh = skip)]\nasync fn split_region(cx: &MigrationContext)",
            "\"m0007_split_region is not written yet\"",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
