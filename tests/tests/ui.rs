//! What the macros refuse, and in which words: one file per rule under `ui/<family>/`, each with the compiler's answer beside it.
//!
//! After changing a text: `TRYBUILD=overwrite cargo test -p migrate-tests --test ui`, then read every `.stderr` that changed.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    for family in ["drop", "index", "key", "main", "migration", "rollback", "sequence", "serde", "setting", "shared", "table"] {
        cases.compile_fail(format!("ui/{family}/*.rs"));
    }
}
