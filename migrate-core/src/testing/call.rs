//! One request at the seam, and whether it may change something; it never knows what became of it.

use serde_json::Value;

/// One attempt of a request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Counted from 0 since the recorder was made or reset.
    pub index: usize,
    /// `PutItem`, `DescribeTable`, …
    pub operation: String,
    /// The request's JSON.
    pub body: Vec<u8>,
    /// The SDK's id of the request, which all of its attempts have; empty where none was sent.
    pub request: String,
}

impl Call {
    /// Whether the call may change something. PartiQL is judged by its statements.
    pub fn is_write(&self) -> bool {
        let statements = match self.operation.as_str() {
            "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => statements(&self.json()),
            _ => return is_write(&self.operation),
        };
        statements.is_empty() || !statements.iter().all(|text| is_select(text))
    }

    /// The request as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether it is about a table, by its physical name: not one that merely has that name among its values.
    pub fn is_about(&self, table: &str) -> bool {
        let request = self.json();
        let quoted = format!("\"{table}\"");
        names(&request, table)
            || request.get("RequestItems").is_some_and(|tables| tables.get(table).is_some())
            || statements(&request).iter().any(|text| text.contains(&quoted))
    }
}

/// Whether a member called `TableName` says so, at any depth.
fn names(value: &Value, table: &str) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, value)| (name == "TableName" && value.as_str() == Some(table)) || names(value, table))
        }
        Value::Array(all) => all.iter().any(|value| names(value, table)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether an operation may change something. What is not known to read is taken for a write.
pub fn is_write(operation: &str) -> bool {
    let reads = ["Describe", "List", "Get", "BatchGet", "TransactGet"];
    let other_reads = ["Query", "Scan", "SearchVectors"];
    !(reads.iter().any(|prefix| operation.starts_with(prefix)) || other_reads.contains(&operation))
}

fn statements(request: &Value) -> Vec<String> {
    let lists = ["Statements", "TransactStatements"];
    let listed = lists.iter().filter_map(|list| request.get(list)?.as_array()).flatten();
    std::iter::once(request).chain(listed).filter_map(|holder| Some(holder.get("Statement")?.as_str()?.to_owned())).collect()
}

fn is_select(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    word.eq_ignore_ascii_case("select")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(operation: &str, body: &Value) -> Call {
        Call { index: 0, operation: operation.to_owned(), body: body.to_string().into_bytes(), request: String::new() }
    }

    #[test]
    fn statements_are_judged_one_by_one() {
        let select = json!({"Statement": "select * from \"t\""});
        let update = json!({"Statement": "UPDATE \"t\" SET a = 1"});
        assert!(!call("ExecuteStatement", &select).is_write());
        assert!(call("ExecuteStatement", &update).is_write());
        for (operation, list) in [("BatchExecuteStatement", "Statements"), ("ExecuteTransaction", "TransactStatements")] {
            assert!(!call(operation, &json!({ list: [select, select] })).is_write());
            assert!(call(operation, &json!({ list: [select, update] })).is_write());
            assert!(call(operation, &json!({ list: [] })).is_write(), "what is not known to read");
        }
    }

    #[test]
    fn a_table_is_meant_where_it_is_named_as_one() {
        let about = |body: Value| call("BatchExecuteStatement", &body).is_about("t");
        assert!(about(json!({"TableName": "t"})));
        assert!(about(json!({"TransactItems": [{"Put": {"TableName": "t"}}]})));
        assert!(about(json!({"RequestItems": {"t": []}})));
        assert!(about(json!({"Statements": [{"Statement": "SELECT * FROM \"t\" WHERE id = ?"}]})));
        assert!(!about(json!({"Statements": [{"Statement": "SELECT * FROM \"tt\" WHERE t = ?"}]})));
        assert!(!about(json!({"TableName": "u", "Item": {"id": {"S": "t"}}})));
    }
}
