//! A recorder between a client and its engine that can also fail a call; it never knows which engine it is.
//!
//! Every attempt counts, the SDK's own retries too.
//!
//! ```
//! use migrate_tests::engine::TestEngine;
//! use migrate_tests::seam::{Recorder, Verdict};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let engine = TestEngine::embedded();
//! let recorder = Recorder::of(&engine.client()).failing(|call| match call.index {
//!     0 => Verdict::LoseReply,
//!     _ => Verdict::Pass,
//! });
//! let client = recorder.attach(&engine.client());
//! client.list_tables().send().await.expect("the SDK tries again");
//! assert_eq!(recorder.operations(), ["ListTables", "ListTables"]);
//! assert!(recorder.writes().is_empty());
//! # }
//! ```

mod statements;

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

/// One attempt of a request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Counted from 0 since the recorder was made or reset.
    pub index: usize,
    /// `PutItem`, `DescribeTable`, …
    pub operation: String,
    /// The request's JSON.
    pub body: Vec<u8>,
}

impl Call {
    /// Whether the call may change something. PartiQL is judged by its statements.
    pub fn is_write(&self) -> bool {
        let statements = match self.operation.as_str() {
            "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => statements(&self.json()),
            _ => return is_write(&self.operation),
        };
        statements.is_empty() || !statements.iter().all(|text| is_select(text))
    }

    /// The request as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Whether an operation may change something. What is not known to read is taken for a write.
pub fn is_write(operation: &str) -> bool {
    let reads = ["Describe", "List", "Get", "BatchGet", "TransactGet"];
    let other_reads = ["Query", "Scan", "SearchVectors"];
    !(reads.iter().any(|prefix| operation.starts_with(prefix)) || other_reads.contains(&operation))
}

fn statements(request: &serde_json::Value) -> Vec<String> {
    let lists = ["Statements", "TransactStatements"];
    let listed = lists.iter().filter_map(|list| request.get(list)?.as_array()).flatten();
    std::iter::once(request).chain(listed).filter_map(|holder| Some(holder.get("Statement")?.as_str()?.to_owned())).collect()
}

fn is_select(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    word.eq_ignore_ascii_case("select")
}

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes through.
    Pass,
    /// The connection breaks before the engine hears of it.
    ResetBefore,
    /// The engine does it, and the reply is lost.
    LoseReply,
    /// It arrives twice, and the second reply comes back.
    Twice,
    /// The process is killed before the engine hears of it: no answer ever comes, and [`Recorder::hung`] tells.
    HangBefore,
    /// The process is killed after the engine did it: no answer ever comes, and [`Recorder::hung`] tells.
    HangAfter,
    /// It goes through, and the reply's text is changed: a state that this engine never shows.
    Replace {
        /// What the reply says.
        from: &'static str,
        /// What it says instead.
        to: &'static str,
    },
    /// It goes through, and what the same request was answered before the last change comes back: a replica that lags behind.
    /// Of descriptions only.
    Stale,
    /// It goes through, and only half of the reply's text arrives.
    Truncated,
    /// The engine does it, and answers with an error of its own all the same.
    ErrorAfter,
    /// The engine does not hear of these statements of a batch, which are answered by this code; the others go through.
    Statements {
        /// Their places in the batch.
        at: Vec<usize>,
        /// `ThrottlingError`, `TransactionConflict`, …
        code: &'static str,
    },
    /// The engine does not hear of it; this comes back instead.
    Error {
        /// The HTTP status.
        status: u16,
        /// `ThrottlingException`, `InternalServerError`, …
        error_type: String,
        /// The text beside it.
        message: String,
    },
}

type Judge = dyn Fn(&Call) -> Verdict + Send + Sync;

/// Wraps an engine's HTTP client. Clones share one list of calls.
#[derive(Clone)]
pub struct Recorder {
    inner: SharedHttpClient,
    calls: Arc<Mutex<Vec<Call>>>,
    judge: Arc<Judge>,
    hung: Arc<Notify>,
    answers: Arc<Mutex<Answers>>,
}

/// What each description was answered, each answer once, by operation and request.
type Answers = std::collections::HashMap<(String, Vec<u8>), Vec<(aws_smithy_runtime_api::http::StatusCode, Vec<u8>)>>;

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    /// Records, and lets everything through.
    pub fn new(inner: SharedHttpClient) -> Self {
        Self { inner, calls: Arc::default(), judge: Arc::new(|_| Verdict::Pass), hung: Arc::default(), answers: Arc::default() }
    }

    /// Around the HTTP client that a client uses.
    ///
    /// # Panics
    ///
    /// The client has none.
    pub fn of(client: &Client) -> Self {
        Self::new(client.config().http_client().expect("an HTTP client"))
    }

    /// Asks about every call, in order, what becomes of it.
    #[must_use]
    pub fn failing(mut self, judge: impl Fn(&Call) -> Verdict + Send + Sync + 'static) -> Self {
        self.judge = Arc::new(judge);
        self
    }

    /// The same client, seen through this recorder.
    pub fn attach(&self, client: &Client) -> Client {
        let config = client.config().to_builder().http_client(self.clone());
        Client::from_conf(config.build())
    }

    /// Waits until a call hangs: the moment to drop whatever made it.
    pub async fn hung(&self) {
        self.hung.notified().await;
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.list().clone()
    }

    /// How many calls there were so far.
    pub fn count(&self) -> usize {
        self.list().len()
    }

    /// The names of all calls so far.
    pub fn operations(&self) -> Vec<String> {
        let names = self.list();
        names.iter().map(|call| call.operation.clone()).collect()
    }

    /// The calls that may have changed something.
    pub fn writes(&self) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(Call::is_write);
        calls
    }

    /// Forgets all calls and counts from 0 again.
    pub fn reset(&self) {
        self.list().clear();
    }

    fn list(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().expect("no test panics while it holds this")
    }

    fn record(&self, request: &HttpRequest) -> Call {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let mut calls = self.list();
        let index = calls.len();
        let call = Call { index, operation, body };
        calls.push(call.clone());
        call
    }
}

impl HttpClient for Recorder {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { recorder: self.clone(), inner: self.inner.http_connector(settings, components) })
    }
}

#[derive(Debug)]
struct Connector {
    recorder: Recorder,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = self.recorder.record(&request);
        match (self.recorder.judge)(&call) {
            Verdict::Pass if !call.operation.starts_with("Describe") => self.inner.call(request),
            verdict @ (Verdict::Pass | Verdict::Stale) => {
                let (answer, answers) = (self.inner.call(request), self.recorder.answers.clone());
                HttpConnectorFuture::new(async move {
                    let answer = answer.await?;
                    let now = (answer.status(), answer.body().bytes().unwrap_or_default().to_vec());
                    let mut answers = answers.lock().expect("no test panics while it holds this");
                    let heard = answers.entry((call.operation, call.body)).or_default();
                    if heard.last() != Some(&now) {
                        heard.push(now);
                    }
                    match heard.iter().nth_back(1).filter(|_| verdict == Verdict::Stale) {
                        Some((status, body)) => Ok(HttpResponse::new(*status, SdkBody::from(body.clone()))),
                        None => Ok(answer),
                    }
                })
            }
            Verdict::ResetBefore => HttpConnectorFuture::ready(Err(reset())),
            Verdict::LoseReply => {
                let answer = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    // Whatever it was, nobody gets to know.
                    let _ = answer.await;
                    Err(reset())
                })
            }
            Verdict::Twice => {
                let inner = self.inner.clone();
                HttpConnectorFuture::new(async move {
                    let again = request.try_clone().expect("a request whose body is no stream");
                    let _ = inner.call(request).await;
                    inner.call(again).await
                })
            }
            Verdict::HangBefore => {
                self.recorder.hung.notify_one();
                HttpConnectorFuture::new(std::future::pending())
            }
            Verdict::HangAfter => {
                let (answer, hung) = (self.inner.call(request), self.recorder.hung.clone());
                HttpConnectorFuture::new(async move {
                    let _ = answer.await;
                    hung.notify_one();
                    std::future::pending().await
                })
            }
            Verdict::Replace { from, to } => {
                let answer = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let answer = answer.await?;
                    let text = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).replace(from, to);
                    Ok(HttpResponse::new(answer.status(), SdkBody::from(text)))
                })
            }
            Verdict::Truncated => {
                let answer = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let answer = answer.await?;
                    let (status, body) = (answer.status(), bytes(answer).await?);
                    Ok(HttpResponse::new(status, SdkBody::from(&body[..body.len() / 2])))
                })
            }
            Verdict::ErrorAfter => {
                let answer = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let _ = answer.await;
                    Ok(refusal(500, "InternalServerError", "it was done, or perhaps not"))
                })
            }
            Verdict::Statements { at, code } => statements::refuse(&self.inner, request, &call, at, code),
            Verdict::Error { status, error_type, message } => {
                HttpConnectorFuture::ready(Ok(refusal(status, &error_type, &message)))
            }
        }
    }
}

/// All of an answer's text.
async fn bytes(answer: HttpResponse) -> Result<Vec<u8>, ConnectorError> {
    let body = ByteStream::new(answer.into_body()).collect().await;
    Ok(body.map_err(|error| ConnectorError::other(error.into(), None))?.to_vec())
}

fn reset() -> ConnectorError {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    ConnectorError::io(broken.into())
}

fn refusal(status: u16, error_type: &str, message: &str) -> HttpResponse {
    let body = serde_json::json!({ "__type": error_type, "message": message }).to_string();
    let status = status.try_into().expect("an HTTP status");
    HttpResponse::new(status, SdkBody::from(body))
}
