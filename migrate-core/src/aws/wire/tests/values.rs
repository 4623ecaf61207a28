//! Values and attributes, from text and back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::prelude::*;
use proptest::{collection, option};

use super::super::{Attributes, Unreadable, Value, from_sdk, push_string, to_sdk};
use crate::aws::fake;

fn text(value: &AttributeValue) -> String {
    let mut text = String::new();
    from_sdk(value, &mut text);
    text
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Text with what JSON escapes, and with characters of one to four bytes.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![".*", "[\\x00-\\x1f\"\\\\/a\u{e9}\u{20ac}\u{1f980}]{0,8}"]
}

fn bytes() -> impl Strategy<Value = Blob> {
    collection::vec(any::<u8>(), 0..6).prop_map(Blob::new)
}

fn value() -> impl Strategy<Value = AttributeValue> {
    let digits = || "-?[0-9]{1,38}(\\.[0-9]{1,4})?(E[+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![
        any_text().prop_map(AttributeValue::S),
        digits().prop_map(AttributeValue::N),
        bytes().prop_map(AttributeValue::B),
        any::<bool>().prop_map(AttributeValue::Bool),
        any::<bool>().prop_map(AttributeValue::Null),
        collection::vec(any_text(), 0..3).prop_map(AttributeValue::Ss),
        collection::vec(digits(), 0..3).prop_map(AttributeValue::Ns),
        collection::vec(bytes(), 0..3).prop_map(AttributeValue::Bs),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
            collection::hash_map(any_text(), inner, 0..4).prop_map(AttributeValue::M),
        ]
    })
}

/// The same value with white space wherever JSON allows it, and every character of its strings written as an escape.
fn spelled_out(text: &str) -> String {
    let mut out = String::new();
    match serde_json::from_str(text).unwrap() {
        serde_json::Value::Object(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{}\t:\r\n{}", escaped(name), spelled_out(&value.to_string())));
            out.push_str(&format!(" {{ {} }} ", members.collect::<Vec<_>>().join(" , ")));
        }
        serde_json::Value::Array(list) => {
            let list = list.iter().map(|value| spelled_out(&value.to_string()));
            out.push_str(&format!("[\n{}\n]", list.collect::<Vec<_>>().join("\n,\n")));
        }
        serde_json::Value::String(string) => out.push_str(&escaped(&string)),
        other => out.push_str(&other.to_string()),
    }
    out
}

fn escaped(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    format!("\"{units}\"")
}

/// What the SDK itself sends for an item.
fn sent_by_the_sdk(item: &HashMap<String, AttributeValue>) -> String {
    let sent = Arc::new(Mutex::new(String::new()));
    let into = sent.clone();
    let client = fake::client(move |_, body| {
        body.clone_into(&mut into.lock().unwrap());
        fake::json(200, "{}")
    });
    let call = client.put_item().table_name("t").set_item(Some(item.clone())).send();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(call).unwrap();
    let body = sent.lock().unwrap().clone();
    serde_json::from_str::<serde_json::Value>(&body).unwrap()["Item"].to_string()
}

/// What the SDK itself reads from an item.
fn read_by_the_sdk(item: &str) -> HashMap<String, AttributeValue> {
    let body = format!("{{\"Item\":{item}}}");
    let client = fake::client(move |_, _| fake::json(200, &body));
    let call = client.get_item().table_name("t").key("id", s("1")).send();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(call).unwrap().item.unwrap()
}

proptest! {
    #[test]
    fn a_value_comes_back_as_it_was(value in value()) {
        let text = text(&value);
        prop_assert_eq!(to_sdk(&text), Ok(value.clone()));
        prop_assert_eq!(to_sdk(&spelled_out(&text)), Ok(value.clone()));
        prop_assert!(Value::parse(&text).is_ok());
    }

    #[test]
    fn what_is_written_says_the_same_as_what_is_read(value in value()) {
        let text = text(&value);
        let again = match Value::parse(&text).unwrap() {
            Value::S(text) => AttributeValue::S(text.into_owned()),
            Value::N(digits) => AttributeValue::N(digits.into_owned()),
            Value::B(bytes) => AttributeValue::B(Blob::new(bytes)),
            Value::Bool(yes) => AttributeValue::Bool(yes),
            Value::Null => AttributeValue::Null(value == AttributeValue::Null(true)),
            Value::M(attributes) => AttributeValue::M(attributes.to_item().unwrap()),
            Value::L(list) => AttributeValue::L(list.iter().map(|text| to_sdk(text).unwrap()).collect()),
            Value::Ss(list) => AttributeValue::Ss(list.into_iter().map(Cow::into_owned).collect()),
            Value::Ns(list) => AttributeValue::Ns(list.into_iter().map(Cow::into_owned).collect()),
            Value::Bs(list) => AttributeValue::Bs(list.into_iter().map(Blob::new).collect()),
            Value::Unknown => panic!("{text}"),
        };
        prop_assert_eq!(again, value);
    }

    #[test]
    fn the_sdk_sends_and_reads_the_same(item in collection::hash_map(any_text(), value(), 0..4)) {
        prop_assert_eq!(Attributes::parse(&sent_by_the_sdk(&item)).unwrap().to_item(), Ok(item.clone()));
        prop_assert_eq!(read_by_the_sdk(&Attributes::of(&item).to_json()), item);
    }

    #[test]
    fn a_string_says_the_same(text in any_text()) {
        let mut json = String::new();
        push_string(&text, &mut json);
        prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    /// serde_json judges.
    #[test]
    fn what_is_no_json_is_refused(value in option::of(value()), place in any::<prop::sample::Index>(), byte in "[\\[\\]{}\",:\\\\ 0-9a-fu.-]?") {
        let mut text = value.map_or_else(|| "[1.5e-3,0,-7,true,null]".to_owned(), |value| text(&value));
        let chars: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = chars[place.index(chars.len())];
        let width = text[at..].chars().next().unwrap().len_utf8();
        text.replace_range(at..at + width, &byte);
        // Half a character is found only where the string is read.
        if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
            let name = format!("{{\"a\":{text}}}");
            let attributes = Attributes::parse(&name).unwrap();
            prop_assert_eq!(attributes.get("a"), Some(text.trim_matches([' ', '\t', '\r', '\n'])));
        } else if !text.contains("\\u") {
            prop_assert!(Attributes::parse(&format!("{{\"a\":{text}}}")).is_err(), "{}", text);
            prop_assert!(to_sdk(&text).is_err(), "{}", text);
        }
    }

    #[test]
    fn nothing_makes_it_panic(
        start in prop::sample::select(vec!["", "{\"S\":\"", "{\"a\":{\"M\":", "{\"L\":[", "{\"BS\":[\"", "{\"N\":"]),
        rest in "([\\[\\]{}\",:\\\\ 0-9a-funlrtSNMLB.\u{e9}-]{0,24})|([\"\\\\ud80\u{e9}]{0,10})",
    ) {
        let text = format!("{start}{rest}");
        let _ = Attributes::parse(&text).map(|attributes| attributes.rough_size());
        let _ = (Value::parse(&text), to_sdk(&text));
    }
}

#[test]
fn borrowed_where_nothing_is_escaped() {
    let Ok(Value::S(Cow::Borrowed("plain \u{e9}"))) = Value::parse("{\"S\":\"plain \u{e9}\"}") else { panic!() };
    let Ok(Value::S(Cow::Owned(escaped))) = Value::parse(r#"{"S":"\u00e9\/\ud83e\udd80\""}"#) else { panic!() };
    assert_eq!(escaped, "\u{e9}/\u{1f980}\"");
    let item = Attributes::parse(r#"{"a":{"S":"x"}}"#).unwrap();
    assert!(matches!(item.0.as_slice(), [(Cow::Borrowed("a"), Cow::Borrowed(r#"{"S":"x"}"#))]));
}

#[test]
fn names_in_order_and_of_two_the_last() {
    let item =
        Attributes::parse(r#"{"b":{"N":"1"}, "\u0061" : {"S":"a"} ,"b":{"N":"2"},"c":{"BOOL":true},"b":{"N":"3"}}"#).unwrap();
    let entries: Vec<_> = item.iter().collect();
    assert_eq!(entries, [("a", r#"{"S":"a"}"#), ("b", r#"{"N":"3"}"#), ("c", r#"{"BOOL":true}"#)]);
    assert_eq!((item.get("b"), item.get("d"), item.len()), (Some(r#"{"N":"3"}"#), None, 3));
    assert_eq!(item.to_json(), r#"{"a":{"S":"a"},"b":{"N":"3"},"c":{"BOOL":true}}"#);
    assert_eq!(Attributes::parse("{}").unwrap().to_json(), "{}");
}

#[test]
fn types_of_tomorrow() {
    assert_eq!(Value::parse(r#"{"V":{"x":[1,{"y":null}]}}"#), Ok(Value::Unknown));
    assert_eq!(to_sdk(r#"{"V":1}"#), Err(Unreadable("a value of an unknown type")));
    // A member without a value says nothing, as the SDK has it.
    assert_eq!(to_sdk(r#"{"S":"x","N":null}"#), Ok(s("x")));
}

#[test]
fn what_is_not_a_value() {
    let wrong = [
        "",
        "null",
        "{}",
        r#"{"S":null}"#,
        r#"{"S":1}"#,
        r#"{"N":1}"#,
        r#"{"S":"x"} x"#,
        r#"{"S":"x","N":"1"}"#,
        r#"{"B":"?"}"#,
        r#"{"BOOL":"true"}"#,
        r#"{"NULL":1}"#,
        r#"{"SS":"x"}"#,
        r#"{"NS":[1]}"#,
        r#"{"BS":["?"]}"#,
        r#"{"S":"\ud83e"}"#,
        r#"{"S":"\ud83e\n"}"#,
        r#"{"S":"\ud83e\u0041"}"#,
        r#"{"S":"\udd80"}"#,
        r#"{"S":"\x"}"#,
        r#"{"S":"\u12"}"#,
        "{\"S\":\"\n\"}",
        r#"{"S":"x""#,
        r#"{"S":"x"#,
        r#"{"S":"\"#,
    ];
    for text in wrong {
        assert!(Value::parse(text).is_err(), "{text}");
        assert!(to_sdk(text).is_err(), "{text}");
    }
}

#[test]
fn numbers_stay_as_they_are_written() {
    let digits = "-12345678901234567890123456789012345678.10E-20";
    let text = format!(r#"{{"N":"{digits}"}}"#);
    assert_eq!(Value::parse(&text), Ok(Value::N(Cow::Borrowed(digits))));
}

#[test]
fn deep_and_bottomless() {
    let nested = |levels: usize| format!("{}{}{}", r#"{"L":[{"M":{"a":"#.repeat(levels), r#"{"S":"x"}"#, "}}]}".repeat(levels));
    let deep = nested(16);
    let value = to_sdk(&deep).unwrap();
    assert_eq!(text(&value), deep);
    let bottomless = nested(100_000);
    assert!(matches!(Value::parse(&bottomless), Ok(Value::L(list)) if list.len() == 1));
    assert_eq!(to_sdk(&bottomless), Err(Unreadable("a value of too many levels")));
    assert!(Attributes::parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn a_size_is_roughly_that_of_the_price_list() {
    assert_eq!(Attributes::parse(r#"{"id":{"S":"abc"},"n":{"N":"1"}}"#).unwrap().rough_size(), 2 + 2 + 1);
}
