//! From our tables to the SDK's inputs; it never knows what is there.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types as sdk;

use crate::schema::{
    Billing, GlobalIndex, IndexName, KeyElement, Projection, ScalarType, Setting, StreamView, TableSchema, Throughput,
};

/// All that creates a table; its time to live is not among it, and no tags.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>
pub(crate) fn create_table(schema: &TableSchema) -> Result<CreateTableInputBuilder, BuildError> {
    let billing = schema.billing.unwrap_or(Billing::ON_DEMAND);
    let throughput = throughput_of(Some(billing));
    let mut input = CreateTableInputBuilder::default()
        .table_name(schema.name.as_str())
        .set_attribute_definitions(Some(attribute_definitions(schema.key_elements())?))
        .set_key_schema(Some(key_schema(std::slice::from_ref(&schema.key.partition), schema.key.sort.as_slice())?))
        .billing_mode(match billing {
            Billing::OnDemand(_) => sdk::BillingMode::PayPerRequest,
            Billing::Provisioned(_) => sdk::BillingMode::Provisioned,
        })
        .set_provisioned_throughput(throughput.map(provisioned).transpose()?)
        .set_deletion_protection_enabled(schema.deletion_protection);
    for (name, index) in &schema.global_indexes {
        let index = sdk::GlobalSecondaryIndex::builder()
            .index_name(name.as_str())
            .set_key_schema(Some(key_schema(&index.key.partition, &index.key.sort)?))
            .projection(sdk_projection(&index.projection))
            .set_provisioned_throughput(throughput_of(index.billing).or(throughput).map(provisioned).transpose()?);
        input = input.global_secondary_indexes(index.build()?);
    }
    for (name, index) in &schema.local_indexes {
        let keys = key_schema(std::slice::from_ref(&schema.key.partition), std::slice::from_ref(&index.sort))?;
        let index = sdk::LocalSecondaryIndex::builder()
            .index_name(name.as_str())
            .set_key_schema(Some(keys))
            .projection(sdk_projection(&index.projection));
        input = input.local_secondary_indexes(index.build()?);
    }
    Ok(match &schema.stream {
        Setting::Set(view) => input.stream_specification(stream_specification(Some(*view))?),
        Setting::Off | Setting::Unmanaged => input,
    })
}

/// An index to be created on a table that is there.
pub(crate) fn create_index(name: &IndexName, index: &GlobalIndex) -> Result<sdk::GlobalSecondaryIndexUpdate, BuildError> {
    let create = sdk::CreateGlobalSecondaryIndexAction::builder()
        .index_name(name.as_str())
        .set_key_schema(Some(key_schema(&index.key.partition, &index.key.sort)?))
        .projection(sdk_projection(&index.projection))
        .set_provisioned_throughput(throughput_of(index.billing).map(provisioned).transpose()?)
        .build()?;
    Ok(sdk::GlobalSecondaryIndexUpdate::builder().create(create).build())
}

/// A stream switched on with this view, or off.
pub(crate) fn stream_specification(view: Option<StreamView>) -> Result<sdk::StreamSpecification, BuildError> {
    let view_type = view.map(|view| match view {
        StreamView::KeysOnly => sdk::StreamViewType::KeysOnly,
        StreamView::NewImage => sdk::StreamViewType::NewImage,
        StreamView::OldImage => sdk::StreamViewType::OldImage,
        StreamView::NewAndOldImages => sdk::StreamViewType::NewAndOldImages,
    });
    sdk::StreamSpecification::builder().stream_enabled(view.is_some()).set_stream_view_type(view_type).build()
}

/// DynamoDB wants exactly the attributes that keys use.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html>
pub(crate) fn attribute_definitions<'a>(
    elements: impl IntoIterator<Item = &'a KeyElement>,
) -> Result<Vec<sdk::AttributeDefinition>, BuildError> {
    let definition = |element: &KeyElement| {
        let scalar = match element.scalar {
            ScalarType::S => sdk::ScalarAttributeType::S,
            ScalarType::N => sdk::ScalarAttributeType::N,
            ScalarType::B => sdk::ScalarAttributeType::B,
        };
        sdk::AttributeDefinition::builder().attribute_name(&element.name).attribute_type(scalar).build()
    };
    elements.into_iter().map(definition).collect()
}

fn key_schema(partition: &[KeyElement], sort: &[KeyElement]) -> Result<Vec<sdk::KeySchemaElement>, BuildError> {
    let partition = partition.iter().map(|element| (element, sdk::KeyType::Hash));
    let sort = sort.iter().map(|element| (element, sdk::KeyType::Range));
    let element = |(element, role): (&KeyElement, sdk::KeyType)| {
        sdk::KeySchemaElement::builder().attribute_name(&element.name).key_type(role).build()
    };
    partition.chain(sort).map(element).collect()
}

fn sdk_projection(projection: &Projection) -> sdk::Projection {
    let (kind, names) = match projection {
        Projection::All => (sdk::ProjectionType::All, None),
        Projection::KeysOnly => (sdk::ProjectionType::KeysOnly, None),
        Projection::Include(names) => (sdk::ProjectionType::Include, Some(names.iter().cloned().collect())),
    };
    sdk::Projection::builder().projection_type(kind).set_non_key_attributes(names).build()
}

fn throughput_of(billing: Option<Billing>) -> Option<Throughput> {
    match billing {
        Some(Billing::Provisioned(throughput)) => Some(throughput),
        Some(Billing::OnDemand(_)) | None => None,
    }
}

fn provisioned(throughput: Throughput) -> Result<sdk::ProvisionedThroughput, BuildError> {
    let units = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
    sdk::ProvisionedThroughput::builder()
        .read_capacity_units(units(throughput.read))
        .write_capacity_units(units(throughput.write))
        .build()
}
