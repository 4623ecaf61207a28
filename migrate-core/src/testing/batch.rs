//! Batches of which the engine hears only a part; it never knows what they say.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::answer::{text, whole};
use super::call::Call;

/// What came back, or an empty answer where nothing was sent.
async fn reply(answer: Option<HttpConnectorFuture>, empty: Value) -> Result<(u16, Value), super::answer::Broken> {
    match answer {
        Some(answer) => {
            let answer = whole(answer.await?).await?;
            Ok((answer.status().as_u16(), serde_json::from_slice(text(&answer)).unwrap_or_default()))
        }
        None => Ok((200, empty)),
    }
}

fn with_body(mut request: HttpRequest, body: &Value) -> HttpRequest {
    let text = body.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
    request
}

fn response(status: u16, reply: &Value) -> HttpResponse {
    HttpResponse::new(status.try_into().expect("an HTTP status"), SdkBody::from(reply.to_string()))
}

/// Sends the statements that are not at `at`, and answers those by `code`. What has none is sent as it is.
pub(super) fn refuse(
    inner: &SharedHttpConnector,
    request: HttpRequest,
    call: &Call,
    at: Vec<usize>,
    code: &'static str,
) -> HttpConnectorFuture {
    let mut body = call.json();
    let Some(all) = body["Statements"].as_array().cloned() else { return inner.call(request) };
    let kept: Vec<Value> = all.iter().enumerate().filter(|(place, _)| !at.contains(place)).map(|(_, one)| one.clone()).collect();
    let none = kept.is_empty();
    body["Statements"] = Value::Array(kept);
    let answer = (!none).then(|| inner.call(with_body(request, &body)));
    HttpConnectorFuture::new(async move {
        let (status, mut reply) = reply(answer, json!({ "Responses": [] })).await?;
        if let Some(answers) = reply["Responses"].as_array_mut() {
            for place in (0..all.len()).filter(|place| at.contains(place)) {
                answers.insert(place, json!({ "Error": { "Code": code, "Message": "said in its place" } }));
            }
        }
        Ok(response(status, &reply))
    })
}

/// Sends half of a batch: every second statement, or the first half of each table's items. What is no batch is sent as it is.
pub(super) fn halve(inner: &SharedHttpConnector, request: HttpRequest, call: &Call) -> HttpConnectorFuture {
    let mut body = call.json();
    if let Some(statements) = body["Statements"].as_array() {
        let at = (0..statements.len()).step_by(2).collect();
        return refuse(inner, request, call, at, "ThrottlingError");
    }
    if !body["RequestItems"].is_object() {
        return inner.call(request);
    }
    let rest = if call.operation == "BatchGetItem" { "UnprocessedKeys" } else { "UnprocessedItems" };
    let mut unprocessed = body["RequestItems"].clone();
    let mut sent = 0;
    if let (Some(tables), Some(left)) = (body["RequestItems"].as_object_mut(), unprocessed.as_object_mut()) {
        for (table, items) in tables.iter_mut() {
            if let (Some(items), Some(left)) = (list(items), left.get_mut(table).and_then(list)) {
                items.truncate(items.len() / 2);
                left.drain(..items.len());
                sent += items.len();
            }
        }
        tables.retain(|_, items| list(items).is_some_and(|items| !items.is_empty()));
    }
    let answer = (sent > 0).then(|| inner.call(with_body(request, &body)));
    HttpConnectorFuture::new(async move {
        let (status, mut reply) = reply(answer, json!({ "Responses": {} })).await?;
        reply[rest] = unprocessed;
        Ok(response(status, &reply))
    })
}

/// A table's writes, or its keys that are read.
fn list(items: &mut Value) -> Option<&mut Vec<Value>> {
    match items {
        Value::Array(items) => Some(items),
        Value::Object(read) => read.get_mut("Keys")?.as_array_mut(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Recorder, Verdict};
    use crate::embedded::Engine;

    #[tokio::test]
    async fn what_is_no_batch_reaches_the_engine_whole() {
        for verdict in [Verdict::Half, Verdict::Statements { at: vec![0], code: "ThrottlingError" }] {
            let engine = Engine::memory().unwrap().client();
            let client = Recorder::of(&engine).failing(move |_| verdict.clone()).attach(&engine);
            let told = client.describe_table().table_name("none").send().await.expect_err("the engine's own answer");
            assert!(told.into_service_error().is_resource_not_found_exception());
        }
    }
}
