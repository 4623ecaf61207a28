//! What [`Change`] makes of two forms of an item, by examples and by laws.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::collection::{btree_set, hash_map, vec};
use proptest::prelude::*;

use super::super::item::Item;
use super::super::same::{canonical, same_items};
use super::*;
use crate::aws::wire::to_sdk;
use crate::schema::{KeyElement, ScalarType};

fn value() -> impl Strategy<Value = AttributeValue> {
    let set = || btree_set("[a-c]{1,2}", 1..4).prop_map(|set| set.into_iter().collect::<Vec<String>>());
    let leaf = prop_oneof![
        "[a-c\"\\\\é\n]{0,2}".prop_map(AttributeValue::S),
        prop_oneof!["0", "1", "1.0", "-7", "99999999999999999999999999999999999999"].prop_map(AttributeValue::N),
        vec(any::<u8>(), 0..3).prop_map(|bytes| AttributeValue::B(Blob::new(bytes))),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        set().prop_map(AttributeValue::Ss),
        set().prop_map(|set| AttributeValue::Bs(set.into_iter().map(Blob::new).collect())),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(AttributeValue::L),
            hash_map("[a-c]", inner, 0..3).prop_map(AttributeValue::M),
        ]
    })
}

/// Names that meet often, and some that expressions would stumble over.
fn item() -> impl Strategy<Value = Attributes<'static>> {
    let name = prop_oneof!["[a-e]", "a\\.b", "#a", ":a", "size", "\""];
    hash_map(name, value(), 0..6).prop_map(|item| Attributes::of(&item))
}

fn key() -> PrimaryKey {
    PrimaryKey { partition: KeyElement::new("pk", ScalarType::S), sort: None }
}

fn between(before: &Attributes<'_>, after: &Attributes<'_>, stored: &Attributes<'_>, null_is_none: bool) -> Change {
    let key = key();
    Change::between(before, after, stored, Reading { key: &key, null_is_none, key_may_lack: false }).unwrap()
}

/// A value with its sets in order and its numbers in one form, so that equal ones are the same.
fn value_of(text: &str) -> AttributeValue {
    fn one_form(value: AttributeValue) -> AttributeValue {
        match value {
            AttributeValue::N(digits) => AttributeValue::N(canonical(&digits)),
            AttributeValue::Ss(mut set) => {
                set.sort();
                AttributeValue::Ss(set)
            }
            AttributeValue::Bs(mut set) => {
                set.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
                AttributeValue::Bs(set)
            }
            AttributeValue::L(list) => AttributeValue::L(list.into_iter().map(one_form).collect()),
            AttributeValue::M(map) => AttributeValue::M(map.into_iter().map(|(name, value)| (name, one_form(value))).collect()),
            value => value,
        }
    }
    one_form(to_sdk(text).unwrap())
}

/// What the function made of a map, and what was stored in it besides what the function was given.
fn with_the_unknown(is: AttributeValue, was: &AttributeValue, stored: &AttributeValue) -> AttributeValue {
    let (AttributeValue::M(mut map), AttributeValue::M(was), AttributeValue::M(stored)) = (is.clone(), was, stored) else {
        return is;
    };
    for (name, there) in stored {
        match (map.remove(name), was.get(name)) {
            (Some(is), Some(was)) => map.insert(name.clone(), with_the_unknown(is, was, there)),
            (Some(is), None) => map.insert(name.clone(), is),
            (None, Some(_)) => None,
            (None, None) => map.insert(name.clone(), there.clone()),
        };
    }
    AttributeValue::M(map)
}

proptest! {
    #[test]
    fn identity_changes_nothing(form in item(), stored in item(), null_is_none: bool) {
        prop_assert!(between(&form, &form, &stored, null_is_none).is_empty());
    }

    #[test]
    fn a_raw_change_leads_to_the_wanted_item(stored in item(), wanted in item()) {
        let change = between(&stored, &wanted, &stored, false);
        let there = change.apply(&stored);
        prop_assert!(same_items(&there, &wanted), "{change:?}");
        prop_assert!(change.shows_in(&there));
        prop_assert!(change.is_empty() == same_items(&stored, &wanted), "it shows in nothing that differs");
        prop_assert!(between(&stored, &wanted, &there, false).is_empty(), "what is there already is not written");
    }

    #[test]
    fn a_typed_change_touches_what_differs_and_nothing_else(stored in item(), before in item(), after in item()) {
        let change = between(&before, &after, &stored, true);
        let there = change.apply(&stored);
        let names: BTreeSet<&str> = stored.iter().chain(before.iter()).chain(after.iter()).map(|(name, _)| name).collect();
        for name in names {
            let (was, is) = (before.get(name), after.get(name));
            let touched = match (was, is) { (Some(was), Some(is)) => !same(was, is), (None, None) => false, (_, _) => true };
            match (is, there.get(name)) {
                _ if !touched => prop_assert_eq!(there.get(name), stored.get(name)),
                (Some(is), there) if is_null(is) => prop_assert!(there.is_none_or(is_null)),
                (Some(is), Some(there)) => {
                    let known = stored.get(name).zip(was).map_or_else(
                        || value_of(is),
                        |(stored, was)| with_the_unknown(value_of(is), &value_of(was), &value_of(stored)),
                    );
                    prop_assert_eq!(value_of(there), known);
                }
                (None, None) => {}
                (is, there) => prop_assert!(false, "{:?} {:?}", is, there),
            }
        }
        prop_assert!(change.shows_in(&there));
    }

    #[test]
    fn every_given_and_every_written_attribute_is_expected_as_stored(stored in item(), after in item()) {
        let change = between(&stored, &after, &stored, false);
        let expected = expected(&stored, ["a", "pk", "zz"].into_iter().chain(change.names()), &key());
        let found = |name: &str| expected.iter().filter(|(expected, _)| expected == name).collect::<Vec<_>>();
        for name in change.names().chain(["a", "zz"]) {
            prop_assert_eq!(found(name), [&(name.to_owned(), stored.get(name).map(str::to_owned))]);
        }
        prop_assert!(found("pk").is_empty());
        prop_assert!(holds(&expected, |_| false, &stored));
        let there = change.apply(&stored);
        prop_assert!(holds(&expected, |name| change.names().any(|written| written == name), &there));
    }

    #[test]
    fn a_raw_item_changes_by_the_same_law(stored in item(), after in item()) {
        let wanted = after.to_item().unwrap();
        let key = key();
        let reading = Reading { key: &key, null_is_none: false, key_may_lack: false };
        let mut item = Item::stored(&stored);
        for name in stored.iter().map(|(name, _)| name).filter(|name| !wanted.contains_key(*name)) {
            item.remove(name);
        }
        wanted.iter().for_each(|(name, value)| drop(item.insert(name, value.clone())));
        prop_assert_eq!(item.change(|name| stored.get(name), reading).unwrap(), between(&stored, &after, &stored, false));
        prop_assert_eq!(item.attributes(), after);
    }

    #[test]
    fn one_more_is_set_and_nothing_else_is_touched(stored in item(), after in item(), name in "[a-e]") {
        let mut change = between(&stored, &after, &stored, false);
        let before = change.apply(&stored).iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>();
        change.and_set(&name, r#"{"S":"mark"}"#.to_owned());
        let there = change.apply(&stored);
        prop_assert_eq!(there.get(&name), Some(r#"{"S":"mark"}"#));
        for (other, value) in before.iter().filter(|(other, _)| *other != name) {
            prop_assert_eq!(there.get(other), Some(value.as_str()));
        }
        prop_assert!(change.set.is_sorted() && change.names().filter(|written| *written == name).count() == 1);
    }
}

fn of(entries: &[(&'static str, &'static str)]) -> Attributes<'static> {
    Attributes::new(entries.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))).collect())
}

const NULL: &str = r#"{"NULL":true}"#;

#[test]
fn none_is_removed_and_an_untouched_null_stays() {
    let text = r#"{"S":"x"}"#;
    let stored = of(&[("gone", text), ("null", NULL), ("odd", r#"{ "NULL" : true }"#)]);
    let before = of(&[("gone", text), ("null", NULL), ("absent", NULL), ("odd", text)]);
    let after = of(&[("gone", NULL), ("null", NULL), ("absent", NULL), ("odd", NULL)]);
    let change = between(&before, &after, &stored, true);
    assert_eq!(change.apply(&stored), of(&[("null", NULL), ("odd", r#"{ "NULL" : true }"#)]));
    // Raw, a NULL is a value.
    let change = between(&of(&[]), &after, &of(&[]), false);
    assert_eq!(change.set.len(), 4);
}

#[test]
fn null_is_told_from_texts_about_it() {
    for (text, null) in
        [(NULL, true), (r#" { "NULL" : true } "#, true), (r#"{"S":"NULL"}"#, false), (r#"{"M":{"NULL":{"NULL":true}}}"#, false)]
    {
        assert_eq!(is_null(text), null, "{text}");
    }
}

#[test]
fn a_key_may_be_named_but_not_changed() {
    let key = key();
    let stored = of(&[("pk", r#"{"S":"1"}"#)]);
    let to = |before: &Attributes<'_>, after: &Attributes<'_>, key_may_lack| {
        let change = Change::between(before, after, &stored, Reading { key: &key, null_is_none: true, key_may_lack });
        change.map(|change| change.is_empty())
    };
    let refused = Err(KeyChanged("pk".to_owned()));
    assert_eq!(to(&stored, &of(&[("pk", r#"{"S":"2"}"#)]), true), refused);
    assert_eq!(to(&stored, &of(&[("pk", NULL)]), true), refused);
    assert_eq!(to(&stored, &of(&[]), false), refused);
    assert_eq!(to(&stored, &of(&[]), true), Ok(true));
    assert_eq!(to(&of(&[]), &of(&[("pk", r#"{"S":"1"}"#)]), true), Ok(true), "a new type that names the key as it is");
}
