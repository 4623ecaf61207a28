//! A gate on the wire: requests that are meant wait there until it opens, while everything else goes on. It knows no library.

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use tokio::sync::{Notify, watch};

type Meant = dyn Fn(&str, &str) -> bool + Send + Sync;

#[derive(Clone)]
pub struct Gate {
    meant: Arc<Meant>,
    reached: Arc<Notify>,
    open: Arc<watch::Sender<bool>>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl Gate {
    /// `meant` is asked by operation and body.
    pub fn before(meant: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        Self { meant: Arc::new(meant), reached: Arc::default(), open: Arc::new(watch::Sender::new(false)) }
    }

    /// The same client, behind this gate.
    pub fn attach(&self, client: &Client) -> Client {
        let (below, gate) = (client.config().http_client().expect("an HTTP client"), self.clone());
        let http = http_client_fn(move |settings, components| {
            SharedHttpConnector::new(Connector { gate: gate.clone(), below: below.http_connector(settings, components) })
        });
        Client::from_conf(client.config().to_builder().http_client(http).build())
    }

    /// Waits until a request is there, lets this happen, and opens.
    pub async fn meanwhile<T>(&self, happens: impl Future<Output = T>) -> T {
        self.reached.notified().await;
        let came = happens.await;
        self.open.send_replace(true);
        came
    }
}

#[derive(Debug)]
struct Connector {
    gate: Gate,
    below: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
        if !(self.gate.meant)(operation, &body) {
            return self.below.call(request);
        }
        let (gate, below) = (self.gate.clone(), self.below.clone());
        // It is on the wire: whoever sent it may give it up, and it arrives all the same.
        let sent = tokio::spawn(async move {
            gate.reached.notify_one();
            let _ = gate.open.subscribe().wait_for(|open| *open).await;
            below.call(request).await
        });
        HttpConnectorFuture::new(async move { sent.await.expect("no panic") })
    }
}
