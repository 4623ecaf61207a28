//! The model of the control plane: each rule refuses one call and takes another.

mod backups;
mod beside;
mod billing;
mod create;
mod delete;
mod index;
mod settings;
mod states;
mod works;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection, ProjectionType, ProvisionedThroughput,
    ScalarAttributeType, TableDescription, UpdateGlobalSecondaryIndexAction,
};
use migrate_tests::model::{Model, Quirks};
use std::fmt::Debug;

/// The error's name, and a part of its text.
#[track_caller]
fn refused<T: Debug, E: ProvideErrorMetadata + Debug>(answer: Result<T, SdkError<E>>, code: &str, part: &str) {
    let error = answer.expect_err(part);
    let (got, text) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
    assert!(got == code && text.contains(part), "wanted {code} with `{part}`, got {got}: {text}");
}

const INVALID: &str = "ValidationException";
const LIMIT: &str = "LimitExceededException";
const IN_USE: &str = "ResourceInUseException";

fn instant() -> Model {
    Model::with(Quirks::instant())
}

fn attribute(name: &str) -> AttributeDefinition {
    typed(name, ScalarAttributeType::S)
}

fn typed(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
}

fn hash(name: &str) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Hash).build().unwrap()
}

fn range(name: &str) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Range).build().unwrap()
}

fn all() -> Projection {
    Projection::builder().projection_type(ProjectionType::All).build()
}

fn units(read: i64, write: i64) -> ProvisionedThroughput {
    ProvisionedThroughput::builder().read_capacity_units(read).write_capacity_units(write).build().unwrap()
}

/// `t`, on demand, by `pk`.
fn create(client: &Client) -> CreateTableFluentBuilder {
    plain(client).billing_mode(BillingMode::PayPerRequest)
}

fn plain(client: &Client) -> CreateTableFluentBuilder {
    client.create_table().table_name("tab").attribute_definitions(attribute("pk")).key_schema(hash("pk"))
}

fn global(name: &str, by: &str) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder().index_name(name).key_schema(hash(by)).projection(all()).build().unwrap()
}

fn update(client: &Client) -> UpdateTableFluentBuilder {
    client.update_table().table_name("tab")
}

fn add(name: &str, by: &str) -> GlobalSecondaryIndexUpdate {
    let action = CreateGlobalSecondaryIndexAction::builder().index_name(name).key_schema(hash(by)).projection(all());
    GlobalSecondaryIndexUpdate::builder().create(action.build().unwrap()).build()
}

fn remove(name: &str) -> GlobalSecondaryIndexUpdate {
    let action = DeleteGlobalSecondaryIndexAction::builder().index_name(name).build().unwrap();
    GlobalSecondaryIndexUpdate::builder().delete(action).build()
}

fn provision(name: &str, read: i64, write: i64) -> GlobalSecondaryIndexUpdate {
    let action = UpdateGlobalSecondaryIndexAction::builder().index_name(name).provisioned_throughput(units(read, write));
    GlobalSecondaryIndexUpdate::builder().update(action.build().unwrap()).build()
}

/// What is known of the index `by_a` in a list of attributes.
fn pk_and(names: &[&str]) -> Option<Vec<AttributeDefinition>> {
    Some(["pk"].iter().chain(names).map(|name| attribute(name)).collect())
}

async fn describe(client: &Client) -> TableDescription {
    client.describe_table().table_name("tab").send().await.unwrap().table.unwrap()
}

/// The table's status, then its indexes'.
async fn statuses(client: &Client) -> String {
    let table = describe(client).await;
    let mut words = vec![table.table_status().unwrap().as_str().to_owned()];
    for index in table.global_secondary_indexes() {
        let filled = if index.backfilling() == Some(true) { "+" } else { "" };
        words.push(format!("{}{filled}", index.index_status().unwrap().as_str()));
    }
    words.join(" ")
}
