//! A table of an engine to try settings on, and the notes about them; it never knows which settings there are.

use crate::answer::{Refusal, Told, read_back};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, IndexStatus, KeySchemaElement, KeyType, OnDemandThroughput,
    Projection, ProjectionType, ProvisionedThroughput, ScalarAttributeType, TableDescription, TableStatus, WarmThroughput,
};
use migrate_tests::engine::TestEngine;
use std::time::Duration;

/// A setting and what became of it.
pub type Note = (&'static str, Told);

/// One table, whose notes are taken in order.
pub struct Bench {
    pub client: Client,
    pub table: String,
    notes: Vec<Note>,
}

impl Bench {
    /// The table is not there yet. One attempt a request, so that an answer of 500 is heard at once.
    pub fn new(engine: &TestEngine, table: &str) -> Self {
        let config = engine.client().config().to_builder().retry_config(RetryConfig::disabled());
        Self { client: Client::from_conf(config.build()), table: engine.table(table), notes: Vec::new() }
    }

    pub fn note(&mut self, setting: &'static str, told: Told) {
        self.notes.push((setting, told));
    }

    pub fn notes(self) -> Vec<Note> {
        self.notes
    }

    /// A table with a partition key that is paid for on demand.
    pub fn create(&self) -> CreateTableFluentBuilder {
        self.client
            .create_table()
            .table_name(&self.table)
            .attribute_definitions(attribute("pk"))
            .key_schema(key("pk", KeyType::Hash))
            .billing_mode(BillingMode::PayPerRequest)
    }

    /// The same with an index, on provisioned capacity.
    pub fn create_provisioned(&self) -> CreateTableFluentBuilder {
        let index = index("by-a").provisioned_throughput(capacity(1, 1)).build().expect("an index");
        self.create()
            .billing_mode(BillingMode::Provisioned)
            .provisioned_throughput(capacity(1, 1))
            .attribute_definitions(attribute("a"))
            .global_secondary_indexes(index)
    }

    pub fn update(&self) -> UpdateTableFluentBuilder {
        self.client.update_table().table_name(&self.table)
    }

    pub async fn describe(&self) -> Result<TableDescription, Refusal> {
        let answer = self.client.describe_table().table_name(&self.table).send().await?;
        Ok(answer.table.expect("a table"))
    }

    /// Waits until the table and its indexes are at rest.
    pub async fn rest(&self) -> Result<TableDescription, Refusal> {
        for _ in 0..1200 {
            let table = self.describe().await?;
            let indexes = table.global_secondary_indexes();
            let rests = indexes.iter().all(|index| index.index_status == Some(IndexStatus::Active));
            if rests && table.table_status == Some(TableStatus::Active) {
                return Ok(table);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(Refusal::waiting("neither the table nor its indexes come to rest"))
    }

    /// Sends a creation, and looks for what it asked for.
    pub async fn created(
        &mut self,
        setting: &'static str,
        create: CreateTableFluentBuilder,
        want: &str,
        see: impl Fn(&TableDescription) -> Option<String>,
    ) {
        let seen = async { self.rest().await.map(|table| see(&table)) };
        let told = read_back(create.send().await, seen, want).await;
        self.note(setting, told);
    }

    /// Sends an update, and looks for what it asked for.
    pub async fn updated(
        &mut self,
        setting: &'static str,
        update: UpdateTableFluentBuilder,
        want: &str,
        see: impl Fn(&TableDescription) -> Option<String>,
    ) {
        let seen = async { self.rest().await.map(|table| see(&table)) };
        let mut sent = update.clone().send().await;
        // DynamoDB Local stumbles now and then on a busy machine.
        for _ in 0..5 {
            if sent.as_ref().err().and_then(ProvideErrorMetadata::code) != Some("InternalFailure") {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            sent = update.clone().send().await;
        }
        let told = read_back(sent, seen, want).await;
        self.note(setting, told);
    }

    /// The table as the other tests want it.
    pub async fn ready(&self, create: CreateTableFluentBuilder) -> TableDescription {
        create.send().await.expect("a table");
        self.rest().await.expect("a table at rest")
    }
}

pub fn attribute(name: &str) -> AttributeDefinition {
    let definition = AttributeDefinition::builder().attribute_name(name);
    definition.attribute_type(ScalarAttributeType::S).build().expect("an attribute")
}

pub fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("a key")
}

pub fn everything() -> Projection {
    Projection::builder().projection_type(ProjectionType::All).build()
}

/// An index on the attribute `a`.
pub fn index(name: &str) -> aws_sdk_dynamodb::types::builders::GlobalSecondaryIndexBuilder {
    GlobalSecondaryIndex::builder().index_name(name).key_schema(key("a", KeyType::Hash)).projection(everything())
}

pub fn capacity(read: i64, write: i64) -> ProvisionedThroughput {
    let units = ProvisionedThroughput::builder().read_capacity_units(read);
    units.write_capacity_units(write).build().expect("a capacity")
}

pub fn maximum(read: i64, write: i64) -> OnDemandThroughput {
    OnDemandThroughput::builder().max_read_request_units(read).max_write_request_units(write).build()
}

pub fn warm(read: i64, write: i64) -> WarmThroughput {
    WarmThroughput::builder().read_units_per_second(read).write_units_per_second(write).build()
}
