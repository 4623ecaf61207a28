//! An engine behind a port, for one real process: it counts the process's requests and holds one of them, before or after the engine hears of
//! it, until the test has done what it means to do. It never knows what a request says.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::seam::Call;
use crate::simulated::{Face, Simulated};

/// When a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The engine has not heard of it.
    Before,
    /// The engine has answered, and the process does not know yet.
    After,
}

/// What an engine answered: the status, and the body as JSON.
pub type Answer = (u16, Value);

/// A request that came, and what became of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its number is counted from 0 by the proxy.
    pub call: Call,
    /// What the engine answered, as far as it did.
    pub answer: Option<Answer>,
}

impl Asked {
    /// Whether it is a write that was carried out, in part at least. One that was not answered is none.
    pub fn changed(&self) -> bool {
        let Some((status, body)) = &self.answer else { return false };
        let done = |responses: &Vec<Value>| responses.iter().any(|response| response.get("Error").is_none());
        *status == 200 && self.call.is_write() && body["Responses"].as_array().is_none_or(|them| them.is_empty() || done(them))
    }
}

/// A listening proxy; it hangs up when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    gate: Gate,
    serving: JoinHandle<()>,
}

/// One request that will be held. It is lost if this is dropped.
#[derive(Debug)]
pub struct Hold {
    reached: oneshot::Receiver<usize>,
    go: oneshot::Sender<()>,
    done: oneshot::Receiver<Answer>,
}

impl Proxy {
    /// Listens before the engine of a client. An engine in another process is reached at `endpoint`.
    ///
    /// # Panics
    /// No port is free, or the client has no HTTP client.
    pub async fn before(client: &Client, endpoint: Option<&str>) -> Self {
        let inner = client.config().http_client().expect("an HTTP client");
        let gate = Gate { inner, endpoint: endpoint.map(str::to_owned), state: Arc::default() };
        let through = Client::from_conf(client.config().to_builder().http_client(gate.clone()).build());
        let face = Face::listen(&Simulated::over(&through).start(), None, 0).await.expect("a port");
        let port = face.port();
        // The face has asked for itself.
        gate.state().asked.clear();
        let serving = tokio::spawn(async move { drop(face.serve().await) });
        Self { port, gate, serving }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Holds the request of this number among those of one operation, or among all if none is named, counted from 0 and from now.
    pub fn hold(&self, operation: &str, number: usize, moment: Moment) -> Hold {
        let ((reach, reached), (go, going), (finish, done)) = (oneshot::channel(), oneshot::channel(), oneshot::channel());
        self.gate.state().held = Some(Held { operation: operation.to_owned(), left: number, moment, reach, going, finish });
        Hold { reached, go, done }
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.gate.state().asked.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Hold {
    /// Waits, once, until the request is held, and says at which place it came; for ever if it does not come.
    pub async fn reached(&mut self) -> usize {
        match (&mut self.reached).await {
            Ok(index) => index,
            Err(_) => std::future::pending().await,
        }
    }

    /// Lets it go on, and tells what the engine answered.
    ///
    /// # Panics
    /// It was not held, or the engine does not answer.
    pub async fn release(self) -> Answer {
        self.go.send(()).expect("a request that is held");
        self.done.await.expect("an answer")
    }
}

#[derive(Debug)]
struct Held {
    /// Empty for any.
    operation: String,
    /// How many are let through before.
    left: usize,
    moment: Moment,
    reach: oneshot::Sender<usize>,
    going: oneshot::Receiver<()>,
    finish: oneshot::Sender<Answer>,
}

impl Held {
    /// Tells the test, and waits for its word.
    async fn wait(self, index: usize) -> Result<oneshot::Sender<Answer>, ConnectorError> {
        // A test that does not listen has dropped its hold, too.
        let _ = self.reach.send(index);
        match self.going.await {
            Ok(()) => Ok(self.finish),
            Err(_) => Err(ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into())),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    asked: Vec<Asked>,
    held: Option<Held>,
}

#[derive(Clone, Debug)]
struct Gate {
    inner: SharedHttpClient,
    endpoint: Option<String>,
    state: Arc<Mutex<State>>,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds this")
    }

    /// Counts a request; says where it is noted, and whether it is held.
    fn note(&self, request: &HttpRequest) -> (usize, Option<Held>) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut state = self.state();
        let index = state.asked.len();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let counts = |held: &&mut Held| held.operation.is_empty() || held.operation == operation;
        let left = state.held.as_mut().filter(counts).map(|held| &mut held.left);
        let held = match left {
            Some(left) if *left > 0 => {
                *left -= 1;
                None
            }
            Some(_) => state.held.take(),
            None => None,
        };
        state.asked.push(Asked { call: Call { index, operation, body, request: String::new() }, answer: None });
        (index, held)
    }

    /// What a face leaves out, and a server wants.
    fn address(&self, request: &mut HttpRequest) {
        let Some(endpoint) = &self.endpoint else { return };
        request.set_uri(endpoint.clone()).expect("an address");
        request.set_method("POST").expect("a method");
        let sign = "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        request.headers_mut().insert("authorization", sign);
        request.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    }

    fn answered(&self, index: usize, answer: &HttpResponse) -> Answer {
        let body = serde_json::from_slice(answer.body().bytes().unwrap_or_default()).unwrap_or_default();
        let answer = (answer.status().as_u16(), body);
        self.state().asked[index].answer = Some(answer.clone());
        answer
    }
}

impl HttpClient for Gate {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { gate: self.clone(), below: self.inner.http_connector(settings, components) })
    }
}

#[derive(Debug)]
struct Connector {
    gate: Gate,
    below: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let (gate, below) = (self.gate.clone(), self.below.clone());
        let (index, held) = gate.note(&request);
        gate.address(&mut request);
        HttpConnectorFuture::new(async move {
            let (before, after) = match held {
                Some(held) if held.moment == Moment::Before => (Some(held), None),
                after => (None, after),
            };
            let finish = match before {
                Some(held) => Some(held.wait(index).await?),
                None => None,
            };
            let response = whole(below.call(request).await?).await?;
            let answer = gate.answered(index, &response);
            let finish = match after {
                Some(held) => Some(held.wait(index).await?),
                None => finish,
            };
            if let Some(finish) = finish {
                let _ = finish.send(answer);
            }
            Ok(response)
        })
    }
}

/// An answer whose body is here and not on its way.
async fn whole(response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let status = response.status();
    let body = aws_smithy_types::byte_stream::ByteStream::new(response.into_body()).collect().await;
    let body = body.map_err(|error| ConnectorError::other(error.into(), None))?.to_vec();
    Ok(HttpResponse::new(status, aws_smithy_types::body::SdkBody::from(body)))
}
