//! From our tables to the SDK's inputs; it never knows what is there.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types as sdk;

use super::write_settings::{encryption, on_demand, provisioned, sdk_tags, stream_specification, table_class, warm};
use crate::schema::{
    Billing, Encryption, GlobalIndex, IndexName, KeyElement, Projection, ScalarType, Setting, TableClass, TableSchema, Throughput,
};

/// All that creates a table, with every setting that the call takes; the others have an API of their own.
///
/// What DynamoDB begins with anyway is not sent, so that an engine without the setting has nothing to refuse.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>
pub(crate) fn create_table(schema: &TableSchema) -> Result<CreateTableInputBuilder, BuildError> {
    let billing = schema.billing.unwrap_or(Billing::ON_DEMAND);
    let tags = sdk_tags(&schema.tags)?;
    let mut input = CreateTableInputBuilder::default()
        .table_name(schema.name.as_str())
        .set_attribute_definitions(Some(attribute_definitions(schema.key_elements())?))
        .set_key_schema(Some(key_schema(std::slice::from_ref(&schema.key.partition), schema.key.sort.as_slice())?))
        .billing_mode(match billing {
            Billing::OnDemand(_) => sdk::BillingMode::PayPerRequest,
            Billing::Provisioned(_) => sdk::BillingMode::Provisioned,
        })
        .set_provisioned_throughput(throughput_of(Some(billing)).map(provisioned).transpose()?)
        .set_on_demand_throughput(max_of(Some(billing)))
        .set_deletion_protection_enabled(schema.deletion_protection)
        .set_table_class(schema.table_class.filter(|class| *class != TableClass::Standard).map(table_class))
        .set_sse_specification(schema.encryption.as_ref().filter(|key| **key != Encryption::AwsOwned).map(encryption))
        .set_warm_throughput(schema.warm_throughput.value().copied().map(warm))
        .set_resource_policy(schema.resource_policy.value().map(|policy| policy.as_str().to_owned()))
        .set_tags((!tags.is_empty()).then_some(tags));
    for (name, index) in &schema.global_indexes {
        let throughput = throughput_of(index.billing).or(throughput_of(Some(billing)));
        let index = sdk::GlobalSecondaryIndex::builder()
            .index_name(name.as_str())
            .set_key_schema(Some(key_schema(&index.key.partition, &index.key.sort)?))
            .projection(sdk_projection(&index.projection))
            .set_provisioned_throughput(throughput.map(provisioned).transpose()?)
            .set_on_demand_throughput(max_of(index.billing))
            .set_warm_throughput(index.warm_throughput.value().copied().map(warm));
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
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateGlobalSecondaryIndexAction.html>
pub(crate) fn create_index(name: &IndexName, index: &GlobalIndex) -> Result<sdk::GlobalSecondaryIndexUpdate, BuildError> {
    let create = sdk::CreateGlobalSecondaryIndexAction::builder()
        .index_name(name.as_str())
        .set_key_schema(Some(key_schema(&index.key.partition, &index.key.sort)?))
        .projection(sdk_projection(&index.projection))
        .set_provisioned_throughput(throughput_of(index.billing).map(provisioned).transpose()?)
        .set_on_demand_throughput(max_of(index.billing))
        .set_warm_throughput(index.warm_throughput.value().copied().map(warm))
        .build()?;
    Ok(sdk::GlobalSecondaryIndexUpdate::builder().create(create).build())
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

fn max_of(billing: Option<Billing>) -> Option<sdk::OnDemandThroughput> {
    match billing {
        Some(Billing::OnDemand(max)) => on_demand(max),
        Some(Billing::Provisioned(_)) | None => None,
    }
}
