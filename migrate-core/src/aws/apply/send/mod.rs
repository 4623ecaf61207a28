//! The calls that make a step, and what their answers mean; it never knows what the table looks like.

mod answer;
mod features;
mod update;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;

use self::answer::not_built;
pub(super) use self::answer::{Sent, meaning};
use super::super::convert;
use crate::error::Error;
use crate::iam::Action;
use crate::schema::{Billing, Setting, SettingChange, TableName};
use crate::step::Step;

/// A step in parts of one call each, in order. Nearly every one is a single call.
pub(super) fn parts(step: &Step) -> Vec<Step> {
    let whole = || vec![step.clone()];
    let Step::Set { table, change } = step else { return whole() };
    let changes = match change {
        // One API adds tags and another takes them away.
        SettingChange::Tags { tags } => {
            let (set, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
                tags.clone().into_iter().partition(|(_, delta)| delta.to.value().is_some());
            let parts = [set, gone].into_iter().filter(|tags| !tags.is_empty());
            parts.map(|tags| SettingChange::Tags { tags }).collect::<Vec<_>>()
        }
        // On demand, a table's maximum goes with nothing but the billing mode.
        SettingChange::Capacity { table: Some(delta), indexes }
            if matches!(delta.to, Billing::OnDemand(_)) && delta.from.same_mode(&delta.to) && !indexes.is_empty() =>
        {
            let of_table = SettingChange::Capacity { table: Some(delta.clone()), indexes: BTreeMap::new() };
            vec![of_table, SettingChange::Capacity { table: None, indexes: indexes.clone() }]
        }
        SettingChange::Capacity { .. }
        | SettingChange::DeletionProtection(_)
        | SettingChange::TableClass(_)
        | SettingChange::Stream(_)
        | SettingChange::Encryption(_)
        | SettingChange::Ttl(_)
        | SettingChange::Replica { .. }
        | SettingChange::PointInTimeRecovery(_)
        | SettingChange::WarmThroughput { .. }
        | SettingChange::ContributorInsights { .. }
        | SettingChange::ResourcePolicy { .. }
        | SettingChange::KinesisStream(_) => return whole(),
    };
    changes.into_iter().map(|change| Step::Set { table: table.clone(), change }).collect()
}

/// Whether its call names the table by ARN.
pub(super) const fn needs_arn(step: &Step) -> bool {
    matches!(step, Step::Set { change: SettingChange::Tags { .. } | SettingChange::ResourcePolicy { .. }, .. })
}

/// Sends the call of one of a step's [`parts`]. [`Step::AwaitTable`] has none; a table is dropped by [`delete`] once its protection is off.
pub(super) async fn send(client: &Client, step: &Step, arn: Option<&str>) -> Result<Sent, Error> {
    let table = step.table();
    match step {
        Step::AwaitTable { .. } => Ok(Sent::Accepted),
        Step::DropTable { .. } => delete(client, table).await,
        Step::CreateTable { schema } => {
            let input = convert::create_table(schema).map_err(|error| not_built(Action::CreateTable, table, &error))?;
            meaning(Action::CreateTable, table, input.send_with(client).await)
        }
        Step::CreateGlobalIndex { index, definition, elements, .. } => {
            update::create_index(client, table, index, definition, elements).await
        }
        Step::DropGlobalIndex { index, .. } => update::drop_index(client, table, index).await,
        Step::Set { change, .. } => setting(client, table, change, arn).await,
    }
}

/// Each setting by its own API.
async fn setting(client: &Client, table: &TableName, change: &SettingChange, arn: Option<&str>) -> Result<Sent, Error> {
    match change {
        SettingChange::DeletionProtection(delta) => update::protection(client, table, delta.to).await,
        SettingChange::TableClass(delta) => update::class(client, table, delta.to).await,
        SettingChange::Stream(delta) => update::stream(client, table, delta.to.value().copied()).await,
        SettingChange::Capacity { table: of_table, indexes } => update::capacity(client, table, of_table.as_ref(), indexes).await,
        SettingChange::Encryption(delta) => update::encryption(client, table, &delta.to).await,
        SettingChange::Replica { region, present } => update::replica(client, table, region, present.to).await,
        SettingChange::WarmThroughput { index, units } => match units.to {
            Setting::Set(units) => update::warm(client, table, index.as_ref(), units).await,
            // It only rises.
            Setting::Off | Setting::Unmanaged => Ok(Sent::Accepted),
        },
        SettingChange::Ttl(delta) => features::ttl(client, table, delta).await,
        SettingChange::PointInTimeRecovery(delta) => features::recovery(client, table, delta.to).await,
        SettingChange::ContributorInsights { index, insights } => {
            features::insights(client, table, index.as_ref(), insights.to).await
        }
        SettingChange::KinesisStream(delta) => features::kinesis(client, table, delta).await,
        SettingChange::Tags { tags } => features::tags(client, table, arn, tags).await,
        SettingChange::ResourcePolicy { policy, revision } => {
            features::policy(client, table, arn, policy, revision.as_deref()).await
        }
    }
}

/// Deletes a table. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html>
pub(super) async fn delete(client: &Client, table: &TableName) -> Result<Sent, Error> {
    meaning(Action::DeleteTable, table, client.delete_table().table_name(table.as_str()).send().await)
}
