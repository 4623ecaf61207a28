//! The model as a test holds it; it never knows an operation.

use super::clock::Clock;
use super::lag::Lag;
use super::quirks::{Fault, Injection, Quirks};
use super::state::{REGION, State};
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use migrate_core::embedded::Engine;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

/// A model of DynamoDB's control plane over an engine of its own. Clones share one account.
#[derive(Clone)]
pub struct Model {
    pub(super) inner: SharedHttpClient,
    pub(super) clock: Clock,
    /// One call of the control plane at a time.
    pub(super) gate: Arc<tokio::sync::Mutex<()>>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: State,
    pub(super) lag: Lag,
    pub(super) calls: Vec<String>,
    pub(super) violations: Vec<String>,
}

impl Shared {
    /// The SDK's own retries are one mistake.
    pub(super) fn blame(&mut self, what: String) {
        if self.violations.last() != Some(&what) {
            self.violations.push(what);
        }
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Model")
    }
}

impl Default for Model {
    fn default() -> Self {
        Self::new()
    }
}

impl Model {
    /// Every state between is shown once; nothing lags and nothing is busy.
    pub fn new() -> Self {
        Self::with(Quirks::default())
    }

    /// As slow, late and busy as one likes.
    ///
    /// # Panics
    ///
    /// The engine below cannot be started.
    pub fn with(quirks: Quirks) -> Self {
        let engine = Engine::memory().expect("an embedded engine");
        let inner = engine.client().config().http_client().expect("an HTTP client");
        let shared = Shared { state: State::new(quirks), lag: Lag::default(), calls: Vec::new(), violations: Vec::new() };
        Self { inner, clock: Clock::default(), gate: Arc::default(), shared: Arc::new(Mutex::new(shared)) }
    }

    /// The model in the place of a network.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// A client that retries as the SDK does.
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        self.client_with(RetryConfig::standard())
    }

    /// A client whose every call is one attempt.
    pub fn once(&self) -> aws_sdk_dynamodb::Client {
        self.client_with(RetryConfig::disabled())
    }

    fn client_with(&self, retries: RetryConfig) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new("model", "model", None, None, "model"))
            .http_client(self.http_client())
            .retry_config(retries)
            // Of its own: otherwise all clients of one service and region in a process share their retry tokens.
            .retry_partition(RetryPartition::custom("model").build());
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// The model's time.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// What a careful client would not have sent, in words.
    pub fn violations(&self) -> Vec<String> {
        self.shared().violations.clone()
    }

    /// Every call of the control plane: the operation and its JSON.
    pub fn calls(&self) -> Vec<String> {
        self.shared().calls.clone()
    }

    /// The calls that are meant to change something.
    pub fn changes(&self) -> Vec<String> {
        let mut calls = self.calls();
        calls.retain(|call| !super::operations::reads(call));
        calls
    }

    /// Forgets calls and violations; the tables stay.
    pub fn forget(&self) {
        let mut shared = self.shared();
        shared.calls.clear();
        shared.violations.clear();
    }

    /// Changes the state behind everybody's back. A table that is put here by hand has no items: create it by a call and
    /// change its description.
    pub fn edit<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared().state)
    }

    /// Becomes slower, later or busier from now on.
    pub fn quirk(&self, change: impl FnOnce(&mut Quirks)) {
        change(&mut self.shared().state.quirks);
    }

    /// Refuses the next tries of an operation.
    pub fn inject(&self, operation: &str, times: usize, fault: Fault) {
        self.quirk(|quirks| quirks.injections.push(Injection { operation: operation.to_owned(), times, fault }));
    }

    /// Everything about a table; null if there is none.
    pub fn table(&self, name: &str) -> Value {
        self.shared().state.tables.get(name).map(super::state::Table::dump).unwrap_or_default()
    }

    pub(super) fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().expect("no test panics while it holds this")
    }
}
