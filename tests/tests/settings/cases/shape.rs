//! What DescribeTable tells besides capacity: stream, class, encryption, protection, replicas, indexes, and the table itself.

use crate::case::{Case, Drop, by, case, plain, stage};
use migrate_core::schema::{Encryption, Hazard, Setting, StreamView, TableClass, TableSchema};
use migrate_tests::scenario::index_name;

const MINE: &str = "arn:aws:kms:eu-central-1:123456789012:key/mine";
const ANOTHER: &str = "arn:aws:kms:eu-central-1:123456789012:key/another";

fn key(arn: &str) -> Option<Encryption> {
    Some(Encryption::Customer(arn.to_owned()))
}

fn regions<const N: usize>(regions: [&str; N]) -> Setting<std::collections::BTreeSet<String>> {
    Setting::Set(regions.into_iter().map(str::to_owned).collect())
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "stream",
            plain(),
            [
                stage("on", |table| table.stream = Setting::Set(StreamView::KeysOnly), &[("stream", "KEYS_ONLY")]),
                stage("another view", |table| table.stream = Setting::Set(StreamView::NewImage), &[("stream", "NEW_IMAGE")])
                    .accepting(Hazard::StreamCycle),
                stage("off", |table| table.stream = Setting::Off, &[("stream", "off")]).accepting(Hazard::StreamOff),
            ],
        ),
        case(
            "table class",
            plain(),
            [
                stage(
                    "infrequent access",
                    |table| table.table_class = Some(TableClass::StandardInfrequentAccess),
                    &[("class", "STANDARD_INFREQUENT_ACCESS")],
                ),
                stage("standard again", |table| table.table_class = Some(TableClass::Standard), &[("class", "STANDARD")]),
            ],
        ),
        case(
            "encryption",
            plain(),
            [
                stage(
                    "by AWS's key of the account",
                    |table| table.encryption = Some(Encryption::AwsManaged),
                    &[("encryption", "KMS")],
                ),
                // DynamoDB shows AWS's key of the account by an ARN like any other.
                stage("by AWS's own again", |table| table.encryption = Some(Encryption::AwsOwned), &[("encryption", "none")])
                    .accepting(Hazard::KeyChange),
                stage("by a key of one's own", |table| table.encryption = key(MINE), &[("encryption", MINE)])
                    .accepting(Hazard::KeyChange),
                stage("by another key", |table| table.encryption = key(ANOTHER), &[("encryption", ANOTHER)])
                    .accepting(Hazard::KeyChange),
                stage("off", |table| table.encryption = Some(Encryption::AwsOwned), &[("encryption", "none")])
                    .accepting(Hazard::KeyChange),
            ],
        ),
        case(
            "deletion protection",
            plain(),
            [
                stage("off", |table| table.deletion_protection = Some(false), &[("protected", "false")]),
                stage("on", |table| table.deletion_protection = Some(true), &[("protected", "true")]),
                stage("no longer declared", |table| table.deletion_protection = None, &[("protected", "true")]).idle(),
            ],
        ),
        case(
            "replicas",
            TableSchema { stream: Setting::Set(StreamView::NewAndOldImages), ..plain() },
            [
                stage("one", |table| table.replicas = regions(["eu-west-1"]), &[("replicas", "eu-west-1")]),
                stage(
                    "two",
                    |table| table.replicas = regions(["ap-south-1", "eu-west-1"]),
                    &[("replicas", "ap-south-1 eu-west-1")],
                ),
                stage("one of them removed", |table| table.replicas = regions(["ap-south-1"]), &[("replicas", "ap-south-1")])
                    .accepting(Hazard::ReplicaRemoved),
                stage("off", |table| table.replicas = Setting::Off, &[("replicas", "none")]).accepting(Hazard::ReplicaRemoved),
            ],
        ),
        case(
            "index",
            plain(),
            [
                stage(
                    "created",
                    |table| drop(table.global_indexes.insert(index_name("by-city"), by("city"))),
                    &[("indexes", "by-city(city) by-email(email)")],
                ),
                stage(
                    "replaced",
                    |table| drop(table.global_indexes.insert(index_name("by-city"), by("town"))),
                    &[("indexes", "by-city(town) by-email(email)")],
                )
                .accepting(Hazard::IndexReplaced),
                stage(
                    "dropped",
                    |table| drop(table.global_indexes.remove(&index_name("by-city"))),
                    &[("indexes", "by-email(email)")],
                )
                .dropping(Drop::Index("by-city")),
            ],
        ),
        case(
            "table",
            TableSchema { deletion_protection: Some(true), ..plain() },
            [stage("dropped after a backup", |_| (), &[("table", "none"), ("backups", "1")]).dropping(Drop::Table)],
        ),
    ]
}
