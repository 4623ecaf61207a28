//! From an operation's name and JSON body to the engine's typed call and back; it never knows files, locks or HTTP.

use super::answer::Refusal;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Runs one operation. The names are those of `x-amz-target`, without the API version.
pub(super) fn run(db: &Database, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    match operation {
        "CreateTable" => typed(body, |request| db.create_table(request)),
        "DeleteTable" => typed(body, |request| db.delete_table(request)),
        "DescribeTable" => typed(body, |request| db.describe_table(request)),
        "ListTables" => typed(body, |request| db.list_tables(request)),
        "UpdateTable" => typed(body, |request| db.update_table(request)),
        "PutItem" => typed(body, |request| db.put_item(request)),
        "GetItem" => typed(body, |request| db.get_item(request)),
        "DeleteItem" => typed(body, |request| db.delete_item(request)),
        "UpdateItem" => typed(body, |request| db.update_item(request)),
        "Query" => typed(body, |request| db.query(request)),
        "Scan" => typed(body, |request| db.scan(request)),
        "SearchVectors" => typed(body, |request| db.search_vectors(request)),
        "BatchGetItem" => typed(body, |request| db.batch_get_item(request)),
        "BatchWriteItem" => typed(body, |request| db.batch_write_item(request)),
        "TransactWriteItems" => typed(body, |request| db.transact_write_items(request)),
        "TransactGetItems" => typed(body, |request| db.transact_get_items(request)),
        "ListStreams" => typed(body, |request| db.list_streams(request)),
        "DescribeStream" => typed(body, |request| db.describe_stream(request)),
        "GetShardIterator" => typed(body, |request| db.get_shard_iterator(request)),
        "GetRecords" => typed(body, |request| db.get_records(request)),
        "UpdateTimeToLive" => typed(body, |request| db.update_time_to_live(request)),
        "DescribeTimeToLive" => typed(body, |request| db.describe_time_to_live(request)),
        "ExecuteStatement" => typed(body, |request| db.execute_statement(request)),
        "ExecuteTransaction" => typed(body, |request| db.execute_transaction(request)),
        "BatchExecuteStatement" => typed(body, |request| db.batch_execute_statement(request)),
        "TagResource" => typed(body, |request| db.tag_resource(request)),
        "UntagResource" => typed(body, |request| db.untag_resource(request)),
        "ListTagsOfResource" => typed(body, |request| db.list_tags_of_resource(request)),
        unknown => Err(Refusal::unknown(&format!("the embedded engine has no operation `{unknown}`"))),
    }
}

/// Decodes, calls, encodes.
pub(super) fn typed<Request, Response>(
    body: &[u8],
    call: impl FnOnce(Request) -> dynoxide::Result<Response>,
) -> Result<Vec<u8>, Refusal>
where
    Request: DeserializeOwned,
    Response: Serialize,
{
    let request = serde_json::from_slice(body).map_err(|error| decoding(&error))?;
    let response = call(request)?;
    serde_json::to_vec(&response).map_err(|error| Refusal::internal(&format!("the reply cannot be encoded: {error}")))
}

/// The engine's request types say what is wrong in the text of a serde error, with a marker that names the class.
/// Its own server does this translation in code that is not public.
fn decoding(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let message = match text.rfind(" at line ") {
        Some(at) => &text[..at],
        None => &text,
    };
    let marked = |markers: [&str; 2]| markers.into_iter().find_map(|marker| message.strip_prefix(marker));
    let error = if let Some(rest) = marked(["SERIALIZATION_AS_READ:", "SERIALIZATION:"]) {
        DynoxideError::SerializationException(rest.to_owned())
    } else if let Some(rest) = message.strip_prefix("VALIDATION_REQUEST:") {
        DynoxideError::ValidationException(format!("1 validation error detected: {rest}"))
    } else if let Some(rest) = marked(["VALIDATION_AS_READ:", "VALIDATION:"]) {
        DynoxideError::ValidationException(rest.to_owned())
    } else if error.is_data() {
        DynoxideError::ValidationException(message.to_owned())
    } else {
        DynoxideError::SerializationException(message.to_owned())
    };
    error.into()
}
