//! Schemas of every option.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use migrate_core::schema::{
    AttributeKind as Kind, Billing, KeyElement, Projection, ScalarType, Setting, StreamView, TableSchema, Throughput,
};
use migrate_core::{KeyAttribute, Table};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct OrderId(String);

impl KeyAttribute for OrderId {
    const SCALAR: ScalarType = ScalarType::S;
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Nested {
    a: u8,
}

type Alias = Option<Vec<Nested>>;

#[derive(Serialize, Deserialize, Table)]
#[table(name = "orders", billing = provisioned(read = 5, write = 6), stream = off, ttl = off, deletion_protection = false)]
#[table(global_index(name = "by-customer", partition_key = [tenant, key(name = "region", type = S)], sort_key = [placed, r#type],
    projection = include(total, "note")))]
#[table(global_index(name = "sparse", partition_key = coupon, projection = keys_only))]
#[table(local_index(name = "by-total", sort_key = total))]
#[serde(tag = "kind")]
pub struct Order {
    #[table(partition_key)]
    id: OrderId,
    #[table(sort_key, type = N)]
    placed: Nested,
    tenant: Cow<'static, str>,
    total: i64,
    #[serde(rename = "Type")]
    r#type: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<String>,
    #[serde(with = "serde_dynamo::string_set")]
    tags: HashSet<String>,
    alias: Alias,
    nested: Nested,
    map: BTreeMap<String, Nested>,
    paid: Option<bool>,
    #[serde(default)]
    weight: f32,
    #[table(type = B)]
    photo: Nested,
    #[serde(skip)]
    cached: Option<Nested>,
    #[serde(flatten)]
    rest: Nested,
}

fn key(name: &str, scalar: ScalarType) -> KeyElement {
    KeyElement::new(name, scalar)
}

#[test]
fn a_schema_says_all_that_was_stated() {
    let schema = Order::schema();
    assert_eq!(schema.key.partition, key("id", ScalarType::S));
    assert_eq!(schema.key.sort, Some(key("placed", ScalarType::N)));
    assert_eq!(schema.billing, Some(Billing::Provisioned(Throughput { read: 5, write: 6 })));
    assert_eq!((&schema.stream, &schema.ttl, schema.deletion_protection), (&Setting::Off, &Setting::Off, Some(false)));
    let index = &schema.global_indexes["by-customer"];
    assert_eq!(index.key.to_string(), "(tenant S + region S, placed N + Type S)");
    assert_eq!(index.projection, Projection::Include(["note".to_owned(), "total".to_owned()].into()));
    assert_eq!(schema.global_indexes["sparse"].to_string(), "(coupon S) projection keys_only");
    assert_eq!(schema.local_indexes["by-total"].to_string(), "(total N) projection all");
}

#[test]
fn kinds_and_optionality_are_those_of_the_stored_form() {
    let schema = Order::schema();
    let found: Vec<(&str, Kind, bool)> = schema.attributes.iter().map(|a| (a.name.as_str(), a.kind, a.optional)).collect();
    let expected = [
        ("kind", Kind::S, false),
        ("id", Kind::S, false),
        ("placed", Kind::N, false),
        ("tenant", Kind::S, false),
        ("total", Kind::N, false),
        ("Type", Kind::S, false),
        ("coupon", Kind::S, true),
        ("tags", Kind::StringSet, false),
        ("alias", Kind::L, true),
        ("nested", Kind::Unknown, false),
        ("map", Kind::M, false),
        ("paid", Kind::Bool, true),
        ("weight", Kind::N, true),
        ("photo", Kind::B, false),
    ];
    assert_eq!(found, expected);
}

#[derive(Table)]
#[table(name = "app", partition_key = key(name = "PK", type = S), sort_key = key(name = "SK", type = B), ttl = "expires")]
#[table(stream = new_and_old_images, billing = on_demand, deletion_protection = true)]
#[table(global_index(name = "inverted", partition_key = key(name = "SK", type = B), sort_key = key(name = "PK", type = S)))]
pub struct App;

#[test]
fn a_key_needs_no_field() {
    let schema = App::schema();
    assert_eq!(schema.key.to_string(), "(PK S, SK B)");
    assert_eq!(schema.global_indexes["inverted"].key.to_string(), "(SK B, PK S)");
    assert_eq!(schema.ttl, Setting::Set("expires".to_owned()));
    assert_eq!(schema.stream, Setting::Set(StreamView::NewAndOldImages));
    assert_eq!((schema.billing, schema.deletion_protection), (Some(Billing::ON_DEMAND), Some(true)));
    let names: Vec<&str> = schema.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(names, ["PK", "SK"]);
}

#[derive(Table)]
#[table(name = "bare")]
struct Bare {
    #[table(partition_key)]
    id: u64,
}

#[test]
fn what_is_not_stated_is_not_managed() {
    let schema = Bare::schema();
    let plain =
        TableSchema { attributes: schema.attributes.clone(), ..TableSchema::new(schema.name.clone(), schema.key.clone()) };
    assert_eq!(schema, plain);
    let _ = Bare { id: 0 }.id;
}

/// `orders` as it once was: no second declaration.
#[derive(Table)]
#[table(name = "orders", frozen)]
#[table(global_index(name = "sparse", partition_key = number))]
pub struct OldOrder {
    #[table(partition_key)]
    number: u64,
}

migrate_core::drop_table!("carts");
migrate_core::drop_index!("orders", "by-date");

#[test]
fn declarations_and_drops_are_registered_and_frozen_shapes_are_not() {
    let mut tables: Vec<String> =
        inventory::iter::<migrate_core::__private::TableEntry>().map(|entry| (entry.schema)().name.to_string()).collect();
    tables.retain(|name| !name.starts_with("one-"));
    tables.sort();
    assert_eq!(tables, ["all", "app", "bare", "counted", "orders", "renamed", "shadowed"]);
    let mut drops: Vec<(&str, Option<&str>)> =
        inventory::iter::<migrate_core::__private::DropEntry>().map(|entry| (entry.table, entry.index)).collect();
    drops.sort_unstable();
    assert_eq!(drops, [("carts", None), ("orders", Some("by-date"))]);
    assert_eq!(OldOrder::schema().key.to_string(), "(number N)");
}

#[derive(Serialize, Deserialize, Table)]
#[table(name = "counted")]
#[serde(rename_all = "camelCase")]
struct Counted {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    lock_version: u64,
}

#[derive(Serialize, Deserialize, Table)]
#[table(name = "counted", frozen)]
struct CountedBefore {
    #[table(partition_key)]
    id: String,
    #[table(version, type = N)]
    #[serde(rename = "v")]
    version: Nested,
}

#[derive(Serialize, Deserialize, Table)]
#[table(name = "counted", frozen)]
struct CountedFirst {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<std::num::NonZeroU32>,
}

#[test]
fn the_version_has_the_name_under_which_it_is_stored() {
    assert_eq!((Counted::VERSION, CountedBefore::VERSION), (Some("lockVersion"), Some("v")));
    assert_eq!((CountedFirst::VERSION, Order::VERSION), (Some("version"), None));
    let kinds: Vec<Kind> = Counted::schema().attributes.iter().map(|attribute| attribute.kind).collect();
    assert_eq!(kinds, [Kind::S, Kind::N], "it is an attribute like any other");
}
