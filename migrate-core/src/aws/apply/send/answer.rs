//! What an answer to a call of the control plane means; it never knows which change was asked for.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

use super::super::super::fault::{AwsError, explain, has_code, is_throttled, is_unknown_operation};
use super::super::super::harmless::harmless;
use crate::error::{Error, ErrorKind};
use crate::iam::Action;
use crate::schema::TableName;

/// What an answer means.
#[derive(Debug)]
pub(in super::super) enum Sent {
    /// Taken on. It need not show yet.
    Accepted,
    /// Not at once: something else is going on there. For CreateTable also: a table of this name is there.
    Busy(String),
    /// Not for hours or days: the change was made too often. In DynamoDB's words.
    NotNow(String),
    /// Refused, maybe because it is so already: the SDK repeats a call whose reply was lost.
    Doubtful(Error),
    /// The engine lacks the capability.
    Unknown(Error),
}

/// Something else is going on at the table, or too much in the account.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const BUSY_CODES: [&str; 6] = [
    "BackupInUseException",
    // For some seconds after a table was created.
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
    "ContinuousBackupsUnavailableException",
    "LimitExceededException",
    "ReplicatedWriteConflictException",
    "ResourceInUseException",
    "TableInUseException",
];

/// It may be so already, or not be so any more: the table tells.
const DOUBTFUL_CODES: [&str; 7] = [
    "IndexNotFoundException",
    "PolicyNotFoundException",
    "ReplicaAlreadyExistsException",
    "ReplicaNotFoundException",
    "ResourceNotFoundException",
    "TableNotFoundException",
    "ValidationException",
];

/// How DynamoDB Local (1.25.1) answers an UpdateTable of which it knows nothing but the table's name: we always ask for something.
const NOTHING_ASKED: [&str; 2] = ["Nothing to update", "No provisioned throughput specified for the global secondary index"];

/// Reads the answer to `action` on a table.
pub(in super::super) fn meaning<T, E>(action: Action, table: &TableName, answer: Result<T, SdkError<E>>) -> Result<Sent, Error>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let Err(error) = answer else { return Ok(Sent::Accepted) };
    let resource = format!("table `{table}`");
    if is_unknown_operation(&error) {
        return Ok(Sent::Unknown(explain(action, &resource, error)));
    }
    let said = harmless(error.message().or(error.code()).unwrap_or_default());
    if has_code(&error, &["ValidationException"]) && NOTHING_ASKED.iter().any(|words| said.contains(words)) {
        return Ok(Sent::Unknown(explain(action, &resource, error)));
    }
    if has_code(&error, &["LimitExceededException", "ValidationException"]) && is_too_often(&said) {
        return Ok(Sent::NotNow(said));
    }
    let final_limit = has_code(&error, &["LimitExceededException"]) && said.contains("per-table limit");
    if !final_limit && (is_throttled(&error) || has_code(&error, &BUSY_CODES)) {
        return Ok(Sent::Busy(said));
    }
    let doubtful = final_limit || has_code(&error, &DOUBTFUL_CODES);
    let error = explain(action, &resource, error);
    if doubtful { Ok(Sent::Doubtful(error)) } else { Err(error) }
}

/// Whether a refusal is about how often something was changed, and not about how much goes on at once.
///
/// DynamoDB has one code for both, and only the words tell them apart: «Update to PayPerRequest mode are limited to once in 1 day(s)»,
/// «Provisioned throughput decreases are limited within a given UTC day», «Time to live has been modified multiple times within a
/// fixed interval» against «Only 1 online index can be created or deleted simultaneously per table».
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
pub(super) fn is_too_often(said: &str) -> bool {
    const AT_ONCE: [&str; 4] = ["simultaneous", "concurrent", "at the same time", "online index"];
    const TOO_OFTEN: [&str; 11] = [
        "modified multiple times within a fixed interval",
        "decreases are limited",
        "number of decreases",
        "are limited to",
        "is limited to",
        "be performed at most once",
        "day(s)",
        "hour(s)",
        "24 hour",
        "24-hour",
        "30 day",
    ];
    let said = said.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|words| said.contains(words));
    !any(&AT_ONCE) && any(&TOO_OFTEN)
}

/// A request that cannot even be made.
pub(super) fn not_built(action: Action, table: &TableName, error: &BuildError) -> Error {
    let error = AwsError::NotSent { action, resource: format!("table `{table}`"), reason: error.to_string() };
    Error::new(ErrorKind::Service, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_often_is_told_from_too_much_at_once() {
        for words in [
            "Subscriber limit exceeded: Update to PayPerRequest mode are limited to once in 1 day(s). Last update at …",
            "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases, \
             each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number of decreases today: 4.",
            "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).",
            "Time to live has been modified multiple times within a fixed interval",
        ] {
            assert!(is_too_often(words), "{words}");
        }
        for words in [
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
            "Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted simultaneously",
            "Too many operations for a given subscriber",
            "There is a limit of 500 concurrent control plane operations",
        ] {
            assert!(!is_too_often(words), "{words}");
        }
    }
}
