//! A seam that looks at requests as they leave and can hold an answer back, by tokio's clock; it never changes either.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use migrate_tests::seam::Call;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Late {
    /// How long it is on its way.
    pub request: Duration,
    /// How long its answer is.
    pub answer: Duration,
}

type Judge = dyn Fn(&HttpRequest) -> Late + Send + Sync;

#[derive(Clone)]
struct Line {
    below: SharedHttpConnector,
    judge: Arc<Judge>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (late, below) = ((self.judge)(&request), self.below.clone());
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(late.request).await;
            let answer = below.call(request).await;
            tokio::time::sleep(late.answer).await;
            answer
        })
    }
}

/// The same client, on a line that is slow as `judge` says. It is asked about every attempt when it leaves.
pub fn line(client: &Client, judge: impl Fn(&HttpRequest) -> Late + Send + Sync + 'static) -> Client {
    let (below, judge) = (client.config().http_client().expect("an HTTP client"), Arc::new(judge) as Arc<Judge>);
    let http = http_client_fn(move |settings, components| {
        let below = below.http_connector(settings, components);
        SharedHttpConnector::new(Line { below, judge: judge.clone() })
    });
    Client::from_conf(client.config().to_builder().http_client(http).build())
}

/// `PutItem`, `DescribeTable`, …
pub fn operation(request: &HttpRequest) -> String {
    request.headers().get("x-amz-target").unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned()
}

/// Whether a request is about the lock's item: a look, the taking, a beat, the release.
pub fn of_lock(operation: &str, body: &[u8]) -> bool {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let key = match operation {
        "PutItem" => &json["Item"],
        _ => &json["Key"],
    };
    key["sk"]["S"] == "lock"
}

/// Whether it is a beat.
pub fn is_beat(call: &Call) -> bool {
    call.operation == "UpdateItem" && call.json()["UpdateExpression"].as_str().is_some_and(|text| text.starts_with("SET beat"))
}

/// Beats by number, from 1, in the order in which each was tried first.
#[derive(Debug, Default)]
pub struct Beats(Mutex<Vec<String>>);

impl Beats {
    /// The beat's number, if it is one, and whether this is its first attempt.
    pub fn number(&self, call: &Call) -> Option<(usize, bool)> {
        if !is_beat(call) {
            return None;
        }
        let mut seen = self.0.lock().expect("no judge panics");
        let known = seen.iter().position(|request| *request == call.request);
        if known.is_none() {
            seen.push(call.request.clone());
        }
        Some((known.unwrap_or(seen.len() - 1) + 1, known.is_none()))
    }
}
