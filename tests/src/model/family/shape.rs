//! Names, keys and projections; it never knows whether a table is new or changed.

use super::super::json::{find, list, text, texts};
use super::super::refusal::Refusal;
use super::one_of;
use serde_json::Value;
use std::collections::BTreeSet;

const GLOBAL_INDEXES: usize = 20;
const LOCAL_INDEXES: usize = 5;
/// Of all indexes together, and of one.
const INCLUDED: usize = 100;
const INCLUDED_IN_ONE: usize = 20;

/// Of tables and indexes.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
pub(super) fn name(name: &str, member: &str) -> Result<(), Refusal> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if (3..=255).contains(&name.len()) && name.bytes().all(legal) {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [a-zA-Z0-9_.-]+ and have a length from 3 to 255"
    )))
}

/// Judges a table as it would be: its key, its indexes and its attributes.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>
pub(super) fn check(table: &Value) -> Result<(), Refusal> {
    let mut used = key(table, table, "the table", 1, 1)?;
    let sorted = list(table, "KeySchema").count() == 2;
    let locals: Vec<_> = list(table, "LocalSecondaryIndexes").collect();
    let globals: Vec<_> = list(table, "GlobalSecondaryIndexes").collect();
    if locals.len() > LOCAL_INDEXES {
        let count = locals.len();
        return Err(Refusal::invalid(format!(
            "Number of LocalSecondaryIndexes exceeds per-table limit of {LOCAL_INDEXES}: {count}"
        )));
    }
    if !locals.is_empty() && !sorted {
        return Err(Refusal::invalid(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
        ));
    }
    if globals.len() > GLOBAL_INDEXES {
        return Err(
            Refusal::limit(format!("GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_INDEXES}")).blamed()
        );
    }
    let mut names = BTreeSet::new();
    for index in locals.iter().chain(&globals) {
        let index_name = text(index, "IndexName").unwrap_or_default();
        name(index_name, "indexName")?;
        if !names.insert(index_name) {
            return Err(Refusal::invalid(format!("Duplicate index name: {index_name}")));
        }
        projection(index)?;
    }
    for index in &locals {
        used.extend(key(table, index, text(index, "IndexName").unwrap_or_default(), 1, 1)?);
        let partition = |holder| text(list(holder, "KeySchema").next()?, "AttributeName");
        if list(index, "KeySchema").count() != 2 || partition(index) != partition(table) {
            return Err(Refusal::invalid("Index KeySchema does not have the table's hash key and a range key of its own"));
        }
    }
    for index in &globals {
        used.extend(key(table, index, text(index, "IndexName").unwrap_or_default(), 4, 4)?);
    }
    let included: usize =
        locals.iter().chain(&globals).map(|index| texts(&index["Projection"], "NonKeyAttributes").count()).sum();
    if included > INCLUDED {
        return Err(Refusal::invalid(format!(
            "Total number of attributes specified in NonKeyAttributes: {included} exceeds the limit of {INCLUDED}"
        )));
    }
    definitions(table, &used)
}

/// HASH attributes, then RANGE attributes, no attribute twice, all of them defined.
fn key<'a>(table: &Value, holder: &'a Value, whose: &str, hashes: usize, ranges: usize) -> Result<BTreeSet<&'a str>, Refusal> {
    let elements: Vec<_> = list(holder, "KeySchema").collect();
    let hash = elements.iter().take_while(|element| text(element, "KeyType") == Some("HASH")).count();
    let range = elements.iter().skip(hash).take_while(|element| text(element, "KeyType") == Some("RANGE")).count();
    if hash + range != elements.len() || !(1..=hashes).contains(&hash) || range > ranges {
        return Err(Refusal::invalid(format!(
            "Invalid KeySchema of {whose}: {hash} HASH, then {range} RANGE of {}",
            elements.len()
        )));
    }
    let names: Vec<_> = elements.iter().filter_map(|element| text(element, "AttributeName")).collect();
    let different = BTreeSet::from_iter(names.iter().copied());
    if different.len() != elements.len() {
        return Err(Refusal::invalid(format!("Both the Hash Key and the Range Key of {whose} have the same name")));
    }
    for name in &names {
        if name.is_empty() || name.len() > 255 {
            return Err(Refusal::invalid(format!("KeySchema of {whose}: an attribute's name has 1 to 255 bytes")));
        }
        if find(table, "AttributeDefinitions", "AttributeName", name).is_none() {
            return Err(Refusal::invalid(format!(
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [{name}]"
            )));
        }
    }
    Ok(different)
}

/// Exactly the key attributes, each once.
fn definitions(table: &Value, used: &BTreeSet<&str>) -> Result<(), Refusal> {
    let mut defined = BTreeSet::new();
    for definition in list(table, "AttributeDefinitions") {
        one_of(text(definition, "AttributeType").unwrap_or_default(), "attributeType", &["S", "N", "B"])?;
        if !defined.insert(text(definition, "AttributeName").unwrap_or_default()) {
            return Err(Refusal::invalid("Duplicate AttributeName in AttributeDefinitions"));
        }
    }
    if defined != *used {
        return Err(Refusal::invalid(format!(
            "Some AttributeDefinitions are not used. AttributeDefinitions: {defined:?}, keys used: {used:?}"
        )));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html>
fn projection(index: &Value) -> Result<(), Refusal> {
    let kind = text(&index["Projection"], "ProjectionType").unwrap_or_default();
    one_of(kind, "projectionType", &["ALL", "KEYS_ONLY", "INCLUDE"])?;
    let included = texts(&index["Projection"], "NonKeyAttributes").count();
    if kind != "INCLUDE" && index["Projection"].get("NonKeyAttributes").is_some_and(|list| !list.is_null()) {
        return Err(Refusal::invalid(format!("ProjectionType is {kind}, but NonKeyAttributes is specified")));
    }
    if kind == "INCLUDE" && !(1..=INCLUDED_IN_ONE).contains(&included) {
        return Err(Refusal::validation(format!(
            "1 validation error detected: 'nonKeyAttributes' failed to satisfy constraint: Member must have length from 1 to {INCLUDED_IN_ONE}"
        )));
    }
    Ok(())
}
