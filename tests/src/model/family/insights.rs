//! Contributor insights of tables and indexes; it never knows who contributes.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html>

use super::super::json::text;
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::super::step::End;
use super::{known, one_of, required, table_name};
use serde_json::{Value, json};

const MODES: &[&str] = &["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"];

pub(in super::super) fn update(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let name = table_name(request)?;
    let members = ["TableName", "IndexName", "ContributorInsightsAction", "ContributorInsightsMode"];
    known(request, "UpdateContributorInsights", &members)?;
    let action = required(request, "ContributorInsightsAction")?;
    one_of(action, "contributorInsightsAction", &["ENABLE", "DISABLE"])?;
    let enable = action == "ENABLE";
    let wanted = text(request, "ContributorInsightsMode");
    if let Some(mode) = wanted {
        one_of(mode, "contributorInsightsMode", MODES)?;
    }
    state.change(name, |state, table| {
        let index = index_of(table, request)?;
        let live = table.insights.get(index).cloned().unwrap_or_else(|| json!({ "ContributorInsightsStatus": "DISABLED" }));
        let status = text(&live, "ContributorInsightsStatus").unwrap_or_default();
        if ["ENABLING", "DISABLING"].contains(&status) {
            return Err(Refusal::validation(format!("Contributor insights of {name} are {status}")));
        }
        let mode = wanted.or_else(|| text(&live, "ContributorInsightsMode")).unwrap_or(MODES[0]);
        let same_mode = text(&live, "ContributorInsightsMode") == Some(mode);
        if enable == (status == "ENABLED") && (!enable || same_mode) {
            state.idle(format!("the contributor insights of {name} are so already"));
            return Ok(answer(request, &live));
        }
        let insights = json!({
            "ContributorInsightsStatus": if enable { "ENABLING" } else { "DISABLING" },
            "ContributorInsightsMode": mode,
            "LastUpdateDateTime": state.now,
        });
        table.insights.insert(index.to_owned(), insights.clone());
        let end = End::InsightsSettled(index.to_owned());
        table.later("DescribeContributorInsights", state.quirks.polls_insights, end);
        Ok(answer(request, &insights))
    })
}

pub(in super::super) fn describe(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let table = state.table(table_name(request)?)?;
    let never = json!({ "ContributorInsightsStatus": "DISABLED" });
    let insights = table.insights.get(index_of(table, request)?).unwrap_or(&never);
    Ok(answer(request, insights))
}

fn index_of<'a>(table: &Table, request: &'a Value) -> Result<&'a str, Refusal> {
    match text(request, "IndexName") {
        Some(index) if table.index(index).is_none() => {
            Err(Refusal::not_found(format!("Requested resource not found: Table: {} Index: {index}", table.name())))
        }
        Some(index) => Ok(index),
        None => Ok(""),
    }
}

fn answer(request: &Value, insights: &Value) -> Value {
    let mut answer = insights.clone();
    answer["TableName"] = request["TableName"].clone();
    if let Some(index) = text(request, "IndexName") {
        answer["IndexName"] = json!(index);
    }
    answer
}
