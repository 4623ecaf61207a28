//! How a description shows each setting, as short texts; it never knows what was asked for.

use aws_sdk_dynamodb::types::{GlobalSecondaryIndexDescription, TableDescription};

fn pair(read: Option<i64>, write: Option<i64>) -> Option<String> {
    let one = |number: Option<i64>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    (read.is_some() || write.is_some()).then(|| format!("{}/{}", one(read), one(write)))
}

fn index(table: &TableDescription) -> Option<&GlobalSecondaryIndexDescription> {
    table.global_secondary_indexes().first()
}

pub fn billing(table: &TableDescription) -> Option<String> {
    Some(table.billing_mode_summary()?.billing_mode()?.as_str().to_owned())
}

pub fn throughput(table: &TableDescription) -> Option<String> {
    let units = table.provisioned_throughput()?;
    pair(units.read_capacity_units, units.write_capacity_units)
}

pub fn index_throughput(table: &TableDescription) -> Option<String> {
    let units = index(table)?.provisioned_throughput()?;
    pair(units.read_capacity_units, units.write_capacity_units)
}

pub fn maximum(table: &TableDescription) -> Option<String> {
    let units = table.on_demand_throughput()?;
    pair(units.max_read_request_units, units.max_write_request_units)
}

pub fn index_maximum(table: &TableDescription) -> Option<String> {
    let units = index(table)?.on_demand_throughput()?;
    pair(units.max_read_request_units, units.max_write_request_units)
}

pub fn warm(table: &TableDescription) -> Option<String> {
    let units = table.warm_throughput()?;
    pair(units.read_units_per_second, units.write_units_per_second)
}

pub fn index_warm(table: &TableDescription) -> Option<String> {
    let units = index(table)?.warm_throughput()?;
    pair(units.read_units_per_second, units.write_units_per_second)
}

pub fn stream(table: &TableDescription) -> Option<String> {
    let stream = table.stream_specification()?;
    let view = stream.stream_view_type().map(|view| view.as_str());
    stream.stream_enabled().then(|| view.unwrap_or("on").to_owned())
}

pub fn class(table: &TableDescription) -> Option<String> {
    Some(table.table_class_summary()?.table_class()?.as_str().to_owned())
}

pub fn encryption(table: &TableDescription) -> Option<String> {
    let encryption = table.sse_description()?;
    let status = encryption.status().map(|status| status.as_str()).unwrap_or("no status");
    let kind = encryption.sse_type().map(|kind| kind.as_str()).unwrap_or("no type");
    // Which key Amazon's own is called differs from one run to the next.
    let key = match encryption.kms_master_key_arn() {
        None => "no key",
        Some(key) if key.contains(crate::by_update::KEY) => "my key",
        Some(_) => "a key",
    };
    Some(format!("{status}, {kind}, {key}"))
}

pub fn protection(table: &TableDescription) -> Option<String> {
    Some(table.deletion_protection_enabled()?.to_string())
}

pub fn indexes(table: &TableDescription) -> Option<String> {
    let mut names: Vec<_> = table.global_secondary_indexes().iter().filter_map(|index| index.index_name()).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| names.join(" "))
}

pub fn index_keys(table: &TableDescription) -> Option<String> {
    let keys = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some("by-many"))?.key_schema();
    let keys = keys.iter().map(|key| format!("{} {}", key.attribute_name(), key.key_type().as_str()));
    Some(keys.collect::<Vec<_>>().join(", "))
}

pub fn replicas(table: &TableDescription) -> Option<String> {
    let names: Vec<_> = table.replicas().iter().filter_map(|replica| replica.region_name()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}
