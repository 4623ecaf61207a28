//! Names by laws: whatever an environment says, a name is one that DynamoDB takes, or an error.
//!
//! Cases: 256 of each; `PROPTEST_CASES=100000 cargo test -p migrate-core naming` for a night.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set};
use proptest::option;
use proptest::prelude::*;

use super::*;

/// Nearly always of the right characters, and often of about the greatest length.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-zA-Z0-9_.-]{0,12}",
        2 => "[a-z-]{240,256}",
        1 => "[ -~\u{0}\u{1b}\u{202e}\u{e9}]{0,6}",
        1 => Just("arn:aws:dynamodb:eu-west-1:1:table/".to_owned()),
    ]
}

fn name() -> impl Strategy<Value = TableName> {
    let text = prop_oneof![4 => "[a-c]{3,4}", 1 => Just("migrations".to_owned()), 1 => "[a-z._-]{250,255}"];
    text.prop_map(|text| TableName::new(text).unwrap())
}

fn is_legal(name: &TableName) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (3..=255).contains(&name.as_str().len()) && name.as_str().bytes().all(legal)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_name_that_comes_out_is_one_that_dynamodb_takes(
        prefix in part(),
        suffix in option::of(part()),
        explicit in btree_map(name(), name(), 0..3),
        management in option::weighted(0.2, name()),
        code in btree_set(name(), 0..6),
    ) {
        let naming = match suffix {
            Some(suffix) => Naming::template(&format!("{prefix}{{name}}{suffix}")),
            None => Prefix::new(prefix).map(Naming::from).map_err(NamingError::from),
        };
        let naming = explicit.iter().try_fold(naming, |naming, (logical, physical)| {
            Ok::<_, NamingError>(Ok(naming?.with_table(logical.clone(), physical.clone())?))
        });
        let Ok(Ok(naming)) = naming else { return Ok(()) };
        let naming = match management {
            Some(name) => naming.with_management_table(name),
            None => naming,
        };
        for name in code.iter().chain([&MANAGEMENT]) {
            prop_assert!(naming.physical(name).is_ok_and(|physical| is_legal(&physical)) || naming.physical(name).is_err());
        }
        let names: BTreeSet<TableName> = code.iter().chain(explicit.keys()).cloned().collect();
        if naming.check(&names).is_err() {
            return Ok(());
        }
        let mut taken = BTreeSet::from([naming.management_table().unwrap()]);
        for name in &names {
            let physical = naming.physical(name).unwrap();
            prop_assert_eq!(naming.logical(&physical), name.as_str(), "there and back: {:?}", naming);
            prop_assert_eq!(naming.text(name), physical.to_string());
            prop_assert!(is_legal(&physical), "{physical}");
            prop_assert!(taken.insert(physical), "two names, one table: {:?}", naming);
        }
        prop_assert!(taken.iter().all(is_legal));
    }

    #[test]
    fn only_a_legal_name_is_a_name(text in prop_oneof![part(), any::<String>()]) {
        let read = serde_json::from_value::<TableName>(serde_json::json!(text));
        prop_assert_eq!(read.is_ok(), TableName::new(text.clone()).is_ok());
        if let Ok(name) = TableName::new(text) {
            prop_assert!(is_legal(&name), "{name}");
        }
    }
}
