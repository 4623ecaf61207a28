//! What a simulated table tells about itself: the engine's own description with other numbers; it never knows items.

use serde_json::{Value, json};

use super::state::State;

/// Edits the answer to DescribeTable.
pub(super) fn edit(state: &State, body: &[u8]) -> Vec<u8> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    if let Some(table) = answer["Table"].as_object_mut() {
        let setup = &state.setup;
        table.insert("ItemCount".to_owned(), json!(setup.items_shown.unwrap_or(state.store.len() as u64)));
        table.insert("TableSizeBytes".to_owned(), json!(setup.bytes_shown.unwrap_or(state.store.bytes())));
        let (mode, (read, write)) = match setup.provisioned {
            Some(units) => ("PROVISIONED", units),
            None => ("PAY_PER_REQUEST", (0.0, 0.0)),
        };
        table.insert("BillingModeSummary".to_owned(), json!({ "BillingMode": mode }));
        let units = json!({"NumberOfDecreasesToday": 0, "ReadCapacityUnits": read as u64, "WriteCapacityUnits": write as u64});
        table.insert("ProvisionedThroughput".to_owned(), units);
        if let Some((read, write)) = setup.warm_shown {
            let warm = json!({"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "ACTIVE"});
            table.insert("WarmThroughput".to_owned(), warm);
        }
    }
    answer.to_string().into_bytes()
}
