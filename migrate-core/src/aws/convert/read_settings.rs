//! The settings that DescribeTable tells; it never knows a key, nor what was declared.
//!
//! Absence has a meaning for each of them, and a word of a later DynamoDB makes a setting unmanaged: the rest can still be compared.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types as sdk;
use jiff::Timestamp;

use super::moving::Moving;
use super::read::index_status;
use super::table_status;
use crate::schema::{
    Aspect, Billing, Decreases, Encryption, GlobalIndex, IndexName, LiveTable, MaxThroughput, Setting, Status, StreamView,
    TableClass, Throughput,
};

/// Reads them into a table whose shape is there.
pub(super) fn settings(table: &sdk::TableDescription, live: &mut LiveTable) -> Moving {
    let mut moving = Moving::default();
    let mode = mode(table);
    let summary = table.billing_mode_summary();
    live.schema.billing = mode.and_then(|mode| billing(mode, table.provisioned_throughput(), table.on_demand_throughput()));
    live.recent.decreases = decreases(table.provisioned_throughput());
    live.recent.on_demand = summary.and_then(|summary| timestamp(summary.last_update_to_pay_per_request_date_time()));
    for description in table.global_secondary_indexes() {
        let Some((name, index)) = description.index_name().and_then(|name| live.schema.global_indexes.get_key_value(name)) else {
            continue;
        };
        let (name, index) = (name.clone(), global_index(&mut moving, name, index.clone(), description, mode));
        live.recent.index_decreases.insert(name.clone(), decreases(description.provisioned_throughput()));
        live.schema.global_indexes.insert(name, index);
    }
    live.recent.index_decreases.retain(|_, decreases| *decreases != Decreases::default());
    live.schema.stream = stream(table.stream_specification());
    live.stream_arn = live.schema.stream.value().and_then(|_| table.latest_stream_arn()).map(str::to_owned);
    live.schema.deletion_protection = Some(table.deletion_protection_enabled().unwrap_or(false));
    live.schema.table_class = table_class(table.table_class_summary());
    live.recent.class = table.table_class_summary().and_then(|summary| timestamp(summary.last_update_date_time()));
    live.schema.encryption = encryption(table.sse_description(), &mut moving);
    if let Some(warm) = table.warm_throughput() {
        live.schema.warm_throughput = units(warm.read_units_per_second(), warm.write_units_per_second());
        if warm.status().is_some_and(|status| table_status(Some(status)) != Status::Active) {
            moving.note(Aspect::WarmThroughput, None, warm.status().map_or("UPDATING", sdk::TableStatus::as_str));
        }
    }
    live.schema.replicas = replicas(table, live.arn.as_deref(), &mut moving);
    moving
}

fn global_index(
    moving: &mut Moving,
    name: &IndexName,
    mut index: GlobalIndex,
    description: &sdk::GlobalSecondaryIndexDescription,
    mode: Option<Mode>,
) -> GlobalIndex {
    index.billing = mode.and_then(|mode| billing(mode, description.provisioned_throughput(), description.on_demand_throughput()));
    if let Some(warm) = description.warm_throughput() {
        index.warm_throughput = units(warm.read_units_per_second(), warm.write_units_per_second());
        if warm.status().is_some_and(|status| index_status(Some(status)) != Status::Active) {
            moving.note(Aspect::WarmThroughput, Some(name), warm.status().map_or("UPDATING", sdk::IndexStatus::as_str));
        }
    }
    index
}

#[derive(Clone, Copy)]
enum Mode {
    OnDemand,
    Provisioned,
}

/// A summary that is absent means provisioned, and {0, 0} is what stands there for a table that is not: at least 1 is.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BillingModeSummary.html>
fn mode(table: &sdk::TableDescription) -> Option<Mode> {
    match table.billing_mode_summary().and_then(sdk::BillingModeSummary::billing_mode) {
        Some(sdk::BillingMode::PayPerRequest) => Some(Mode::OnDemand),
        Some(sdk::BillingMode::Provisioned) => Some(Mode::Provisioned),
        Some(_) => None,
        None => match table.provisioned_throughput().map(throughput) {
            None | Some(Throughput { read: 0, write: 0 }) => Some(Mode::OnDemand),
            Some(_) => Some(Mode::Provisioned),
        },
    }
}

/// An index is paid for as its table is. A provisioned one whose numbers an engine does not tell is not compared.
fn billing(
    mode: Mode,
    provisioned: Option<&sdk::ProvisionedThroughputDescription>,
    max: Option<&sdk::OnDemandThroughput>,
) -> Option<Billing> {
    // −1 takes a maximum away, and may stand where there is none.
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html
    let max_of = |units: Option<i64>| Setting::of(units.and_then(|units| u64::try_from(units).ok()).filter(|units| *units > 0));
    match mode {
        Mode::OnDemand => Some(Billing::OnDemand(MaxThroughput {
            read: max_of(max.and_then(sdk::OnDemandThroughput::max_read_request_units)),
            write: max_of(max.and_then(sdk::OnDemandThroughput::max_write_request_units)),
        })),
        Mode::Provisioned => provisioned.map(|units| Billing::Provisioned(throughput(units))),
    }
}

fn throughput(description: &sdk::ProvisionedThroughputDescription) -> Throughput {
    let unit = |units: Option<i64>| units.and_then(|units| units.try_into().ok()).unwrap_or(0);
    Throughput { read: unit(description.read_capacity_units()), write: unit(description.write_capacity_units()) }
}

fn units(read: Option<i64>, write: Option<i64>) -> Setting<Throughput> {
    let unit = |units: Option<i64>| units.and_then(|units| u64::try_from(units).ok()).unwrap_or(0);
    let units = Throughput { read: unit(read), write: unit(write) };
    if units == (Throughput { read: 0, write: 0 }) { Setting::Off } else { Setting::Set(units) }
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughputDescription.html>
fn decreases(description: Option<&sdk::ProvisionedThroughputDescription>) -> Decreases {
    let today = description.and_then(sdk::ProvisionedThroughputDescription::number_of_decreases_today);
    let last = description.and_then(|description| timestamp(description.last_decrease_date_time()));
    Decreases { today: today.and_then(|today| today.try_into().ok()).unwrap_or(0), last }
}

fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    // Engines that know no such time may say 0.
    time.filter(|time| time.secs() > 0).and_then(|time| Timestamp::new(time.secs(), 0).ok())
}

/// A specification that is absent means off.
fn stream(stream: Option<&sdk::StreamSpecification>) -> Setting<StreamView> {
    let Some(stream) = stream.filter(|stream| stream.stream_enabled()) else { return Setting::Off };
    match stream.stream_view_type() {
        Some(sdk::StreamViewType::KeysOnly) => Setting::Set(StreamView::KeysOnly),
        Some(sdk::StreamViewType::NewImage) => Setting::Set(StreamView::NewImage),
        Some(sdk::StreamViewType::OldImage) => Setting::Set(StreamView::OldImage),
        Some(sdk::StreamViewType::NewAndOldImages) => Setting::Set(StreamView::NewAndOldImages),
        Some(_) | None => Setting::Unmanaged,
    }
}

/// A summary that is absent means standard.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableClassSummary.html>
fn table_class(summary: Option<&sdk::TableClassSummary>) -> Option<TableClass> {
    match summary.and_then(sdk::TableClassSummary::table_class) {
        Some(sdk::TableClass::Standard) | None => Some(TableClass::Standard),
        Some(sdk::TableClass::StandardInfrequentAccess) => Some(TableClass::StandardInfrequentAccess),
        Some(_) => None,
    }
}

/// A description that is absent or disabled means a key that AWS owns.
///
/// DynamoDB gives the ARN of the key in KMS, the same way for the account's `aws/dynamodb` key and for one of its own: which of
/// them it is, only KMS could say. So a key's ARN is read as that key, and it is for whoever compares to know that a declared
/// `aws_managed` names no key (Terraform's `kms_key_arn` is computed where it is not stated, for the same reason).
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html>
fn encryption(description: Option<&sdk::SseDescription>, moving: &mut Moving) -> Option<Encryption> {
    use sdk::SseStatus::{Disabled, Disabling, Enabled, Enabling, Updating};
    let Some(description) = description else { return Some(Encryption::AwsOwned) };
    if let Some(status @ (Disabling | Enabling | Updating)) = description.status() {
        moving.note(Aspect::Encryption, None, status.as_str());
    }
    match (description.status(), description.sse_type()) {
        (Some(Disabled | Disabling), _) | (None, None) => Some(Encryption::AwsOwned),
        (Some(Enabled | Enabling | Updating) | None, Some(sdk::SseType::Kms) | None) => {
            Some(match description.kms_master_key_arn() {
                Some(key) if !key.ends_with("alias/aws/dynamodb") => Encryption::Customer(key.to_owned()),
                Some(_) | None => Encryption::AwsManaged,
            })
        }
        (Some(_) | None, Some(_) | None) => None,
    }
}

/// Those in other regions. One that is leaving, or that could not be made, is none.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicaDescription.html>
fn replicas(table: &sdk::TableDescription, arn: Option<&str>, moving: &mut Moving) -> Setting<BTreeSet<String>> {
    use sdk::ReplicaStatus::{Archiving, Creating, CreationFailed, Deleting, Updating};
    let ours = arn.and_then(|arn| arn.split(':').nth(3)).unwrap_or_default();
    let mut regions = BTreeSet::new();
    for replica in table.replicas() {
        let Some(region) = replica.region_name().filter(|region| *region != ours) else { continue };
        if let Some(status @ (Creating | Deleting | Updating | Archiving)) = replica.replica_status() {
            moving.note(Aspect::Replicas, None, &format!("{} ({region})", status.as_str()));
        }
        if !matches!(replica.replica_status(), Some(Deleting | CreationFailed)) {
            regions.insert(region.to_owned());
        }
    }
    if regions.is_empty() { Setting::Off } else { Setting::Set(regions) }
}
