//! Resource policies, with a revision to compare and set; it never knows who may do what.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html>

use super::super::json::{given, text};
use super::super::refusal::Refusal;
use super::super::state::{Policy, State, Table};
use super::{by_arn, known, required};
use serde_json::{Value, json};

/// What is expected where no policy is.
const NONE: &str = "NO_POLICY";
const BYTES: usize = 20 * 1024;

pub(in super::super) fn put(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let members = ["ResourceArn", "Policy", "ExpectedRevisionId", "ConfirmRemoveSelfResourceAccess"];
    known(request, "PutResourcePolicy", &members)?;
    let document = required(request, "Policy")?;
    legal(document)?;
    let name = by_arn(state, request)?;
    let serial = state.serial();
    let revision = format!("{}{serial:03}", state.now);
    state.change(name, |state, table| {
        expected(table, request)?;
        if let Some(policy) = table.policy.as_ref().filter(|policy| policy.text == document) {
            state.idle(format!("the policy of {name} is so already"));
            return Ok(json!({ "RevisionId": policy.revision }));
        }
        table.policy = Some(Policy { text: document.to_owned(), revision: revision.clone() });
        Ok(json!({ "RevisionId": revision }))
    })
}

pub(in super::super) fn get(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    known(request, "GetResourcePolicy", &["ResourceArn"])?;
    let name = by_arn(state, request)?;
    match &state.table(name)?.policy {
        Some(policy) => Ok(json!({ "Policy": policy.text, "RevisionId": policy.revision })),
        None => Err(Refusal::new(
            "PolicyNotFoundException",
            format!("Resource-based policy not found for the provided ResourceArn: {name}"),
        )),
    }
}

/// Of a table without a policy this does nothing.
pub(in super::super) fn delete(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    known(request, "DeleteResourcePolicy", &["ResourceArn", "ExpectedRevisionId"])?;
    let name = by_arn(state, request)?;
    state.change(name, |state, table| {
        expected(table, request)?;
        match table.policy.take() {
            Some(policy) => Ok(json!({ "RevisionId": policy.revision })),
            None => {
                state.idle(format!("{name} has no policy"));
                Ok(json!({}))
            }
        }
    })
}

pub(super) fn legal(document: &str) -> Result<(), Refusal> {
    let read: Value = serde_json::from_str(document).unwrap_or_default();
    if document.len() > BYTES || given(&read, "Statement").is_none() {
        return Err(Refusal::validation("Invalid policy document: it is JSON with a Statement, of up to 20 KB"));
    }
    Ok(())
}

/// Another revision is somebody else's change, which nobody could know.
fn expected(table: &Table, request: &Value) -> Result<(), Refusal> {
    if ["CREATING", "DELETING"].contains(&table.status()) {
        table.must_be_active()?;
    }
    let live = table.policy.as_ref().map_or(NONE, |policy| &policy.revision);
    match text(request, "ExpectedRevisionId") {
        Some(wanted) if wanted != live => {
            Err(Refusal::new("PolicyNotFoundException", format!("The policy does not have the expected revision {wanted}")))
        }
        Some(_) | None => Ok(()),
    }
}
