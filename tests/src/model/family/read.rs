//! DescribeTable and ListTables; it never changes a table.

use super::super::clock::DAY;
use super::super::json::{list, number, text};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::table_name;
use serde_json::{Value, json};

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html>
pub(in super::super) fn describe(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let table = state.table(table_name(request)?)?;
    Ok(json!({ "Table": shown(table, state.now) }))
}

/// The description, with what depends on the day.
fn shown(table: &Table, now: u64) -> Value {
    let mut description = table.description.clone();
    decreases(&mut description, table.past.decreases.get(""), now);
    for index in description.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut).into_iter().flatten() {
        let name = text(index, "IndexName").unwrap_or_default().to_owned();
        decreases(index, table.past.decreases.get(&name), now);
    }
    description
}

fn decreases(description: &mut Value, past: Option<&Vec<u64>>, now: u64) {
    let (Some(past), Some(throughput)) = (past, description.get_mut("ProvisionedThroughput")) else { return };
    throughput["NumberOfDecreasesToday"] = json!(past.iter().filter(|when| **when / DAY == now / DAY).count());
    if let Some(last) = past.last() {
        throughput["LastDecreaseDateTime"] = json!(last);
    }
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html>
pub(in super::super) fn list_tables(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    let limit = number(request, "Limit").unwrap_or(100);
    let Some(limit) = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit)) else {
        return Err(Refusal::validation(format!("1 validation error detected: Value '{limit}' at 'limit' is not from 1 to 100")));
    };
    let start = text(request, "ExclusiveStartTableName");
    let mut rest = state.tables.keys().filter(|name| start.is_none_or(|start| name.as_str() > start));
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let mut answer = json!({ "TableNames": page });
    if let (Some(last), Some(_)) = (page.last(), rest.next()) {
        answer["LastEvaluatedTableName"] = json!(last);
    }
    Ok(answer)
}

/// Puts the engine's counts into the description: about six hours old on AWS.
pub(in super::super) fn count(table: &mut Table, counted: &Value, now: u64) {
    table.counted = now;
    for member in ["ItemCount", "TableSizeBytes"] {
        table.description[member] = json!(number(counted, member).unwrap_or_default());
    }
    for index in list(counted, "GlobalSecondaryIndexes") {
        let name = text(index, "IndexName").unwrap_or_default();
        let described = super::super::json::find_mut(&mut table.description, "GlobalSecondaryIndexes", "IndexName", name);
        if let Some(described) = described {
            for member in ["ItemCount", "IndexSizeBytes"] {
                described[member] = json!(number(index, member).unwrap_or_default());
            }
        }
    }
}
