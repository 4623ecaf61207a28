//! The simulated DynamoDB does with items what the engines do, and with time what it was told.

mod capacity;
mod face;
mod faults;
mod paging;
mod semantics;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BatchStatementRequest, BillingMode, KeySchemaElement, KeyType,
    ReturnValuesOnConditionCheckFailure, ScalarAttributeType,
};
use serde_json::{Value, json};

/// A table with the key `pk`, and `sk` where it is wanted.
async fn create(client: &Client, name: &str, sort: bool) {
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let definition = |name: &str, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap();
    let mut create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    create = create.key_schema(key("pk", KeyType::Hash)).attribute_definitions(definition("pk", ScalarAttributeType::S));
    if sort {
        create = create.key_schema(key("sk", KeyType::Range)).attribute_definitions(definition("sk", ScalarAttributeType::N));
    }
    create.send().await.unwrap();
}

/// `{"S":"x"}` as the SDK holds it.
fn attribute(json: &Value) -> AttributeValue {
    let (kind, inner) = json.as_object().and_then(|object| object.iter().next()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let texts = || inner.as_array().unwrap().iter().map(text).collect();
    match kind.as_str() {
        "S" => AttributeValue::S(text(inner)),
        "N" => AttributeValue::N(text(inner)),
        "B" => AttributeValue::B(Blob::new(text(inner))),
        "BOOL" => AttributeValue::Bool(inner.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "SS" => AttributeValue::Ss(texts()),
        "NS" => AttributeValue::Ns(texts()),
        "L" => AttributeValue::L(inner.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(item(inner)),
        other => panic!("{other}"),
    }
}

fn item(json: &Value) -> HashMap<String, AttributeValue> {
    json.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// An item in words that compare: names in order, sets too.
fn words(item: &HashMap<String, AttributeValue>) -> String {
    let sorted = |set: &Vec<String>| {
        let mut set = set.clone();
        set.sort();
        format!("{set:?}")
    };
    let mut all: Vec<String> = item
        .iter()
        .map(|(name, value)| match value {
            AttributeValue::Ss(set) | AttributeValue::Ns(set) => format!("{name}={}", sorted(set)),
            value => format!("{name}={value:?}"),
        })
        .collect();
    all.sort();
    all.join(" ")
}

/// Every item in words, in order.
async fn all(client: &Client, table: &str) -> Vec<String> {
    let mut pages = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(item) = pages.next().await {
        found.push(words(&item.unwrap()));
    }
    found.sort();
    found
}

fn statement(text: impl Into<String>, parameters: &[Value]) -> BatchStatementRequest {
    let request = BatchStatementRequest::builder().statement(text);
    let parameters: Vec<_> = parameters.iter().map(attribute).collect();
    let request = request.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    request.set_parameters((!parameters.is_empty()).then_some(parameters)).build().unwrap()
}

fn s(text: impl Into<String>) -> Value {
    json!({ "S": text.into() })
}

fn n(text: impl ToString) -> Value {
    json!({ "N": text.to_string() })
}
