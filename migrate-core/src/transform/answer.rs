//! What an engine's refusal means to work that goes through many items: wait, try again, another way, or stop. Knows no item.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::aws::cut::is_cut_short;
use crate::aws::fault::{credentials_ended, explain, has_code, is_denied, is_expired, is_throttled, is_unknown_operation};
use crate::error::{Error, ErrorKind};
use crate::iam::Action;

/// Why a request was not carried out.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Too much at once: it was not carried out.
    Throttled,
    /// Another transaction has the item.
    Transaction,
    /// The engine had an error of its own, or did not answer: it may have been carried out.
    Trouble(Error),
    /// A policy forbids it, or the engine lacks it: there may be another way.
    Denied(Error),
    /// The request as it is was refused.
    Invalid(Error),
    /// Nothing more can be done.
    Fatal(Error),
}

impl Refusal {
    pub(super) fn of<E>(action: Action, resource: &str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        if is_throttled(&error) {
            return Self::Throttled;
        }
        if has_code(&error, &["TransactionConflictException", "TransactionConflict"]) {
            return Self::Transaction;
        }
        if is_expired(&error) {
            return Self::Fatal(credentials_ended());
        }
        let denied = is_denied(&error) || is_unknown_operation(&error);
        let invalid =
            has_code(&error, &["ValidationException", "ItemCollectionSizeLimitExceededException", "SerializationException"]);
        let failed = has_code(&error, &["InternalServerError", "InternalServerErrorException", "InternalFailure", "ServiceUnavailable"])
            // Also an answer that says that it is done, and cannot be read to its end.
            || error.raw_response().is_some_and(|response| response.status().is_server_error() || response.status().is_success())
            || is_cut_short(&error)
            // Nor one whose body could not be read at all.
            || matches!(error, SdkError::ResponseError(_));
        let error = explain(action, resource, error);
        match error.kind() {
            _ if denied => Self::Denied(error),
            _ if invalid => Self::Invalid(error),
            _ if failed => Self::Trouble(error),
            ErrorKind::Unreachable => Self::Trouble(error),
            _ => Self::Fatal(error),
        }
    }

    /// What a statement of a batch was refused by.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html>
    pub(super) fn of_statement(resource: &str, code: &str, message: &str) -> Self {
        let error = |kind| {
            Error::new(
                kind,
                Told { resource: resource.to_owned(), code: code.to_owned(), message: crate::aws::harmless::harmless(message) },
            )
        };
        match code {
            "ThrottlingError" | "ProvisionedThroughputExceeded" | "RequestLimitExceeded" => Self::Throttled,
            "TransactionConflict" => Self::Transaction,
            "InternalServerError" => Self::Trouble(error(ErrorKind::Service)),
            "AccessDenied" => Self::Denied(error(ErrorKind::AccessDenied)),
            "ValidationError" | "ItemCollectionSizeLimitExceeded" => Self::Invalid(error(ErrorKind::Service)),
            _ => Self::Fatal(error(ErrorKind::Service)),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a statement on {resource} was answered by {code}: {message}")]
struct Told {
    resource: String,
    code: String,
    message: String,
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    #[test]
    fn an_answer_that_could_not_be_read_says_nothing_whatever_its_status() {
        for (status, body) in [(400, SdkBody::taken()), (200, SdkBody::taken()), (400, SdkBody::from("{\"__type\":\"Condi"))] {
            let response = HttpResponse::new(status.try_into().unwrap(), body);
            let error: SdkError<PutItemError> = SdkError::response_error("the connection ended", response);
            let refusal = Refusal::of(Action::PutItem, "customers", error);
            assert!(matches!(refusal, Refusal::Trouble(_)), "{status}: {refusal:?}");
        }
        let refused = HttpResponse::new(400.try_into().unwrap(), SdkBody::from("{}"));
        let error: SdkError<PutItemError> = SdkError::service_error(PutItemError::unhandled("no"), refused);
        assert!(matches!(Refusal::of(Action::PutItem, "customers", error), Refusal::Fatal(_)));
    }
}
