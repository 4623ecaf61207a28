//! What the engine sends back, in the shape of DynamoDB's JSON protocol; it never knows which operation was asked for.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use dynoxide::DynoxideError;

/// A reply of the engine before it becomes an HTTP response.
#[derive(Debug)]
pub(super) enum Answer {
    Done(Vec<u8>),
    Refused(Refusal),
}

/// An error as DynamoDB words it.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    error_type: String,
    body: String,
}

const VALIDATION: &str = "com.amazon.coral.validate#ValidationException";
const LIMIT_EXCEEDED: &str = "com.amazonaws.dynamodb.v20120810#LimitExceededException";
const UNKNOWN_OPERATION: &str = "com.amazon.coral.service#UnknownOperationException";
const INTERNAL: &str = "com.amazonaws.dynamodb.v20120810#InternalServerError";

impl Refusal {
    fn new(status: u16, error_type: &str, message: &str) -> Self {
        Self {
            status,
            error_type: error_type.to_owned(),
            body: serde_json::json!({ "__type": error_type, "message": message }).to_string(),
        }
    }

    pub(super) fn validation(message: &str) -> Self {
        Self::new(400, VALIDATION, message)
    }

    pub(super) fn limit_exceeded(message: &str) -> Self {
        Self::new(400, LIMIT_EXCEEDED, message)
    }

    /// The engine lacks a capability: final, never worth a retry.
    pub(super) fn unknown(message: &str) -> Self {
        Self::new(400, UNKNOWN_OPERATION, message)
    }

    /// Nobody's request is at fault: the SDK tries again.
    pub(super) fn internal(message: &str) -> Self {
        Self::new(500, INTERNAL, message)
    }
}

impl From<DynoxideError> for Refusal {
    fn from(error: DynoxideError) -> Self {
        // What the engine below calls unsupported is what DynamoDB calls an unknown operation.
        if let DynoxideError::UnsupportedCapability(_) = error {
            return Self::unknown(&error.to_string());
        }
        Self { status: error.status_code(), error_type: error.error_type().to_owned(), body: error.to_json() }
    }
}

impl From<Result<Vec<u8>, Refusal>> for Answer {
    fn from(result: Result<Vec<u8>, Refusal>) -> Self {
        match result {
            Ok(body) => Self::Done(body),
            Err(refusal) => Self::Refused(refusal),
        }
    }
}

impl Answer {
    pub(super) fn into_response(self) -> Result<HttpResponse, ConnectorError> {
        let (status, error_type, body) = match self {
            Self::Done(body) => (200, None, SdkBody::from(body)),
            Self::Refused(refusal) => (refusal.status, Some(refusal.error_type), SdkBody::from(refusal.body)),
        };
        let status = http_status(status).map_err(|error| ConnectorError::other(error.into(), None))?;
        let mut response = HttpResponse::new(status, body);
        // No `x-amz-crc32`: DynamoDB sends one, and a client that finds none checks none.
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        if let Some(error_type) = error_type {
            response.headers_mut().insert("x-amzn-errortype", error_type);
        }
        Ok(response)
    }
}

fn http_status(code: u16) -> Result<aws_smithy_runtime_api::http::StatusCode, aws_smithy_runtime_api::http::HttpError> {
    code.try_into()
}
