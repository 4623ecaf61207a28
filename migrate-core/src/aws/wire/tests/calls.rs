//! The SDK's operations with bodies of ours, over the embedded engine.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableClass,
};

use super::super::{Body, Filter, Scan, Unreadable, batch, get, scan};
use crate::aws::fake::{json, refusal};
use crate::aws::guard::{Lease, Sent, guarded, read_only};
use crate::aws::layer::{Fate, layered};
use crate::embedded::Engine;
use crate::error::ErrorKind;
use crate::iam::Action;

const ALL: Scan<'_> =
    Scan { table: "things", index: None, segment: None, limit: None, after: None, consistent: true, filter: None };

/// Things numbered from 0, with an odd name.
async fn engine(things: usize) -> Client {
    let client = Engine::memory().unwrap().client();
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap();
    client
        .create_table()
        .table_name("things")
        .attribute_definitions(id)
        .key_schema(key)
        .billing_mode(BillingMode::PayPerRequest)
        .table_class(TableClass::Standard)
        .send()
        .await
        .unwrap();
    for n in 0..things {
        let id = AttributeValue::S(format!("\"{n}\" \u{1f980}"));
        let n = AttributeValue::N(n.to_string());
        client.put_item().table_name("things").item("id", id).item("n", n).send().await.unwrap();
    }
    client
}

fn ids(body: &Body) -> Vec<String> {
    body.page().unwrap().items.iter().map(|item| item.get("id").unwrap().to_owned()).collect()
}

fn key(n: usize) -> String {
    format!("{{\"id\":{{\"S\":\"\\\"{n}\\\" \u{1f980}\"}}}}")
}

fn statement(text: &str, parameters: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!(r#"{{"Statement":{text},"Parameters":[{parameters}],"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}"#)
}

/// Counts a thing up, under a condition.
fn count(n: usize, from: usize) -> String {
    let id = format!("{{\"S\":\"\\\"{n}\\\" \u{1f980}\"}}");
    let parameters = format!(r#"{{"N":"{}"}},{id},{{"N":"{from}"}}"#, from + 1);
    statement(r#"UPDATE "things" SET "n"=? WHERE "id"=? AND "n"=?"#, &parameters)
}

#[tokio::test]
async fn pages_follow_one_another() {
    let client = engine(5).await;
    let whole = scan(&client, &ALL).await.unwrap();
    let mut all = ids(&whole);
    assert_eq!(all.len(), 5);
    assert_eq!((whole.page().unwrap().last, whole.page().unwrap().scanned), (None, 5));
    assert!(whole.page().unwrap().read_units.unwrap() > 0.0);

    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let body = scan(&client, &Scan { limit: Some(2), after: after.as_deref(), ..ALL }).await.unwrap();
        assert!(body.page().unwrap().items.len() <= 2);
        found.extend(ids(&body));
        after = body.page().unwrap().last.map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, all);

    let mut of_segments = Vec::new();
    for segment in 0..3 {
        let body = scan(&client, &Scan { segment: Some((segment, 3)), ..ALL }).await.unwrap();
        assert!(body.page().unwrap().items.len() < 5);
        of_segments.extend(ids(&body));
    }
    of_segments.sort();
    all.sort();
    assert_eq!(of_segments, all);
}

#[tokio::test]
async fn a_filter_leaves_items_out() {
    let client = engine(5).await;
    let filter = Filter {
        expression: "#n >= :least AND attribute_exists(#id)".into(),
        names: vec![("#n".into(), "n".into()), ("#id".into(), "id".into())],
        values: vec![(":least".into(), r#"{"N":"3"}"#.into())],
    };
    let body = scan(&client, &Scan { filter: Some(&filter), ..ALL }).await.unwrap();
    let page = body.page().unwrap();
    assert_eq!((page.items.len(), page.scanned), (2, 5));
    let bare = Filter { expression: "attribute_exists(id)".into(), ..Filter::default() };
    let body = scan(&client, &Scan { filter: Some(&bare), ..ALL }).await.unwrap();
    assert_eq!(body.page().unwrap().items.len(), 5);
}

#[tokio::test]
async fn a_batch_with_a_condition_that_fails() {
    let client = engine(3).await;
    let body = batch(&client, &[count(0, 0), count(1, 7), count(9, 9), count(2, 2)]).await.unwrap();
    let told = body.batch().unwrap();
    let codes: Vec<_> = told.answers.iter().map(|answer| answer.refusal.as_ref().map(|refusal| refusal.code)).collect();
    let failed = Some("ConditionalCheckFailed");
    assert_eq!(codes, [None, failed, failed, None]);
    let items: Vec<_> = told.answers.iter().map(|answer| answer.item.as_ref().and_then(|item| item.get("n"))).collect();
    assert_eq!(items, [None, Some(r#"{"N":"1"}"#), None, None]);
    assert!(told.write_units.unwrap() >= 2.0);

    let now = get(&client, "things", &key(2)).await.unwrap();
    let (item, units) = now.item().unwrap();
    assert_eq!(item.unwrap().get("n"), Some(r#"{"N":"3"}"#));
    assert!(units.unwrap() > 0.0);
}

#[tokio::test]
async fn an_item_that_is_not_there() {
    let client = engine(1).await;
    assert!(get(&client, "things", &key(1)).await.unwrap().item().unwrap().0.is_none());
    assert!(get(&client, "things", &key(0)).await.unwrap().item().unwrap().0.is_some());
}

#[tokio::test]
async fn errors_stay_typed() {
    let client = engine(0).await;
    let error = scan(&client, &Scan { table: "nowhere", ..ALL }).await.unwrap_err();
    assert_eq!(error.code(), Some("ResourceNotFoundException"));
    assert!(error.message().is_some_and(|text| !text.is_empty()));
    assert!(error.into_service_error().is_resource_not_found_exception());
    let error = get(&client, "nowhere", &key(0)).await.unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
    let error = batch(&client, &[]).await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"));
    let (throttled, _) = layered(&client, |_, _| Fate::Instead(refusal("RequestLimitExceeded", "slowly")));
    let throttled = Client::from_conf(throttled.config().to_builder().retry_config(RetryConfig::disabled()).build());
    assert!(batch(&throttled, &[count(0, 0)]).await.unwrap_err().into_service_error().is_request_limit_exceeded());
}

/// Each attempt sends the whole body again.
#[tokio::test(start_paused = true)]
async fn a_failed_attempt_is_repeated() {
    let engine = engine(1).await;
    let (client, calls) = layered(&engine, |_, before| match before {
        0 => Fate::Instead(refusal("InternalServerError", "once")),
        1 => Fate::Instead(refusal("ProvisionedThroughputExceededException", "twice")),
        _ => Fate::Pass,
    });
    let body = batch(&client, &[count(0, 0)]).await.unwrap();
    assert!(body.batch().unwrap().answers[0].refusal.is_none());
    assert_eq!(calls.count("BatchExecuteStatement"), 3);
    let (client, calls) = layered(&engine, |_, _| Fate::Instead(refusal("InternalServerError", "always")));
    assert!(scan(&client, &ALL).await.unwrap_err().into_service_error().is_internal_server_error());
    assert_eq!(calls.count("Scan"), 3);
}

#[tokio::test]
async fn an_answer_that_is_cut() {
    let engine = engine(3).await;
    let (client, _) = layered(&engine, |_, _| {
        Fate::Edit(|mut text| {
            text.truncate(text.len() - 9);
            text
        })
    });
    let body = scan(&client, &ALL).await.unwrap();
    assert!(matches!(body.page(), Err(Unreadable(_))));
    let (client, _) = layered(&engine, |_, _| Fate::Instead(json(200, "")));
    assert!(get(&client, "things", &key(0)).await.unwrap().item().is_err());
}

/// The headers are those that the SDK would send.
#[tokio::test]
async fn requests_look_like_the_sdks() {
    use std::sync::{Arc, Mutex};

    use crate::aws::fake::{config, with_handler};

    let seen = Arc::new(Mutex::new(Vec::new()));
    let into = seen.clone();
    let client = with_handler(
        config(),
        Arc::new(move |operation, request| {
            let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
            let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
            let length = header("content-length") == body.len().to_string();
            let fixed = (request.method().to_owned(), request.uri().to_owned(), header("content-type"), header("x-amz-target"));
            into.lock().unwrap().push((operation.to_owned(), fixed, length, header("authorization").is_empty(), body));
            Box::pin(async { json(200, "{}") })
        }),
    );
    let own = Scan { index: Some("by"), segment: Some((1, 4)), limit: Some(7), after: Some(r#"{"id":{"S":"x"}}"#), ..ALL };
    scan(&client, &own).await.unwrap();
    client.scan().table_name("things").send().await.unwrap();
    batch(&client, &["{}".into(), "{}".into()]).await.unwrap();
    client.batch_execute_statement().send().await.unwrap();
    get(&client, "things", r#"{"id":{"S":"x"}}"#).await.unwrap();
    client.get_item().table_name("things").send().await.unwrap();
    let seen = seen.lock().unwrap();
    for pair in seen.chunks(2) {
        let [ours, theirs] = pair else { panic!() };
        assert_eq!((&ours.0, &ours.1, ours.2, ours.3), (&theirs.0, &theirs.1, true, false));
    }
    let bodies: Vec<_> = seen.iter().step_by(2).map(|seen| seen.4.as_str()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"TableName":"things","IndexName":"by","Segment":1,"TotalSegments":4,"Limit":7,"ExclusiveStartKey":{"id":{"S":"x"}},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}"#,
            r#"{"Statements":[{},{}],"ReturnConsumedCapacity":"TOTAL"}"#,
            r#"{"TableName":"things","Key":{"id":{"S":"x"}},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}"#,
        ]
    );
}

#[tokio::test]
async fn guards_refuse_as_ever() {
    let client = engine(1).await;
    let reader = read_only(&client);
    let error = batch(&reader, &[count(0, 0)]).await.unwrap_err();
    let error = crate::aws::fault::explain(Action::PartiQLUpdate, "things", error);
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
    assert_eq!(ids(&scan(&reader, &ALL).await.unwrap()).len(), 1);
    assert!(get(&reader, "things", &key(0)).await.unwrap().item().unwrap().0.is_some());

    let lease = Lease::new(Duration::from_secs(60), Sent::by(Instant::now), Instant::now);
    let holder = guarded(&client, &lease);
    let body = batch(&holder, &[count(0, 0)]).await.unwrap();
    assert!(body.batch().unwrap().answers[0].refusal.is_none());
    lease.lose("it is somebody else's".into());
    let error = batch(&holder, &[count(0, 1)]).await.unwrap_err();
    assert!(matches!(error, SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) | SdkError::ResponseError(_)));
    assert_eq!(crate::aws::fault::explain(Action::PartiQLUpdate, "things", error).kind(), ErrorKind::LockLost);
}
