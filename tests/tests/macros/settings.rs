//! Each setting by itself, all of them together, and what a sequence says for its tables: exactly what was stated, and nothing else.

use migrate_core::Table;
use migrate_core::schema::{
    Aspect, Billing, Encryption, GlobalIndex, Handling, Hazard, Insights, KinesisStream, Management, MaxThroughput, Policy,
    Precision, Recovery, ScalarType, Setting, StreamView, TableClass, TableSchema, Throughput, check,
};

const KMS: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
const KINESIS: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";

/// A table with the same key that states nothing.
fn plain(schema: &TableSchema) -> TableSchema {
    TableSchema { attributes: schema.attributes.clone(), ..TableSchema::new(schema.name.clone(), schema.key.clone()) }
}

const fn units(read: u64, write: u64) -> Throughput {
    Throughput { read, write }
}

fn max(read: Setting<u64>, write: Setting<u64>) -> Option<Billing> {
    Some(Billing::OnDemand(MaxThroughput { read, write }))
}

fn policy() -> Policy {
    Policy::new(include_str!("../../policies/orders.json")).unwrap()
}

macro_rules! one_at_a_time {
    ($($case:ident $name:tt ($($option:tt)*) => |$schema:ident| $expected:expr;)*) => { $(
        mod $case {
            use super::*;

            #[derive(Table)]
            #[table(name = $name, partition_key = key(name = "PK", type = S), $($option)*)]
            struct One;

            #[test]
            fn is_stated() {
                let found = One::schema();
                let mut $schema = plain(&found);
                $expected;
                assert_eq!(found, $schema);
                assert!(check(&found).is_empty(), "{:?}", check(&found));
            }
        }
    )* };
}
one_at_a_time! {
    nothing "one-00" () => |table| table.billing = None;
    on_demand "one-01" (billing = on_demand) => |table| table.billing = Some(Billing::ON_DEMAND);
    max_both "one-02" (billing = on_demand(max_read = 1000, max_write = off)) =>
        |table| table.billing = max(Setting::Set(1000), Setting::Off);
    max_write "one-03" (billing = on_demand(max_write = 1)) => |table| table.billing = max(Setting::Unmanaged, Setting::Set(1));
    provisioned "one-04" (billing = provisioned(read = 5, write = 6)) =>
        |table| table.billing = Some(Billing::Provisioned(units(5, 6)));
    standard "one-05" (table_class = standard) => |table| table.table_class = Some(TableClass::Standard);
    infrequent "one-06" (table_class = standard_infrequent_access) =>
        |table| table.table_class = Some(TableClass::StandardInfrequentAccess);
    aws_owned "one-07" (encryption = aws_owned) => |table| table.encryption = Some(Encryption::AwsOwned);
    aws_managed "one-08" (encryption = aws_managed) => |table| table.encryption = Some(Encryption::AwsManaged);
    kms "one-09" (encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd")) =>
        |table| table.encryption = Some(Encryption::Customer(KMS.to_owned()));
    recovery_off "one-10" (point_in_time_recovery = off) => |table| table.point_in_time_recovery = Setting::Off;
    recovery_on "one-11" (point_in_time_recovery = on) =>
        |table| table.point_in_time_recovery = Setting::Set(Recovery { days: None });
    recovery_days "one-12" (point_in_time_recovery = on(days = 35)) =>
        |table| table.point_in_time_recovery = Setting::Set(Recovery { days: Some(35) });
    tags "one-13" (tags(team = "payments", "cost-center" = "42", r#type = "", old = off)) =>
        |table| table.tags = [("team", Some("payments")), ("cost-center", Some("42")), ("type", Some("")), ("old", None)]
            .map(|(key, value)| (key.to_owned(), Setting::of(value.map(str::to_owned)))).into();
    warm "one-14" (warm_throughput(read = 12000, write = 4000)) =>
        |table| table.warm_throughput = Setting::Set(units(12_000, 4_000));
    insights_on "one-15" (contributor_insights = on) =>
        |table| table.contributor_insights = Setting::Set(Insights::AccessedAndThrottled);
    insights_off "one-16" (contributor_insights = off) => |table| table.contributor_insights = Setting::Off;
    insights_throttled "one-17" (contributor_insights = throttled_keys) =>
        |table| table.contributor_insights = Setting::Set(Insights::Throttled);
    policy_file "one-18" (resource_policy = "policies/orders.json") => |table| table.resource_policy = Setting::Set(policy());
    policy_off "one-19" (resource_policy = off) => |table| table.resource_policy = Setting::Off;
    kinesis "one-20" (kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders") =>
        |table| table.kinesis_stream = Setting::Set(KinesisStream { arn: KINESIS.to_owned(), precision: None });
    kinesis_off "one-21" (kinesis_stream = off) => |table| table.kinesis_stream = Setting::Off;
    kinesis_precise "one-22"
        (kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/orders", precision = microsecond)) =>
        |table| table.kinesis_stream =
            Setting::Set(KinesisStream { arn: KINESIS.to_owned(), precision: Some(Precision::Microsecond) });
    replicas "one-23" (replicas("eu-west-1", "us-east-1")) =>
        |table| table.replicas = Setting::Set(["us-east-1", "eu-west-1"].map(str::to_owned).into());
    replicas_off "one-24" (replicas = off) => |table| table.replicas = Setting::Off;
    verify "one-25" (schema = verify) => |table| table.handling.management = Management::Verify;
    manage "one-26" (schema = manage) => |table| table.handling.management = Management::Manage;
    protection "one-27" (deletion_protection = false) => |table| table.deletion_protection = Some(false);
    stream "one-28" (stream = old_image) => |table| table.stream = Setting::Set(StreamView::OldImage);
    ttl "one-29" (ttl = "until") => |table| table.ttl = Setting::Set("until".to_owned());
    every_aspect "one-30" (ignore(billing, throughput, stream, ttl, deletion_protection, point_in_time_recovery, table_class,
        encryption, tags, warm_throughput, contributor_insights, resource_policy, kinesis_stream, replicas)) =>
        |table| table.handling.ignore = [Aspect::Billing, Aspect::Throughput, Aspect::Stream, Aspect::Ttl,
            Aspect::DeletionProtection, Aspect::PointInTimeRecovery, Aspect::TableClass, Aspect::Encryption, Aspect::Tags,
            Aspect::WarmThroughput, Aspect::ContributorInsights, Aspect::ResourcePolicy, Aspect::KinesisStream,
            Aspect::Replicas].into();
    every_hazard "one-31" (accept(H103, H104, H105, H106, H107, H108, H109, H110, H111, H112, H113)) =>
        |table| table.handling.accept =
            Hazard::ALL.into_iter().filter(|hazard| !matches!(hazard, Hazard::DropTable | Hazard::DropIndex | Hazard::StreamRecords)).collect();
}

#[derive(Table)]
#[table(name = "all", billing = provisioned(read = 5, write = 6), table_class = standard_infrequent_access)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"), point_in_time_recovery = on(days = 14))]
#[table(stream = new_and_old_images, ttl = until, deletion_protection = true, tags(team = "payments", old = off))]
#[table(warm_throughput(read = 12000, write = 4000), contributor_insights = on, resource_policy = "policies/orders.json")]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/orders", precision = millisecond))]
#[table(replicas("us-east-1"), schema = manage, ignore(throughput, tags), accept(H103, H111))]
#[table(global_index(name = "by-until", partition_key = until, billing = provisioned(read = 1, write = 2),
    warm_throughput(read = 3, write = 4), contributor_insights = throttled_keys))]
#[table(global_index(name = "silent", partition_key = until))]
#[allow(dead_code)]
struct All {
    #[table(partition_key)]
    id: String,
    until: u64,
}

#[test]
fn all_settings_together() {
    let found = All::schema();
    let mut expected = TableSchema {
        billing: Some(Billing::Provisioned(units(5, 6))),
        stream: Setting::Set(StreamView::NewAndOldImages),
        ttl: Setting::Set("until".to_owned()),
        deletion_protection: Some(true),
        table_class: Some(TableClass::StandardInfrequentAccess),
        encryption: Some(Encryption::Customer(KMS.to_owned())),
        point_in_time_recovery: Setting::Set(Recovery { days: Some(14) }),
        tags: [("team".to_owned(), Setting::Set("payments".to_owned())), ("old".to_owned(), Setting::Off)].into(),
        warm_throughput: Setting::Set(units(12_000, 4_000)),
        contributor_insights: Setting::Set(Insights::AccessedAndThrottled),
        resource_policy: Setting::Set(policy()),
        kinesis_stream: Setting::Set(KinesisStream { arn: KINESIS.to_owned(), precision: Some(Precision::Millisecond) }),
        replicas: Setting::Set(["us-east-1".to_owned()].into()),
        handling: Handling {
            owner: None,
            management: Management::Manage,
            ignore: [Aspect::Throughput, Aspect::Tags].into(),
            accept: [Hazard::RecoveryOff, Hazard::RecoveryShortened].into(),
        },
        global_indexes: found.global_indexes.clone(),
        ..plain(&found)
    };
    let silent = expected.global_indexes["silent"].clone();
    assert_eq!(silent, GlobalIndex::new(silent.key.clone(), silent.projection.clone()));
    assert_eq!(silent.key.attributes().next().map(|element| element.scalar), Some(ScalarType::N));
    let stated = GlobalIndex {
        billing: Some(Billing::Provisioned(units(1, 2))),
        warm_throughput: Setting::Set(units(3, 4)),
        contributor_insights: Setting::Set(Insights::Throttled),
        ..silent
    };
    *expected.global_indexes.values_mut().next().unwrap() = stated;
    assert_eq!(found, expected);
    assert!(check(&found).is_empty(), "{:?}", check(&found));
}
