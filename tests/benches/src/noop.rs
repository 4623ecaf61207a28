//! An `up` with nothing to do over a hundred tables, by the library and by hand; knows no measure.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::{StreamExt, TryStreamExt, stream};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_core::schema::{Billing, KeyElement, NameError, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::{Failure, Migrator};

use crate::Result;

/// Tables.
pub const TABLES: usize = 100;

/// Descriptions at once.
const AT_ONCE: usize = 16;

/// So many tables that differ in their names.
pub fn tables(count: usize) -> Result<Vec<TableSchema>, NameError> {
    (0..count).map(|number| table(format!("table-{number:03}"))).collect()
}

fn table(name: String) -> Result<TableSchema, NameError> {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    Ok(TableSchema { billing: Some(Billing::ON_DEMAND), ..TableSchema::new(TableName::new(name)?, key) })
}

/// A migrator for them. Its lock keeps to the clock of whoever runs it, which may stand still.
pub fn migrator(client: Client, count: usize) -> Result<Migrator> {
    Ok(Migrator::builder(Sequence::of_tables("bench", tables(count)?)?, client).beat_on_callers_runtime().build()?)
}

/// What the library does; returns how many tables were found as they should be.
pub async fn ours(client: Client) -> Result<u64> {
    let report = migrator(client, TABLES)?.up(Options::default()).await?;
    match report.outcome {
        Outcome::NothingToDo => Ok(TABLES as u64),
        outcome => Err(Failure::msg(format!("there was something to do: {outcome:?}, {:?}", report.steps))),
    }
}

/// The same calls by hand: the history, and a description of each table.
pub async fn floor(client: &Client) -> Result<u64> {
    let history = client
        .query()
        .table_name("migrations")
        .consistent_read(true)
        .key_condition_expression("pk = :sequence")
        .expression_attribute_values(":sequence", AttributeValue::S("bench".to_owned()))
        .send();
    if history.await?.items().is_empty() {
        return Err(Failure::msg("there is no history"));
    }
    let described = stream::iter(tables(TABLES)?)
        .map(|table| client.describe_table().table_name(table.name.as_str()).send())
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?;
    Ok(described.iter().filter(|answer| answer.table().is_some()).count() as u64)
}
