//! The calls of UpdateTable, one kind of change in each; it never knows an API beside it.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html>

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableFluentBuilder;
use aws_sdk_dynamodb::types as sdk;

use super::super::super::convert;
use super::answer::{Sent, meaning, not_built};
use crate::error::Error;
use crate::iam::Action;
use crate::schema::{
    Billing, Delta, Encryption, GlobalIndex, IndexName, KeyElement, MaxThroughput, StreamView, TableClass, TableName, Throughput,
};

const UPDATE: Action = Action::UpdateTable;

fn update(client: &Client, table: &TableName) -> UpdateTableFluentBuilder {
    client.update_table().table_name(table.as_str())
}

async fn sent(table: &TableName, call: Result<UpdateTableFluentBuilder, BuildError>) -> Result<Sent, Error> {
    let call = call.map_err(|error| not_built(UPDATE, table, &error))?;
    meaning(UPDATE, table, call.send().await)
}

/// One index in a call, with every key attribute of the table afterwards.
pub(super) async fn create_index(
    client: &Client,
    table: &TableName,
    name: &IndexName,
    definition: &GlobalIndex,
    elements: &[KeyElement],
) -> Result<Sent, Error> {
    let call = || {
        let definitions = convert::attribute_definitions(elements)?;
        let create = convert::create_index(name, definition)?;
        Ok(update(client, table).set_attribute_definitions(Some(definitions)).global_secondary_index_updates(create))
    };
    sent(table, call()).await
}

pub(super) async fn drop_index(client: &Client, table: &TableName, name: &IndexName) -> Result<Sent, Error> {
    let delete = sdk::DeleteGlobalSecondaryIndexAction::builder().index_name(name.as_str()).build();
    let call = delete.map(|delete| {
        update(client, table).global_secondary_index_updates(sdk::GlobalSecondaryIndexUpdate::builder().delete(delete).build())
    });
    sent(table, call).await
}

/// DynamoDB Local (1.25.1) keeps it, but takes it away with every UpdateTable that does not state it; AWS wants it alone in
/// its call. So it is not stated elsewhere: the next plan sees that it is gone.
pub(super) async fn protection(client: &Client, table: &TableName, on: bool) -> Result<Sent, Error> {
    sent(table, Ok(update(client, table).deletion_protection_enabled(on))).await
}

/// Alone in its call.
pub(super) async fn class(client: &Client, table: &TableName, class: TableClass) -> Result<Sent, Error> {
    sent(table, Ok(update(client, table).table_class(convert::table_class(class)))).await
}

pub(super) async fn stream(client: &Client, table: &TableName, view: Option<StreamView>) -> Result<Sent, Error> {
    sent(table, convert::stream_specification(view).map(|stream| update(client, table).stream_specification(stream))).await
}

/// Alone in its call.
pub(super) async fn encryption(client: &Client, table: &TableName, key: &Encryption) -> Result<Sent, Error> {
    sent(table, Ok(update(client, table).sse_specification(convert::encryption(key)))).await
}

/// Of the table, or of one index.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_WarmThroughput.html>
pub(super) async fn warm(
    client: &Client,
    table: &TableName,
    index: Option<&IndexName>,
    units: Throughput,
) -> Result<Sent, Error> {
    let (call, warm) = (update(client, table), convert::warm(units));
    let Some(index) = index else { return sent(table, Ok(call.warm_throughput(warm))).await };
    let update = sdk::UpdateGlobalSecondaryIndexAction::builder().index_name(index.as_str()).warm_throughput(warm).build();
    let call = update
        .map(|update| call.global_secondary_index_updates(sdk::GlobalSecondaryIndexUpdate::builder().update(update).build()));
    sent(table, call).await
}

/// One replica in a call. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicationGroupUpdate.html>
pub(super) async fn replica(client: &Client, table: &TableName, region: &str, present: bool) -> Result<Sent, Error> {
    let change = sdk::ReplicationGroupUpdate::builder();
    let change = if present {
        sdk::CreateReplicationGroupMemberAction::builder().region_name(region).build().map(|create| change.create(create))
    } else {
        sdk::DeleteReplicationGroupMemberAction::builder().region_name(region).build().map(|delete| change.delete(delete))
    };
    sent(table, change.map(|change| update(client, table).replica_updates(change.build()))).await
}

/// Billing and capacity, only what differs: the same numbers again are refused.
///
/// To provisioned goes with the throughput of the table and of every index; to on demand with the table's maximum alone.
pub(super) async fn capacity(
    client: &Client,
    table: &TableName,
    of_table: Option<&Delta<Billing>>,
    of_indexes: &BTreeMap<IndexName, Delta<Billing>>,
) -> Result<Sent, Error> {
    let call = || {
        let mut call = update(client, table);
        let mut with_indexes = true;
        match of_table.map(|delta| (delta.from, delta.to)) {
            None => {}
            Some((from, Billing::Provisioned(units))) => {
                if !from.same_mode(&Billing::Provisioned(units)) {
                    call = call.billing_mode(sdk::BillingMode::Provisioned);
                }
                if from != Billing::Provisioned(units) {
                    call = call.provisioned_throughput(convert::provisioned(units)?);
                }
            }
            Some((Billing::Provisioned(_), Billing::OnDemand(max))) => {
                let max = convert::on_demand_change(MaxThroughput::OFF, max);
                call = call.billing_mode(sdk::BillingMode::PayPerRequest).set_on_demand_throughput(max);
                // The indexes follow; their maxima are a later step.
                with_indexes = false;
            }
            Some((Billing::OnDemand(from), Billing::OnDemand(to))) => {
                call = call.set_on_demand_throughput(convert::on_demand_change(from, to));
            }
        }
        for (name, delta) in of_indexes.iter().filter(|_| with_indexes) {
            if let Some(update) = convert::index_update(name, delta)? {
                call = call.global_secondary_index_updates(update);
            }
        }
        Ok(call)
    };
    sent(table, call()).await
}
