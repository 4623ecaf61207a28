//! The calls for settings that have an API of their own; it never knows UpdateTable.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types as sdk;

use super::super::super::convert;
use super::super::super::fault::{AwsError, has_code};
use super::answer::{Sent, meaning, not_built};
use crate::error::{Error, ErrorKind};
use crate::iam::Action;
use crate::schema::{Delta, IndexName, Insights, KinesisStream, Policy, Recovery, Setting, TableName};

/// One attribute, which is named to switch it off too.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
pub(super) async fn ttl(client: &Client, table: &TableName, delta: &Delta<Setting<String>>) -> Result<Sent, Error> {
    const ACTION: Action = Action::UpdateTimeToLive;
    let (attribute, enabled) = match (&delta.from, &delta.to) {
        (_, Setting::Set(attribute)) => (attribute, true),
        (Setting::Set(attribute), Setting::Off | Setting::Unmanaged) => (attribute, false),
        (Setting::Off | Setting::Unmanaged, Setting::Off | Setting::Unmanaged) => return Ok(Sent::Accepted),
    };
    let specification = sdk::TimeToLiveSpecification::builder().attribute_name(attribute).enabled(enabled).build();
    let specification = specification.map_err(|error| not_built(ACTION, table, &error))?;
    let call = client.update_time_to_live().table_name(table.as_str()).time_to_live_specification(specification);
    meaning(ACTION, table, call.send().await)
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html>
pub(super) async fn recovery(client: &Client, table: &TableName, to: Setting<Recovery>) -> Result<Sent, Error> {
    const ACTION: Action = Action::UpdateContinuousBackups;
    let days = to.value().and_then(|recovery| recovery.days).map(i32::from);
    let specification = sdk::PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(to.value().is_some())
        .set_recovery_period_in_days(days)
        .build()
        .map_err(|error| not_built(ACTION, table, &error))?;
    let call = client.update_continuous_backups().table_name(table.as_str()).point_in_time_recovery_specification(specification);
    meaning(ACTION, table, call.send().await)
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html>
pub(super) async fn insights(
    client: &Client,
    table: &TableName,
    index: Option<&IndexName>,
    to: Setting<Insights>,
) -> Result<Sent, Error> {
    let action = match to {
        Setting::Set(_) => sdk::ContributorInsightsAction::Enable,
        Setting::Off | Setting::Unmanaged => sdk::ContributorInsightsAction::Disable,
    };
    let call = client
        .update_contributor_insights()
        .table_name(table.as_str())
        .set_index_name(index.map(|index| index.as_str().to_owned()))
        .contributor_insights_action(action)
        .set_contributor_insights_mode(to.value().copied().map(convert::insights_mode));
    meaning(Action::UpdateContributorInsights, table, call.send().await)
}

/// On, off, or another precision of the same stream.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateKinesisStreamingDestination.html>
pub(super) async fn kinesis(client: &Client, table: &TableName, delta: &Delta<Setting<KinesisStream>>) -> Result<Sent, Error> {
    match (&delta.from, &delta.to) {
        (Setting::Set(from), Setting::Set(to)) if from.arn == to.arn => {
            let precision = to.precision.map(convert::precision);
            let configuration = sdk::UpdateKinesisStreamingConfiguration::builder();
            let configuration = configuration.set_approximate_creation_date_time_precision(precision).build();
            let call = client.update_kinesis_streaming_destination().table_name(table.as_str()).stream_arn(&to.arn);
            let call = call.update_kinesis_streaming_configuration(configuration);
            meaning(Action::UpdateKinesisStreamingDestination, table, call.send().await)
        }
        (_, Setting::Set(to)) => {
            let configuration = to.precision.map(|precision| {
                let configuration = sdk::EnableKinesisStreamingConfiguration::builder();
                configuration.approximate_creation_date_time_precision(convert::precision(precision)).build()
            });
            let call = client.enable_kinesis_streaming_destination().table_name(table.as_str()).stream_arn(&to.arn);
            let call = call.set_enable_kinesis_streaming_configuration(configuration);
            meaning(Action::EnableKinesisStreamingDestination, table, call.send().await)
        }
        (Setting::Set(from), Setting::Off | Setting::Unmanaged) => {
            let call = client.disable_kinesis_streaming_destination().table_name(table.as_str()).stream_arn(&from.arn);
            meaning(Action::DisableKinesisStreamingDestination, table, call.send().await)
        }
        (Setting::Off | Setting::Unmanaged, Setting::Off | Setting::Unmanaged) => Ok(Sent::Accepted),
    }
}

/// Either all are set, or all go. Both can be repeated.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html>
pub(super) async fn tags(
    client: &Client,
    table: &TableName,
    arn: Option<&str>,
    tags: &BTreeMap<String, Delta<Setting<String>>>,
) -> Result<Sent, Error> {
    const TAG: Action = Action::TagResource;
    const UNTAG: Action = Action::UntagResource;
    let Some(arn) = arn else { return Ok(Sent::Unknown(without_arn(TAG))) };
    let wanted: BTreeMap<String, Setting<String>> = tags.iter().map(|(key, delta)| (key.clone(), delta.to.clone())).collect();
    let set = convert::sdk_tags(&wanted).map_err(|error| not_built(TAG, table, &error))?;
    if !set.is_empty() {
        return meaning(TAG, table, client.tag_resource().resource_arn(arn).set_tags(Some(set)).send().await);
    }
    let gone = wanted.into_iter().filter(|(_, value)| value.value().is_none()).map(|(key, _)| key).collect();
    meaning(UNTAG, table, client.untag_resource().resource_arn(arn).set_tag_keys(Some(gone)).send().await)
}

/// Compare and set: only the revision that was seen is replaced, and only no policy is followed by a first one.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html>
pub(super) async fn policy(
    client: &Client,
    table: &TableName,
    arn: Option<&str>,
    policy: &Delta<Setting<Policy>>,
    revision: Option<&str>,
) -> Result<Sent, Error> {
    const PUT: Action = Action::PutResourcePolicy;
    const DELETE: Action = Action::DeleteResourcePolicy;
    let Some(arn) = arn else { return Ok(Sent::Unknown(without_arn(PUT))) };
    match &policy.to {
        Setting::Set(document) => {
            let none = policy.from.value().is_none().then_some("NO_POLICY");
            let call = client.put_resource_policy().resource_arn(arn).policy(document.as_str());
            meaning(PUT, table, call.set_expected_revision_id(revision.or(none).map(str::to_owned)).send().await)
        }
        Setting::Off | Setting::Unmanaged => {
            let call = client.delete_resource_policy().resource_arn(arn);
            match call.set_expected_revision_id(revision.map(str::to_owned)).send().await {
                // Without a revision that can only mean that there is none.
                Err(error) if revision.is_none() && has_code(&error, &["PolicyNotFoundException"]) => Ok(Sent::Accepted),
                answer => meaning(DELETE, table, answer),
            }
        }
    }
}

/// An engine whose tables have no ARN has nothing that belongs to ARNs.
fn without_arn(action: Action) -> Error {
    Error::new(ErrorKind::NotSupported, AwsError::UnknownOperation { action, message: "its tables have no ARN".to_owned() })
}
