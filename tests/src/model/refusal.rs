//! AWS's refusals, and whether the client could have known; it never knows the rules.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

/// An error as DynamoDB words it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: u16,
    kind: String,
    pub(super) message: String,
    /// A careful client would not have sent the call.
    pub(super) careless: bool,
}

impl Refusal {
    /// An error that any client may meet.
    pub(super) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { status: 400, kind: kind.to_owned(), message: message.into(), careless: false }
    }

    /// `ValidationException`: the request could never have worked.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message).blamed()
    }

    pub(super) fn invalid(rule: impl std::fmt::Display) -> Self {
        Self::validation(format!("One or more parameter values were invalid: {rule}"))
    }

    /// `ResourceInUseException`: the client did not wait.
    pub(super) fn in_use(message: impl Into<String>) -> Self {
        Self::new("ResourceInUseException", message).blamed()
    }

    /// `LimitExceededException`: not now.
    pub(super) fn limit(message: impl std::fmt::Display) -> Self {
        Self::new("LimitExceededException", format!("Subscriber limit exceeded: {message}"))
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    pub(super) fn no_table(name: &str) -> Self {
        Self::not_found(format!("Requested resource not found: Table: {name} not found"))
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self { status: 500, ..Self::new("InternalServerError", message) }
    }

    pub(super) fn blamed(mut self) -> Self {
        self.careless = true;
        self
    }

    pub(super) fn excused(mut self) -> Self {
        self.careless = false;
        self
    }

    /// `ValidationException: …`, for a list.
    pub(super) fn words(&self) -> String {
        format!("{}: {}", self.kind, self.message)
    }

    pub(super) fn response(&self) -> HttpResponse {
        let namespace = match self.kind.as_str() {
            "ValidationException" => "com.amazon.coral.validate",
            "UnknownOperationException" => "com.amazon.coral.service",
            _ => "com.amazonaws.dynamodb.v20120810",
        };
        let body = serde_json::json!({ "__type": format!("{namespace}#{}", self.kind), "message": self.message });
        respond(self.status, &body)
    }
}

/// A reply in DynamoDB's JSON protocol; null is one without a body.
pub(super) fn respond(status: u16, body: &Value) -> HttpResponse {
    let status = status.try_into().expect("an HTTP status");
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut response = HttpResponse::new(status, SdkBody::from(text));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
