//! Answers in which bytes were exchanged, doubled or left out: refused where they are no JSON, and never a panic.
//!
//! Cases: 4,096; `PROPTEST_CASES=100000 cargo test -p migrate-core bodies_fuzz` for a night.

use aws_smithy_types::body::SdkBody;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::{Attributes, Body, Value};

const BODIES: [&str; 3] = [
    r#"{"Items":[{"id":{"S":"\u00e9\ud83d\ude00"},"n":{"N":"12345678901234567890123456789012345678"}},{"b":{"BS":["AP8="]}}],"Count":2,"ScannedCount":40,"LastEvaluatedKey":{"id":{"S":"1"}},"ConsumedCapacity":{"CapacityUnits":1.5e0}}"#,
    r#"{"Responses":[{"TableName":"t"},{"Error":{"Code":"ConditionalCheckFailed","Message":"\n","Item":{"id":{"M":{"a":{"L":[{"NULL":true}]}}}}}}],"ConsumedCapacity":[{"CapacityUnits":2}]}"#,
    r#"{"Item":{"id":{"NS":["-0.1","1E-130"]}},"ConsumedCapacity":null}"#,
];

/// What is put in a place: what means something in JSON, and what is no UTF-8.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "",
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\",
        "\\u",
        "\\ud800",
        "null",
        "true",
        "-",
        "0",
        "99999999999999999999999",
        "1e999",
        " ",
        "\n",
    ];
    prop_oneof![
        16 => select(b"{}[]\":,".to_vec()).prop_map(|byte| vec![byte]),
        8 => select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..3),
        1 => select(vec![&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\0"]).prop_map(<[u8]>::to_vec),
        1 => (1usize..2_000).prop_map(|depth| b"[".repeat(depth)),
        1 => (1usize..500).prop_map(|depth| br#"{"M":"#.repeat(depth)),
        1 => select(vec![r#""Items":[],"#, r#""LastEvaluatedKey":null,"#, r#""id":{"S":"twin"},"#]).prop_map(|twin| twin.as_bytes().to_vec()),
    ]
}

/// All that anybody asks of an item.
fn look(item: &Attributes<'_>) {
    let _ = (item.rough_size(), item.to_json());
    item.iter().for_each(|(_, value)| drop((Value::parse(value), Value::whole_number(value))));
}

proptest! {
    // Most changes break so much that anybody would see it.
    #![proptest_config(ProptestConfig { cases: 16 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_no_json_is_no_answer(which in any::<Index>(), changes in vec((any::<Index>(), prop_oneof![4 => Just(1usize), 1 => 0usize..4], piece()), 1..3)) {
        let mut bytes = which.get(&BODIES).as_bytes().to_vec();
        for (at, length, piece) in changes {
            let at = at.index(bytes.len() + 1);
            let end = bytes.len().min(at + length);
            bytes.splice(at..end, piece);
        }
        let body = Body(SdkBody::from(bytes.clone()));
        let (page, batch, item) = (body.page(), body.batch(), body.item());
        let any = page.is_ok() || batch.is_ok() || item.is_ok();
        page.iter().flat_map(|page| &page.items).for_each(look);
        batch.iter().flat_map(|batch| &batch.answers).filter_map(|answer| answer.item.as_ref()).for_each(look);
        item.iter().filter_map(|(item, _)| item.as_ref()).for_each(look);
        // serde_json judges, but for its limit of levels, and for halves of characters in strings that nobody reads.
        let judged = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes);
        if let Err(error) = judged && any {
            let said = error.to_string();
            prop_assert!(said.contains("recursion limit") || said.contains("surrogate"), "{said}: {}", String::from_utf8_lossy(&bytes));
        }
    }
}
