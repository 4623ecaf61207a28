//! What goes over the wire, kept, and changed on the way where a row wants that; knows neither who asks nor who answers.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// `DescribeTable`, …
    pub operation: String,
    /// The request's JSON.
    pub request: String,
    /// The answer's JSON.
    pub answer: String,
}

type Edit = dyn Fn(&mut Exchange) + Send + Sync;

/// Around a client's HTTP client. Clones keep one list.
#[derive(Clone)]
pub struct Tap {
    inner: SharedHttpClient,
    edit: Arc<Edit>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

impl Tap {
    /// Around the HTTP client of a client; every answer is shown to `edit`, which may change it.
    pub fn of(client: &Client, edit: impl Fn(&mut Exchange) + Send + Sync + 'static) -> Self {
        let inner = client.config().http_client().expect("a client of an engine has an HTTP client");
        Self { inner, edit: Arc::new(edit), exchanges: Arc::default() }
    }

    /// The same client, with this between it and its engine.
    pub fn attach(&self, client: &Client) -> Client {
        Client::from_conf(client.config().to_builder().http_client(self.clone()).build())
    }

    /// What was said so far; forgotten with it.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges())
    }

    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpClient for Tap {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { tap: self.clone(), inner: self.inner.http_connector(settings, components) })
    }
}

#[derive(Debug)]
struct Connector {
    tap: Tap,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let text = |body: &SdkBody| String::from_utf8_lossy(body.bytes().unwrap_or_default()).into_owned();
        let (asked, tap, answer) = (text(request.body()), self.tap.clone(), self.inner.call(request));
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            let mut exchange = Exchange { operation, request: asked, answer: text(answer.body()) };
            (tap.edit)(&mut exchange);
            tap.exchanges().push(exchange.clone());
            Ok(HttpResponse::new(answer.status(), SdkBody::from(exchange.answer)))
        })
    }
}
