//! A table of one engine with a recorder before it, and a migration's context on top.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use migrate_core::schema::{KeyElement, Prefix, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::{MigrationContext, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::seam::{Call, Recorder, Verdict};

pub type Item = HashMap<String, AttributeValue>;

/// The table: a text and a number for its key.
pub struct App;

impl Table for App {
    fn schema() -> TableSchema {
        let key =
            PrimaryKey { partition: KeyElement::new("pk", ScalarType::S), sort: Some(KeyElement::new("sk", ScalarType::N)) };
        TableSchema::new(TableName::new("app").unwrap(), key)
    }
}

pub struct Bench {
    engine: &'static str,
    /// Past the recorder.
    pub client: Client,
    pub recorder: Recorder,
    pub cx: MigrationContext,
    pub table: String,
}

/// One for each engine, where every call passes.
pub async fn benches() -> Vec<Bench> {
    benches_with(|_, _, _| Verdict::Pass).await
}

/// One for each engine. `judge` sees each call with a client past the recorder and the table's name.
pub async fn benches_with(judge: impl Fn(&Call, &Client, &str) -> Verdict + Send + Sync + Clone + 'static) -> Vec<Bench> {
    let mut benches = Vec::new();
    for engine in TestEngine::all() {
        let (client, table, judge) = (engine.client(), engine.table("app"), judge.clone());
        create(&client, &table).await;
        let recorder = Recorder::of(&client).failing({
            let (client, table) = (client.clone(), table.clone());
            move |call| judge(call, &client, &table)
        });
        let cx = MigrationContext::detached(recorder.attach(&client), Prefix::new(engine.prefix()).unwrap());
        benches.push(Bench { engine: engine.name(), client, recorder, cx, table });
    }
    benches
}

async fn create(client: &Client, table: &str) {
    let element = |name: &str, key_type| KeySchemaElement::builder().attribute_name(name).key_type(key_type).build().unwrap();
    let definition =
        |name: &str, scalar| AttributeDefinition::builder().attribute_name(name).attribute_type(scalar).build().unwrap();
    client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(element("pk", KeyType::Hash))
        .key_schema(element("sk", KeyType::Range))
        .attribute_definitions(definition("pk", ScalarAttributeType::S))
        .attribute_definitions(definition("sk", ScalarAttributeType::N))
        .send()
        .await
        .unwrap();
}

impl Bench {
    /// Puts items with the keys `("item", 1)`, `("item", 2)` …
    pub async fn put<const N: usize>(&self, items: [Item; N]) {
        for (number, mut item) in items.into_iter().enumerate() {
            item.entry("pk".to_owned()).or_insert_with(|| s("item"));
            item.entry("sk".to_owned()).or_insert_with(|| n(&(number + 1).to_string()));
            self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await.unwrap();
        }
    }

    /// All items without their keys, by their sort keys.
    pub async fn items(&self) -> BTreeMap<u64, Item> {
        let mut items = BTreeMap::new();
        let mut pages = self.client.scan().table_name(&self.table).consistent_read(true).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let mut item = item.unwrap();
            item.remove("pk");
            let number = item.remove("sk").unwrap().as_n().unwrap().parse().unwrap();
            items.insert(number, item);
        }
        items
    }

    /// The only item, without its key.
    pub async fn only_item(&self) -> Item {
        let mut items = self.items().await;
        assert_eq!(items.len(), 1, "{}", self.engine);
        items.pop_first().unwrap().1
    }

    pub fn writes(&self) -> usize {
        self.recorder.writes().len()
    }
}

/// Runs beside what is tested, and is done when this returns.
pub fn meanwhile<F: Future<Output = ()> + Send>(work: F) {
    std::thread::scope(|scope| {
        scope.spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work));
    });
}

/// Sets an attribute of the item `("item", number)`, making the item where it is not there.
pub async fn set(client: &Client, table: &str, number: u64, name: &str, value: AttributeValue) {
    let request = client.update_item().table_name(table).key("pk", s("item")).key("sk", n(&number.to_string()));
    let request = request.update_expression("SET #n = :v").expression_attribute_names("#n", name);
    request.expression_attribute_values(":v", value).send().await.unwrap();
}

/// Deletes the item `("item", number)`.
pub async fn delete(client: &Client, table: &str, number: u64) {
    let request = client.delete_item().table_name(table).key("pk", s("item")).key("sk", n(&number.to_string()));
    request.send().await.unwrap();
}

pub fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub fn n(digits: &str) -> AttributeValue {
    AttributeValue::N(digits.to_owned())
}

pub fn b(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub fn ss(values: &[&str]) -> AttributeValue {
    AttributeValue::Ss(values.iter().map(|value| (*value).to_owned()).collect())
}

pub fn ns(values: &[&str]) -> AttributeValue {
    AttributeValue::Ns(values.iter().map(|value| (*value).to_owned()).collect())
}

pub const NULL: AttributeValue = AttributeValue::Null(true);

pub fn m<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(item(entries))
}

pub fn item<const N: usize>(entries: [(&str, AttributeValue); N]) -> Item {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
