//! A raw item as a user handles it.

use super::*;

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[test]
fn it_is_used_as_a_map_is() {
    let stored = Attributes::parse(r#"{"b":{"S":"2"},"a":{"S":"1"},"odd":{"X":1}}"#).unwrap();
    let mut item = Item::stored(&stored);
    assert_eq!((item.len(), item.keys().collect::<Vec<_>>()), (3, vec!["a", "b", "odd"]));
    assert_eq!((item.get("a"), item.get("c"), &item["b"]), (Some(&s("1")), None, &s("2")));
    assert_eq!(item.insert("c", s("3")), None);
    assert_eq!(item.insert("c", s("4")), Some(s("3")));
    assert_eq!((item.remove("b"), item.remove("b"), item.remove("z")), (Some(s("2")), None, None));
    assert!(item.contains_key("c") && !item.contains_key("b"));
    *item.get_mut("a").unwrap() = s("5");
    assert_eq!(item.unreadable(), None, "nobody asked for it");
    let wanted = r#"{"a":{"S":"5"},"c":{"S":"4"},"odd":{"X":1}}"#;
    assert_eq!(item.attributes(), Attributes::parse(wanted).unwrap(), "what nobody touched stays as it is stored");
    assert_eq!((item.get("odd"), item.unreadable()), (None, Some("odd")));
}

#[test]
fn attributes_are_added_and_left_out_many_at_a_time() {
    let stored = Attributes::parse(r#"{"a":{"S":"1"},"b":{"NULL":true},"c":{"S":"3"}}"#).unwrap();
    let mut item = Item::stored(&stored);
    item.extend([("b", s("2")), ("d", AttributeValue::Null(true))]);
    item.retain(|name, value| name != "a" && !value.is_null());
    assert_eq!(item, Item::from_iter([("b", s("2")), ("c", s("3"))]));
    assert_eq!(item.attributes(), Attributes::parse(r#"{"b":{"S":"2"},"c":{"S":"3"}}"#).unwrap());
    let touched: Vec<bool> = item.entries.iter().map(|entry| entry.touched).collect();
    assert_eq!(touched, [true, true, false, true], "what stays is not written");
}

#[test]
fn values_do_not_show() {
    let item = Item::from_iter([("name", s("canary"))]);
    assert_eq!(format!("{item:?}"), r#"{"name"}"#);
}

#[test]
fn all_of_it_is_taken_away() {
    let mut item = Item::stored(&Attributes::parse(r#"{"a":{"S":"1"},"odd":{"X":1}}"#).unwrap());
    item.clear();
    assert_eq!((item.len(), item.unreadable()), (0, None));
    assert_eq!(item.attributes(), Attributes::default());
}
