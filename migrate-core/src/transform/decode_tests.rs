//! Reading an item into a type: held to what serde_dynamo makes of it, over a broad sample.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::decode as decode_text;
use super::*;

type Item = std::collections::HashMap<String, AttributeValue>;

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(digits: &str) -> AttributeValue {
    AttributeValue::N(digits.to_owned())
}

fn m<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(item(entries))
}

fn item<const N: usize>(entries: [(&str, AttributeValue); N]) -> Item {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn decode<T: DeserializeOwned>(item: &Item) -> Result<(T, Given)> {
    decode_text(&Attributes::of(item))
}

/// What serde_dynamo reads is read here, and is the same.
#[track_caller]
fn alike<T: DeserializeOwned + PartialEq + Debug>(item: &Item) -> T {
    let theirs: T = serde_dynamo::aws_sdk_dynamodb_1::from_item(item.clone()).expect("serde_dynamo reads it");
    let (ours, _) = decode::<T>(item).expect("it fits");
    assert_eq!(ours, theirs);
    ours
}

#[track_caller]
fn misfit<T: DeserializeOwned + Debug>(item: &Item) -> String {
    let theirs = serde_dynamo::aws_sdk_dynamodb_1::from_item::<T>(item.clone());
    assert!(theirs.is_err(), "serde_dynamo refuses it too");
    decode::<T>(item).expect_err("it does not fit").to_string()
}

/// Bytes, as serde_bytes reads and writes them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visit;
        impl Visitor<'_> for Visit {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> std::result::Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Visit)
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Id(u64);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    One(u8),
    Two(u8, String),
    Named { x: i8 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    zip: u64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wide {
    id: Id,
    small: i8,
    real: f64,
    letter: char,
    flag: bool,
    bytes: Bytes,
    list: Vec<Option<u8>>,
    pair: (String, u8),
    #[serde(with = "serde_dynamo::string_set")]
    texts: BTreeSet<String>,
    #[serde(with = "serde_dynamo::number_set")]
    numbers: BTreeSet<i64>,
    #[serde(with = "serde_dynamo::binary_set")]
    blobs: BTreeSet<Bytes>,
    inner: Inner,
    map: BTreeMap<u16, bool>,
    kinds: Vec<Kind>,
    null: Option<u8>,
    absent: Option<u8>,
    #[serde(default)]
    default: String,
    unit: (),
    any: serde_json::Value,
    huge: serde_json::Value,
}

fn wide() -> Item {
    let text = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    item([
        ("id", n("18446744073709551615")),
        ("small", n("-128")),
        ("real", n("12345678901234567890123456789012345678")),
        ("letter", s("é")),
        ("flag", AttributeValue::Bool(true)),
        ("bytes", AttributeValue::B(Blob::new([0, 255]))),
        ("list", AttributeValue::L(vec![n("1"), AttributeValue::Null(true)])),
        ("pair", AttributeValue::L(vec![s(""), n("2")])),
        ("texts", AttributeValue::Ss(text(&["b", "a"]))),
        ("numbers", AttributeValue::Ns(text(&["-1", "9223372036854775807"]))),
        ("blobs", AttributeValue::Bs(vec![Blob::new([1]), Blob::new([])])),
        ("inner", m([("zip", n("1")), ("unknown", m([("x", s("y"))]))])),
        ("map", m([("7", AttributeValue::Bool(false))])),
        (
            "kinds",
            AttributeValue::L(vec![
                s("Plain"),
                m([("One", n("1"))]),
                m([("Two", AttributeValue::L(vec![n("2"), s("x")]))]),
                m([("Named", m([("x", n("-3"))]))]),
            ]),
        ),
        ("null", AttributeValue::Null(true)),
        ("unit", AttributeValue::Null(true)),
        ("any", m([("a", AttributeValue::L(vec![n("1"), n("18446744073709551615"), n("1.5"), s("x")])), ("b", n("-1"))])),
        ("huge", n("99999999999999999999999999999999999999")),
        ("not in the type", AttributeValue::Ns(text(&["1"]))),
    ])
}

#[test]
fn it_reads_as_serde_dynamo_reads() {
    let read: Wide = alike(&wide());
    assert_eq!(read.id, Id(u64::MAX));
    let written: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(&read).unwrap();
    assert_eq!(alike::<Wide>(&written), read);
    alike::<HashMap<String, serde_json::Value>>(&item([("a", n("1")), ("b", AttributeValue::Bool(true))]));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    id: String,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Entity {
    Order { total: u64 },
    Customer { name: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Order { total: u64 },
    Customer { name: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Renamed {
    #[serde(alias = "mail")]
    email: String,
    #[serde(skip_serializing_if = "Option::is_none", rename = "the note")]
    note: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Wrapped(Renamed);

#[test]
fn what_was_given_is_what_the_type_asks_for() {
    let order = item([("kind", s("Order")), ("total", n("3"))]);
    assert_eq!(alike::<Entity>(&order), Entity::Order { total: 3 });
    assert_eq!(alike::<Either>(&order), Either::Order { total: 3 });
    let renamed = item([("mail", s("x")), ("more", s("y"))]);
    alike::<Wrapped>(&renamed);
    alike::<Flat>(&item([("id", s("1")), ("more", n("2"))]));

    let Given::Fields(fields) = decode::<Wrapped>(&renamed).unwrap().1 else { panic!("a struct asks by name") };
    assert_eq!(BTreeSet::from_iter(fields.iter().copied()), BTreeSet::from(["email", "mail", "the note"]));
    assert_eq!(decode::<Inner>(&item([("zip", n("1"))])).unwrap().1, Given::Fields(&["zip"]));
    assert_eq!(decode::<Option<Inner>>(&item([("zip", n("1"))])).unwrap().1, Given::Fields(&["zip"]));
    let nested = item([("inner", m([("zip", n("1"))]))]);
    assert_eq!(decode::<HashMap<String, Inner>>(&nested).unwrap().1, Given::All);
    assert_eq!(decode::<Entity>(&order).unwrap().1, Given::All);
    assert_eq!(decode::<Either>(&order).unwrap().1, Given::All);
    assert_eq!(decode::<Flat>(&item([("id", s("1"))])).unwrap().1, Given::All);
}

#[derive(Debug, Deserialize)]
struct Refusing {
    #[serde(deserialize_with = "refuse")]
    #[expect(dead_code, reason = "only its reading matters")]
    mail: String,
}

fn refuse<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    Err(serde::de::Error::custom(format!("bad address {text}, expected {text}")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {}

#[derive(Debug, Deserialize)]
struct Outer<T> {
    #[expect(dead_code, reason = "only its reading matters")]
    a: T,
}

#[test]
fn a_misfit_names_the_path_and_no_value() {
    let secret = || s("canary");
    let a = |value| item([("a", value)]);
    for (found, wanted) in [
        (misfit::<Outer<u64>>(&a(secret())), "`a` is S, expected u64"),
        (misfit::<Outer<u8>>(&a(n("4444"))), "`a` is N of a value that does not fit, expected u8"),
        (misfit::<Outer<bool>>(&a(n("4444"))), "`a` is N, expected a boolean"),
        (misfit::<Outer<Inner>>(&a(m([("zip", secret())]))), "`a.zip` is S, expected u64"),
        (misfit::<Outer<Inner>>(&a(m([("canary", secret())]))), "`a.zip` is missing"),
        (misfit::<Outer<Inner>>(&item([])), "`a` is missing"),
        (misfit::<Outer<Inner>>(&a(secret())), "`a` is S, expected struct Inner"),
        (
            misfit::<Outer<Vec<Inner>>>(&a(AttributeValue::L(vec![m([("zip", n("1"))]), m([("zip", secret())])]))),
            "`a[1].zip` is S, expected u64",
        ),
        (
            misfit::<Outer<Vec<u8>>>(&a(AttributeValue::Ns(vec!["4444".into()]))),
            "`a[0]` is N of a value that does not fit, expected u8",
        ),
        (misfit::<Outer<Vec<u8>>>(&a(AttributeValue::Ss(vec!["canary".into()]))), "`a[0]` is S, expected u8"),
        (misfit::<Outer<HashMap<String, u8>>>(&a(m([("canary", secret())]))), "`a.*` is S, expected u8"),
        (
            misfit::<Outer<Kind>>(&a(secret())),
            "`a` is S of a variant that the type does not have, expected one of `Plain`, `One`, `Two`, `Named`",
        ),
        (misfit::<Outer<Either>>(&a(secret())), "`a` is S that the type's own `Deserialize` refuses"),
        (misfit::<Outer<char>>(&a(secret())), "`a` is S of a value that does not fit, expected a character"),
        (
            misfit::<Outer<(u8, u8)>>(&a(AttributeValue::L(vec![n("1")]))),
            "`a` is L of a value that does not fit, expected a tuple of size 2",
        ),
        (misfit::<HashMap<String, u8>>(&item([("z", secret()), ("b", secret()), ("a", n("1"))])), "`b` is S, expected u8"),
        (misfit::<Refusing>(&item([("mail", secret())])), "`mail` is S that the type's own `Deserialize` refuses"),
        (misfit::<Strict>(&a(secret())), "it has an attribute that the type denies"),
        (misfit::<Either>(&a(secret())), "it is a whole item that the type's own `Deserialize` refuses"),
        (misfit::<u64>(&a(secret())), "it is a whole item, expected u64"),
        (misfit::<HashMap<String, u8>>(&item([("odd `name`\n", secret())])), "`odd `name`\\n` is S, expected u8"),
    ] {
        assert_eq!(found, wanted);
        assert!(!found.contains("canary") && !found.contains("4444"), "{found}");
    }
}

/// The attribute `a` in text.
fn text(value: &'static str) -> Attributes<'static> {
    Attributes::new(vec![(Cow::Borrowed("a"), Cow::Borrowed(value)), (Cow::Borrowed("z"), Cow::Borrowed("canary, no value"))])
}

#[test]
fn only_what_is_asked_for_is_read() {
    fn read<T: DeserializeOwned>(value: &'static str) -> std::result::Result<T, String> {
        #[derive(Deserialize)]
        struct One<T> {
            a: T,
        }
        decode_text::<One<T>>(&text(value)).map(|(one, _)| one.a).map_err(|misfit| misfit.to_string())
    }
    assert_eq!(read(r#" { "S" : "\u0061\n\ud83e\udd73é" } "#), Ok("a\n🥳é".to_owned()));
    assert_eq!(read(r#"{"L":[ {"N":"1"},{"NULL":true} ]}"#), Ok([Some(1), None]));
    assert_eq!(read(r#"{"M":{"zip":{"N":"1"},"x":{"canary":[]},"y":{"S":1}}}"#), Ok(Inner { zip: 1 }));
    for (found, wanted) in [
        (read::<u8>("canary").map(|_| ()), "`a` cannot be read: "),
        (read::<Option<String>>(r#"{"S":"canary}"#).map(|_| ()), "`a` cannot be read: "),
        (read::<Inner>(r#"{"M":{"zip":{"N":1}}}"#).map(|_| ()), "`a.zip` cannot be read: "),
        (read::<Vec<u8>>(r#"{"L":[{"N":"1"},{"canary"}]}"#).map(|_| ()), "`a` cannot be read: "),
        (read::<Vec<u8>>(r#"{"L":[{"N":"1"},"canary"]}"#).map(|_| ()), "`a[1]` cannot be read: "),
        (read::<Kind>(r#"{"M":{"One":{"N":4444}}}"#).map(|_| ()), "`a` cannot be read: "),
        (read::<u8>(r#"{"canary":"4444"}"#).map(|_| ()), "`a` is of an unknown type, expected u8"),
    ] {
        let found = found.expect_err("it cannot be read");
        assert!(found.starts_with(wanted), "{found}");
        assert!(!found.contains("canary") && !found.contains("4444"), "{found}");
    }
    let all = decode_text::<BTreeMap<String, serde_json::Value>>(&text(r#"{"S":""}"#)).expect_err("all is asked for");
    assert!(all.to_string().starts_with("`z` cannot be read: "), "{all}");
}

fn value() -> impl Strategy<Value = AttributeValue> {
    let texts = || vec(any::<String>(), 0..3);
    let leaf = prop_oneof![
        any::<String>().prop_map(AttributeValue::S),
        any::<i64>().prop_map(|number| n(&number.to_string())),
        (-1e9..1e9).prop_map(|number: f64| n(&number.to_string())),
        any::<u128>().prop_map(|number| n(&number.to_string())),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        texts().prop_map(AttributeValue::Ss),
        vec(any::<u64>().prop_map(|number| number.to_string()), 0..3).prop_map(AttributeValue::Ns),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
            hash_map(any::<String>(), inner, 0..4).prop_map(AttributeValue::M),
        ]
    })
}

#[derive(Debug, PartialEq, Deserialize)]
struct Some3 {
    a: serde_json::Value,
    b: Option<serde_json::Value>,
    #[serde(default)]
    c: serde_json::Value,
}

proptest! {
    #[test]
    fn every_item_is_read_as_serde_dynamo_reads(item in hash_map("[a-f]", value(), 0..6)) {
        alike::<BTreeMap<String, serde_json::Value>>(&item);
        match serde_dynamo::aws_sdk_dynamodb_1::from_item::<Some3>(item.clone()) {
            Ok(theirs) => prop_assert_eq!(decode::<Some3>(&item).expect("it fits").0, theirs),
            Err(_) => prop_assert_eq!(decode::<Some3>(&item).expect_err("it does not fit").to_string(), "`a` is missing"),
        }
    }
}
