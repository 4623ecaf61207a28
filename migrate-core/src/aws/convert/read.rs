//! From the SDK's descriptions to our tables; it never knows what was declared.
//!
//! Only the fields that a [`TableSchema`] has are read: whatever else a table carries is not ours to compare.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types as sdk;

use super::error::ConvertError;
use super::moving::Moving;
use super::read_settings;
use crate::schema::{
    GlobalIndex, IndexKey, IndexName, KeyElement, LiveTable, LocalIndex, PrimaryKey, Projection, ScalarType, Status, TableName,
    TableSchema,
};

/// The table that a description describes, and what of it is being changed. Settings with an API of their own are brought along later.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html>
///
/// An index that is being deleted may have only its state left. A shape that this version does not know is an error; a setting that
/// it does not know is unmanaged, since the code may say nothing of it.
pub(crate) fn live_table(table: &sdk::TableDescription) -> Result<(LiveTable, Moving), ConvertError> {
    let types = scalar_types(table.attribute_definitions())?;
    let name = TableName::new(table.table_name().ok_or(ConvertError::Missing("its name"))?.to_owned())?;
    let (mut partition, mut sort) = key(table.key_schema(), &types)?;
    let key = match (partition.pop(), sort.pop()) {
        (Some(first), last) if partition.is_empty() && sort.is_empty() => PrimaryKey { partition: first, sort: last },
        _ => return Err(ConvertError::Key(format!("table {name}"))),
    };
    let mut live = LiveTable::new(TableSchema::new(name, key));
    for index in table.global_secondary_indexes() {
        let name = IndexName::new(index.index_name().ok_or(ConvertError::Missing("an index's name"))?.to_owned())?;
        let status = self::index_status(index.index_status());
        match self::key(index.key_schema(), &types) {
            Ok((partition, sort)) => {
                let global = GlobalIndex::new(IndexKey { partition, sort }, projection(index.projection())?);
                live.schema.global_indexes.insert(name.clone(), global);
            }
            // The definition of a key attribute can be gone before the index that used it: DynamoDB Local does so.
            Err(ConvertError::Untyped(_)) if status == Status::Deleting => {}
            Err(error) => return Err(error),
        }
        if index.backfilling() == Some(true) {
            live.backfilling.insert(name.clone());
        }
        live.index_status.insert(name, status);
    }
    for index in table.local_secondary_indexes() {
        let name = IndexName::new(index.index_name().ok_or(ConvertError::Missing("an index's name"))?.to_owned())?;
        let (_, mut sort) = self::key(index.key_schema(), &types)?;
        let sort = sort.pop().ok_or_else(|| ConvertError::Key(format!("local index {name}")))?;
        live.schema.local_indexes.insert(name, LocalIndex { sort, projection: projection(index.projection())? });
    }
    live.status = table_status(table.table_status());
    live.table_id = table.table_id().map(str::to_owned);
    live.arn = table.table_arn().map(str::to_owned);
    live.item_count = count(table.item_count());
    live.size_bytes = count(table.table_size_bytes());
    let moving = read_settings::settings(table, &mut live);
    Ok((live, moving))
}

fn count(number: Option<i64>) -> u64 {
    number.and_then(|number| number.try_into().ok()).unwrap_or(0)
}

/// A table's or an index's state; one that is not told is at rest, since DynamoDB tells every other.
pub(crate) fn table_status(status: Option<&sdk::TableStatus>) -> Status {
    match status {
        None | Some(sdk::TableStatus::Active) => Status::Active,
        Some(sdk::TableStatus::Creating) => Status::Creating,
        Some(sdk::TableStatus::Updating) => Status::Updating,
        Some(sdk::TableStatus::Deleting) => Status::Deleting,
        Some(other) => Status::Other(other.as_str().to_owned()),
    }
}

pub(super) fn index_status(status: Option<&sdk::IndexStatus>) -> Status {
    match status {
        None | Some(sdk::IndexStatus::Active) => Status::Active,
        Some(sdk::IndexStatus::Creating) => Status::Creating,
        Some(sdk::IndexStatus::Updating) => Status::Updating,
        Some(sdk::IndexStatus::Deleting) => Status::Deleting,
        Some(other) => Status::Other(other.as_str().to_owned()),
    }
}

fn scalar_types(definitions: &[sdk::AttributeDefinition]) -> Result<BTreeMap<&str, ScalarType>, ConvertError> {
    let scalar = |definition: &sdk::AttributeDefinition| match definition.attribute_type() {
        sdk::ScalarAttributeType::S => Ok(ScalarType::S),
        sdk::ScalarAttributeType::N => Ok(ScalarType::N),
        sdk::ScalarAttributeType::B => Ok(ScalarType::B),
        other => Err(ConvertError::Unknown { what: "a key attribute's type", value: other.as_str().to_owned() }),
    };
    definitions.iter().map(|definition| Ok((definition.attribute_name(), scalar(definition)?))).collect()
}

/// The HASH and the RANGE attributes, each in the order given: for a global index the order is part of its key.
fn key(
    schema: &[sdk::KeySchemaElement],
    types: &BTreeMap<&str, ScalarType>,
) -> Result<(Vec<KeyElement>, Vec<KeyElement>), ConvertError> {
    let (mut partition, mut sort) = (Vec::new(), Vec::new());
    for element in schema {
        let name = element.attribute_name();
        let scalar = *types.get(name).ok_or_else(|| ConvertError::Untyped(name.to_owned()))?;
        match element.key_type() {
            sdk::KeyType::Hash => partition.push(KeyElement::new(name, scalar)),
            sdk::KeyType::Range => sort.push(KeyElement::new(name, scalar)),
            other => return Err(ConvertError::Unknown { what: "a key's role", value: other.as_str().to_owned() }),
        }
    }
    Ok((partition, sort))
}

fn projection(projection: Option<&sdk::Projection>) -> Result<Projection, ConvertError> {
    let projection = projection.ok_or(ConvertError::Missing("an index's projection"))?;
    match projection.projection_type() {
        Some(sdk::ProjectionType::All) => Ok(Projection::All),
        Some(sdk::ProjectionType::KeysOnly) => Ok(Projection::KeysOnly),
        Some(sdk::ProjectionType::Include) => Ok(Projection::Include(projection.non_key_attributes().iter().cloned().collect())),
        Some(other) => Err(ConvertError::Unknown { what: "an index's projection", value: other.as_str().to_owned() }),
        None => Err(ConvertError::Missing("an index's projection")),
    }
}
