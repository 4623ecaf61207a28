//! Whatever is created reads back as it was declared.

use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::types as sdk;
use proptest::prelude::*;
use proptest::{collection, option, sample};

use super::error::ConvertError;
use super::*;
use crate::schema::{
    Aspect, Billing, Decreases, Delta, Encryption, GlobalIndex, IndexKey, IndexName, Insights, KeyElement, KinesisStream,
    LiveTable, LocalIndex, MaxThroughput, Precision, PrimaryKey, Projection, Recovery, ScalarType, Setting, Status, StreamView,
    TableClass, TableName, TableSchema, Throughput,
};

fn found(table: &sdk::TableDescription) -> Result<LiveTable, ConvertError> {
    live_table(table).map(|(live, _)| live)
}

/// What an engine that adds nothing of its own says of a table that was just created.
fn describe(input: CreateTableInput) -> sdk::TableDescription {
    let throughput = |given: Option<&sdk::ProvisionedThroughput>| {
        let description = sdk::ProvisionedThroughputDescription::builder();
        match given {
            Some(given) => {
                description.read_capacity_units(given.read_capacity_units()).write_capacity_units(given.write_capacity_units())
            }
            None => description.read_capacity_units(0).write_capacity_units(0),
        }
        .build()
    };
    let billing = sdk::BillingModeSummary::builder().set_billing_mode(input.billing_mode).build();
    let global = input.global_secondary_indexes.unwrap_or_default().into_iter().map(|index| {
        sdk::GlobalSecondaryIndexDescription::builder()
            .index_name(index.index_name)
            .set_key_schema(Some(index.key_schema))
            .set_projection(index.projection)
            .index_status(sdk::IndexStatus::Creating)
            .provisioned_throughput(throughput(index.provisioned_throughput.as_ref()))
            .set_on_demand_throughput(index.on_demand_throughput)
            .set_warm_throughput(index.warm_throughput.map(|warm| {
                sdk::GlobalSecondaryIndexWarmThroughputDescription::builder()
                    .set_read_units_per_second(warm.read_units_per_second)
                    .set_write_units_per_second(warm.write_units_per_second)
                    .build()
            }))
            .build()
    });
    let local = input.local_secondary_indexes.unwrap_or_default().into_iter().map(|index| {
        sdk::LocalSecondaryIndexDescription::builder()
            .index_name(index.index_name)
            .set_key_schema(Some(index.key_schema))
            .set_projection(index.projection)
            .build()
    });
    sdk::TableDescription::builder()
        .set_table_name(input.table_name)
        .table_status(sdk::TableStatus::Creating)
        .table_id("id")
        .item_count(7)
        .provisioned_throughput(throughput(input.provisioned_throughput.as_ref()))
        .billing_mode_summary(billing)
        .set_attribute_definitions(input.attribute_definitions.map(|list| list.into_iter().rev().collect()))
        .set_key_schema(input.key_schema)
        .set_global_secondary_indexes(Some(global.collect()))
        .set_local_secondary_indexes(Some(local.collect()))
        .set_stream_specification(input.stream_specification)
        .set_deletion_protection_enabled(input.deletion_protection_enabled)
        .set_on_demand_throughput(input.on_demand_throughput)
        .set_table_class_summary(input.table_class.map(|class| sdk::TableClassSummary::builder().table_class(class).build()))
        .set_sse_description(input.sse_specification.map(|sse| {
            sdk::SseDescription::builder()
                .status(sdk::SseStatus::Enabled)
                .set_sse_type(sse.sse_type)
                .set_kms_master_key_arn(sse.kms_master_key_id)
                .build()
        }))
        .set_warm_throughput(input.warm_throughput.map(|warm| {
            sdk::TableWarmThroughputDescription::builder()
                .set_read_units_per_second(warm.read_units_per_second)
                .set_write_units_per_second(warm.write_units_per_second)
                .build()
        }))
        .build()
}

/// Every attribute has one type in all keys: DynamoDB wants that, and `plan` sees to it.
fn element() -> impl Strategy<Value = KeyElement> {
    sample::select(vec![
        ("a", ScalarType::S),
        ("b", ScalarType::N),
        ("c", ScalarType::B),
        ("d e", ScalarType::S),
        ("#f", ScalarType::N),
    ])
    .prop_map(|(name, scalar)| KeyElement::new(name, scalar))
}

fn a_projection() -> impl Strategy<Value = Projection> {
    prop_oneof![
        Just(Projection::All),
        Just(Projection::KeysOnly),
        collection::btree_set("[x-z]{1,3}", 1..4).prop_map(Projection::Include),
    ]
}

fn index_name() -> impl Strategy<Value = IndexName> {
    "[a-z]{3,5}".prop_map(|name| IndexName::new(name).unwrap())
}

fn a_schema() -> impl Strategy<Value = TableSchema> {
    let key = (element(), option::of(element())).prop_map(|(partition, sort)| PrimaryKey { partition, sort });
    let index_key = (collection::vec(element(), 1..=4), collection::vec(element(), 0..=4))
        .prop_map(|(partition, sort)| IndexKey { partition, sort });
    let global = (index_key, a_projection()).prop_map(|(key, projection)| GlobalIndex::new(key, projection));
    let local = (element(), a_projection()).prop_map(|(sort, projection)| LocalIndex { sort, projection });
    let billing = prop_oneof![
        Just(Billing::OnDemand(MaxThroughput::OFF)),
        (1_u64..9).prop_map(|units| Billing::OnDemand(MaxThroughput { read: Setting::Set(units), write: Setting::Off })),
        (1_u64..9, 1_u64..9).prop_map(|(read, write)| Billing::Provisioned(Throughput { read, write })),
    ];
    let views = vec![StreamView::KeysOnly, StreamView::NewImage, StreamView::OldImage, StreamView::NewAndOldImages];
    let stream = option::of(sample::select(views)).prop_map(|view| view.map_or(Setting::Off, Setting::Set));
    let global = collection::btree_map(index_name(), global, 0..4);
    let local = collection::btree_map(index_name(), local, 0..4);
    let units = || (1_u64..9, 1_u64..9).prop_map(|(read, write)| Throughput { read, write });
    let warm = move || option::of(units()).prop_map(Setting::of);
    let class = prop_oneof![Just(TableClass::Standard), Just(TableClass::StandardInfrequentAccess)];
    let encryption = prop_oneof![
        Just(Encryption::AwsOwned),
        Just(Encryption::AwsManaged),
        "[a-z]{3}".prop_map(|key| Encryption::Customer(format!("arn:aws:kms:eu-west-1:1:key/{key}"))),
    ];
    let settings = (stream, any::<bool>(), class, encryption, warm(), warm());
    (key, global, local, billing, settings).prop_map(
        |(key, mut global_indexes, local_indexes, billing, (stream, protected, class, encryption, warm, warm_of_indexes))| {
            for index in global_indexes.values_mut() {
                index.billing = Some(billing);
                index.warm_throughput = warm_of_indexes.or_off();
            }
            TableSchema {
                global_indexes,
                local_indexes,
                billing: Some(billing),
                stream,
                deletion_protection: Some(protected),
                table_class: Some(class),
                encryption: Some(encryption),
                warm_throughput: warm.or_off(),
                replicas: Setting::Off,
                ..TableSchema::new(TableName::new("orders").unwrap(), key)
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_created_reads_back(schema in a_schema()) {
        let input = create_table(&schema).unwrap().build().unwrap();
        let defined: Vec<&str> = input.attribute_definitions().iter().map(|definition| definition.attribute_name()).collect();
        let used: Vec<&str> = schema.key_elements().iter().map(|element| element.name.as_str()).collect();
        prop_assert_eq!(defined, used);
        prop_assert!(input.tags.is_none());
        let provisioned = input.provisioned_throughput.is_some();
        prop_assert!(input.global_secondary_indexes().iter().all(|index| index.provisioned_throughput.is_some() == provisioned));

        let live = found(&describe(input)).unwrap();
        // Of what was not asked for, nothing is told.
        let mut schema = schema;
        let untold = |warm: Setting<Throughput>| if warm == Setting::Off { Setting::Unmanaged } else { warm };
        schema.warm_throughput = untold(schema.warm_throughput);
        schema.global_indexes.values_mut().for_each(|index| index.warm_throughput = untold(index.warm_throughput));
        prop_assert_eq!(&live.schema, &schema);
        prop_assert_eq!(&live.status, &Status::Creating);
        prop_assert!(live.index_status.values().all(|status| *status == Status::Creating));
        prop_assert!(live.index_status.keys().eq(schema.global_indexes.keys()));
        prop_assert_eq!((live.table_id.as_deref(), live.item_count), (Some("id"), 7));
    }
}

/// A table of which DynamoDB says as little as it may.
fn bare() -> aws_sdk_dynamodb::types::builders::TableDescriptionBuilder {
    let key = sdk::KeySchemaElement::builder().attribute_name("a").key_type(sdk::KeyType::Hash).build().unwrap();
    let definition = attribute_definitions(&[KeyElement::new("a", ScalarType::S)]).unwrap();
    sdk::TableDescription::builder().table_name("orders").key_schema(key).set_attribute_definitions(Some(definition))
}

fn throughput(units: i64) -> sdk::ProvisionedThroughputDescription {
    sdk::ProvisionedThroughputDescription::builder().read_capacity_units(units).write_capacity_units(units).build()
}

#[test]
fn what_is_not_said_has_a_meaning() {
    let live = found(&bare().provisioned_throughput(throughput(5)).build()).unwrap();
    assert_eq!(live.schema.billing, Some(Billing::Provisioned(Throughput { read: 5, write: 5 })));
    assert_eq!(live.schema.deletion_protection, Some(false));
    assert_eq!((live.schema.stream, live.schema.replicas), (Setting::Off, Setting::Off));
    assert_eq!((live.status, live.table_id, live.item_count), (Status::Active, None, 0));
    // A placeholder is no throughput.
    let live = found(&bare().provisioned_throughput(throughput(0)).build()).unwrap();
    assert_eq!(live.schema.billing, Some(Billing::OnDemand(MaxThroughput::OFF)));
    let summary = sdk::BillingModeSummary::builder().billing_mode(sdk::BillingMode::Provisioned).build();
    let live = found(&bare().billing_mode_summary(summary).provisioned_throughput(throughput(2)).build());
    assert_eq!(live.unwrap().schema.billing, Some(Billing::Provisioned(Throughput { read: 2, write: 2 })));
}

#[test]
fn words_of_a_later_dynamodb_are_kept_or_named() {
    let live = found(&bare().table_status(sdk::TableStatus::Archived).build()).unwrap();
    assert_eq!(live.status, Status::Other("ARCHIVED".into()));
    let key = sdk::KeySchemaElement::builder().attribute_name("a").key_type("SPREAD".into()).build().unwrap();
    let error = found(&bare().set_key_schema(Some(vec![key])).build()).unwrap_err();
    assert_eq!(error.to_string(), "a key's role is `SPREAD`, which this version does not know");
}

#[test]
fn half_a_description_is_no_table() {
    let error = |table: sdk::TableDescription| found(&table).unwrap_err();
    assert_eq!(error(bare().set_table_name(None).build()), ConvertError::Missing("its name"));
    assert_eq!(error(bare().set_key_schema(None).build()), ConvertError::Key("table orders".into()));
    assert_eq!(error(bare().set_attribute_definitions(None).build()), ConvertError::Untyped("a".into()));
}

#[test]
fn an_index_being_deleted_may_have_lost_its_types() {
    let key = sdk::KeySchemaElement::builder().attribute_name("gone").key_type(sdk::KeyType::Hash).build().unwrap();
    let index = |status| {
        let index = sdk::GlobalSecondaryIndexDescription::builder().index_name("by-gone").key_schema(key.clone());
        found(&bare().global_secondary_indexes(index.index_status(status).build()).build())
    };
    let live = index(sdk::IndexStatus::Deleting).unwrap();
    assert_eq!((live.schema.global_indexes.len(), live.index_status.len(), live.is_settled()), (0, 1, false));
    assert_eq!(index(sdk::IndexStatus::Active), Err(ConvertError::Untyped("gone".into())));
}

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
