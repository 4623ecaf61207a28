//! A wrapper between clients and their engine that takes a condition out of every request that carries it, as if the library had none. It
//! never knows what the condition is for.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

/// A condition, or a part of one: what stands between two `AND`s.
#[derive(Clone, Copy)]
pub struct Condition {
    /// The constant in the code.
    pub name: &'static str,
    /// Whether a write carries it: its operation, such as `PutItem`, or `Put` inside of a transaction, and its JSON.
    pub of: fn(&str, &Value) -> bool,
    /// Whether this part is to go.
    pub is: fn(&str) -> bool,
}

/// Takes a condition out of what its clients send. Clones share one count.
#[derive(Clone)]
pub struct Blank {
    condition: Option<Condition>,
    tokens: bool,
    count: Arc<AtomicUsize>,
}

impl fmt::Debug for Blank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blank")
    }
}

impl Blank {
    /// Leaves everything as it is.
    pub fn nothing() -> Self {
        Self { condition: None, tokens: false, count: Arc::default() }
    }

    /// Takes out the tokens by which a repeated transaction is known: DynamoDB forgets them after ten minutes, and some engines know none.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
    pub fn tokens() -> Self {
        Self { condition: None, tokens: true, count: Arc::default() }
    }

    /// Takes this out.
    pub fn of(condition: Condition) -> Self {
        Self { condition: Some(condition), tokens: false, count: Arc::default() }
    }

    /// How often it was taken out.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// The same client, without the condition.
    ///
    /// # Panics
    ///
    /// The client has no HTTP client.
    pub fn attach(&self, client: &Client) -> Client {
        let (below, blank) = (client.config().http_client().expect("an HTTP client"), self.clone());
        let http = http_client_fn(move |settings, components| {
            let below = below.http_connector(settings, components);
            SharedHttpConnector::new(Connector { blank: blank.clone(), below })
        });
        Client::from_conf(client.config().to_builder().http_client(http).build())
    }

    fn change(&self, operation: &str, request: &mut Value) -> bool {
        if self.tokens {
            return request.as_object_mut().is_some_and(|request| request.remove("ClientRequestToken").is_some());
        }
        let Some(condition) = self.condition else { return false };
        let mut taken = false;
        for each in request["TransactItems"].as_array_mut().into_iter().flatten() {
            for (operation, write) in each.as_object_mut().into_iter().flatten() {
                taken |= (condition.of)(operation, write) && without(write, condition.is, operation == "ConditionCheck");
            }
        }
        for statement in request["Statements"].as_array_mut().into_iter().flatten() {
            taken |= (condition.of)(operation, statement) && without_in_statement(statement, condition.is);
        }
        taken | ((condition.of)(operation, request) && without(request, condition.is, false))
    }
}

/// Takes parts out of a condition expression, with the names and values that nothing uses then.
fn without(write: &mut Value, is: fn(&str) -> bool, needs_one: bool) -> bool {
    let Some(condition) = write["ConditionExpression"].as_str().map(str::to_owned) else { return false };
    let left: Vec<&str> = condition.split(" AND ").filter(|part| !is(part)).collect();
    if left.len() == condition.split(" AND ").count() {
        return false;
    }
    let object = write.as_object_mut().expect("a request");
    match (left.is_empty(), needs_one) {
        (false, _) => drop(object.insert("ConditionExpression".to_owned(), left.join(" AND ").into())),
        // A check without a condition is no request; this one asks for nothing that is not so.
        (true, true) => drop(object.insert("ConditionExpression".to_owned(), "attribute_not_exists(nothing)".into())),
        (true, false) => drop(object.remove("ConditionExpression")),
    }
    let used: BTreeSet<String> = ["ConditionExpression", "UpdateExpression"]
        .iter()
        .filter_map(|expression| object.get(*expression)?.as_str())
        .flat_map(|text| text.split(|c: char| !(c.is_alphanumeric() || [':', '#', '_'].contains(&c))))
        .map(str::to_owned)
        .collect();
    for places in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        let Some(named) = object.get_mut(places).and_then(Value::as_object_mut) else { continue };
        named.retain(|place, _| used.contains(place));
        if named.is_empty() {
            object.remove(places);
        }
    }
    true
}

/// Takes parts out of what follows `WHERE`, with their parameters.
fn without_in_statement(statement: &mut Value, is: fn(&str) -> bool) -> bool {
    let Some(text) = statement["Statement"].as_str().map(str::to_owned) else { return false };
    let Some((verb, conditions)) = text.split_once(" WHERE ") else { return false };
    let mut parameters = statement["Parameters"].as_array().cloned().unwrap_or_default();
    let (mut left, mut at) = (Vec::new(), verb.matches("=?").count());
    for part in conditions.split(" AND ") {
        let takes = part.matches("=?").count();
        if is(part) {
            parameters.drain(at..at + takes);
        } else {
            left.push(part);
            at += takes;
        }
    }
    if left.len() == conditions.split(" AND ").count() {
        return false;
    }
    statement["Statement"] = format!("{verb} WHERE {}", left.join(" AND ")).into();
    statement["Parameters"] = parameters.into();
    true
}

#[derive(Debug)]
struct Connector {
    blank: Blank,
    below: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let operation =
            request.headers().get("x-amz-target").unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
        let mut json: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        if self.blank.change(&operation, &mut json) {
            self.blank.count.fetch_add(1, Ordering::Relaxed);
            let text = json.to_string();
            request.headers_mut().insert("content-length", text.len().to_string());
            *request.body_mut() = SdkBody::from(text);
        }
        self.below.call(request)
    }
}
