//! What an engine makes of a request, in the words of the report; it never knows which request.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::fmt;

/// What became of a setting.
#[derive(Debug)]
pub enum Answer {
    /// Done, and shown as it was asked for.
    Holds(String),
    /// Accepted, and then not shown, or shown otherwise.
    Ignores(String),
}

impl Answer {
    /// Compares what is shown with what was asked for.
    pub fn shown(seen: Option<String>, want: &str) -> Self {
        match seen {
            Some(seen) if seen == want => Self::Holds(String::new()),
            Some(seen) => Self::Ignores(format!("shows {seen}")),
            None => Self::Ignores(String::new()),
        }
    }

    /// What a read shows, whatever it is.
    pub fn of(seen: impl Into<String>) -> Self {
        Self::Holds(seen.into())
    }
}

/// A request that was not done.
#[derive(Debug)]
pub struct Refusal {
    status: Option<u16>,
    code: Option<String>,
    text: String,
    /// The change was accepted, and what is refused is to read it.
    reading: bool,
}

impl Refusal {
    /// Nothing was refused: the test itself gave up.
    pub fn waiting(text: &str) -> Self {
        Self { status: None, code: Some("no end".to_owned()), text: text.to_owned(), reading: false }
    }
}

impl<E: ProvideErrorMetadata + std::error::Error + 'static> From<SdkError<E, HttpResponse>> for Refusal {
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let metadata = error.as_service_error().map(ProvideErrorMetadata::meta);
        let code = metadata.and_then(|meta| meta.code()).map(str::to_owned);
        let text = match metadata {
            Some(meta) => meta.message().map(str::to_owned),
            None => Some(DisplayErrorContext(&error).to_string()),
        };
        Self { status, code, text: text.unwrap_or_default(), reading: false }
    }
}

/// The outcome of a setting.
pub type Told = Result<Answer, Refusal>;

/// Compares, after a change was accepted, what a read shows with what was asked for.
pub async fn read_back<T, E>(sent: Result<T, E>, seen: impl Future<Output = Result<Option<String>, Refusal>>, want: &str) -> Told
where
    Refusal: From<E>,
{
    sent?;
    let seen = seen.await.map_err(|refusal| Refusal { reading: true, ..refusal })?;
    Ok(Answer::shown(seen, want))
}

/// A cell of the table.
pub fn cell(told: &Told) -> String {
    match told {
        Ok(Answer::Holds(seen)) if seen.is_empty() => "holds".to_owned(),
        Ok(Answer::Holds(seen)) => format!("holds: {seen}"),
        Ok(Answer::Ignores(seen)) if seen.is_empty() => "ignores".to_owned(),
        Ok(Answer::Ignores(seen)) => format!("ignores: {seen}"),
        Err(refusal) if refusal.reading => format!("accepts, then reading {}", refused(refusal)),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: &Refusal) -> String {
    match (refusal.code.as_deref(), refusal.status) {
        (Some("UnknownOperationException"), _) => "unknown operation".to_owned(),
        (Some(code), _) => format!("refuses: {}", code.trim_end_matches("Exception")),
        (None, Some(status)) if status >= 500 => format!("breaks: {status}"),
        (None, Some(status)) => format!("refuses: {status}"),
        (None, None) => "breaks: no answer".to_owned(),
    }
}

impl fmt::Display for Refusal {
    /// Word by word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status} ")?,
            None => f.write_str("no status, ")?,
        }
        let code = self.code.as_deref().unwrap_or("no code");
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() { write!(f, "{code}, no text") } else { write!(f, "{code}: {text}") }
    }
}
