//! The settings that have a describing call of their own; it never knows which of them were asked for.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types as sdk;

use crate::schema::{Insights, KinesisStream, Policy, Precision, Recovery, Setting};

/// What `DescribeTimeToLive` says, and whether a change is under way. A change takes up to an hour; it counts from when it was asked
/// for, since nothing but waiting is left then. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html>
pub(crate) fn ttl(description: Option<&sdk::TimeToLiveDescription>) -> (Setting<String>, bool) {
    use sdk::TimeToLiveStatus::{Disabling, Enabled, Enabling};
    let Some(ttl) = description else { return (Setting::Off, false) };
    let changing = matches!(ttl.time_to_live_status(), Some(Enabling | Disabling));
    match (ttl.time_to_live_status(), ttl.attribute_name()) {
        (Some(Enabled | Enabling), Some(attribute)) => (Setting::Set(attribute.to_owned()), changing),
        _ => (Setting::Off, changing),
    }
}

/// What `DescribeContinuousBackups` says.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html>
pub(crate) fn recovery(description: Option<&sdk::ContinuousBackupsDescription>) -> Setting<Recovery> {
    let recovery = description.and_then(sdk::ContinuousBackupsDescription::point_in_time_recovery_description);
    match recovery.and_then(|recovery| recovery.point_in_time_recovery_status()) {
        Some(sdk::PointInTimeRecoveryStatus::Enabled) => {
            let days = recovery.and_then(|recovery| recovery.recovery_period_in_days());
            Setting::Set(Recovery { days: days.and_then(|days| days.try_into().ok()) })
        }
        Some(sdk::PointInTimeRecoveryStatus::Disabled) | None => Setting::Off,
        Some(_) => Setting::Unmanaged,
    }
}

/// Tags by key. Those that begin with `aws:` are AWS's own, and nobody can set them.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html#TaggingRestrictions>
pub(crate) fn tags(tags: &[sdk::Tag]) -> impl Iterator<Item = (String, Setting<String>)> {
    let ours = tags.iter().filter(|tag| !tag.key().starts_with("aws:"));
    ours.map(|tag| (tag.key().to_owned(), Setting::Set(tag.value().to_owned())))
}

/// What `DescribeContributorInsights` says, and a status that is not at rest. What fails does not look at anything.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContributorInsights.html>
pub(crate) fn insights(
    status: Option<&sdk::ContributorInsightsStatus>,
    mode: Option<&sdk::ContributorInsightsMode>,
) -> (Setting<Insights>, Option<String>) {
    use sdk::ContributorInsightsStatus::{Disabled, Disabling, Enabled, Enabling, Failed};
    let mode = match mode {
        // Older than the choice.
        None | Some(sdk::ContributorInsightsMode::AccessedAndThrottledKeys) => Setting::Set(Insights::AccessedAndThrottled),
        Some(sdk::ContributorInsightsMode::ThrottledKeys) => Setting::Set(Insights::Throttled),
        Some(_) => Setting::Unmanaged,
    };
    let moving = status.filter(|status| matches!(status, Enabling | Disabling)).map(|status| status.as_str().to_owned());
    match status {
        Some(Enabled | Enabling) => (mode, moving),
        Some(Disabled | Disabling | Failed) | None => (Setting::Off, moving),
        Some(_) => (Setting::Unmanaged, None),
    }
}

/// A policy that is no JSON is none that could be compared.
pub(crate) fn policy(document: Option<&str>) -> Setting<Policy> {
    match document.map(Policy::new) {
        Some(Ok(policy)) => Setting::Set(policy),
        Some(Err(_)) => Setting::Unmanaged,
        None => Setting::Off,
    }
}

/// A table's Kinesis streams, as far as a table of ours has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The stream that gets its changes.
    pub(crate) stream: Setting<KinesisStream>,
    /// The status of one that is not at rest.
    pub(crate) moving: Option<String>,
}

/// What `DescribeKinesisStreamingDestination` says. Those that were switched off stay listed; of two that are on, the first by ARN counts.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KinesisDataStreamDestination.html>
pub(crate) fn destination(destinations: &[sdk::KinesisDataStreamDestination]) -> Destination {
    use sdk::DestinationStatus::{Active, Disabling, Enabling, Updating};
    let mut on = BTreeMap::new();
    let mut moving = None;
    for destination in destinations {
        let (Some(arn), Some(status)) = (destination.stream_arn(), destination.destination_status()) else { continue };
        if matches!(status, Enabling | Disabling | Updating) {
            moving = Some(status.as_str().to_owned());
        }
        if matches!(status, Active | Enabling | Updating) {
            let precision = match destination.approximate_creation_date_time_precision() {
                // What DynamoDB takes where nothing is said.
                Some(sdk::ApproximateCreationDateTimePrecision::Millisecond) | None => Some(Precision::Millisecond),
                Some(sdk::ApproximateCreationDateTimePrecision::Microsecond) => Some(Precision::Microsecond),
                Some(_) => None,
            };
            on.insert(arn.to_owned(), KinesisStream { arn: arn.to_owned(), precision });
        }
    }
    Destination { stream: Setting::of(on.into_values().next()), moving }
}
