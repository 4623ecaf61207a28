//! A table of one engine with a recorder before it, and a migration's context on top.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, PutRequest, ScalarAttributeType, WriteRequest,
};
use migrate_core::schema::{KeyElement, Prefix, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::{MigrationContext, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::seam::{Call, Recorder, Verdict};
use tokio::runtime::Runtime;

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
    pub engine: TestEngine,
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
        benches.push(bench_on(engine, judge.clone()).await);
    }
    benches
}

/// One on the embedded engine, which knows paused clocks.
pub async fn embedded_with(judge: impl Fn(&Call, &Client, &str) -> Verdict + Send + Sync + 'static) -> Bench {
    bench_on(TestEngine::embedded(), judge).await
}

async fn bench_on(engine: TestEngine, judge: impl Fn(&Call, &Client, &str) -> Verdict + Send + Sync + 'static) -> Bench {
    let (client, table) = (engine.client(), engine.table("app"));
    create(&client, &table, ("pk", ScalarAttributeType::S), Some(("sk", ScalarAttributeType::N))).await;
    let recorder = Recorder::of(&client).failing({
        let (client, table) = (client.clone(), table.clone());
        move |call| judge(call, &client, &table)
    });
    let cx = MigrationContext::detached(recorder.attach(&client), Prefix::new(engine.prefix()).unwrap());
    Bench { engine, client, recorder, cx, table }
}

/// Makes a table.
pub async fn create(
    client: &Client,
    table: &str,
    partition: (&str, ScalarAttributeType),
    sort: Option<(&str, ScalarAttributeType)>,
) {
    let element = |name: &str, key_type| KeySchemaElement::builder().attribute_name(name).key_type(key_type).build().unwrap();
    let definition =
        |name: &str, scalar| AttributeDefinition::builder().attribute_name(name).attribute_type(scalar).build().unwrap();
    let request = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    let request =
        request.key_schema(element(partition.0, KeyType::Hash)).attribute_definitions(definition(partition.0, partition.1));
    let request = match sort {
        Some((name, scalar)) => request.key_schema(element(name, KeyType::Range)).attribute_definitions(definition(name, scalar)),
        None => request,
    };
    request.send().await.unwrap();
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

    /// Puts as many items with the keys `("item", 1)`, `("item", 2)` …
    pub async fn fill(&self, count: u64, make: impl Fn(u64) -> Item) {
        for numbers in (1..=count).collect::<Vec<_>>().chunks(25) {
            let mut writes = Vec::new();
            for number in numbers {
                let mut item = make(*number);
                item.entry("pk".to_owned()).or_insert_with(|| s("item"));
                item.insert("sk".to_owned(), n(&number.to_string()));
                let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
                writes.push(WriteRequest::builder().put_request(put).build());
            }
            self.client.batch_write_item().request_items(&self.table, writes).send().await.unwrap();
        }
    }

    /// Another context over the same table, past the recorder.
    pub fn again(&self) -> MigrationContext {
        MigrationContext::detached(self.client.clone(), Prefix::new(self.engine.prefix()).unwrap())
    }

    /// All items without their keys, by their sort keys.
    pub async fn items(&self) -> BTreeMap<u64, Item> {
        let mut items = BTreeMap::new();
        for mut item in everything(&self.client, &self.table).await {
            item.remove("pk");
            let number = item.remove("sk").unwrap().as_n().unwrap().parse().unwrap();
            items.insert(number, item);
        }
        items
    }

    /// The only item, without its key.
    pub async fn only_item(&self) -> Item {
        let mut items = self.items().await;
        assert_eq!(items.len(), 1, "{}", self.engine.name());
        items.pop_first().unwrap().1
    }

    pub fn writes(&self) -> usize {
        self.recorder.writes().len()
    }
}

/// Every item of a table.
pub async fn everything(client: &Client, table: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut pages = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    while let Some(item) = pages.next().await {
        items.push(item.unwrap());
    }
    items
}

/// How many statements a call carries.
pub fn statements(call: &Call) -> usize {
    call.json()["Statements"].as_array().map_or(0, Vec::len)
}

/// Runs beside what is tested, and is done when this returns.
pub fn meanwhile<F: Future<Output = ()> + Send>(work: F) {
    // One that stays: connections that it opened serve what is tested, too.
    static BESIDE: LazyLock<Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());
    std::thread::scope(|scope| {
        scope.spawn(|| BESIDE.block_on(work));
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
