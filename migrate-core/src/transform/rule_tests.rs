//! What rules make of an item: second runs, versions, what is depended on, marks.

use serde::{Deserialize, Serialize};

use super::super::shape::{Raw, Typed};
use super::*;
use crate::schema::{KeyElement, ScalarType};

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
    note: Option<String>,
}

fn key() -> PrimaryKey {
    PrimaryKey { partition: KeyElement::new("pk", ScalarType::S), sort: None }
}

fn item(text: &str) -> Attributes<'_> {
    Attributes::parse(text).unwrap()
}

const STORED: &str = r#"{"more":{"S":"m"},"pk":{"S":"1"},"points":{"N":"7"},"v":{"N":"41"}}"#;

/// The terms of a handle that says nothing.
fn plain(key: &PrimaryKey) -> Terms<'_> {
    Terms { key, depends_on: None, version: None, mark: None }
}

fn set_to(terms: Terms<'_>, points: u64, stored: &str) -> Result<Verdict, Trouble> {
    update::<Typed<Points>>(terms, move |item| {
        item.points = points;
        Ok(())
    })(&item(stored))
}

fn add(terms: Terms<'_>, stored: &str) -> Result<Verdict, Trouble> {
    update::<Typed<Points>>(terms, |item| {
        item.points += 1;
        Ok(())
    })(&item(stored))
}

fn written(verdict: Result<Verdict, Trouble>) -> Write {
    match verdict {
        Ok(Verdict::Update(write)) => write,
        other => panic!("{other:?}"),
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn expected_as(pairs: &[(&str, Option<&str>)]) -> Expected {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect()
}

#[test]
fn what_was_given_and_what_is_written_must_be_as_it_was_but_not_the_key() {
    let key = key();
    let write = written(set_to(plain(&key), 9, STORED));
    assert_eq!(write.change.set, pairs(&[("points", r#"{"N":"9"}"#)]));
    // A field that is not there was given too.
    assert_eq!(write.expected, expected_as(&[("note", None), ("points", Some(r#"{"N":"7"}"#))]));
    assert_eq!(set_to(plain(&key), 7, STORED).unwrap(), Verdict::Leave);

    let raw = update::<Raw>(plain(&key), |item| {
        item.remove("more");
        Ok(())
    });
    let write = written(raw(&item(STORED)));
    assert_eq!((write.change.set.len(), &write.change.remove), (0, &vec!["more".to_owned()]));
    let all = [("more", Some(r#"{"S":"m"}"#)), ("points", Some(r#"{"N":"7"}"#)), ("v", Some(r#"{"N":"41"}"#))];
    assert_eq!(write.expected, expected_as(&all));
}

#[test]
fn the_second_run_may_change_nothing_more() {
    let key = key();
    let changes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    match add(plain(&key), STORED) {
        Err(Trouble::NotRepeatable(Again::Changes(names))) => assert_eq!(names, changes(&["points"])),
        other => panic!("{other:?}"),
    }
    // One that settles only at its second run is refused too.
    let settles = update::<Typed<Points>>(plain(&key), |item| {
        if item.points == 7 {
            item.points = 8
        } else {
            item.note = Some("done".to_owned())
        }
        Ok(())
    });
    match settles(&item(STORED)) {
        Err(Trouble::NotRepeatable(Again::Changes(names))) => assert_eq!(names, changes(&["note"])),
        other => panic!("{other:?}"),
    }
    let fails = update::<Typed<Points>>(plain(&key), |item| {
        if item.points == 8 {
            return Err(Failure::msg("done already"));
        }
        item.points = 8;
        Ok(())
    });
    assert!(matches!(fails(&item(STORED)), Err(Trouble::NotRepeatable(Again::Fails(_)))));
    assert!(
        matches!(fails(&item(r#"{"pk":{"S":"1"},"points":{"N":"8"}}"#)), Err(Trouble::Function(_))),
        "on what is stored it is its own"
    );
}

#[test]
fn a_transform_of_its_own_output_is_done() {
    #[derive(Serialize, Deserialize)]
    struct New {
        score: u64,
    }
    let key = key();
    let rule = transform::<Typed<Points>, Typed<New>>(plain(&key), |old| Ok(New { score: old.points }));
    let write = written(rule(&item(STORED)));
    assert_eq!(write.change.set, pairs(&[("score", r#"{"N":"7"}"#)]));
    assert_eq!(write.change.remove, ["points"]);
    // Of the new type, only what is written: it was not there.
    assert_eq!(write.expected, expected_as(&[("note", None), ("points", Some(r#"{"N":"7"}"#)), ("score", None)]));
    assert_eq!(rule(&write.change.apply(&item(STORED))).unwrap(), Verdict::Leave);
    assert!(matches!(rule(&item(r#"{"pk":{"S":"1"}}"#)), Err(Trouble::Misfits { .. })));
}

#[test]
fn a_version_is_the_only_condition_and_is_raised_by_one() {
    let key = key();
    for (stored, next) in [
        ("41", "42"),
        ("0", "1"),
        ("-1", "0"),
        ("99999999999999999999999999999999999999", "100000000000000000000000000000000000000"),
    ] {
        let text = STORED.replace("41", stored);
        let write = written(set_to(Terms { version: Some("v"), ..plain(&key) }, 9, &text));
        let (stored, next) = (format!(r#"{{"N":"{stored}"}}"#), format!(r#"{{"N":"{next}"}}"#));
        assert_eq!(write.expected, expected_as(&[("v", Some(&stored))]));
        assert_eq!(write.change.set, pairs(&[("points", r#"{"N":"9"}"#), ("v", &next)]));
    }
    // What is left alone is not raised, and what is deleted has the same condition.
    let terms = || Terms { version: Some("v"), ..plain(&key) };
    assert_eq!(set_to(terms(), 7, STORED).unwrap(), Verdict::Leave);
    let deletes = reading(terms(), |_| Ok(((), Given::All)), |()| Ok(Reads::Delete));
    assert_eq!(deletes(&item(STORED)).unwrap(), Verdict::Delete(expected_as(&[("v", Some(r#"{"N":"41"}"#))])));
}

#[test]
fn without_a_whole_number_for_a_version_all_is_as_if_there_were_none() {
    let key = key();
    for version in ["", r#","v":{"S":"41"}"#, r#","v":{"N":"1.5"}"#, r#","v":{"NULL":true}"#] {
        let text = format!(r#"{{"pk":{{"S":"1"}},"points":{{"N":"7"}}{version}}}"#);
        let write = written(set_to(Terms { version: Some("v"), ..plain(&key) }, 9, &text));
        assert_eq!(write.expected, expected_as(&[("note", None), ("points", Some(r#"{"N":"7"}"#))]), "{version}");
        assert_eq!(write.change.set, pairs(&[("points", r#"{"N":"9"}"#)]), "{version}");
    }
}

#[test]
fn what_it_depends_on_replaces_what_was_given_but_not_what_is_written() {
    let key = key();
    for (names, expected) in [
        (vec!["more", "absent"], vec![("absent", None), ("more", Some(r#"{"S":"m"}"#)), ("points", Some(r#"{"N":"7"}"#))]),
        (vec![], vec![("points", Some(r#"{"N":"7"}"#))]),
    ] {
        let names: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
        let write = written(set_to(Terms { depends_on: Some(&names), ..plain(&key) }, 9, STORED));
        assert_eq!(write.expected, expected_as(&expected));
    }
    let names: BTreeSet<String> = ["more".to_owned()].into();
    let deletes = reading(Terms { depends_on: Some(&names), ..plain(&key) }, |_| Ok(((), Given::All)), |()| Ok(Reads::Delete));
    assert_eq!(deletes(&item(STORED)).unwrap(), Verdict::Delete(expected_as(&[("more", Some(r#"{"S":"m"}"#))])));
}

fn mark(exactly_once: bool) -> Mark {
    Mark { attribute: "_m".to_owned(), value: r#"{"S":"0007 update t 1"}"#.to_owned(), exactly_once }
}

#[test]
fn exactly_once_sets_its_mark_and_skips_what_has_it() {
    let (key, mark) = (key(), mark(true));
    let terms = || Terms { mark: Some(&mark), ..plain(&key) };
    let write = written(add(terms(), STORED));
    assert_eq!(write.change.set, pairs(&[("_m", &mark.value), ("points", r#"{"N":"8"}"#)]));
    // The mark must still be missing: somebody else's run may have been here.
    assert_eq!(write.expected, expected_as(&[("_m", None), ("note", None), ("points", Some(r#"{"N":"7"}"#))]));
    let output = write.change.apply(&item(STORED)).to_json();
    assert_eq!(add(terms(), &output).unwrap(), Verdict::Leave);
    // The mark of another migration is no reason, and is replaced.
    let other = output.replace("0007", "0006");
    let write = written(add(terms(), &other));
    assert_eq!(write.change.set, pairs(&[("_m", &mark.value), ("points", r#"{"N":"9"}"#)]));
    assert!(write.expected.contains(&("_m".to_owned(), Some(r#"{"S":"0006 update t 1"}"#.to_owned()))));
}

#[test]
fn a_mark_alone_is_left_on_what_is_written_and_skips_nothing() {
    let (key, mark) = (key(), mark(false));
    let terms = || Terms { mark: Some(&mark), ..plain(&key) };
    let write = written(set_to(terms(), 9, STORED));
    assert_eq!(write.change.set, pairs(&[("_m", &mark.value), ("points", r#"{"N":"9"}"#)]));
    assert_eq!(set_to(terms(), 7, STORED).unwrap(), Verdict::Leave, "nothing is written for the mark's sake");
    let output = write.change.apply(&item(STORED)).to_json();
    assert!(matches!(set_to(terms(), 10, &output), Ok(Verdict::Update(_))));
    assert!(matches!(add(terms(), STORED), Err(Trouble::NotRepeatable(_))));
}

#[test]
fn a_write_shows_where_all_of_it_is_and_nothing_else_moved() {
    let key = key();
    let write = written(set_to(plain(&key), 9, STORED));
    let there =
        |points: &str, note: &str| format!(r#"{{"note":{note},"pk":{{"S":"1"}},"points":{{"N":"{points}"}},"x":{{"S":""}}}}"#);
    assert!(write.shows_in(&item(&STORED.replace(r#""N":"7""#, r#""N":"9.0""#))));
    assert!(!write.shows_in(&item(STORED)));
    assert!(!write.shows_in(&item(&there("9", r#"{"S":"new"}"#))), "what the function was given is another thing now");
}

#[test]
fn a_mark_is_known_however_an_engine_writes_it() {
    let key = key();
    let mark = Mark { attribute: "m".to_owned(), value: r#"{"S":"0001/update app 1"}"#.to_owned(), exactly_once: true };
    for there in [r#"{"S":"0001/update app 1"}"#, r#"{"S": "0001/update app 1"}"#, r#"{"S":"0001\/update app 1"}"#] {
        let stored = format!(r#"{{"m":{there},"pk":{{"S":"1"}},"points":{{"N":"7"}}}}"#);
        assert_eq!(add(Terms { mark: Some(&mark), ..plain(&key) }, &stored).unwrap(), Verdict::Leave, "{there}");
    }
}
