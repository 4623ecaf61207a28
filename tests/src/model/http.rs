//! The model at the SDK's HTTP seam: judged here, or handed to the engine below; it never knows a rule.

use super::handle::Model;
use super::json::{flag, given, list, text};
use super::operations::{Operation, control, is_data, reads, table_of};
use super::quirks::Fault;
use super::refusal::{Refusal, respond};
use super::state::State;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

impl HttpClient for Model {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let below = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { model: self.clone(), below })
    }
}

#[derive(Clone, Debug)]
struct Connector {
    model: Model,
    below: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        HttpConnectorFuture::new(async move {
            match control(&operation) {
                Some(run) => connector.judge(&operation, run, &body).await,
                None if is_data(&operation) => connector.data(&operation, &body).await,
                None => Ok(Refusal::new("UnknownOperationException", format!("no operation {operation}")).response()),
            }
        })
    }
}

impl Connector {
    async fn judge(&self, operation: &str, run: Operation, request: &Value) -> Result<HttpResponse, ConnectorError> {
        let gate = self.model.gate.clone();
        let _alone = gate.lock().await;
        self.model.shared().calls.push(format!("{operation} {request}"));
        if let Some(refusal) = self.excuse(operation, request) {
            return Ok(refusal.response());
        }
        if operation == "DescribeTable" {
            self.count(request).await?;
        }
        let name = table_of(request).unwrap_or_default();
        let (before, mut state) = {
            let mut shared = self.model.shared();
            shared.state.now = self.model.clock.now();
            shared.state.settle();
            let shared = &mut *shared;
            if let Some(mut late) = shared.lag.view(operation, name, &shared.state) {
                return Ok(match run(&mut late, request) {
                    Ok(answer) => respond(200, &answer),
                    Err(refusal) => refusal.response(),
                });
            }
            // A look changes nothing that a refusal would have to take back: no copy is needed.
            if reads(operation) {
                let answer = run(&mut shared.state, request);
                if answer.is_ok() {
                    shared.state.watched(operation, name);
                    shared.state.settle();
                }
                return Ok(match answer {
                    Ok(answer) => respond(200, &answer),
                    Err(refusal) => {
                        if refusal.careless {
                            shared.blame(format!("{operation} {request}: {}", refusal.words()));
                        }
                        refusal.response()
                    }
                });
            }
            (shared.state.clone(), shared.state.clone())
        };
        let answer = match run(&mut state, request) {
            Ok(answer) => answer,
            Err(refusal) => {
                if refusal.careless {
                    self.blame(format!("{operation} {request}: {}", refusal.words()));
                }
                return Ok(refusal.response());
            }
        };
        for what in std::mem::take(&mut state.idle) {
            self.blame(format!("{operation} {request}: changes nothing: {what}"));
        }
        for (inner, body) in std::mem::take(&mut state.inner) {
            let done = self.ask(inner, &body).await?;
            if !done.status().is_success() {
                return Ok(done);
            }
            know_stream(&mut state, name, &read(&done));
        }
        state.watched(operation, name);
        state.settle();
        let mut shared = self.model.shared();
        shared.lag.changed(&before, &state);
        shared.state = state;
        Ok(respond(200, &answer))
    }

    /// A refusal that is nobody's fault.
    fn excuse(&self, operation: &str, request: &Value) -> Option<Refusal> {
        let mut shared = self.model.shared();
        let injections = &mut shared.state.quirks.injections;
        if let Some(injection) = injections.iter_mut().find(|it| it.operation == operation && it.times > 0) {
            injection.times -= 1;
            return Some(injected(injection.fault, operation));
        }
        if operation == "UpdateContinuousBackups" {
            let name = text(request, "TableName").unwrap_or_default();
            let table = shared.state.tables.get_mut(name).filter(|table| table.tries_before_backups > 0)?;
            table.tries_before_backups -= 1;
            return Some(super::family::pitr::unavailable(name));
        }
        None
    }

    fn blame(&self, what: String) {
        self.model.shared().blame(what);
    }

    /// Counts the items anew once the last count is old enough.
    async fn count(&self, request: &Value) -> Result<(), ConnectorError> {
        let name = text(request, "TableName").unwrap_or_default();
        let now = self.model.clock.now();
        let due = {
            let shared = self.model.shared();
            let every = shared.state.quirks.counts_every.as_secs();
            shared.state.tables.get(name).is_some_and(|table| now >= table.counted + every)
        };
        if due {
            let counted = read(&self.ask("DescribeTable", &json!({ "TableName": name })).await?);
            if let (Some(table), Some(counted)) = (self.model.shared().state.tables.get_mut(name), given(&counted, "Table")) {
                super::family::read::count(table, counted, now);
            }
        }
        Ok(())
    }

    /// Items are the engine's, as far as the control plane lets them be reached.
    async fn data(&self, operation: &str, request: &Value) -> Result<HttpResponse, ConnectorError> {
        let streams: Vec<(String, String)> = {
            let shared = self.model.shared();
            if let Some(refusal) = unreachable(&shared.state, request) {
                return Ok(refusal.response());
            }
            shared.state.streams.clone().into_iter().collect()
        };
        if !["ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"].contains(&operation) {
            return self.ask(operation, request).await;
        }
        let body = streams.iter().fold(request.to_string(), |body, (ours, below)| body.replace(ours, below));
        let done = self.ask(operation, &serde_json::from_str(&body).unwrap_or_default()).await?;
        let text = String::from_utf8_lossy(done.body().bytes().unwrap_or_default()).into_owned();
        let text = streams.iter().fold(text, |text, (ours, below)| text.replace(below, ours));
        Ok(HttpResponse::new(done.status(), SdkBody::from(text)))
    }

    async fn ask(&self, operation: &str, body: &Value) -> Result<HttpResponse, ConnectorError> {
        let mut request = HttpRequest::new(SdkBody::from(body.to_string()));
        request.headers_mut().insert("x-amz-target", format!("DynamoDB_20120810.{operation}"));
        self.below.call(request).await
    }
}

fn read(response: &HttpResponse) -> Value {
    serde_json::from_slice(response.body().bytes().unwrap_or_default()).unwrap_or_default()
}

/// Remembers what the engine below calls a new stream.
fn know_stream(state: &mut State, table: &str, done: &Value) {
    let below = done.pointer("/TableDescription/LatestStreamArn").and_then(Value::as_str);
    let ours =
        state.tables.get(table).filter(|table| table.has_stream()).and_then(|table| text(&table.description, "LatestStreamArn"));
    if let (Some(ours), Some(below)) = (ours, below) {
        let ours = ours.to_owned();
        state.streams.entry(ours).or_insert_with(|| below.to_owned());
    }
}

/// A table that is made or dropped has no items to be reached, and an index that is not active cannot be read.
fn unreachable(state: &State, request: &Value) -> Option<Refusal> {
    let actions = list(request, "TransactItems").filter_map(Value::as_object).flat_map(|action| action.values());
    let batch = given(request, "RequestItems").and_then(Value::as_object).into_iter().flat_map(|tables| tables.keys());
    let names = actions.chain([request]).filter_map(|holder| text(holder, "TableName")).chain(batch.map(String::as_str));
    for name in names {
        let status = state.tables.get(name).map(super::state::Table::status);
        if !matches!(status, Some("ACTIVE" | "UPDATING")) {
            return Some(Refusal::not_found("Requested resource not found"));
        }
    }
    let index = text(request, "IndexName")?;
    let index = state.tables.get(text(request, "TableName")?)?.index(index)?;
    match text(index, "IndexStatus") {
        Some("CREATING") if flag(index, "Backfilling") == Some(true) => {
            let name = text(index, "IndexName").unwrap_or_default();
            Some(Refusal::validation(format!("Cannot read from backfilling global secondary index: {name}")))
        }
        Some("CREATING" | "DELETING") => Some(Refusal::validation("The table does not have the specified index")),
        Some(_) | None => None,
    }
}

fn injected(fault: Fault, operation: &str) -> Refusal {
    match fault {
        Fault::InUse => Refusal::in_use(format!("Attempt to change a resource which is still in use: {operation} is under way")),
        Fault::Busy => Refusal::limit("There is a limit of 500 concurrent control plane operations per account"),
        Fault::Throttled => Refusal::new("ThrottlingException", "Rate exceeded"),
        Fault::Denied => {
            Refusal::new("AccessDeniedException", format!("User is not authorized to perform: dynamodb:{operation}"))
        }
        Fault::Internal => Refusal::internal("Internal server error"),
        Fault::Unknown => Refusal::new("UnknownOperationException", format!("no operation {operation}")),
    }
}
