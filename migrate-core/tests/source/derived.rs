//! The struct that is written declares exactly what was found: forty tables, written once, compiled here, held against their originals.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use migrate_core::__private::TableEntry;
use migrate_core::diff::diff;
use migrate_core::schema::{Prefix, TableName, TableSchema, check};
use migrate_core::source;

use crate::live::{PREFIX, tables};

/// Where the policies of the written tables lie in this package.
const POLICIES: &str = "tests/source/policies";

fn written() -> String {
    source::rust(&tables(), &Prefix::new(PREFIX).unwrap().into()).replace("\"policies/", &format!("\"{POLICIES}/"))
}

fn logical(name: &TableName) -> &str {
    name.as_str().strip_prefix(PREFIX).unwrap()
}

/// Set `UPDATE_GENERATED` to write the files anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "no part of the library: whoever regenerates the files says so")]
fn what_is_compiled_is_what_is_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/source");
    let policies = tables().into_iter().filter_map(|live| {
        let policy = live.schema.resource_policy.value()?;
        Some((format!("policies/{}.json", logical(&live.schema.name)), policy.as_str().to_owned()))
    });
    let files: Vec<(String, String)> = policies.chain([("written.rs".to_owned(), written())]).collect();
    assert!(files.len() > 3, "some have a policy");
    for (file, text) in files {
        let path = root.join(file);
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "{}: run with UPDATE_GENERATED=1", path.display());
    }
}

#[test]
fn the_derived_schema_is_the_table_that_was_found() {
    let derived = inventory::iter::<TableEntry>().map(|entry| (entry.schema)());
    let mut derived: BTreeMap<String, TableSchema> = derived.map(|schema| (schema.name.to_string(), schema)).collect();
    for live in tables() {
        let found = live.schema;
        let derived = derived.remove(logical(&found.name)).unwrap_or_else(|| panic!("{} is not declared", found.name));
        assert_eq!(check(&derived), [], "{}", found.name);
        let derived = derived.named(found.name.clone());
        assert_eq!(diff(&found, &derived), [], "{}", found.name);
        // And nothing that was found is left unsaid. Attributes that are no key are in no live table.
        assert_eq!(TableSchema { attributes: Vec::new(), ..derived }, found);
    }
    assert!(derived.is_empty(), "more is declared than was found: {:?}", derived.keys());
}
