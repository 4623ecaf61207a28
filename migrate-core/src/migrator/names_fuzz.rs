//! What a builder lets through: no name that DynamoDB or the management table's keys do not bear.
//!
//! Cases: 256; `PROPTEST_CASES=100000 cargo test -p migrate-core names_fuzz` for a night.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::BehaviorVersion;
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::registry::Sequence;
use crate::schema::{KeyElement, Naming, PrimaryKey, ScalarType, TableName, TableSchema};

fn table(name: TableName) -> TableSchema {
    TableSchema::new(name, PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None })
}

fn name() -> impl Strategy<Value = TableName> {
    prop_oneof![4 => "[a-c]{3}", 1 => Just("migrations".to_owned()), 1 => "[a-z._-]{240,255}"]
        .prop_map(|text| TableName::new(text).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_migrator_has_legal_names_only(
        sequence in prop_oneof![3 => "[a-z0-9_.-]{1,8}", 1 => "[a#/:\u{1b}]{0,3}", 1 => "[a-z]{250,260}"],
        affixes in ("[a-z_.-]{0,9}|[a-z]{240,252}", "[a-z_.-]{0,9}"),
        management in option::weighted(0.3, name()),
        explicit in option::of((name(), name())),
        declared in btree_set(name(), 1..5),
    ) {
        // A sequence's name lives as long as the program.
        let sequence: &'static str = sequence.leak();
        let sequence = match Sequence::of_tables(sequence, declared.iter().cloned().map(table)) {
            Ok(sequence) => sequence,
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::InvalidName, "{:?}", error);
                return Ok(());
            }
        };
        let name = sequence.name();
        prop_assert!((1..=255).contains(&name.len()) && !name.contains(['#', '/', ':', '\u{1b}']), "{name:?}");
        let mut naming = Naming::template(&format!("{}{{name}}{}", affixes.0, affixes.1)).unwrap();
        if let Some((logical, physical)) = explicit {
            naming = naming.with_table(logical, physical).unwrap();
        }
        if let Some(management) = management {
            naming = naming.with_management_table(management);
        }
        let client = Client::from_conf(aws_sdk_dynamodb::Config::builder().behavior_version(BehaviorVersion::latest()).build());
        match Migrator::builder(sequence, client).naming(naming.clone()).build() {
            Ok(migrator) => {
                let names: BTreeSet<String> =
                    migrator.declared.tables.keys().chain([migrator.management_table()]).map(ToString::to_string).collect();
                prop_assert_eq!(names.len(), declared.len() + 1, "each table is one, and none is the management table: {:?}", naming);
                for name in names {
                    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
                    prop_assert!((3..=255).contains(&name.len()) && name.bytes().all(legal), "{name:?}");
                }
            }
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::InvalidName, "{:?}", error),
        }
    }
}
