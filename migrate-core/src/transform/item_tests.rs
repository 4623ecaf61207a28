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
fn attributes_are_kept_by_a_function_and_added_from_a_map() {
    let stored = Attributes::parse(r#"{"a":{"S":"1"},"b":{"NULL":true},"c":{"NULL":true}}"#).unwrap();
    let mut item = Item::stored(&stored);
    item.remove("c");
    item.retain(|name, value| {
        assert_ne!(name, "c", "it is not there");
        !value.is_null()
    });
    assert_eq!(item.attributes(), Attributes::parse(r#"{"a":{"S":"1"}}"#).unwrap());
    item.extend(HashMap::from([("b".to_owned(), s("2")), ("a".to_owned(), s("3"))]));
    assert_eq!(item.attributes(), Attributes::parse(r#"{"a":{"S":"3"},"b":{"S":"2"}}"#).unwrap());

    let mut odd = Item::stored(&Attributes::parse(r#"{"odd":{"X":1}}"#).unwrap());
    odd.retain(|_, _| false);
    assert_eq!((odd.unreadable(), odd.len()), (Some("odd"), 0));
}

#[test]
fn values_do_not_show() {
    let item = Item::from_iter([("name", s("canary"))]);
    assert_eq!(format!("{item:?}"), r#"{"name"}"#);
}
