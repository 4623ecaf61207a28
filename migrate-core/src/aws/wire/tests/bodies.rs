//! Answers as they come, and as they must not come.

use aws_smithy_types::body::SdkBody;

use super::super::{Body, Unreadable};

fn body(text: &str) -> Body {
    Body(SdkBody::from(text))
}

const PAGE: &str = r#" { "New" : [ { "x" : [ -1.5e+3 , true , "\"}" ] } ] , "Items":[{"id":{"S":"1"},"n":{"N":"7"}}, {}],
    "Count":2,"ScannedCount":40,"LastEvaluatedKey": {"id":{"S":"1"}} ,"ConsumedCapacity":{"TableName":"t","CapacityUnits":1.5}} "#;

#[test]
fn a_page() {
    let body = body(PAGE);
    let page = body.page().unwrap();
    let items: Vec<_> = page.items.iter().map(|item| item.to_json()).collect();
    assert_eq!(items, [r#"{"id":{"S":"1"},"n":{"N":"7"}}"#, "{}"]);
    assert_eq!((page.last, page.scanned, page.read_units), (Some(r#"{"id":{"S":"1"}}"#), 40, Some(1.5)));
}

#[test]
fn the_last_page() {
    for key in ["", r#","LastEvaluatedKey":null"#, r#","LastEvaluatedKey":{}"#] {
        let body = body(&format!(r#"{{"Items":[{{}}]{key},"ConsumedCapacity":null}}"#));
        let page = body.page().unwrap();
        assert_eq!((page.last, page.scanned, page.read_units), (None, 1, None));
    }
}

/// What is cut never passes for the end of a scan.
#[test]
fn a_body_that_is_cut_is_never_read() {
    let text = PAGE.trim_end();
    for end in 0..text.len() {
        if text.is_char_boundary(end) {
            let body = body(&text[..end]);
            assert!(body.page().is_err() && body.batch().is_err() && body.item().is_err(), "{}", &text[..end]);
        }
    }
    assert!(Body(SdkBody::from(&b"{\"Items\":[\xff]}"[..])).page().is_err());
    assert!(body(&format!("{text}{{")).page().is_err());
}

#[test]
fn answers_of_something_else() {
    assert_eq!(body("{}").page().unwrap_err(), Unreadable("a page without its items"));
    assert_eq!(body(r#"{"Items":null}"#).page().unwrap_err(), Unreadable("a page without its items"));
    assert_eq!(body("{}").batch().unwrap_err(), Unreadable("a batch without its answers"));
    for text in
        ["", "[]", "<html>", r#"{"Items":[],"LastEvaluatedKey":"x"}"#, r#"{"Items":[[]]}"#, r#"{"Items":[],"ScannedCount":-1}"#]
    {
        assert!(body(text).page().is_err(), "{text}");
    }
}

#[test]
fn a_batch() {
    let body = body(
        r#"{"Responses":[{"TableName":"t"},{"Error":{"Code":"ConditionalCheckFailed","Message":"no \u0041","Item":{"id":{"S":"1"}}},
        "TableName":"t"},{"Error":{"Code":"DuplicateItem","Message":null}},{}],
        "ConsumedCapacity":[{"TableName":"t","CapacityUnits":2.0,"Table":{"CapacityUnits":9}},{"TableName":"u","CapacityUnits":0.5}]}"#,
    );
    let batch = body.batch().unwrap();
    assert_eq!(batch.write_units, Some(2.5));
    let told: Vec<_> =
        batch.answers.iter().map(|answer| answer.refusal.as_ref().map(|refusal| (refusal.code, &*refusal.message))).collect();
    assert_eq!(told, [None, Some(("ConditionalCheckFailed", "no A")), Some(("DuplicateItem", "")), None]);
    let items: Vec<_> = batch.answers.iter().map(|answer| answer.item.as_ref().map(|item| item.to_json())).collect();
    assert_eq!(items, [None, Some(r#"{"id":{"S":"1"}}"#.to_owned()), None, None]);
}

#[test]
fn an_item() {
    let found = body(r#"{"ConsumedCapacity":{"CapacityUnits":1},"Item":{"id":{"S":"1"}}}"#);
    let (item, units) = found.item().unwrap();
    assert_eq!((item.unwrap().to_json(), units), (r#"{"id":{"S":"1"}}"#.to_owned(), Some(1.0)));
    let missing = body("{}");
    assert!(matches!(missing.item(), Ok((None, None))));
}

#[test]
fn a_body_is_not_shown() {
    assert_eq!(format!("{:?}", body("secret")), "Body(6 bytes)");
}
