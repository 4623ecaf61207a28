//! What a failed call means and how to mend it; it never knows which call it was for, and never shows what was sent.
//!
//! An SDK error is read and dropped, not kept as a source: its `Debug` holds items and access key ids, and the text that
//! comes with a refused signature repeats the session token.

use std::error::Error as StdError;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};

pub(crate) use super::codes::{has_code, is_denied, is_not_found, is_throttled, is_unknown_operation};
use super::codes::{is_expired_code, is_throttle_code};
use super::guard::lost;
use super::harmless::harmless;
use crate::error::{Error, ErrorKind};
use crate::iam::Action;

/// What an interceptor of ours raises instead of sending a request; [`explain`] gives it back as it was meant.
#[derive(Debug)]
pub(crate) struct Refused {
    pub kind: ErrorKind,
    pub text: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Refused {}

/// What came back, without anything of what was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AwsError {
    #[error("DynamoDB cannot be reached for {action} on {resource}: {reason}")]
    Unreachable { action: Action, resource: String, reason: String },
    #[error("{action} on {resource} needs a region, and none is configured")]
    NoRegion { action: Action, resource: String },
    #[error("{action} on {resource} needs AWS credentials: {reason}")]
    Credentials { action: Action, resource: String, reason: String },
    #[error("{action} on {resource} needs AWS credentials: they were refused with {code}")]
    Expired { action: Action, resource: String, code: String },
    #[error("{action} on {resource} is not allowed: {message}")]
    AccessDenied { action: Action, resource: String, message: String },
    #[error("{resource} is not there ({action})")]
    NotFound { action: Action, resource: String },
    #[error("{action} on {resource} was throttled beyond all retries: {code}")]
    Throttled { action: Action, resource: String, code: String },
    #[error("the engine does not know {action}{}", said(message))]
    UnknownOperation { action: Action, message: String },
    #[error("{action} on {resource} was answered by {code}: {message}")]
    Service { action: Action, resource: String, code: String, message: String },
    #[error("{action} on {resource} got an answer that cannot be read: {reason}")]
    Unreadable { action: Action, resource: String, reason: String },
    #[error("{action} on {resource} could not be sent: {reason}")]
    NotSent { action: Action, resource: String, reason: String },
}

/// Behind a colon, if there is something.
fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

/// The errors of credentials, named alike by no two engines.
const CREDENTIAL_CODES: [&str; 9] = [
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorizedException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

const NOT_DYNAMODB: &str = "check that the endpoint is DynamoDB and that no proxy answers in its place; then run it again";

/// Turns a failed call into our error: what it means, for what, and how to mend it.
///
/// `action` is the permission's name, such as `dynamodb:DescribeTable`; `resource` is what a person calls the thing.
pub(crate) fn explain<E>(action: Action, resource: &str, error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    if is_unknown_operation(&error) {
        let message = harmless(error.message().unwrap_or_default());
        return Error::new(ErrorKind::NotSupported, AwsError::UnknownOperation { action, message })
            .with_help("this engine lacks the capability; AWS has it");
    }
    let resource = resource.to_owned();
    if let Some(Refused { kind, text }) = find::<Refused>(&error) {
        return if *kind == ErrorKind::LockLost { lost(text.clone()) } else { Error::new(*kind, text.clone()) };
    }
    if let Some(missing) = find::<CredentialsError>(&error) {
        let reason = missing.to_string();
        return credentials(AwsError::Credentials { action, resource, reason });
    }
    match &error {
        SdkError::ServiceError(service) => answered(action, resource, service.err()),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => {
            // The SDK reports a client without any credentials as a failed dispatch, by a private type.
            if any(&error, |text| text.contains("failed to select an auth scheme")) {
                let reason = "this client has none".to_owned();
                return credentials(AwsError::Credentials { action, resource, reason });
            }
            not_dispatched(action, resource, &error)
        }
        SdkError::ConstructionFailure(_) => not_dispatched(action, resource, &error),
        SdkError::ResponseError(_) => {
            let reason = innermost(&error);
            Error::new(ErrorKind::Service, AwsError::Unreadable { action, resource, reason }).with_help(NOT_DYNAMODB)
        }
        // The SDK's enum is open.
        _ => Error::new(ErrorKind::Service, AwsError::NotSent { action, resource, reason: innermost(&error) }),
    }
}

fn not_dispatched(action: Action, resource: String, error: &(dyn StdError + 'static)) -> Error {
    if any(error, |text| text.contains("Missing Region")) {
        return Error::new(ErrorKind::Target, AwsError::NoRegion { action, resource })
            .with_help("set AWS_REGION, or name a profile that has a region");
    }
    let reason = innermost(error);
    if any(error, |text| text == "failed to construct request") {
        return Error::new(ErrorKind::Service, AwsError::NotSent { action, resource, reason });
    }
    Error::new(ErrorKind::Unreachable, AwsError::Unreachable { action, resource, reason }).with_help(
        "check that the endpoint (AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL) is right and runs, or that the region is \
         spelled right and the network lets requests out",
    )
}

fn answered<E: ProvideErrorMetadata>(action: Action, resource: String, error: &E) -> Error {
    let code = error.code().unwrap_or("an error without a code").to_owned();
    let message = harmless(error.message().unwrap_or("no message"));
    match code.as_str() {
        "AccessDeniedException" | "AccessDenied" => {
            let help = format!("allow {action} on {resource} in the IAM policy of whoever runs this");
            Error::new(ErrorKind::AccessDenied, AwsError::AccessDenied { action, resource, message }).with_help(help)
        }
        "ResourceNotFoundException" | "TableNotFoundException" => {
            Error::new(ErrorKind::NotFound, AwsError::NotFound { action, resource })
                .with_help("check the region, the account and the prefix: tables of the same name can be in another one")
        }
        code if is_throttle_code(code) => throttled(action, &resource, code),
        code if is_expired_code(code) => credentials(AwsError::Expired { action, resource, code: code.to_owned() }),
        code if CREDENTIAL_CODES.contains(&code) => {
            // Only the code: the message of a wrong signature repeats the headers, the session token among them.
            let reason = format!("they were refused with {code}");
            credentials(AwsError::Credentials { action, resource, reason })
        }
        _ if error.code().is_none() => {
            let reason = "it is none of DynamoDB's".to_owned();
            Error::new(ErrorKind::Service, AwsError::Unreadable { action, resource, reason }).with_help(NOT_DYNAMODB)
        }
        _ => Error::new(ErrorKind::Service, AwsError::Service { action, resource, code, message }),
    }
}

/// There was no capacity for it, again and again.
pub(crate) fn throttled(action: Action, resource: &str, code: &str) -> Error {
    let error = AwsError::Throttled { action, resource: resource.to_owned(), code: code.to_owned() };
    Error::new(ErrorKind::Throttled, error)
        .with_help("run it again: it goes on where it stopped; if it comes back, raise the table's capacity")
}

fn credentials(error: AwsError) -> Error {
    Error::new(ErrorKind::Credentials, error)
        .with_help("log in (`aws sso login`), choose a profile (AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        .with_help("if they are fresh, check that this machine's clock is right and that the region belongs to the account")
}

#[derive(Debug, thiserror::Error)]
#[error("the credentials have expired")]
struct CredentialsEnded;

/// Credentials that end in the middle of work are a stop at a safe point: nothing is wrong, and new ones go on.
pub(crate) fn credentials_ended() -> Error {
    Error::new(ErrorKind::Incomplete, CredentialsEnded)
        .with_help("renew them and run the same command again: it goes on from here")
}

/// Whether an error, or one that caused it, is that the credentials have run out; also one that is the SDK's own.
pub(crate) fn is_expired(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        let ours = error.downcast_ref::<Error>().and_then(|error| error.inner().downcast_ref());
        let code = error.downcast_ref::<ErrorMetadata>().and_then(ErrorMetadata::code);
        matches!(ours, Some(AwsError::Expired { .. })) || code.is_some_and(is_expired_code)
    })
}

/// What an interceptor of ours raised, wherever in an error it is.
pub(crate) fn refused<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Refused> {
    find(error)
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn any(error: &(dyn StdError + 'static), test: impl Fn(&str) -> bool) -> bool {
    chain(error).any(|error| test(&error.to_string()))
}

/// The deepest cause: what the operating system or the parser said.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
    use aws_sdk_dynamodb::config::{ConfigBag, Intercept, ProvideCredentials, RuntimeComponents, SharedCredentialsProvider};
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::super::fake::{self, json, refusal};
    use super::*;

    async fn describe(client: &Client) -> Error {
        let error = client.describe_table().table_name("item-canary").send().await.unwrap_err();
        explain(Action::DescribeTable, "table `orders`", error)
    }

    async fn answered_by(code: &'static str, message: &'static str) -> Error {
        let error = describe(&fake::client(move |_, _| refusal(code, message))).await;
        let all = format!("{error} {error:?}");
        assert!(!all.contains("canary"), "what was sent shows: {all}");
        error
    }

    #[tokio::test]
    async fn codes_become_kinds() {
        for (code, kind) in [
            ("AccessDeniedException", ErrorKind::AccessDenied),
            ("UnrecognizedClientException", ErrorKind::Credentials),
            ("InvalidSignatureException", ErrorKind::Credentials),
            ("ExpiredTokenException", ErrorKind::Credentials),
            ("MissingAuthenticationTokenException", ErrorKind::Credentials),
            ("ResourceNotFoundException", ErrorKind::NotFound),
            ("ThrottlingException", ErrorKind::Throttled),
            ("ProvisionedThroughputExceededException", ErrorKind::Throttled),
            ("UnknownOperationException", ErrorKind::NotSupported),
            ("ValidationException", ErrorKind::Service),
            ("InternalServerError", ErrorKind::Service),
        ] {
            let error = answered_by(code, "because").await;
            assert_eq!(error.kind(), kind, "{code}");
            assert_eq!(error.help().is_empty(), kind == ErrorKind::Service, "{code}: {:?}", error.help());
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("what a migration says of it")]
    struct Around(#[source] Error);

    #[tokio::test]
    async fn credentials_that_ran_out_are_told_from_wrong_ones_also_in_the_sdks_own_errors() {
        for (code, expired) in [
            ("ExpiredTokenException", true),
            ("RequestExpired", true),
            ("InvalidSignatureException", false),
            ("ValidationException", false),
        ] {
            let client = fake::client(move |_, _| refusal(code, "because"));
            let raw = client.describe_table().table_name("abc").send().await.unwrap_err();
            assert_eq!(is_expired(&raw), expired, "{code}");
            let ours = Around(describe(&client).await);
            assert_eq!(is_expired(&ours), expired, "{code}");
        }
    }

    #[tokio::test]
    async fn a_missing_permission_names_action_and_resource() {
        let error = answered_by("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized").await;
        assert_eq!(
            format!("{error:?}"),
            "error[M0603]: dynamodb:DescribeTable on table `orders` is not allowed: User: arn:aws:iam::1:user/x is not authorized\n  \
             help: allow dynamodb:DescribeTable on table `orders` in the IAM policy of whoever runs this"
        );
    }

    #[tokio::test]
    async fn code_and_message_of_any_other_answer_are_shown_but_no_value_and_no_token() {
        let error = answered_by("ValidationException", "One or more parameter values were invalid").await;
        assert!(error.to_string().ends_with("ValidationException: One or more parameter values were invalid"), "{error}");
        let error = answered_by("ValidationException", "cannot be converted to a numeric value: value-canary").await;
        assert!(error.to_string().ends_with("cannot be converted to a numeric value: …"), "{error}");
        answered_by("InvalidSignatureException", "should have been 'POST / x-amz-security-token:token-canary'").await;
    }

    #[tokio::test]
    async fn answers_that_are_not_dynamodbs() {
        assert_eq!(describe(&fake::client(|_, _| json(200, "{\"Table\":{"))).await.kind(), ErrorKind::Service);
        assert_eq!(describe(&fake::client(|_, _| json(502, "<html>Bad Gateway</html>"))).await.kind(), ErrorKind::Service);
    }

    #[tokio::test]
    async fn no_answer() {
        let reset = |_: &str, _: &str| Err(ConnectorError::io("connection reset by peer".into()));
        let error = describe(&fake::client(reset)).await;
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert!(error.to_string().ends_with(": connection reset by peer"), "{error}");
        let late = |_: &str, _: &str| Err(ConnectorError::timeout("no answer within 3 s".into()));
        assert_eq!(describe(&fake::client(late)).await.kind(), ErrorKind::Unreachable);
    }

    // Only feature `cli` brings an HTTP client.
    #[cfg(feature = "cli")]
    #[tokio::test]
    async fn a_closed_port() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = fake::config().endpoint_url(format!("http://127.0.0.1:{port}"));
        let error = describe(&Client::from_conf(config.build())).await;
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert!(error.to_string().contains("Connection refused"), "{error}");
    }

    #[derive(Debug)]
    struct NoCredentials;
    impl ProvideCredentials for NoCredentials {
        fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let none = CredentialsError::not_loaded("key-canary");
            aws_credential_types::provider::future::ProvideCredentials::ready(Err(none))
        }
    }

    #[tokio::test]
    async fn no_credentials() {
        let mut config = fake::client(|_, _| json(200, "{}")).config().to_builder();
        config.set_credentials_provider(Some(SharedCredentialsProvider::new(NoCredentials)));
        let error = describe(&Client::from_conf(config.build())).await;
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");

        let bare = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodb::config::Region::new("eu-west-1"));
        let error = describe(&Client::from_conf(bare.build())).await;
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error:?}");
    }

    #[tokio::test]
    async fn no_region() {
        let mut config = fake::client(|_, _| json(200, "{}")).config().to_builder();
        config.set_region(None);
        assert_eq!(describe(&Client::from_conf(config.build())).await.kind(), ErrorKind::Target);
    }

    #[derive(Debug)]
    struct Guard;
    impl Intercept for Guard {
        fn name(&self) -> &'static str {
            "guard"
        }
        fn read_before_transmit(
            &self,
            _: &BeforeTransmitInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            _: &mut ConfigBag,
        ) -> Result<(), crate::error::BoxError> {
            Err(Box::new(Refused { kind: ErrorKind::LockLost, text: "the lock was lost".into() }))
        }
    }

    #[tokio::test]
    async fn what_an_interceptor_of_ours_refused_keeps_its_kind() {
        let config = fake::client(|_, _| json(200, "{}")).config().to_builder().interceptor(Guard);
        let error = describe(&Client::from_conf(config.build())).await;
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::LockLost, "the lock was lost"));
    }

    #[tokio::test]
    async fn unknown_operations_are_told_apart() {
        let unknown = fake::client(|_, _| refusal("UnknownOperationException", ""));
        assert!(is_unknown_operation(&unknown.describe_table().table_name("abc").send().await.unwrap_err()));
        let other = fake::client(|_, _| refusal("ValidationException", ""));
        assert!(!is_unknown_operation(&other.describe_table().table_name("abc").send().await.unwrap_err()));
    }
}
