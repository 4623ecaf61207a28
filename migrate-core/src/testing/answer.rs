//! Answers that come in an engine's place, and the whole text of those that it gave; it never knows the question.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

/// A connection that failed.
pub(super) type Broken = ConnectorError;

/// An answer with all of its text at hand: over a network it comes bit by bit.
pub(super) async fn whole(mut answer: HttpResponse) -> Result<HttpResponse, Broken> {
    let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
    let body = ByteStream::new(body).collect().await.map_err(|error| ConnectorError::other(error.into(), None))?;
    *answer.body_mut() = SdkBody::from(body.into_bytes());
    Ok(answer)
}

/// The text of a whole answer.
pub(super) fn text(answer: &HttpResponse) -> &[u8] {
    answer.body().bytes().unwrap_or_default()
}

/// The connection is reset.
pub(super) fn reset() -> Broken {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    ConnectorError::io(broken.into())
}

/// An error as DynamoDB answers it.
pub(super) fn refusal(status: u16, error_type: &str, message: &str) -> HttpResponse {
    let body = serde_json::json!({ "__type": error_type, "message": message }).to_string();
    let status = status.try_into().expect("an HTTP status");
    HttpResponse::new(status, SdkBody::from(body))
}

/// How many writes an answer tells of: of a batch of statements those that were not refused, of all else one.
pub(super) fn accepted(operation: &str, status: u16, body: &[u8]) -> usize {
    if !(200..300).contains(&status) {
        return 0;
    }
    if operation != "BatchExecuteStatement" {
        return 1;
    }
    let reply: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    reply["Responses"].as_array().map_or(1, |all| all.iter().filter(|one| one.get("Error").is_none()).count())
}
