//! Settings with an API of their own: time to live, recovery, tags, insights, policy, Kinesis.

use crate::case::{Case, by_email, case, plain, stage};
use migrate_core::schema::{Hazard, Insights, KinesisStream, Policy, Precision, Recovery, Setting};

pub const ORDERS: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/orders";
const OTHERS: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/others";

fn ttl(attribute: &str) -> Setting<String> {
    Setting::Set(attribute.to_owned())
}

fn days(days: Option<u8>) -> Setting<Recovery> {
    Setting::Set(Recovery { days })
}

/// Allows one action.
pub fn policy(action: &str) -> Setting<Policy> {
    let statement = format!(r#"{{"Statement": [{{"Action": "dynamodb:{action}"}}], "Version": "2012-10-17"}}"#);
    Setting::Set(Policy::new(&statement).expect("a document"))
}

fn kinesis(arn: &str, precision: Precision) -> Setting<KinesisStream> {
    Setting::Set(KinesisStream { arn: arn.to_owned(), precision: Some(precision) })
}

fn tag(value: &str) -> Setting<String> {
    Setting::Set(value.to_owned())
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "time to live",
            plain(),
            [
                stage("on", |table| table.ttl = ttl("expires"), &[("ttl", "expires")]),
                stage("renamed", |table| table.ttl = ttl("until"), &[("ttl", "until")]).in_two_runs(),
                stage("off", |table| table.ttl = Setting::Off, &[("ttl", "off")]),
            ],
        ),
        case(
            "time to live of items that are there",
            plain(),
            [
                stage("on", |table| table.ttl = ttl("expires"), &[("ttl", "expires")]).accepting(Hazard::TtlOn),
                stage("renamed", |table| table.ttl = ttl("until"), &[("ttl", "until")]).accepting(Hazard::TtlOn).in_two_runs(),
            ],
        )
        .with_items(),
        case(
            "point-in-time recovery",
            plain(),
            [
                stage("on", |table| table.point_in_time_recovery = days(None), &[("recovery", "35")]),
                stage("7 days", |table| table.point_in_time_recovery = days(Some(7)), &[("recovery", "7")])
                    .accepting(Hazard::RecoveryShortened),
                stage("20 days", |table| table.point_in_time_recovery = days(Some(20)), &[("recovery", "20")]),
                stage("off", |table| table.point_in_time_recovery = Setting::Off, &[("recovery", "off")])
                    .accepting(Hazard::RecoveryOff),
            ],
        ),
        case(
            "tags",
            plain(),
            [
                stage(
                    "set",
                    |table| table.tags.extend([("cost".to_owned(), tag("1")), ("team".to_owned(), tag("red"))]),
                    &[("tag cost", "1"), ("tag team", "red"), ("tag theirs", "as it was")],
                ),
                stage(
                    "changed",
                    |table| drop(table.tags.insert("team".to_owned(), tag("blue"))),
                    &[("tag cost", "1"), ("tag team", "blue"), ("tag theirs", "as it was")],
                ),
                stage(
                    "one removed",
                    |table| drop(table.tags.insert("cost".to_owned(), Setting::Off)),
                    &[("tag cost", "none"), ("tag team", "blue"), ("tag theirs", "as it was")],
                ),
                stage(
                    "the other no longer declared",
                    |table| drop(table.tags.remove("team")),
                    &[("tag cost", "none"), ("tag team", "blue"), ("tag theirs", "as it was")],
                )
                .idle(),
            ],
        ),
        case(
            "contributor insights",
            plain(),
            [
                stage(
                    "on",
                    |table| table.contributor_insights = Setting::Set(Insights::AccessedAndThrottled),
                    &[("insights", "ACCESSED_AND_THROTTLED_KEYS"), ("insights by-email", "off")],
                ),
                stage(
                    "of throttled keys",
                    |table| table.contributor_insights = Setting::Set(Insights::Throttled),
                    &[("insights", "THROTTLED_KEYS")],
                ),
                stage("off", |table| table.contributor_insights = Setting::Off, &[("insights", "off")]),
            ],
        ),
        case(
            "contributor insights of an index",
            plain(),
            [
                stage(
                    "on",
                    |table| by_email(table).contributor_insights = Setting::Set(Insights::Throttled),
                    &[("insights", "off"), ("insights by-email", "THROTTLED_KEYS")],
                ),
                stage(
                    "of all keys",
                    |table| by_email(table).contributor_insights = Setting::Set(Insights::AccessedAndThrottled),
                    &[("insights by-email", "ACCESSED_AND_THROTTLED_KEYS")],
                ),
                stage("off", |table| by_email(table).contributor_insights = Setting::Off, &[("insights by-email", "off")]),
            ],
        ),
        case(
            "resource policy",
            plain(),
            [
                stage("set", |table| table.resource_policy = policy("GetItem"), &[("policy allows", "dynamodb:GetItem")]),
                stage("changed", |table| table.resource_policy = policy("Query"), &[("policy allows", "dynamodb:Query")]),
                stage("removed", |table| table.resource_policy = Setting::Off, &[("policy allows", "none")])
                    .accepting(Hazard::PolicyRemoved),
            ],
        ),
        case(
            "Kinesis stream",
            plain(),
            [
                stage(
                    "on",
                    |table| table.kinesis_stream = kinesis(ORDERS, Precision::Millisecond),
                    &[("kinesis", "orders MILLISECOND")],
                ),
                stage(
                    "another precision",
                    |table| table.kinesis_stream = kinesis(ORDERS, Precision::Microsecond),
                    &[("kinesis", "orders MICROSECOND")],
                ),
                stage(
                    "exchanged",
                    |table| table.kinesis_stream = kinesis(OTHERS, Precision::Microsecond),
                    &[("kinesis", "others MICROSECOND")],
                )
                .accepting(Hazard::KinesisOff),
                stage("off", |table| table.kinesis_stream = Setting::Off, &[("kinesis", "off")]).accepting(Hazard::KinesisOff),
            ],
        ),
    ]
}
