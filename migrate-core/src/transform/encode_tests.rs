//! Writing a type as an item: held to what serde_dynamo makes of it, over types of every kind and over whatever serde can say.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Serializer;
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde_dynamo::{binary_set, number_set, string_set};

use self::tree::{Tree, key, name, tree};
use super::*;

type Item = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

#[path = "encode_tree.rs"]
mod tree;

/// What serde_dynamo writes, in text.
fn theirs<T: Serialize>(value: &T) -> Result<Attributes<'static>> {
    let item: std::result::Result<Item, serde_dynamo::Error> = serde_dynamo::aws_sdk_dynamodb_1::to_item(value);
    item.map(|item| Attributes::of(&item)).map_err(|error| match error.to_string().as_str() {
        "Not a map-like object" => Unwritable::NO_MAP,
        "Not a set-like sequence" => Unwritable::NO_SEQUENCE,
        "Key must be a string" => Unwritable::KEY,
        "String set element does not serialize to string" => Set::Text.misfit(),
        "Number set element does not serialize to number" => Set::Number.misfit(),
        "Binary set element does not serialize to binary" => Set::Binary.misfit(),
        _ => Unwritable::REFUSED,
    })
}

/// What serde_dynamo writes is written here, and is the same.
#[track_caller]
fn alike<T: Serialize>(value: &T) -> String {
    let ours = encode(value);
    assert_eq!(ours, theirs(value));
    ours.expect("it can be written").to_json()
}

#[track_caller]
fn refused<T: Serialize>(value: &T) -> String {
    let ours = encode(value);
    assert_eq!(ours, theirs(value));
    ours.expect_err("it cannot be written").to_string()
}

#[derive(Clone, Debug, Serialize)]
struct Id(u64);

#[derive(Clone, Debug, Serialize)]
struct Nothing;

struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[derive(Serialize)]
enum Kind {
    Plain,
    One(u8),
    Two(u8, &'static str),
    Named {
        x: i8,
        #[serde(rename = "the y")]
        y: Option<bool>,
    },
}

#[derive(Serialize)]
struct Wide {
    id: Id,
    small: i8,
    large: u64,
    low: i64,
    real: f64,
    short: f32,
    odd: [f64; 4],
    letter: char,
    text: &'static str,
    #[serde(rename = "say \"it\"\n")]
    named: String,
    flags: (bool, bool),
    bytes: Bytes,
    none: Option<u8>,
    some: Option<Option<u8>>,
    unit: (),
    nothing: Nothing,
    #[serde(with = "string_set")]
    texts: BTreeSet<&'static str>,
    #[serde(with = "number_set")]
    numbers: Option<Vec<i64>>,
    #[serde(with = "binary_set")]
    blobs: [Bytes; 2],
    #[serde(with = "string_set")]
    empty: Vec<String>,
    by_number: BTreeMap<i8, bool>,
    by_flag: HashMap<bool, u8>,
    by_letter: BTreeMap<char, BTreeMap<String, Vec<()>>>,
    kinds: Vec<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<u8>,
    #[serde(skip)]
    _skipped: u8,
}

fn wide() -> Wide {
    Wide {
        id: Id(u64::MAX),
        small: -128,
        large: u64::MAX,
        low: i64::MIN,
        real: 1e300,
        short: 0.1,
        odd: [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0],
        letter: '"',
        text: "\u{0}\u{1f}\u{7f}\\/\u{2028}é🥳\r\n\t",
        named: String::new(),
        flags: (true, false),
        bytes: Bytes(&[0, 255, 62]),
        none: None,
        some: Some(Some(1)),
        unit: (),
        nothing: Nothing,
        texts: BTreeSet::from(["b", "\"a"]),
        numbers: Some(vec![3, -1]),
        blobs: [Bytes(&[1]), Bytes(&[])],
        empty: Vec::new(),
        by_number: BTreeMap::from([(-2, true), (-1, false), (10, true), (9, false)]),
        by_flag: HashMap::from([(true, 1), (false, 0)]),
        by_letter: BTreeMap::from([('é', BTreeMap::new()), ('\n', BTreeMap::from([(String::new(), vec![()])]))]),
        kinds: vec![Kind::Plain, Kind::One(1), Kind::Two(2, ""), Kind::Named { x: 3, y: None }],
        absent: None,
        _skipped: 1,
    }
}

#[derive(Serialize)]
struct Flat {
    id: &'static str,
    #[serde(flatten)]
    rest: HashMap<&'static str, Id>,
    #[serde(flatten)]
    kind: Kind,
}

fn flat() -> Flat {
    Flat { id: "one", rest: HashMap::from([("z", Id(1)), ("a", Id(2)), ("id", Id(3))]), kind: Kind::Two(1, "x") }
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Entity {
    Order { total: u64 },
    Customer(Inner),
    Nobody,
}

#[derive(Serialize)]
#[serde(tag = "kind", content = "it")]
enum Apart {
    Order(u8, u8),
    Nobody,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Either {
    One { total: u64 },
    Other(Inner),
}

#[derive(Serialize)]
struct Inner {
    zip: u64,
    city: &'static str,
}

#[test]
fn it_writes_as_serde_dynamo_writes() {
    let inner = || Inner { zip: 1, city: "x" };
    alike(&wide());
    alike(&vec![("wide", wide())].into_iter().collect::<HashMap<_, _>>());
    assert_eq!(alike(&inner()), r#"{"city":{"S":"x"},"zip":{"N":"1"}}"#);
    assert_eq!(alike(&Some(&inner())), alike(&inner()));
    assert_eq!(
        alike(&flat()),
        r#"{"Two":{"L":[{"N":"1"},{"S":"x"}]},"a":{"N":"2"},"id":{"N":"3"},"z":{"N":"1"}}"#,
        "of two with one name the last counts"
    );
    assert_eq!(alike(&HashMap::from([("flat", flat())])), format!(r#"{{"flat":{{"M":{}}}}}"#, alike(&flat())));
    for entity in [Entity::Order { total: 1 }, Entity::Customer(inner()), Entity::Nobody] {
        alike(&entity);
    }
    alike(&Apart::Order(1, 2));
    alike(&Apart::Nobody);
    alike(&Either::One { total: 1 });
    alike(&Either::Other(inner()));
    for kind in [Kind::One(1), Kind::Two(2, ""), Kind::Named { x: 3, y: Some(true) }] {
        alike(&kind);
    }
    alike(&serde_json::json!({"a": [1, -1, 1.5, null, {"b": "c"}]}));
    alike(&BTreeMap::from([(i128::MIN, 1), (1, 2)]));
    alike(&BTreeMap::from([(u128::MAX, "1".parse::<std::net::Ipv4Addr>().ok()), (0, Some([127, 0, 0, 1].into()))]));
}

#[test]
fn it_refuses_as_serde_dynamo_refuses() {
    #[derive(Serialize)]
    struct In<T>(BTreeMap<&'static str, T>);
    fn a<T>(value: T) -> In<T> {
        In(BTreeMap::from([("a", value)]))
    }
    let secret = "canary";
    let odd_keys = |key: Option<u8>| BTreeMap::from([(key, 1)]);
    for (found, wanted) in [
        (refused(&secret), "it is not a struct or a map"),
        (refused(&vec![a(1)]), "it is not a struct or a map"),
        (refused(&Kind::Plain), "it is not a struct or a map"),
        (refused(&()), "it is not a struct or a map"),
        (refused(&string_set::StringSet([secret])), "it is not a struct or a map"),
        (refused(&string_set::StringSet(a(1))), "a field that is to be a set is no sequence"),
        (refused(&a(string_set::StringSet(secret))), "a field that is to be a set is no sequence"),
        (refused(&a(string_set::StringSet(string_set::StringSet([secret])))), "a field that is to be a set is no sequence"),
        (refused(&a(string_set::StringSet(Kind::Two(1, secret)))), "a field that is to be a set is no sequence"),
        (refused(&a(string_set::StringSet((secret, 1)))), "a string set in it holds something else"),
        (refused(&a(number_set::NumberSet((1, secret)))), "a number set in it holds something else"),
        (refused(&a(binary_set::BinarySet([secret]))), "a binary set in it holds something else"),
        (refused(&odd_keys(None)), "a map in it has keys that are no text"),
        (refused(&a(odd_keys(Some(1)))), "a map in it has keys that are no text"),
        (refused(&a(u128::MAX)), "its `Serialize` refuses, or uses a type that DynamoDB does not have"),
        (refused(&a(Refusing(secret))), "its `Serialize` refuses, or uses a type that DynamoDB does not have"),
        (refused(&[Refusing(secret)]), "its `Serialize` refuses, or uses a type that DynamoDB does not have"),
    ] {
        assert_eq!(found, wanted);
    }
    // Here serde_dynamo panics.
    assert_eq!(encode(&BTreeMap::from([([1], 1)])), Err(Unwritable::KEY));
    assert_eq!(encode(&BTreeMap::from([(vec![1], 1)])), Err(Unwritable::KEY));
}

struct Refusing(&'static str);

impl Serialize for Refusing {
    fn serialize<S: Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        Err(S::Error::custom(self.0))
    }
}

#[test]
fn what_was_refused_and_passed_over_leaves_nothing_behind() {
    struct Passing;
    impl Serialize for Passing {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            let bad = BTreeMap::from([("x", Tree::Seq(vec![Tree::Text("y".into()), Tree::Refuses]))]);
            let mut map = serializer.serialize_map(None)?;
            let _ = map.serialize_entry("bad", &bad);
            map.serialize_entry("a", &(1, [2]))?;
            let _ = map.serialize_entry(&Tree::Unit, &bad);
            let _ = map.serialize_value(&bad);
            map.serialize_entry("b", &SeqPassing)?;
            map.serialize_key("no value")?;
            map.end()
        }
    }
    struct SeqPassing;
    impl Serialize for SeqPassing {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            let mut seq = serializer.serialize_seq(None)?;
            let _ = seq.serialize_element(&(1, Tree::Refuses));
            seq.serialize_element("x")?;
            let _ = seq.serialize_element(&BTreeMap::from([("y", Tree::Refuses)]));
            seq.end()
        }
    }
    let wanted = r#"{"a":{"L":[{"N":"1"},{"L":[{"N":"2"}]}]},"b":{"L":[{"S":"x"}]}}"#;
    assert_eq!(alike(&Passing), wanted);
    assert_eq!(alike(&BTreeMap::from([("in", Passing)])), format!(r#"{{"in":{{"M":{wanted}}}}}"#));
}

proptest! {
    #[test]
    fn whatever_serde_can_say_is_written_as_serde_dynamo_writes(tree in tree()) {
        prop_assert_eq!(encode(&tree), theirs(&tree));
    }

    #[test]
    fn every_item_is_written_as_serde_dynamo_writes(fields in vec((name(), tree()), 0..6), entries in vec((key(), tree()), 0..6)) {
        let item = Tree::Struct(fields);
        prop_assert_eq!(encode(&item), theirs(&item));
        let item = Tree::Newtype(Box::new(Tree::Some(Box::new(Tree::Map(entries)))));
        prop_assert_eq!(encode(&item), theirs(&item));
    }
}
