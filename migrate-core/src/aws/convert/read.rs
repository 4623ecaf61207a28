//! From the SDK's descriptions to our tables; it never knows what was declared.
//!
//! Only the fields that a [`TableSchema`] has are read: whatever else a table carries is not ours to compare.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types as sdk;

use crate::schema::{
    Billing, GlobalIndex, IndexKey, IndexName, KeyElement, LiveTable, LocalIndex, PrimaryKey, Projection, ScalarType, Setting,
    Status, StreamView, TableName, TableSchema, Throughput,
};

/// A description that is no table as we know them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConvertError {
    #[error("the description lacks {0}")]
    Missing(&'static str),
    #[error("{what} is `{value}`, which this version does not know")]
    Unknown { what: &'static str, value: String },
    #[error("the key of {0} is neither a partition key nor a partition key with a sort key")]
    Key(String),
    #[error("the key attribute `{0}` has no type")]
    Untyped(String),
    #[error(transparent)]
    Name(#[from] crate::schema::NameError),
}

/// The table that a description describes. Time to live has an API of its own, so it is brought along.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html>
///
/// An index that is being deleted may have only its state left.
pub(crate) fn live_table(table: &sdk::TableDescription, ttl: Setting<String>) -> Result<LiveTable, ConvertError> {
    let types = scalar_types(table.attribute_definitions())?;
    let name = TableName::new(table.table_name().ok_or(ConvertError::Missing("its name"))?.to_owned())?;
    let (mut partition, mut sort) = key(table.key_schema(), &types)?;
    let key = match (partition.pop(), sort.pop()) {
        (Some(first), last) if partition.is_empty() && sort.is_empty() => PrimaryKey { partition: first, sort: last },
        _ => return Err(ConvertError::Key(format!("table {name}"))),
    };
    let mut global_indexes = BTreeMap::new();
    let mut index_status = BTreeMap::new();
    for index in table.global_secondary_indexes() {
        let name = IndexName::new(index.index_name().ok_or(ConvertError::Missing("an index's name"))?.to_owned())?;
        let status = self::index_status(index.index_status());
        match self::key(index.key_schema(), &types) {
            Ok((partition, sort)) => {
                let global = GlobalIndex::new(IndexKey { partition, sort }, projection(index.projection())?);
                global_indexes.insert(name.clone(), global);
            }
            // The definition of a key attribute can be gone before the index that used it: DynamoDB Local does so.
            Err(ConvertError::Untyped(_)) if status == Status::Deleting => {}
            Err(error) => return Err(error),
        }
        index_status.insert(name, status);
    }
    let mut local_indexes = BTreeMap::new();
    for index in table.local_secondary_indexes() {
        let name = IndexName::new(index.index_name().ok_or(ConvertError::Missing("an index's name"))?.to_owned())?;
        let (_, mut sort) = self::key(index.key_schema(), &types)?;
        let sort = sort.pop().ok_or_else(|| ConvertError::Key(format!("local index {name}")))?;
        local_indexes.insert(name, LocalIndex { sort, projection: projection(index.projection())? });
    }
    let schema = TableSchema {
        global_indexes,
        local_indexes,
        billing: Some(billing(table)),
        stream: stream(table.stream_specification())?,
        ttl,
        deletion_protection: Some(table.deletion_protection_enabled().unwrap_or(false)),
        ..TableSchema::new(name, key)
    };
    Ok(LiveTable {
        status: table_status(table.table_status()),
        index_status,
        table_id: table.table_id().map(str::to_owned),
        item_count: table.item_count().and_then(|count| count.try_into().ok()).unwrap_or(0),
        ..LiveTable::new(schema)
    })
}

/// What `DescribeTimeToLive` says. A change takes up to an hour; it counts from when it was asked for, since nothing but
/// waiting is left then. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
pub(crate) fn ttl(description: Option<&sdk::TimeToLiveDescription>) -> Setting<String> {
    use sdk::TimeToLiveStatus::{Enabled, Enabling};
    match description.map(|ttl| (ttl.time_to_live_status(), ttl.attribute_name())) {
        Some((Some(Enabled | Enabling), Some(attribute))) => Setting::Set(attribute.to_owned()),
        _ => Setting::Off,
    }
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

fn index_status(status: Option<&sdk::IndexStatus>) -> Status {
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

/// A summary that is absent means provisioned, and {0, 0} is what stands there for a table that is not: at least 1 is.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BillingModeSummary.html>
fn billing(table: &sdk::TableDescription) -> Billing {
    let unit = |units: Option<i64>| units.and_then(|units| units.try_into().ok()).unwrap_or(0);
    let (read, write) = table
        .provisioned_throughput()
        .map_or((0, 0), |throughput| (unit(throughput.read_capacity_units()), unit(throughput.write_capacity_units())));
    match table.billing_mode_summary().and_then(sdk::BillingModeSummary::billing_mode) {
        Some(sdk::BillingMode::PayPerRequest) => Billing::ON_DEMAND,
        None if (read, write) == (0, 0) => Billing::ON_DEMAND,
        _ => Billing::Provisioned(Throughput { read, write }),
    }
}

/// A specification that is absent means off.
fn stream(stream: Option<&sdk::StreamSpecification>) -> Result<Setting<StreamView>, ConvertError> {
    let Some(stream) = stream.filter(|stream| stream.stream_enabled()) else { return Ok(Setting::Off) };
    let view = match stream.stream_view_type() {
        Some(sdk::StreamViewType::KeysOnly) => StreamView::KeysOnly,
        Some(sdk::StreamViewType::NewImage) => StreamView::NewImage,
        Some(sdk::StreamViewType::OldImage) => StreamView::OldImage,
        Some(sdk::StreamViewType::NewAndOldImages) => StreamView::NewAndOldImages,
        Some(other) => return Err(ConvertError::Unknown { what: "the stream's view", value: other.as_str().to_owned() }),
        None => return Err(ConvertError::Missing("the stream's view")),
    };
    Ok(Setting::Set(view))
}
