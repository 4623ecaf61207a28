//! An engine made of a closure, under a real client, for tests; it never knows which rule is being tested.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

/// What becomes of a request.
pub(crate) type Reply = Result<HttpResponse, ConnectorError>;
type ReplyFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// Decides on every request, by the operation's name.
pub(crate) type Handler = dyn Fn(&str, HttpRequest) -> ReplyFuture + Send + Sync;

#[derive(Clone)]
struct Fake(Arc<Handler>);

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        HttpConnectorFuture::new((self.0)(&operation, request))
    }
}

/// `DescribeTable`, …
fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// An answer with this status and body.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    let status = StatusCode::try_from(status).unwrap();
    Ok(HttpResponse::new(status, SdkBody::from(body)))
}

/// An error answer of DynamoDB's.
pub(crate) fn refusal(code: &str, message: &str) -> Reply {
    let status = if code == "InternalServerError" { 500 } else { 400 };
    json(status, &format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"{message}"}}"#))
}

/// The settings of every client here: no retries, unless a test is about them.
pub(crate) fn config() -> aws_sdk_dynamodb::config::Builder {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("AKIDCANARY", "secret-canary", Some("token-canary".into()), None, "test"))
        .retry_config(RetryConfig::disabled())
}

/// Plugs a handler in.
pub(crate) fn with_handler(config: aws_sdk_dynamodb::config::Builder, handler: Arc<Handler>) -> Client {
    let connector = Fake(handler);
    Client::from_conf(config.http_client(http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()))).build())
}

/// A client whose every request is answered by this, without waiting.
pub(crate) fn client(answer: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Client {
    let handler = move |operation: &str, request: HttpRequest| {
        let body = request.body().bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let reply = answer(operation, &body);
        Box::pin(async move { reply }) as ReplyFuture
    };
    with_handler(config(), Arc::new(handler))
}

/// What a layer does with a request for an engine below.
pub(crate) enum Fate {
    /// Let it through.
    Pass,
    /// Answer in the engine's place.
    Instead(Reply),
    /// Let it through, and answer something else: a lost or late reply.
    Afterwards(Reply),
    /// Let it through, and change the text of the answer.
    Edit(fn(String) -> String),
}

/// Decides by the operation's name and how often it was asked before.
type Judge = dyn Fn(&str, usize) -> Fate + Send + Sync;

#[derive(Clone)]
struct Layer {
    below: SharedHttpConnector,
    judge: Arc<Judge>,
    calls: Calls,
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layer")
    }
}

impl HttpConnector for Layer {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        let before = self.calls.count(&operation);
        self.calls.0.lock().unwrap().push(operation.clone());
        let fate = (self.judge)(&operation, before);
        let below = self.below.clone();
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Pass => below.call(request).await,
                Fate::Instead(reply) => reply,
                Fate::Afterwards(reply) => {
                    below.call(request).await?;
                    reply
                }
                Fate::Edit(edit) => {
                    let reply = below.call(request).await?;
                    let text = String::from_utf8_lossy(reply.body().bytes().unwrap_or_default()).into_owned();
                    json(reply.status().as_u16(), &edit(text))
                }
            }
        })
    }
}

/// The operations that were asked for, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<std::sync::Mutex<Vec<String>>>);

impl Calls {
    /// How often this one was.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|call| *call == operation).count()
    }
}

/// A client of the same engine with a layer between.
pub(crate) fn layered(engine: &Client, judge: impl Fn(&str, usize) -> Fate + Send + Sync + 'static) -> (Client, Calls) {
    let (below, calls, judge) = (engine.config().http_client().unwrap(), Calls::default(), Arc::new(judge) as Arc<Judge>);
    let counted = calls.clone();
    let http = http_client_fn(move |settings, components| {
        let below = below.http_connector(settings, components);
        SharedHttpConnector::new(Layer { below, judge: judge.clone(), calls: counted.clone() })
    });
    (Client::from_conf(engine.config().to_builder().http_client(http).build()), calls)
}
