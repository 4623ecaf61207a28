//! Odd data: keys of every type under odd names, large and deep items. What a function leaves alone is not written and keeps its form.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::{MigrationContext, Table};
use serde::{Deserialize, Serialize};

use super::bench::{Bench, Item, NULL, b, benches, create, everything, item, m, n, ns, s, ss};

/// Tables whose keys are of every type and have odd names.
macro_rules! keyed {
    ($($table:ident: $name:literal, $partition:literal $partition_type:ident $(, $sort:literal $sort_type:ident)?;)+) => {
        $(
            struct $table;

            impl Table for $table {
                fn schema() -> TableSchema {
                    #[allow(unused_mut, unused_assignments)]
                    let mut sort = None;
                    $(sort = Some(KeyElement::new($sort, ScalarType::$sort_type));)?
                    let partition = KeyElement::new($partition, ScalarType::$partition_type);
                    TableSchema::new(TableName::new($name).unwrap(), PrimaryKey { partition, sort })
                }
            }
        )+
    };
}

keyed! {
    Text: "text", "a.b \"c\" 'd'" S, "size" N;
    Number: "number", "SET" N, "é [0]" B;
    Bytes: "bytes", "with space" B, "-" S;
    Placeholder: "placeholder", "#k" S, ":k" N;
    Alone: "alone", "VALUE" N;
}

const NAMES: [&str; 14] =
    ["a.b", "\"q\"", "'", "with space", "#x", ":y", "name", "é", "[0]", "a'b", "REMOVE", "-", "?", "\u{1F600}\n\t\\"];

/// Values of one item; `"other"` is what is changed.
fn odd(large: bool) -> Item {
    let mut nested = s("deepest");
    for level in 0..31 {
        nested = if level % 2 == 0 { AttributeValue::L(vec![nested]) } else { m([("in.side", nested)]) };
    }
    let digits = "12345678901234567890123456789012345678";
    let mut item = item([
        ("other", s("before")),
        ("huge", n(digits)),
        ("tiny", n("-0.00000000000000000000000000000000000001234")),
        ("exponent", n("1e125")),
        ("empty", s("")),
        ("null", NULL),
        ("flag", AttributeValue::Bool(false)),
        ("bytes", b(&[0, 255, 10])),
        ("no bytes", b(&[])),
        ("texts", ss(&["b", "a", "é", ""])),
        ("numbers", ns(&["1.5", "-7", digits])),
        ("byte sets", AttributeValue::Bs(vec![Blob::new([1]), Blob::new([0])])),
        ("empty list", AttributeValue::L(vec![])),
        ("empty map", m([])),
        ("mixed", AttributeValue::L(vec![NULL, n(digits), s(""), m([("e", b(&[7]))]), ns(&["0"])])),
        ("nested", nested),
    ]);
    item.extend(NAMES.map(|name| (name.to_owned(), s(name))));
    if large {
        // Together nearly 400 KB, the most that an item may have.
        item.insert("large".to_owned(), s(&"\u{e9}\"\\".repeat(98_000)));
    }
    item
}

fn key_value(scalar: ScalarType, number: usize) -> AttributeValue {
    match scalar {
        ScalarType::S => s(["a.b", "\"q\" 'x' é\n", "#"][number]),
        ScalarType::N => n(["-1.5", "12345678901234567890123456789012345678", "1e-100"][number]),
        ScalarType::B => b([&[0, 255][..], b"x", &[10]][number]),
    }
}

/// A table with three odd items.
async fn made<T: Table>(bench: &Bench) -> String {
    let (key, table) = (T::schema().key, bench.cx.table_name::<T>());
    let scalar = |scalar| match scalar {
        ScalarType::S => ScalarAttributeType::S,
        ScalarType::N => ScalarAttributeType::N,
        ScalarType::B => ScalarAttributeType::B,
    };
    let sort = key.sort.as_ref().map(|sort| (sort.name.as_str(), scalar(sort.scalar)));
    create(&bench.client, &table, (&key.partition.name, scalar(key.partition.scalar)), sort).await;
    for number in 0..3 {
        let mut item = odd(number == 0);
        for element in key.attributes() {
            item.insert(element.name.clone(), key_value(element.scalar, number));
        }
        bench.client.put_item().table_name(&table).set_item(Some(item)).send().await.unwrap();
    }
    table
}

#[derive(Serialize, Deserialize)]
struct Lossy {
    other: String,
    huge: f64,
    tiny: f32,
    texts: Vec<String>,
    numbers: Vec<f64>,
    null: Option<String>,
    absent: Option<u64>,
    empty: String,
    mixed: Vec<Loose>,
    nested: Loose,
    #[serde(rename = "a.b")]
    dotted: String,
    #[serde(rename = "#x")]
    placeholder: String,
}

/// Anything, and it is written as something else.
#[derive(Serialize, Deserialize)]
#[serde(from = "serde::de::IgnoredAny")]
struct Loose(Option<bool>);

impl From<serde::de::IgnoredAny> for Loose {
    fn from(_: serde::de::IgnoredAny) -> Self {
        Self(None)
    }
}

async fn identities<T: Table>(bench: &Bench, cx: &MigrationContext) {
    let table = made::<T>(bench).await;
    let before = everything(&bench.client, &table).await;
    bench.recorder.reset();
    for counts in [
        cx.table::<T>().of::<Lossy>().update(|_| ()).await.unwrap(),
        cx.table::<T>().of::<Lossy>().transform::<Lossy>(|same| same).await.unwrap(),
        cx.items::<T>().update(|_| ()).await.unwrap(),
        cx.items::<T>().exactly_once().update(|_| ()).await.unwrap(),
    ] {
        assert_eq!((counts.scanned, counts.unchanged, counts.changed), (3, 3, 0), "{table}");
    }
    assert_eq!(bench.recorder.writes().len(), 0, "{table}");
    assert_eq!(everything(&bench.client, &table).await, before);
}

#[tokio::test]
async fn identity_writes_nothing_whatever_the_key() {
    for bench in benches().await {
        identities::<Text>(&bench, &bench.cx).await;
        identities::<Number>(&bench, &bench.cx).await;
        identities::<Bytes>(&bench, &bench.cx).await;
        identities::<Placeholder>(&bench, &bench.cx).await;
        identities::<Alone>(&bench, &bench.cx).await;
    }
}

/// As a map of anything whose form is lost on the way: bytes, 38 digits and sets among it.
#[tokio::test]
async fn identity_of_a_map_writes_nothing() {
    for bench in benches().await {
        let table = made::<Text>(&bench).await;
        let before = everything(&bench.client, &table).await;
        let counts = bench.cx.table::<Text>().of::<BTreeMap<String, Anything>>().update(|_| ()).await.unwrap();
        assert_eq!((counts.unchanged, bench.writes()), (3, 0));
        let counts = bench.cx.table::<Text>().of::<BTreeMap<String, Anything>>().update(|map| {
            map.insert("other".to_owned(), Anything::Text("after".to_owned()));
        });
        assert_eq!(counts.await.unwrap().changed, 3);
        assert_eq!(everything(&bench.client, &table).await, changed(before));
    }
}

/// What a reader makes of values that it does not care for.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Anything {
    Text(String),
    Number(f64),
    Flag(bool),
    Bytes(serde_bytes_like::Bytes),
    List(Vec<Anything>),
    Map(BTreeMap<String, Anything>),
    Nothing(()),
}

mod serde_bytes_like {
    //! Bytes as serde has them.

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub struct Bytes(Vec<u8>);

    impl Serialize for Bytes {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&self.0)
        }
    }

    impl<'de> Deserialize<'de> for Bytes {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl serde::de::Visitor<'_> for Visitor {
                type Value = Bytes;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("bytes")
                }

                fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                    Ok(Bytes(bytes.to_vec()))
                }

                fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                    Ok(Bytes(bytes))
                }
            }
            deserializer.deserialize_byte_buf(Visitor)
        }
    }
}

fn changed(mut items: Vec<Item>) -> Vec<Item> {
    items.iter_mut().for_each(|item| drop(item.insert("other".to_owned(), s("after"))));
    items
}

/// One attribute is changed, by a type and raw; everything else keeps its stored form.
async fn one_changes<T: Table>(bench: &Bench, raw: bool) {
    let table = made::<T>(bench).await;
    let wanted = changed(everything(&bench.client, &table).await);
    let counts = if raw {
        bench.cx.items::<T>().update(|item| drop(item.insert("other", s("after")))).await.unwrap()
    } else {
        bench.cx.table::<T>().of::<Lossy>().update(|item| item.other = "after".to_owned()).await.unwrap()
    };
    assert_eq!((counts.scanned, counts.changed, counts.conflicts), (3, 3, 0), "{table}");
    assert_eq!(everything(&bench.client, &table).await, wanted, "{table}");
    let gone = bench.cx.items::<T>().delete_where(|item| item["other"] == s("after")).await.unwrap();
    assert_eq!((gone.deleted, gone.conflicts), (3, 0), "{table}");
    let put = bench.cx.items::<T>().put_all(wanted.clone()).await.unwrap();
    assert_eq!((put.inserted, put.existing), (3, 0), "{table}");
    assert_eq!(bench.cx.items::<T>().put_all(wanted.clone()).await.unwrap().unchanged, 3, "{table}");
    let there = everything(&bench.client, &table).await;
    assert_eq!(there, wanted, "{table}");
}

#[tokio::test]
async fn a_change_by_a_type_leaves_the_rest_as_it_is_stored() {
    for bench in benches().await {
        one_changes::<Text>(&bench, false).await;
        one_changes::<Number>(&bench, false).await;
        one_changes::<Bytes>(&bench, false).await;
        one_changes::<Placeholder>(&bench, false).await;
        one_changes::<Alone>(&bench, false).await;
    }
}

#[tokio::test]
async fn a_raw_change_leaves_the_rest_as_it_is_stored() {
    for bench in benches().await {
        one_changes::<Text>(&bench, true).await;
        one_changes::<Number>(&bench, true).await;
        one_changes::<Bytes>(&bench, true).await;
        one_changes::<Placeholder>(&bench, true).await;
        one_changes::<Alone>(&bench, true).await;
    }
}
