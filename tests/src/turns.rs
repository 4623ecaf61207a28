//! A wrapper between clients and one engine that takes its time, by a seed, and tells of every two changes of one table that overlap: an index
//! is being built for a while after its call. It never knows who calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use tokio::time::Instant;

#[derive(Debug, Default)]
struct State {
    seed: u64,
    /// Changes under way, by table: calls that are not answered, and until when the last index is being built.
    calls: BTreeMap<String, usize>,
    building: BTreeMap<String, Instant>,
    changes: Vec<String>,
    overlaps: Vec<String>,
}

impl State {
    fn below(&mut self, n: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % n
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Turns {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
}

impl Turns {
    /// Around the engine of a client.
    ///
    /// # Panics
    ///
    /// The client has no HTTP client.
    pub fn of(client: &Client, seed: u64) -> Self {
        let state = State { seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d, ..State::default() };
        Self { inner: client.config().http_client().expect("an HTTP client"), state: Arc::new(Mutex::new(state)) }
    }

    /// The same client, through this wrapper.
    pub fn attach(&self, client: &Client) -> Client {
        Client::from_conf(client.config().to_builder().http_client(self.clone()).build())
    }

    /// How many changes of tables there were.
    pub fn changes(&self) -> Vec<String> {
        self.state().changes.clone()
    }

    /// Changes that began while another one of that table was under way.
    pub fn overlaps(&self) -> Vec<String> {
        self.state().overlaps.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds this")
    }

    fn begins(&self, table: &str, body: &str) {
        let mut state = self.state();
        let now = Instant::now();
        let building = state.building.get(table).is_some_and(|until| now < *until);
        if building || state.calls.get(table).is_some_and(|calls| *calls > 0) {
            state.overlaps.push(body.to_owned());
        }
        *state.calls.entry(table.to_owned()).or_default() += 1;
        state.changes.push(body.to_owned());
    }

    fn ends(&self, table: &str, builds: bool) {
        let mut state = self.state();
        if let Some(calls) = state.calls.get_mut(table) {
            *calls -= 1;
        }
        if builds {
            let until = Instant::now() + Duration::from_millis(200 + state.below(4000));
            state.building.insert(table.to_owned(), until);
        }
    }
}

impl HttpClient for Turns {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { turns: self.clone(), inner: self.inner.http_connector(settings, components) })
    }
}

#[derive(Debug)]
struct Connector {
    turns: Turns,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let table = json["TableName"].as_str().unwrap_or_default().to_owned();
        let changes = ["UpdateTable", "DeleteTable", "UpdateTimeToLive"].contains(&operation.as_str());
        let (turns, inner) = (self.turns.clone(), self.inner.clone());
        let before = Duration::from_millis(turns.state().below(400));
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(before).await;
            if !changes {
                let answer = inner.call(request).await?;
                let building = turns.state().building.get(&table).is_some_and(|until| Instant::now() < *until);
                if operation != "DescribeTable" || !building {
                    return Ok(answer);
                }
                let text = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).into_owned();
                let text = text.replace("\"IndexStatus\":\"ACTIVE\"", "\"IndexStatus\":\"CREATING\"");
                return Ok(HttpResponse::new(answer.status(), SdkBody::from(text)));
            }
            turns.begins(&table, &body);
            let takes = Duration::from_millis(turns.state().below(300));
            tokio::time::sleep(takes).await;
            let answer = inner.call(request).await;
            turns.ends(&table, body.contains("\"Create\""));
            answer
        })
    }
}
