//! How statements are written: quoting, lengths, and what is left to other operations.

use std::borrow::Cow;

use super::super::change::Change;
use super::super::rule::Write;
use super::*;
use crate::aws::wire::Attributes;

fn item(entries: &[(&str, &str)]) -> Attributes<'static> {
    Attributes::new(entries.iter().map(|(name, value)| (Cow::Owned((*name).to_owned()), Cow::Owned((*value).to_owned()))).collect())
}

const ONE: &str = r#"{"N":"1"}"#;
const TEXT: &str = r#"{"S":"it's \"x\""}"#;

fn key() -> Attributes<'static> {
    item(&[("pk", TEXT), ("sk", ONE)])
}

fn update(set: &[(&str, &str)], remove: &[&str], expected: &[(&str, Option<&str>)]) -> Task {
    let change = Change {
        set: set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        remove: remove.iter().map(|name| (*name).to_owned()).collect(),
    };
    let expected = expected.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
    Task::new(key(), Effect::Update(Write { change, expected }), 1.0)
}

/// The statement's text and its parameters as JSON.
fn read(task: &Task) -> (String, String) {
    let request: serde_json::Value = serde_json::from_str(&statement("a-table.x", task).expect("a statement")).expect("JSON");
    assert_eq!(request["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    assert_eq!(request.as_object().map(serde_json::Map::len), Some(3));
    (request["Statement"].as_str().expect("a text").to_owned(), request["Parameters"].to_string())
}

#[test]
fn a_change_is_written_with_its_conditions() {
    let task = update(&[("a", ONE), ("b", TEXT)], &["c", "d"], &[("a", Some(TEXT)), ("e", None)]);
    let (text, parameters) = read(&task);
    assert_eq!(
        text,
        r#"UPDATE "a-table.x" SET "a"=? SET "b"=? REMOVE "c" REMOVE "d" WHERE "pk"=? AND "sk"=? AND "a"=? AND "e" IS MISSING"#
    );
    assert_eq!(parameters, format!("[{ONE},{TEXT},{TEXT},{ONE},{TEXT}]"), "one for each question mark, in their order");
}

#[test]
fn a_deletion_is_written_with_its_conditions() {
    let task = Task::new(key(), Effect::Delete(vec![("a".to_owned(), None), ("b".to_owned(), Some(ONE.to_owned()))]), 1.0);
    let (text, parameters) = read(&task);
    assert_eq!(text, r#"DELETE FROM "a-table.x" WHERE "pk"=? AND "sk"=? AND "a" IS MISSING AND "b"=?"#);
    assert_eq!(parameters, format!("[{TEXT},{ONE},{ONE}]"));
}

#[test]
fn an_insertion_quotes_as_texts_are_quoted() {
    let task = Task::new(key(), Effect::Insert(item(&[("pk", TEXT), ("sk", ONE), ("it's", ONE), ("\"q\"", TEXT)])), 1.0);
    let (text, parameters) = read(&task);
    assert_eq!(text, r#"INSERT INTO "a-table.x" VALUE {'"q"':?,'it''s':?,'pk':?,'sk':?}"#);
    assert_eq!(parameters, format!("[{TEXT},{ONE},{TEXT},{ONE}]"));
}

#[test]
fn any_name_is_quoted() {
    for (name, quoted) in [
        ("a.b", r#""a.b""#),
        ("with space", r#""with space""#),
        ("\"q\"", r#""""q""""#),
        ("it's", r#""it's""#),
        ("SET", r#""SET""#),
        ("x#y:z", r#""x#y:z""#),
        ("?", r#""?""#),
        ("é\n\\", "\"é\n\\\""),
        ("", r#""""#),
    ] {
        let (text, _) = read(&update(&[(name, ONE)], &[name], &[(name, None)]));
        assert_eq!(
            text,
            format!(r#"UPDATE "a-table.x" SET {quoted}=? REMOVE {quoted} WHERE "pk"=? AND "sk"=? AND {quoted} IS MISSING"#)
        );
    }
}

#[test]
fn names_that_look_like_placeholders_are_left_to_other_operations() {
    for name in ["#", "#x", ":", ":y"] {
        assert!(statement("t", &update(&[(name, ONE)], &[], &[])).is_none(), "{name}");
        assert!(statement("t", &update(&[], &[name], &[])).is_none(), "{name}");
        assert!(statement("t", &update(&[("a", ONE)], &[], &[(name, None)])).is_none(), "{name}");
        assert!(statement("t", &Task::new(key(), Effect::Delete(vec![(name.to_owned(), None)]), 1.0)).is_none(), "{name}");
        assert!(statement("t", &Task::new(item(&[(name, ONE)]), Effect::Delete(Vec::new()), 1.0)).is_none(), "{name}");
        assert!(statement("t", &Task::new(key(), Effect::Insert(item(&[("pk", TEXT), (name, ONE)])), 1.0)).is_none(), "{name}");
    }
}

#[test]
fn what_is_too_long_is_left_to_other_operations() {
    let rest = read(&update(&[("", ONE)], &[], &[])).0.chars().count();
    // Characters count, not bytes, and parameters do not.
    for (length, fits) in [(LONGEST - rest, true), (LONGEST - rest + 1, false)] {
        let name = "é".repeat(length);
        let large = format!(r#"{{"S":"{}"}}"#, "x".repeat(100_000));
        assert_eq!(statement("a-table.x", &update(&[(&name, &large)], &[], &[])).is_some(), fits, "{length}");
    }
}

#[test]
fn a_replacement_is_no_statement() {
    let task = Task::new(key(), Effect::Replace { item: key(), expected: Vec::new() }, 1.0);
    assert!(statement("t", &task).is_none());
}
