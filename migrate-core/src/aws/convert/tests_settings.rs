//! What an engine says of each setting, and what its silence means.

use aws_sdk_dynamodb::types as sdk;

use super::tests::{bare, found};
use super::*;
use crate::schema::{
    Aspect, Billing, Decreases, Delta, Encryption, IndexName, Insights, KinesisStream, MaxThroughput, Precision, Recovery,
    Setting,
};

#[test]
fn a_setting_in_a_later_word_is_unmanaged() {
    let stream = sdk::StreamSpecification::builder().stream_enabled(true).stream_view_type("DIFF".into()).build().unwrap();
    let summary = sdk::BillingModeSummary::builder().billing_mode("BY_MOON".into()).build();
    let table = bare()
        .stream_specification(stream)
        .billing_mode_summary(summary)
        .table_class_summary(sdk::TableClassSummary::builder().table_class("GLACIER".into()).build())
        .sse_description(sdk::SseDescription::builder().status(sdk::SseStatus::Enabled).sse_type("QUANTUM".into()).build());
    let schema = found(&table.build()).unwrap().schema;
    assert_eq!((schema.stream, schema.billing, schema.table_class, schema.encryption), (Setting::Unmanaged, None, None, None));
}

#[test]
fn a_maximum_of_minus_one_is_none() {
    let summary = sdk::BillingModeSummary::builder().billing_mode(sdk::BillingMode::PayPerRequest).build();
    let max = sdk::OnDemandThroughput::builder().max_read_request_units(-1).max_write_request_units(7).build();
    let live = found(&bare().billing_mode_summary(summary).on_demand_throughput(max).build()).unwrap();
    assert_eq!(live.schema.billing, Some(Billing::OnDemand(MaxThroughput { read: Setting::Off, write: Setting::Set(7) })));
}

#[test]
fn only_maxima_that_differ_are_sent() {
    let max = |read, write| MaxThroughput { read, write };
    let sent = |from, to| on_demand_change(from, to).map(|max| (max.max_read_request_units(), max.max_write_request_units()));
    assert_eq!(sent(max(Setting::Set(1), Setting::Set(2)), max(Setting::Off, Setting::Set(2))), Some((Some(-1), None)));
    assert_eq!(sent(MaxThroughput::OFF, max(Setting::Off, Setting::Set(2))), Some((None, Some(2))));
    assert_eq!(sent(max(Setting::Set(1), Setting::Set(2)), MaxThroughput::UNMANAGED), None);
    let same = Billing::OnDemand(max(Setting::Set(1), Setting::Off));
    assert_eq!(index_update(&IndexName::new("by-a").unwrap(), &Delta::new(same, same)).unwrap(), None);
}

#[test]
fn keys_are_read_by_their_arn_and_a_disabled_one_is_awss() {
    let sse = |status, key: Option<&str>| {
        let sse =
            sdk::SseDescription::builder().status(status).sse_type(sdk::SseType::Kms).set_kms_master_key_arn(key.map(Into::into));
        let (live, moving) = live_table(&bare().sse_description(sse.build()).build()).unwrap();
        (live.schema.encryption.unwrap(), moving.of(Aspect::Encryption, None).map(str::to_owned))
    };
    assert_eq!(sse(sdk::SseStatus::Enabled, Some("arn:k")), (Encryption::Customer("arn:k".into()), None));
    assert_eq!(sse(sdk::SseStatus::Enabled, None), (Encryption::AwsManaged, None));
    assert_eq!(sse(sdk::SseStatus::Enabled, Some("arn:aws:kms:eu-west-1:1:alias/aws/dynamodb")).0, Encryption::AwsManaged);
    assert_eq!(sse(sdk::SseStatus::Disabled, Some("arn:k")), (Encryption::AwsOwned, None));
    let updating = sse(sdk::SseStatus::Updating, Some("arn:k"));
    assert_eq!(updating, (Encryption::Customer("arn:k".into()), Some("encryption is UPDATING".to_owned())));
}

#[test]
fn replicas_are_those_of_other_regions() {
    let replica = |region: &str, status| sdk::ReplicaDescription::builder().region_name(region).replica_status(status).build();
    let table = bare()
        .table_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/orders")
        .replicas(replica("eu-west-1", sdk::ReplicaStatus::Active))
        .replicas(replica("eu-central-1", sdk::ReplicaStatus::Creating))
        .replicas(replica("us-east-1", sdk::ReplicaStatus::Deleting))
        .replicas(replica("us-west-2", sdk::ReplicaStatus::CreationFailed));
    let (live, moving) = live_table(&table.build()).unwrap();
    assert_eq!(live.schema.replicas, Setting::Set(["eu-central-1".to_owned()].into()));
    assert!(moving.of(Aspect::Replicas, None).is_some());
}

#[test]
fn what_was_changed_lately_is_read() {
    let at = |seconds| aws_sdk_dynamodb::primitives::DateTime::from_secs(seconds);
    let time = |seconds| jiff::Timestamp::from_second(seconds).unwrap();
    let decreased = |today, last| {
        let units = sdk::ProvisionedThroughputDescription::builder().read_capacity_units(1).write_capacity_units(1);
        units.number_of_decreases_today(today).last_decrease_date_time(at(last)).build()
    };
    let key = sdk::KeySchemaElement::builder().attribute_name("a").key_type(sdk::KeyType::Hash).build().unwrap();
    let all = sdk::Projection::builder().projection_type(sdk::ProjectionType::All).build();
    let index = sdk::GlobalSecondaryIndexDescription::builder()
        .index_name("by-a")
        .key_schema(key)
        .projection(all)
        .backfilling(true)
        .index_status(sdk::IndexStatus::Creating)
        .provisioned_throughput(decreased(2, 6));
    let table = bare()
        .provisioned_throughput(decreased(4, 5))
        .global_secondary_indexes(index.build())
        .billing_mode_summary(
            sdk::BillingModeSummary::builder()
                .billing_mode(sdk::BillingMode::Provisioned)
                .last_update_to_pay_per_request_date_time(at(7))
                .build(),
        )
        .table_class_summary(sdk::TableClassSummary::builder().last_update_date_time(at(8)).build())
        .table_size_bytes(9)
        .latest_stream_arn("of a stream that is off");
    let live = found(&table.build()).unwrap();
    let name = IndexName::new("by-a").unwrap();
    assert_eq!(live.recent.decreases, Decreases { today: 4, last: Some(time(5)) });
    assert_eq!(live.recent.index_decreases.get(&name), Some(&Decreases { today: 2, last: Some(time(6)) }));
    assert_eq!((live.recent.on_demand, live.recent.class, live.size_bytes), (Some(time(7)), Some(time(8)), 9));
    assert_eq!((live.stream_arn, live.backfilling.contains(&name)), (None, true));
}

#[test]
fn time_to_live_counts_from_when_it_was_asked_for() {
    use sdk::TimeToLiveStatus as S;
    let on = Setting::Set("until".to_owned());
    for (status, expected, changing) in [
        (S::Enabling, &on, true),
        (S::Enabled, &on, false),
        (S::Disabling, &Setting::Off, true),
        (S::Disabled, &Setting::Off, false),
    ] {
        let description = sdk::TimeToLiveDescription::builder().time_to_live_status(status).attribute_name("until").build();
        assert_eq!(ttl(Some(&description)), (expected.clone(), changing));
    }
    assert_eq!(ttl(None), (Setting::Off, false));
}

#[test]
fn what_has_an_api_of_its_own_is_read() {
    use sdk::{ContributorInsightsMode as Mode, ContributorInsightsStatus as Insight, DestinationStatus as Stream};
    let recovery_of = |status, days| {
        let in_time = sdk::PointInTimeRecoveryDescription::builder().point_in_time_recovery_status(status);
        let in_time = in_time.set_recovery_period_in_days(days).build();
        let backups =
            sdk::ContinuousBackupsDescription::builder().continuous_backups_status(sdk::ContinuousBackupsStatus::Enabled);
        recovery(Some(&backups.point_in_time_recovery_description(in_time).build().unwrap()))
    };
    assert_eq!(recovery_of(sdk::PointInTimeRecoveryStatus::Enabled, Some(7)), Setting::Set(Recovery { days: Some(7) }));
    assert_eq!(recovery_of(sdk::PointInTimeRecoveryStatus::Disabled, None), Setting::Off);

    assert_eq!(insights(Some(&Insight::Enabled), None).0, Setting::Set(Insights::AccessedAndThrottled));
    let throttled = insights(Some(&Insight::Enabling), Some(&Mode::ThrottledKeys));
    assert_eq!(throttled, (Setting::Set(Insights::Throttled), Some("ENABLING".to_owned())));
    assert_eq!(insights(Some(&Insight::Failed), None), (Setting::Off, None));

    let tag = |key: &str| sdk::Tag::builder().key(key).value("v").build().unwrap();
    let read: Vec<String> = tags(&[tag("aws:cloudformation:stack-name"), tag("team")]).map(|(key, _)| key).collect();
    assert_eq!(read, ["team"]);

    let to = |arn: &str, status| sdk::KinesisDataStreamDestination::builder().stream_arn(arn).destination_status(status).build();
    let stream = |arn: &str| Setting::Set(KinesisStream { arn: arn.into(), precision: Some(Precision::Millisecond) });
    let read = destination(&[to("gone", Stream::Disabled), to("new", Stream::Enabling)]);
    assert_eq!(read, Destination { stream: stream("new"), moving: Some("ENABLING".to_owned()) });
    assert_eq!(destination(&[to("failed", Stream::EnableFailed)]), Destination { stream: Setting::Off, moving: None });

    assert_eq!(policy(Some(r#"{"b":1, "a":2}"#)), policy(Some(r#"{"a":2,"b":1}"#)));
    assert_eq!((policy(None), policy(Some("no json"))), (Setting::Off, Setting::Unmanaged));
}
