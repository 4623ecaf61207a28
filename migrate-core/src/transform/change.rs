//! What of a stored item a function changed, from its serialised form before and after; pure, knows no table and no client.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use super::Item;
use super::same;
use crate::aws::wire::from_sdk;
use crate::schema::PrimaryKey;

fn same(a: &AttributeValue, b: &AttributeValue) -> bool {
    let text = |value| {
        let mut text = String::new();
        from_sdk(value, &mut text);
        text
    };
    same::same(&text(a), &text(b))
}

/// How the two forms are to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// The table's key.
    pub(super) key: &'a PrimaryKey,
    /// Whether NULL means that there is nothing.
    pub(super) null_is_none: bool,
    /// Whether the new form may lack the key: another type, that does not name it.
    pub(super) key_may_lack: bool,
}

impl Reading<'_> {
    fn is_key(&self, name: &str) -> bool {
        self.key.attributes().any(|element| element.name == name)
    }
}

/// The function gave this key attribute another value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyChanged(pub(super) String);

/// The attributes to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Change {
    pub(super) set: BTreeMap<String, AttributeValue>,
    pub(super) remove: BTreeSet<String>,
}

impl Change {
    /// What turns `stored` into what the function wants, given its input and its output in serialised form.
    pub(super) fn between(before: &Item, after: &Item, stored: &Item, reading: Reading<'_>) -> Result<Self, KeyChanged> {
        let mut change = Self::default();
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (was, is, there) = (before.get(name), after.get(name), stored.get(name));
            let touched = match (was, is) {
                (Some(was), Some(is)) => !same(was, is),
                (_, _) => true,
            };
            if !touched {
                continue;
            }
            if reading.is_key(name) {
                match (is, there) {
                    (None, _) if reading.key_may_lack => {}
                    (Some(is), Some(there)) if same(is, there) => {}
                    (_, _) => return Err(KeyChanged(name.clone())),
                }
                continue;
            }
            match (is, there) {
                (None, None) => {}
                (None, Some(_)) => {
                    change.remove.insert(name.clone());
                }
                (Some(AttributeValue::Null(_)), there) if reading.null_is_none => {
                    if there.is_some_and(|there| !there.is_null()) {
                        change.remove.insert(name.clone());
                    }
                }
                (Some(is), Some(there)) if same(is, there) => {}
                (Some(is), _) => {
                    change.set.insert(name.clone(), is.clone());
                }
            }
        }
        Ok(change)
    }

    /// Whether nothing is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// The attributes that are written, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.set.keys().chain(&self.remove).map(String::as_str)
    }

    /// The item as it will be.
    pub(super) fn apply(&self, stored: &Item) -> Item {
        let mut item = stored.clone();
        item.retain(|name, _| !self.remove.contains(name));
        item.extend(self.set.iter().map(|(name, value)| (name.clone(), value.clone())));
        item
    }

    /// Whether an item is already as this would leave it.
    pub(super) fn shows_in(&self, item: &Item) -> bool {
        self.set.iter().all(|(name, value)| item.get(name).is_some_and(|there| same(there, value)))
            && self.remove.iter().all(|name| !item.contains_key(name))
    }

    /// What the item must still hold for this to be written: all that the function was given and all that is written. `None`
    /// must still be absent.
    pub(super) fn expected(
        &self,
        stored: &Item,
        given: &BTreeSet<String>,
        key: &PrimaryKey,
    ) -> BTreeMap<String, Option<AttributeValue>> {
        let is_key = |name: &str| key.attributes().any(|element| element.name == name);
        given
            .iter()
            .map(String::as_str)
            .chain(self.names())
            .filter(|name| !is_key(name))
            .map(|name| (name.to_owned(), stored.get(name).cloned()))
            .collect()
    }
}

/// A change with its conditions: what the one seam to the table takes.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) change: Change,
    pub(super) expected: BTreeMap<String, Option<AttributeValue>>,
}

impl Write {
    /// Whether an item is as this write left it: what is written, and all else that the function was given. Somebody else may
    /// have written the same to an item of which the function would make something else.
    pub(super) fn shows_in(&self, item: &Item) -> bool {
        let mut given = self.expected.iter().filter(|(name, _)| !self.change.names().any(|written| written == *name));
        self.change.shows_in(item)
            && given.all(|(name, value)| match (value, item.get(name)) {
                (Some(value), Some(there)) => same(value, there),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;
    use proptest::collection::{btree_set, hash_map, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::aws::wire::Attributes;
    use crate::schema::{KeyElement, ScalarType};

    fn value() -> impl Strategy<Value = AttributeValue> {
        let set = || btree_set("[a-c]{1,2}", 1..4).prop_map(|set| set.into_iter().collect::<Vec<String>>());
        let leaf = prop_oneof![
            "[a-c]{0,2}".prop_map(AttributeValue::S),
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
    fn item() -> impl Strategy<Value = Item> {
        hash_map(prop_oneof!["[a-e]", "a\\.b", "#a", ":a", "size"], value(), 0..6)
    }

    fn key() -> PrimaryKey {
        PrimaryKey { partition: KeyElement::new("pk", ScalarType::S), sort: None }
    }

    fn between(before: &Item, after: &Item, stored: &Item, null_is_none: bool) -> Change {
        let key = key();
        Change::between(before, after, stored, Reading { key: &key, null_is_none, key_may_lack: false }).unwrap()
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
            prop_assert!(same::same_items(&Attributes::of(&there), &Attributes::of(&wanted)), "{change:?}");
            prop_assert!(change.shows_in(&there));
            prop_assert!(between(&stored, &wanted, &there, false).is_empty(), "what is there already is not written");
        }

        #[test]
        fn a_typed_change_touches_what_differs_and_nothing_else(stored in item(), before in item(), after in item()) {
            let change = between(&before, &after, &stored, true);
            let there = change.apply(&stored);
            let names: BTreeSet<&String> = stored.keys().chain(before.keys()).chain(after.keys()).collect();
            for name in names {
                let (was, is) = (before.get(name), after.get(name));
                let touched = match (was, is) { (Some(was), Some(is)) => !same(was, is), (None, None) => false, (_, _) => true };
                match (is, there.get(name)) {
                    _ if !touched => prop_assert_eq!(there.get(name), stored.get(name)),
                    (Some(AttributeValue::Null(_)), there) => prop_assert!(there.is_none_or(AttributeValue::is_null)),
                    (Some(is), Some(there)) => prop_assert!(same(is, there)),
                    (None, None) => {}
                    (is, there) => prop_assert!(false, "{:?} {:?}", is, there),
                }
            }
            prop_assert!(change.shows_in(&there));
        }

        #[test]
        fn every_given_and_every_written_attribute_is_expected_as_stored(stored in item(), after in item()) {
            let change = between(&stored, &after, &stored, false);
            let expected = change.expected(&stored, &["a", "pk", "zz"].map(str::to_owned).into(), &key());
            for name in change.names().chain(["a", "zz"]) {
                prop_assert_eq!(expected.get(name), Some(&stored.get(name).cloned()));
            }
            prop_assert!(!expected.contains_key("pk"));
        }
    }

    fn item_of(entries: &[(&str, AttributeValue)]) -> Item {
        entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn none_is_removed_and_an_untouched_null_stays() {
        let (text, null) = (AttributeValue::S("x".to_owned()), AttributeValue::Null(true));
        let stored = item_of(&[("gone", text.clone()), ("null", null.clone())]);
        let before = item_of(&[("gone", text), ("null", null.clone()), ("absent", null.clone())]);
        let after = item_of(&[("gone", null.clone()), ("null", null.clone()), ("absent", null.clone())]);
        assert_eq!(between(&before, &after, &stored, true).apply(&stored), item_of(&[("null", null)]));
    }

    #[test]
    fn a_key_may_be_named_but_not_changed() {
        let key = key();
        let (one, two) = (AttributeValue::S("1".to_owned()), AttributeValue::S("2".to_owned()));
        let stored = item_of(&[("pk", one.clone())]);
        let to = |before: &Item, after: &Item, key_may_lack| {
            let change = Change::between(before, after, &stored, Reading { key: &key, null_is_none: true, key_may_lack });
            change.map(|change| change.is_empty())
        };
        let refused = Err(KeyChanged("pk".to_owned()));
        assert_eq!(to(&stored, &item_of(&[("pk", two)]), true), refused);
        assert_eq!(to(&stored, &item_of(&[("pk", AttributeValue::Null(true))]), true), refused);
        assert_eq!(to(&stored, &Item::new(), false), refused);
        assert_eq!(to(&stored, &Item::new(), true), Ok(true));
        assert_eq!(to(&Item::new(), &item_of(&[("pk", one)]), true), Ok(true), "a new type that names the key as it is");
    }
}
