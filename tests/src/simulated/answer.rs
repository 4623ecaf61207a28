//! Replies in the shape of DynamoDB's JSON protocol; it never knows which operation was asked for.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;

/// A reply before it becomes a response.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn done(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into() }
    }

    pub(super) fn into_response(self) -> HttpResponse {
        let status = self.status.try_into().expect("an HTTP status");
        let mut response = HttpResponse::new(status, SdkBody::from(self.body));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        response
    }
}

/// Why a request as a whole is refused.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    Validation(String),
    NotFound(String),
    /// The item is sent along where it was asked for.
    Condition(Option<Box<str>>),
    Throttled {
        on_demand: bool,
    },
}

impl Refusal {
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::Validation(message.into())
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        const OURS: &str = "com.amazonaws.dynamodb.v20120810#";
        let (code, message, item) = match refusal {
            Refusal::Validation(message) => ("com.amazon.coral.validate#ValidationException".to_owned(), message, None),
            Refusal::NotFound(table) => (
                format!("{OURS}ResourceNotFoundException"),
                format!("Requested resource not found: Table: {table} not found"),
                None,
            ),
            Refusal::Condition(item) => {
                (format!("{OURS}ConditionalCheckFailedException"), "The conditional request failed".to_owned(), item)
            }
            Refusal::Throttled { on_demand: false } => {
                let message = "The level of configured provisioned throughput for the table was exceeded";
                (format!("{OURS}ProvisionedThroughputExceededException"), message.to_owned(), None)
            }
            Refusal::Throttled { on_demand: true } => {
                let message = "Throughput exceeds the current capacity of your table or index";
                (format!("{OURS}ThrottlingException"), message.to_owned(), None)
            }
        };
        let message = serde_json::Value::from(message);
        let item = item.map(|item| format!(",\"Item\":{item}")).unwrap_or_default();
        Self { status: 400, body: format!("{{\"__type\":\"{code}\",\"message\":{message}{item}}}").into_bytes() }
    }
}
