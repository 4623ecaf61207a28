//! A layer between a client and an engine that answers as AWS would at its worst, for tests; it never knows the rule tested.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::fake::{Reply, json, operation};

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
pub(crate) struct Calls(Arc<Mutex<Vec<String>>>);

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
