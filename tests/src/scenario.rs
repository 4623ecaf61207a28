//! What the suites of the pipeline share: schemas and migrations made by hand, and a dump of a database to compare; it never knows an engine.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use migrate_core::history::Record;
use migrate_core::migration::{Location, MigrationMeta, OnFresh, OnInterrupt, Version};
use migrate_core::migrator::Builder;
use migrate_core::registry::{MigrationEntry, RollbackEntry, RunFn, Sequence};
use migrate_core::schema::{
    GlobalIndex, IndexKey, IndexName, KeyElement, Prefix, PrimaryKey, Projection, ScalarType, TableName, TableSchema,
};
use migrate_core::{Migrator, Table};

use crate::engine::TestEngine;

/// The place that hand-made migrations stand at.
pub const HERE: Location = Location { file: "scenario", line: 1 };

/// A table of customers: `id` is its partition key.
pub fn customers() -> TableSchema {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    TableSchema::new(TableName::new("customers").expect("a name"), key)
}

/// [`customers`] as a type, for `cx.table::<Customers>()`.
pub struct Customers;

impl Table for Customers {
    fn schema() -> TableSchema {
        customers()
    }
}

/// A table with one more global index by this string attribute.
pub fn with_index(mut table: TableSchema, name: &str, attribute: &str) -> TableSchema {
    let key = IndexKey { partition: vec![KeyElement::new(attribute, ScalarType::S)], sort: Vec::new() };
    let index = GlobalIndex::new(key, Projection::All);
    table.global_indexes.insert(index_name(name), index);
    table
}

/// A checked table name.
pub fn table_name(name: &str) -> TableName {
    TableName::new(name.to_owned()).expect("a name")
}

/// A checked index name.
pub fn index_name(name: &str) -> IndexName {
    IndexName::new(name.to_owned()).expect("a name")
}

/// A migration made by hand; leaked, since entries are static.
pub fn migration(number: u32, name: &'static str, run: RunFn) -> &'static mut MigrationEntry {
    let meta = MigrationMeta {
        version: Version::new(number),
        name,
        description: "",
        fingerprint: "text-1",
        was: &[],
        on_fresh: Some(OnFresh::Run),
        after_deploy: false,
        breaking: false,
        on_interrupt: OnInterrupt::Run,
        location: HERE,
    };
    Box::leak(Box::new(MigrationEntry { sequence: "shop", meta, run, tables: &[], accept: &[] }))
}

/// What takes a migration back, made by hand; leaked, since entries are static.
pub fn rollback(number: u32, run: RunFn) -> &'static mut RollbackEntry {
    Box::leak(Box::new(RollbackEntry::new("shop", number, ["back", "text-1"], (HERE.file, HERE.line), run)))
}

/// A sequence made by hand.
pub fn sequence(
    tables: impl IntoIterator<Item = TableSchema>,
    migrations: impl IntoIterator<Item = &'static mut MigrationEntry>,
) -> Sequence {
    let sequence = Sequence::of_tables("shop", tables).expect("a legal sequence");
    sequence.with_migrations(migrations.into_iter().map(|entry| &*entry))
}

/// A migrator over an engine, through `client`.
pub fn migrator(engine: &TestEngine, client: Client, sequence: Sequence) -> Migrator {
    builder(engine, client, sequence).build().expect("a migrator")
}

/// The same, to be set up further. Its lock beats by tokio's clock, which the suites pause.
pub fn builder(engine: &TestEngine, client: Client, sequence: Sequence) -> Builder {
    let builder = Migrator::builder(sequence, client).prefix(Prefix::new(engine.prefix()).expect("a prefix"));
    builder.local_engine().beat_on_callers_runtime()
}

/// The history in words.
pub fn words(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.text.clone()).collect()
}

/// Every item of a table, in order of its key, in a form that compares.
pub async fn items(client: &Client, table: &str) -> BTreeMap<String, String> {
    let mut pages = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    let mut all = BTreeMap::new();
    while let Some(item) = pages.next().await {
        let item = item.expect("a scan");
        let sorted: BTreeMap<_, _> = item.iter().collect();
        let key = ["pk", "sk", "id"].iter().filter_map(|name| item.get(*name)).map(|value| format!("{value:?}")).collect();
        all.insert(key, format!("{sorted:?}"));
    }
    all
}

/// The names of a table's global indexes.
pub async fn indexes(client: &Client, table: &str) -> Vec<String> {
    let described = client.describe_table().table_name(table).send().await.expect("a description");
    let table = described.table.expect("a table");
    let mut names: Vec<String> = table.global_secondary_indexes().iter().filter_map(|index| index.index_name.clone()).collect();
    names.sort();
    names
}

/// Puts a customer.
pub async fn put_customer(client: &Client, table: &str, id: &str, email: &str) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let put = client.put_item().table_name(table).item("id", AttributeValue::S(id.to_owned()));
    put.item("email", AttributeValue::S(email.to_owned())).send().await.expect("a put");
}
