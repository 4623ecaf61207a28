//! A saved plan in which parts were exchanged: read as it stands or not at all, and never a panic, whatever it is then compared with.
//!
//! Cases: 256; `PROPTEST_CASES=100000 cargo test -p migrate-core read_fuzz` for a night.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::model::SavedPlan;
use super::tests::{saved, world};

/// What somebody may write in a place.
fn part() -> impl Strategy<Value = Value> {
    let simple = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(4_294_967_296_u64),
        json!(1e300),
        json!(""),
        json!("arn:aws:dynamodb:eu-west-1:1:table/orders"),
        json!("x".repeat(70_000)),
        json!("\u{1b}[2J\u{202e}"),
        json!("9999-12-31T23:59:59.999999999Z"),
        json!([]),
        json!({}),
        json!({"set": "x"}),
        json!(["orders", "customers"]),
    ];
    let deep = (0usize..200).prop_map(|depth| (0..depth).fold(json!([]), |inner, _| json!([inner])));
    prop_oneof![8 => select(simple), 1 => deep, 1 => any::<String>().prop_map(Value::String)]
}

/// Every place in a document, from the outside in.
fn places(value: &Value, path: &str, into: &mut Vec<String>) {
    into.push(path.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            places(value, &format!("{path}/{name}"), into);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(at, value)| places(value, &format!("{path}/{at}"), into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_with_other_parts_is_read_as_it_stands_or_not_at_all(changes in prop::collection::vec((any::<Index>(), part(), 0u8..4), 1..4)) {
        let now = saved(&world());
        let mut document: Value = serde_json::from_str(&now.encode()).unwrap();
        for (at, part, what) in changes {
            let mut all = Vec::new();
            places(&document, "", &mut all);
            let Some(place) = document.pointer_mut(all[at.index(all.len())].as_str()) else { continue };
            match (what, place) {
                // A member or an element more, which is another one's twin.
                (0, Value::Array(list)) => list.extend(list.first().cloned().into_iter().chain([part])),
                (1, Value::Object(members)) => drop(members.insert("more".to_owned(), part)),
                (2, Value::Object(members)) => {
                    let name = members.keys().next().cloned();
                    name.and_then(|name| members.remove(&name));
                }
                (_, place) => *place = part,
            }
        }
        let Ok(read) = SavedPlan::decode(document.to_string().as_bytes()) else { return Ok(()) };
        let again = SavedPlan::decode(read.encode().as_bytes());
        prop_assert_eq!(again.as_ref(), Ok(&read));
        let differs = read.differences(&now);
        prop_assert_eq!(differs.is_empty(), now.differences(&read).is_empty(), "{:?}", differs);
        // Whatever such a plan would do is told apart from what is to be done.
        now.work.expand.iter().chain(&now.work.contract).for_each(|step| _ = read.covers(step));
        read.work.expand.iter().chain(&read.work.contract).for_each(|step| _ = (now.covers(step), step.to_string()));
    }
}
