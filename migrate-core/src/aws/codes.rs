//! By which codes and words an engine says what is wrong, in one place since engines differ; it never knows which call it was for.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Too much at once. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const THROTTLE_CODES: [&str; 8] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Whether a code says that it is only too much at once.
pub(super) fn is_throttle_code(code: &str) -> bool {
    THROTTLE_CODES.contains(&code)
}

/// The credentials have run out. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const EXPIRED_CODES: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// Whether a code says that the credentials were right and have run out.
pub(super) fn is_expired_code(code: &str) -> bool {
    EXPIRED_CODES.contains(&code)
}

/// By which codes engines say that they lack an operation. AWS has the first; the others are of local engines.
const UNKNOWN_CODES: [&str; 8] = [
    "UnknownOperationException",
    "InvalidAction",
    "NotImplemented",
    "NotImplementedError",
    "NotImplementedException",
    "UnknownAction",
    "UnsupportedOperation",
    "UnsupportedOperationException",
];

/// And by which words, where the code is one of failure.
const UNKNOWN_WORDS: [&str; 5] =
    ["not implemented", "not been implemented", "not yet implemented", "notimplementederror", "is not supported by"];

/// Whether the engine has no such operation: it lacks a capability, and asking again is of no use.
///
/// Engines differ in how they say so: by a code, by status 501, or by a failure whose text says it.
pub(crate) fn is_unknown_operation<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    if has_code(error, &UNKNOWN_CODES) {
        return true;
    }
    let Some(response) = error.raw_response() else { return false };
    let status = response.status().as_u16();
    // A failure with one of DynamoDB's own codes is about the request.
    let of_a_known_sort = error.code().is_some_and(|code| !["InternalFailure", "InternalServerError"].contains(&code));
    if status < 400 || of_a_known_sort {
        return false;
    }
    let text = String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).to_lowercase();
    // moto's server answers what it lacks by a web page of status 500; a proxy's pages have another.
    let page = status == 500 && text.trim_start().starts_with('<');
    status == 501 || page || UNKNOWN_WORDS.iter().any(|words| text.contains(words))
}

/// Whether the caller may not do it. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
pub(crate) fn is_denied<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    has_code(error, &["AccessDeniedException", "AccessDenied"])
}

/// Whether what was asked about is not there.
pub(crate) fn is_not_found<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    has_code(error, &["ResourceNotFoundException", "TableNotFoundException"])
}

/// Whether it is only too much at once.
pub(crate) fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    has_code(error, &THROTTLE_CODES)
}

/// Whether DynamoDB answered with this code.
pub(crate) fn has_code<E: ProvideErrorMetadata>(error: &SdkError<E>, codes: &[&str]) -> bool {
    error.code().is_some_and(|code| codes.contains(&code))
}
