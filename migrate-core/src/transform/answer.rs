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
            || is_cut_short(&error);
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
