//! A recorder between a client and its engine that can also fail a call; it never knows which engine it is.
//!
//! Every attempt counts, the SDK's own retries too.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use tokio::sync::Notify;

use super::answer::{accepted, refusal, reset, text, whole};
use super::batch;
use super::call::Call;
use super::verdict::Verdict;

type Judge = dyn Fn(&Call) -> Verdict + Send + Sync;

/// What each description was answered, each answer once, by operation and request.
type Answers = HashMap<(String, Vec<u8>), Vec<(StatusCode, Vec<u8>)>>;

/// A request that was given up by whoever sent it, and is still on its way.
struct Abandoned {
    request: HttpRequest,
    to: SharedHttpConnector,
    /// How many writes are heard of before it, and the one that it arrives before.
    writes: usize,
}

/// Wraps an engine's HTTP client. Clones share one list of calls.
///
/// ```
/// use migrate_core::embedded::Engine;
/// use migrate_core::testing::{Recorder, Verdict};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let engine = Engine::memory().expect("an engine").client();
/// let recorder = Recorder::of(&engine).failing(|call| match call.index {
///     0 => Verdict::LoseReply,
///     _ => Verdict::Pass,
/// });
/// let client = recorder.attach(&engine);
/// client.list_tables().send().await.expect("the SDK tries again");
/// assert_eq!(recorder.operations(), ["ListTables", "ListTables"]);
/// assert!(recorder.writes().is_empty());
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder {
    inner: SharedHttpClient,
    calls: Arc<Mutex<Vec<Call>>>,
    judge: Arc<Judge>,
    hung: Arc<Notify>,
    answers: Arc<Mutex<Answers>>,
    abandoned: Arc<Mutex<Vec<Abandoned>>>,
    accepted: Arc<Mutex<Vec<Call>>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// A test that panicked elsewhere is no reason to panic here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// Records, and lets everything through.
    pub fn new(inner: SharedHttpClient) -> Self {
        Self {
            inner,
            calls: Arc::default(),
            judge: Arc::new(|_| Verdict::Pass),
            hung: Arc::default(),
            answers: Arc::default(),
            abandoned: Arc::default(),
            accepted: Arc::default(),
        }
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

    /// Takes over what another recorder's run left on its way.
    #[must_use]
    pub fn after(mut self, earlier: &Self) -> Self {
        self.abandoned = earlier.abandoned.clone();
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

    /// Lets everything arrive that is still on its way.
    pub async fn arrive(&self) {
        let all = std::mem::take(&mut *lock(&self.abandoned));
        for late in all {
            // Nobody is there any more to hear the answer.
            let _ = late.to.call(late.request).await;
        }
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.calls).clone()
    }

    /// How many calls there were so far.
    pub fn count(&self) -> usize {
        lock(&self.calls).len()
    }

    /// The names of all calls so far.
    pub fn operations(&self) -> Vec<String> {
        let names = lock(&self.calls);
        names.iter().map(|call| call.operation.clone()).collect()
    }

    /// The calls that may have changed something.
    pub fn writes(&self) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(Call::is_write);
        calls
    }

    /// The writes that were let through and that the engine did not refuse: not one whose condition failed.
    pub fn accepted(&self) -> Vec<Call> {
        lock(&self.accepted).clone()
    }

    /// Forgets all calls and counts from 0 again.
    pub fn reset(&self) {
        lock(&self.calls).clear();
        lock(&self.accepted).clear();
    }

    fn record(&self, request: &HttpRequest) -> Call {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let request = request.headers().get("amz-sdk-invocation-id").unwrap_or_default().to_owned();
        let mut calls = lock(&self.calls);
        let index = calls.len();
        let call = Call { index, operation, body, request };
        calls.push(call.clone());
        call
    }

    /// What arrives before this call.
    fn due(&self, call: &Call) -> Vec<Abandoned> {
        let mut abandoned = lock(&self.abandoned);
        if abandoned.is_empty() || !call.is_write() {
            return Vec::new();
        }
        abandoned.iter_mut().for_each(|late| late.writes = late.writes.saturating_sub(1));
        abandoned.extract_if(.., |late| late.writes == 0).collect()
    }

    fn abandon(&self, request: HttpRequest, to: &SharedHttpConnector, writes: usize) {
        lock(&self.abandoned).push(Abandoned { request, to: to.clone(), writes });
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
        let due = self.recorder.due(&call);
        let verdict = (self.recorder.judge)(&call);
        if due.is_empty() {
            return self.follow(verdict, request, call);
        }
        let connector = Self { recorder: self.recorder.clone(), inner: self.inner.clone() };
        HttpConnectorFuture::new(async move {
            for late in due {
                // Nobody waits for its answer.
                let _ = late.to.call(late.request).await;
            }
            connector.follow(verdict, request, call).await
        })
    }
}

impl Connector {
    fn follow(&self, verdict: Verdict, request: HttpRequest, call: Call) -> HttpConnectorFuture {
        let Self { recorder, inner } = self;
        match verdict {
            Verdict::Pass if call.operation.starts_with("Describe") => self.describe(request, call, false),
            Verdict::Stale => self.describe(request, call, true),
            Verdict::Pass if call.is_write() => self.write(request, call),
            Verdict::Pass => inner.call(request),
            Verdict::ResetBefore => HttpConnectorFuture::ready(Err(reset())),
            Verdict::LoseReply => {
                let answer = inner.call(request);
                HttpConnectorFuture::new(async move {
                    // Whatever it was, nobody gets to know.
                    let _ = answer.await;
                    Err(reset())
                })
            }
            Verdict::Twice => {
                let inner = inner.clone();
                HttpConnectorFuture::new(async move {
                    let again = request.try_clone().expect("a request whose body is no stream");
                    let _ = inner.call(request).await;
                    inner.call(again).await
                })
            }
            Verdict::Late { writes } => {
                recorder.abandon(request, inner, writes);
                HttpConnectorFuture::ready(Err(reset()))
            }
            Verdict::HangBefore => {
                recorder.hung.notify_one();
                HttpConnectorFuture::new(std::future::pending())
            }
            Verdict::HangInFlight { writes } => {
                recorder.abandon(request, inner, writes);
                recorder.hung.notify_one();
                HttpConnectorFuture::new(std::future::pending())
            }
            Verdict::HangAfter => {
                let (answer, hung) = (inner.call(request), recorder.hung.clone());
                HttpConnectorFuture::new(async move {
                    let _ = answer.await;
                    hung.notify_one();
                    std::future::pending().await
                })
            }
            Verdict::Delay(time) => {
                let inner = inner.clone();
                HttpConnectorFuture::new(async move {
                    tokio::time::sleep(time).await;
                    inner.call(request).await
                })
            }
            Verdict::Replace { from, to } => {
                let answer = inner.call(request);
                HttpConnectorFuture::new(async move {
                    let answer = whole(answer.await?).await?;
                    let text = String::from_utf8_lossy(text(&answer)).replace(from, to);
                    Ok(HttpResponse::new(answer.status(), SdkBody::from(text)))
                })
            }
            Verdict::Truncated => {
                let answer = inner.call(request);
                HttpConnectorFuture::new(async move {
                    let answer = whole(answer.await?).await?;
                    let body = text(&answer);
                    Ok(HttpResponse::new(answer.status(), SdkBody::from(&body[..body.len() / 2])))
                })
            }
            Verdict::ErrorAfter => {
                let answer = inner.call(request);
                HttpConnectorFuture::new(async move {
                    let _ = answer.await;
                    Ok(refusal(500, "InternalServerError", "it was done, or perhaps not"))
                })
            }
            Verdict::Half => batch::halve(inner, request, &call),
            Verdict::Statements { at, code } => batch::refuse(inner, request, &call, at, code),
            Verdict::Error { status, error_type, message } => {
                HttpConnectorFuture::ready(Ok(refusal(status, &error_type, &message)))
            }
        }
    }

    /// Keeps what was answered, so that a later one can be answered as before.
    fn describe(&self, request: HttpRequest, call: Call, stale: bool) -> HttpConnectorFuture {
        let (answer, answers) = (self.inner.call(request), self.recorder.answers.clone());
        HttpConnectorFuture::new(async move {
            let answer = whole(answer.await?).await?;
            let now = (answer.status(), text(&answer).to_vec());
            let mut answers = lock(&answers);
            let heard = answers.entry((call.operation, call.body)).or_default();
            if heard.last() != Some(&now) {
                heard.push(now);
            }
            match heard.iter().nth_back(1).filter(|_| stale) {
                Some((status, body)) => Ok(HttpResponse::new(*status, SdkBody::from(body.clone()))),
                None => Ok(answer),
            }
        })
    }

    fn write(&self, request: HttpRequest, call: Call) -> HttpConnectorFuture {
        let (answer, all) = (self.inner.call(request), self.recorder.accepted.clone());
        HttpConnectorFuture::new(async move {
            let answer = whole(answer.await?).await?;
            if accepted(&call.operation, answer.status().as_u16(), text(&answer)) > 0 {
                lock(&all).push(call);
            }
            Ok(answer)
        })
    }
}
