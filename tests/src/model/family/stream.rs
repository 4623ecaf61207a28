//! A table's stream: neither enabling nor disabling may be repeated; it never knows the records in it.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html>

use super::super::clock::words;
use super::super::json::{flag, given, list, text, unset};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::one_of;
use serde_json::{Value, json};

/// A view type exactly where the stream is on.
pub(super) fn legal(wanted: &Value) -> Result<(), Refusal> {
    match (flag(wanted, "StreamEnabled"), text(wanted, "StreamViewType")) {
        (Some(true), Some(view)) => {
            one_of(view, "streamViewType", &["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"])
        }
        (Some(true), None) => Err(Refusal::invalid("If stream is being enabled then UpdateViewType is required")),
        (Some(false), Some(_)) => Err(Refusal::invalid("If stream is being disabled, then UpdateViewType must not be specified")),
        (Some(false), None) => Ok(()),
        (None, _) => Err(Refusal::invalid("StreamEnabled is required")),
    }
}

pub(super) fn update(state: &mut State, table: &mut Table, request: &Value) -> Result<(), Refusal> {
    let Some(wanted) = given(request, "StreamSpecification") else { return Ok(()) };
    legal(wanted)?;
    let name = table.name().to_owned();
    match (flag(wanted, "StreamEnabled") == Some(true), table.has_stream()) {
        // Another view type too: the stream must be off in between.
        (true, true) => return Err(Refusal::validation(format!("Table already has an enabled stream: TableName: {name}"))),
        (false, false) => return Err(Refusal::validation(format!("Table has no stream to disable: TableName: {name}"))),
        (true, false) => enable(state, table, wanted),
        (false, true) => {
            if list(&table.description, "Replicas").next().is_some() {
                return Err(Refusal::invalid("Stream cannot be disabled while the table has replicas"));
            }
            // The ARN of the last stream stays to be seen.
            unset(&mut table.description, "StreamSpecification");
        }
    }
    state.inner.push(("UpdateTable", json!({ "TableName": name, "StreamSpecification": wanted })));
    Ok(())
}

/// A new stream, with an ARN of its own.
pub(super) fn enable(state: &mut State, table: &mut Table, wanted: &Value) {
    let label = format!("{}.{:03}", words(state.now).trim_end_matches('Z'), state.serial());
    table.description["LatestStreamArn"] = json!(format!("{}/stream/{label}", table.arn()));
    table.description["LatestStreamLabel"] = json!(label);
    table.description["StreamSpecification"] = wanted.clone();
}
