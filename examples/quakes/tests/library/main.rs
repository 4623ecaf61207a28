//! The application's tables and migrations on an engine in memory, through the library: how an application tests its own.

mod fresh;
mod single;
mod upgrade;
mod v1;

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Migrator;
use migrate_core::migrator::Report;
use migrate_core::registry::Sequence;
use serde::de::DeserializeOwned;

type Item = HashMap<String, AttributeValue>;

fn today() -> Sequence {
    Sequence::of(quakes::Migrations).expect("every number once")
}

fn migrator(sequence: Sequence, client: &Client) -> Migrator {
    Migrator::builder(sequence, client.clone()).local_engine().build().expect("legal names")
}

/// The numbers of the migrations that ran.
fn ran(report: &Report) -> Vec<u32> {
    let ran = report.migrations.iter().filter(|migration| !migration.skipped);
    ran.map(|migration| migration.migration.version.get()).collect()
}

/// A table's items by the string that is their key.
async fn items(client: &Client, table: &str, key: &str) -> BTreeMap<String, Item> {
    let items = client.scan().table_name(table).into_paginator().items().send().try_collect().await.expect("a scan");
    items.into_iter().map(|item| (item[key].as_s().expect("a string").clone(), item)).collect()
}

/// One partition of an index, in its order.
async fn query<T: DeserializeOwned>(client: &Client, index: &str, partition_key: &str, value: &str) -> Vec<T> {
    let query = client
        .query()
        .table_name("events")
        .index_name(index)
        .key_condition_expression("#key = :value")
        .expression_attribute_names("#key", partition_key)
        .expression_attribute_values(":value", AttributeValue::S(value.to_owned()));
    let items = query.into_paginator().items().send().try_collect().await.expect("a query");
    items.into_iter().map(|item| serde_dynamo::from_item(item).expect("a projected item")).collect()
}

/// The names of a table's indexes.
async fn indexes(client: &Client, table: &str) -> Vec<String> {
    let described = client.describe_table().table_name(table).send().await.expect("a table").table.expect("its description");
    described.global_secondary_indexes().iter().filter_map(|index| index.index_name.clone()).collect()
}
