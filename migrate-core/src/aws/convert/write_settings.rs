//! Settings as the SDK's inputs; it never knows in which call they go.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types as sdk;

use crate::schema::{
    Billing, Delta, Encryption, IndexName, Insights, MaxThroughput, Precision, Setting, StreamView, TableClass, Throughput,
};

fn number(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}

/// Provisioned capacity.
pub(crate) fn provisioned(throughput: Throughput) -> Result<sdk::ProvisionedThroughput, BuildError> {
    sdk::ProvisionedThroughput::builder()
        .read_capacity_units(number(throughput.read))
        .write_capacity_units(number(throughput.write))
        .build()
}

/// The maxima that are stated for something new; `None` where none is.
pub(crate) fn on_demand(max: MaxThroughput) -> Option<sdk::OnDemandThroughput> {
    on_demand_change(MaxThroughput::OFF, max)
}

/// The maxima that differ; −1 takes one away, and what is not named stays.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html>
pub(crate) fn on_demand_change(from: MaxThroughput, to: MaxThroughput) -> Option<sdk::OnDemandThroughput> {
    let change = |from: Setting<u64>, to: Setting<u64>| match to {
        Setting::Set(units) if from != to => Some(number(units)),
        Setting::Off if from.value().is_some() => Some(-1),
        Setting::Set(_) | Setting::Off | Setting::Unmanaged => None,
    };
    let (read, write) = (change(from.read, to.read), change(from.write, to.write));
    // One of them at least.
    read.or(write)?;
    Some(sdk::OnDemandThroughput::builder().set_max_read_request_units(read).set_max_write_request_units(write).build())
}

/// The capacity of an index that is there.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateGlobalSecondaryIndexAction.html>
pub(crate) fn index_update(
    name: &IndexName,
    delta: &Delta<Billing>,
) -> Result<Option<sdk::GlobalSecondaryIndexUpdate>, BuildError> {
    let update = sdk::UpdateGlobalSecondaryIndexAction::builder().index_name(name.as_str());
    let update = match (delta.from, delta.to) {
        (from, to) if from == to => return Ok(None),
        (_, Billing::Provisioned(units)) => update.provisioned_throughput(provisioned(units)?),
        (from, Billing::OnDemand(max)) => {
            let from = if let Billing::OnDemand(max) = from { max } else { MaxThroughput::OFF };
            let Some(max) = on_demand_change(from, max) else { return Ok(None) };
            update.on_demand_throughput(max)
        }
    };
    Ok(Some(sdk::GlobalSecondaryIndexUpdate::builder().update(update.build()?).build()))
}

/// Warm throughput.
pub(crate) fn warm(units: Throughput) -> sdk::WarmThroughput {
    sdk::WarmThroughput::builder().read_units_per_second(number(units.read)).write_units_per_second(number(units.write)).build()
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

/// A table class.
pub(crate) const fn table_class(class: TableClass) -> sdk::TableClass {
    match class {
        TableClass::Standard => sdk::TableClass::Standard,
        TableClass::StandardInfrequentAccess => sdk::TableClass::StandardInfrequentAccess,
    }
}

/// A key is named only where it is not `alias/aws/dynamodb`.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html>
pub(crate) fn encryption(encryption: &Encryption) -> sdk::SseSpecification {
    let specification = sdk::SseSpecification::builder();
    match encryption {
        Encryption::AwsOwned => specification.enabled(false),
        Encryption::AwsManaged => specification.enabled(true).sse_type(sdk::SseType::Kms),
        Encryption::Customer(key) => specification.enabled(true).sse_type(sdk::SseType::Kms).kms_master_key_id(key),
    }
    .build()
}

/// The tags that are set; those that must not be there are left out.
pub(crate) fn sdk_tags(tags: &BTreeMap<String, Setting<String>>) -> Result<Vec<sdk::Tag>, BuildError> {
    let set = tags.iter().filter_map(|(key, value)| Some((key, value.value()?)));
    set.map(|(key, value)| sdk::Tag::builder().key(key).value(value).build()).collect()
}

/// Which requests contributor insights look at.
pub(crate) const fn insights_mode(insights: Insights) -> sdk::ContributorInsightsMode {
    match insights {
        Insights::AccessedAndThrottled => sdk::ContributorInsightsMode::AccessedAndThrottledKeys,
        Insights::Throttled => sdk::ContributorInsightsMode::ThrottledKeys,
    }
}

/// How precise a Kinesis stream's times are.
pub(crate) const fn precision(precision: Precision) -> sdk::ApproximateCreationDateTimePrecision {
    match precision {
        Precision::Millisecond => sdk::ApproximateCreationDateTimePrecision::Millisecond,
        Precision::Microsecond => sdk::ApproximateCreationDateTimePrecision::Microsecond,
    }
}
