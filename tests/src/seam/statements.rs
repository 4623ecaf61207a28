//! Some statements of a batch are answered in the engine's place; it never knows what they say.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::{Call, bytes};

/// Sends the statements that are not at `at`, and answers those by `code`.
pub(super) fn refuse(
    inner: &SharedHttpConnector,
    mut request: HttpRequest,
    call: &Call,
    at: Vec<usize>,
    code: &'static str,
) -> HttpConnectorFuture {
    let mut body = call.json();
    let all = body["Statements"].as_array().cloned().unwrap_or_default();
    let kept: Vec<Value> = all.iter().enumerate().filter(|(place, _)| !at.contains(place)).map(|(_, one)| one.clone()).collect();
    let none = kept.is_empty();
    body["Statements"] = Value::Array(kept);
    let text = body.to_string();
    request.headers_mut().insert("content-length", text.len().to_string());
    *request.body_mut() = SdkBody::from(text);
    let answer = (!none).then(|| inner.call(request));
    HttpConnectorFuture::new(async move {
        let (status, mut reply) = match answer {
            Some(answer) => {
                let answer = answer.await?;
                (answer.status(), serde_json::from_slice(&bytes(answer).await?).unwrap_or_default())
            }
            None => (200.try_into().expect("an HTTP status"), json!({ "Responses": [] })),
        };
        if let Some(answers) = reply["Responses"].as_array_mut() {
            for place in (0..all.len()).filter(|place| at.contains(place)) {
                answers.insert(place, json!({ "Error": { "Code": code, "Message": "said in its place" } }));
            }
        }
        Ok(HttpResponse::new(status, SdkBody::from(reply.to_string())))
    })
}
