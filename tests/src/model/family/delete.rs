//! DeleteTable; it never knows what the items were.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html>

use super::super::json::{flag, text};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::step::End;
use super::{known, table_name};
use serde_json::{Value, json};

/// Only an active table that is not protected, and none whose index is being allocated.
pub(in super::super) fn delete(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    known(request, "DeleteTable", &["TableName"])?;
    state.change(name, |state, table| {
        table.must_be_active()?;
        if flag(&table.description, "DeletionProtectionEnabled") == Some(true) {
            return Err(Refusal::validation(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
            ));
        }
        if table.indexes().any(super::index::allocating) {
            return Err(Refusal::in_use("Attempt to change a resource which is still in use: Index is being created"));
        }
        table.steps.clear();
        table.set_status("DELETING");
        table.later("DescribeTable", state.quirks.polls_deleting, End::TableGone);
        state.inner.push(("DeleteTable", json!({ "TableName": name })));
        if let Some(arn) = text(&table.description, "LatestStreamArn") {
            state.streams.remove(arn);
        }
        Ok(json!({ "TableDescription": table.description }))
    })
}
