//! Items, conditions, transactions, pages.

use super::{refusal, s, table};
use crate::embedded::Engine;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementRequest, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use std::collections::HashMap;

#[tokio::test]
async fn every_attribute_type_comes_back_as_it_was_put() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    let digits = "1234567890123456789012345678901234567.8";
    let item = HashMap::from([
        ("pk".to_owned(), s("a")),
        ("text".to_owned(), s("")),
        ("number".to_owned(), AttributeValue::N(digits.to_owned())),
        ("bytes".to_owned(), AttributeValue::B(Blob::new(vec![0, 159, 255]))),
        ("no-bytes".to_owned(), AttributeValue::B(Blob::new(vec![]))),
        ("yes".to_owned(), AttributeValue::Bool(true)),
        ("null".to_owned(), AttributeValue::Null(true)),
        ("texts".to_owned(), AttributeValue::Ss(vec!["a".to_owned(), "b".to_owned()])),
        ("numbers".to_owned(), AttributeValue::Ns(vec!["1".to_owned(), "2".to_owned()])),
        ("blobs".to_owned(), AttributeValue::Bs(vec![Blob::new(vec![1]), Blob::new(vec![2])])),
        ("list".to_owned(), AttributeValue::L(vec![s("x"), AttributeValue::L(vec![])])),
        ("map".to_owned(), AttributeValue::M(HashMap::from([("with.dot".to_owned(), AttributeValue::M(HashMap::new()))]))),
    ]);
    client.put_item().table_name("things").set_item(Some(item.clone())).send().await.unwrap();
    let back = client.get_item().table_name("things").key("pk", s("a")).send().await.unwrap();
    assert_eq!(back.item, Some(item));
}

#[tokio::test]
async fn a_failed_condition_returns_the_item() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    client.put_item().table_name("things").item("pk", s("a")).item("v", s("old")).send().await.unwrap();
    let error = client
        .put_item()
        .table_name("things")
        .item("pk", s("a"))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) = error else {
        panic!("another error");
    };
    assert_eq!(failed.item().unwrap()["v"], s("old"));
}

#[tokio::test]
async fn a_cancelled_transaction_says_why_for_each_action() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    let put = Put::builder().table_name("things").item("pk", s("a")).build().unwrap();
    let check = ConditionCheck::builder()
        .table_name("things")
        .key("pk", s("lock"))
        .condition_expression("epoch = :e")
        .expression_attribute_values(":e", AttributeValue::N("1".to_owned()))
        .build()
        .unwrap();
    let error = client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(put).build())
        .transact_items(TransactWriteItem::builder().condition_check(check).build())
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(cancelled) =
        error
    else {
        panic!("{error:?}");
    };
    let codes: Vec<_> = cancelled.cancellation_reasons().iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, [Some("None"), Some("ConditionalCheckFailed")]);
    let left = client.scan().table_name("things").send().await.unwrap();
    assert_eq!(left.count, 0);
}

#[tokio::test]
async fn statements_of_a_batch_fail_alone() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    client.put_item().table_name("things").item("pk", s("a")).item("v", s("1")).send().await.unwrap();
    let statement = |pk: &str| {
        BatchStatementRequest::builder()
            .statement(r#"UPDATE "things" SET "v"=? WHERE "pk"=? AND "v"=?"#)
            .parameters(s("2"))
            .parameters(s(pk))
            .parameters(s("1"))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .unwrap()
    };
    let answer =
        client.batch_execute_statement().statements(statement("a")).statements(statement("missing")).send().await.unwrap();
    let codes: Vec<_> = answer
        .responses()
        .iter()
        .map(|response| response.error().and_then(|error| error.code()).map(|code| code.as_str()))
        .collect();
    assert_eq!(codes, [None, Some("ConditionalCheckFailed")]);
}

#[tokio::test]
async fn a_scan_has_pages_of_one_megabyte() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    for n in 0..6 {
        let body = s(&"x".repeat(300_000));
        client.put_item().table_name("things").item("pk", s(&n.to_string())).item("body", body).send().await.unwrap();
    }
    let mut sizes = Vec::new();
    let mut start = None;
    loop {
        let page = client.scan().table_name("things").set_exclusive_start_key(start).send().await.unwrap();
        sizes.push(page.count);
        start = page.last_evaluated_key;
        if start.is_none() {
            break;
        }
    }
    assert_eq!(sizes.iter().sum::<i32>(), 6);
    assert!(sizes.len() > 1, "{sizes:?}");
}

#[tokio::test]
async fn an_operation_the_engine_lacks_is_unknown_and_not_retried() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    let (code, message) = refusal(client.describe_continuous_backups().table_name("things").send().await);
    assert_eq!(code, "UnknownOperationException");
    assert!(message.contains("DescribeContinuousBackups"), "{message}");
}

#[tokio::test]
async fn modelled_errors_arrive_as_such() {
    let client = Engine::memory().unwrap().client();
    let error = client.describe_table().table_name("nothing").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_resource_not_found_exception());
    table(&client, "things").send().await.unwrap();
    let error = table(&client, "things").send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_resource_in_use_exception());
}
