//! Answers that were cut short on their way. Knows nothing of what was asked for.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use serde::de::IgnoredAny;

/// An answer that ends too early says nothing, not even whether it is a refusal: it is as good as lost, and asked for again as the SDK does
/// with lost ones. By itself it takes a cut answer for one that the service meant, and gives up.
#[derive(Debug)]
struct CutShort;

impl ClassifyRetry for CutShort {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let (Some(Err(_)), Some(response)) = (context.output_or_error(), context.response()) else {
            return RetryAction::NoActionIndicated;
        };
        if ends_too_early(response) { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "migrate-core: cut short"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

fn ends_too_early(response: &HttpResponse) -> bool {
    let read = response.body().bytes().map(serde_json::from_slice::<IgnoredAny>);
    read.is_some_and(|read| read.is_err_and(|error| error.is_eof()))
}

/// Whether the answer was cut short: what was asked for may have been done, or refused.
pub(crate) fn is_cut_short<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(ends_too_early)
}

/// A client like `client` that asks again where an answer was cut short, within the retries that it has.
pub(crate) fn asking_again(client: &Client) -> Client {
    Client::from_conf(client.config().to_builder().retry_classifier(CutShort).build())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_sdk_dynamodb::config::retry::RetryConfig;

    use super::super::fake::{self, Reply, json, refusal};
    use super::*;

    /// How often a client asks that is answered by these in order, and what it has in the end: the code, or nothing.
    async fn asks(wrap: fn(&Client) -> Client, answers: &'static [fn() -> Reply]) -> (usize, Option<String>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let client = fake::client(move |_, _| answers[counted.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)]());
        let retrying = Client::from_conf(client.config().to_builder().retry_config(RetryConfig::standard()).build());
        let error = wrap(&retrying).list_tables().send().await.err();
        let code = error.and_then(|error| aws_sdk_dynamodb::error::ProvideErrorMetadata::code(&error).map(str::to_owned));
        (asked.load(Ordering::Relaxed), code)
    }

    const REFUSED: fn() -> Reply = || refusal("ConditionalCheckFailedException", "The conditional request failed");
    const CUT: fn() -> Reply = || json(400, r#"{"__type":"com.amazonaws.dynamodb.v20120810#Condi"#);
    const EMPTY: fn() -> Reply = || json(400, "");
    const CUT_SUCCESS: fn() -> Reply = || json(200, r#"{"TableNames":["a"#);
    const PAGE: fn() -> Reply = || json(403, "<html>You shall not pass</html>");

    #[tokio::test(start_paused = true)]
    async fn what_is_cut_short_is_asked_for_again() {
        let code = Some("ConditionalCheckFailedException".to_owned());
        assert_eq!(asks(asking_again, &[CUT, REFUSED]).await, (2, code.clone()));
        assert_eq!(asks(asking_again, &[EMPTY, CUT, REFUSED]).await, (3, code));
        assert_eq!(asks(asking_again, &[CUT_SUCCESS, || json(200, "{}")]).await, (2, None));
        assert_eq!(asks(asking_again, &[CUT]).await, (3, None), "within the SDK's own limit");
        assert_eq!(asks(Client::clone, &[CUT, REFUSED]).await, (1, None), "the SDK alone does not");
        assert_eq!(asks(Client::clone, &[CUT_SUCCESS, || json(200, "{}")]).await, (1, None), "nor for this");
    }

    #[tokio::test(start_paused = true)]
    async fn whole_ones_are_not() {
        assert_eq!(asks(asking_again, &[REFUSED]).await.0, 1);
        assert_eq!(asks(asking_again, &[PAGE]).await.0, 1);
        assert_eq!(asks(asking_again, &[|| json(200, "{}")]).await.0, 1);
    }
}
