//! What a DynamoDB answers that keeps nothing: a table of equal items, success to every write; knows no connection.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::job::{Renderer, SIZE, TABLE};

/// A page of a scan without a limit.
const PAGE_BYTES: usize = 1024 * 1024;

/// Answers by request, `Operation body`: of runs that always ask the same.
pub type Kept = BTreeMap<String, String>;

/// A table of so many items, in memory of nobody.
#[derive(Debug)]
pub struct Null {
    items: usize,
    kept: Kept,
    renderer: Renderer,
    counts: Mutex<BTreeMap<String, u64>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Scan {
    limit: Option<usize>,
    segment: Option<usize>,
    total_segments: Option<usize>,
    exclusive_start_key: Option<Key>,
    return_consumed_capacity: Option<String>,
}

#[derive(Deserialize)]
struct Key {
    id: Text,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Writes {
    #[serde(default)]
    statements: Vec<IgnoredAny>,
    #[serde(default)]
    request_items: BTreeMap<String, Vec<IgnoredAny>>,
    #[serde(default)]
    transact_items: Vec<IgnoredAny>,
    return_consumed_capacity: Option<String>,
}

impl Null {
    /// A table of so many items.
    pub fn new(items: usize, kept: Kept) -> Self {
        Self { items, kept, renderer: Renderer::default(), counts: Mutex::default() }
    }

    /// Appends the answer, and returns its status.
    pub fn answer(&self, operation: &str, body: &[u8], answer: &mut Vec<u8>) -> u16 {
        if operation == "counts" {
            let counts = std::mem::take(&mut *self.counts());
            return reply(answer, &json!(counts));
        }
        self.count(operation, 1);
        if !self.kept.is_empty() {
            return match self.kept.get(&format!("{operation} {}", String::from_utf8_lossy(body))) {
                Some(kept) => {
                    answer.extend_from_slice(kept.as_bytes());
                    200
                }
                None => refuse(answer, "ValidationException", &format!("no answer to {operation} was kept")),
            };
        }
        match operation {
            "Scan" => match serde_json::from_slice(body) {
                Ok(scan) => self.page(&scan, answer),
                Err(error) => refuse(answer, "SerializationException", &error.to_string()),
            },
            "BatchExecuteStatement" | "BatchWriteItem" | "TransactWriteItems" | "UpdateItem" | "PutItem" | "DeleteItem" => {
                match serde_json::from_slice(body) {
                    Ok(writes) => self.write(operation, &writes, answer),
                    Err(error) => refuse(answer, "SerializationException", &error.to_string()),
                }
            }
            "DescribeTable" => reply(answer, &self.description()),
            "Query" => reply(answer, &json!({ "Items": [], "Count": 0, "ScannedCount": 0 })),
            "GetItem" => reply(answer, &json!({})),
            _ => refuse(answer, "UnknownOperationException", operation),
        }
    }

    fn page(&self, scan: &Scan, answer: &mut Vec<u8>) -> u16 {
        let (segment, segments) = (scan.segment.unwrap_or(0), scan.total_segments.unwrap_or(1));
        let end = self.items * (segment + 1) / segments;
        let begin = match scan.exclusive_start_key.as_ref().map(|key| Renderer::number(&key.id.text)) {
            None => self.items * segment / segments,
            Some(Some(last)) => last + 1,
            Some(None) => return refuse(answer, "ValidationException", "the start key is none of this table"),
        };
        let full = PAGE_BYTES / SIZE;
        let last = end.min(begin + scan.limit.unwrap_or(full).min(full));
        answer.extend_from_slice(b"{");
        if scan.return_consumed_capacity.as_deref().is_some_and(|said| said != "NONE") {
            let units = ((last - begin) * SIZE).div_ceil(4096).max(1);
            answer.extend_from_slice(
                format!(r#""ConsumedCapacity":{},"#, json!({ "TableName": TABLE, "CapacityUnits": units as f64 })).as_bytes(),
            );
        }
        answer.extend_from_slice(format!(r#""Count":{0},"ScannedCount":{0},"Items":["#, last - begin).as_bytes());
        for number in begin..last {
            if number > begin {
                answer.push(b',');
            }
            self.renderer.item(number, answer);
        }
        answer.push(b']');
        if last < end {
            let key = format!(r#","LastEvaluatedKey":{{"id":{{"S":"{}"}}}}"#, Renderer::id(last - 1));
            answer.extend_from_slice(key.as_bytes());
        }
        answer.push(b'}');
        self.count("items read", (last - begin) as u64);
        200
    }

    fn write(&self, operation: &str, writes: &Writes, answer: &mut Vec<u8>) -> u16 {
        let (units, mut said, many) = match operation {
            "BatchExecuteStatement" => {
                let written = vec![json!({ "TableName": TABLE }); writes.statements.len()];
                (writes.statements.len(), json!({ "Responses": written }), true)
            }
            "BatchWriteItem" => (writes.request_items.values().map(Vec::len).sum(), json!({ "UnprocessedItems": {} }), true),
            "TransactWriteItems" => (2 * writes.transact_items.len(), json!({}), true),
            _ => (1, json!({}), false),
        };
        self.count("items written", if operation == "TransactWriteItems" { units / 2 } else { units } as u64);
        if writes.return_consumed_capacity.as_deref().is_some_and(|said| said != "NONE") {
            let used = json!({ "TableName": TABLE, "CapacityUnits": units as f64 });
            said["ConsumedCapacity"] = if many { json!([used]) } else { used };
        }
        reply(answer, &said)
    }

    /// The table, as a description has it that is hours old.
    fn description(&self) -> serde_json::Value {
        json!({ "Table": {
            "TableName": TABLE,
            "TableArn": format!("arn:aws:dynamodb:eu-central-1:000000000000:table/{TABLE}"),
            "TableId": "00000000-0000-4000-8000-000000000000",
            "TableStatus": "ACTIVE",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" },
            "ProvisionedThroughput": { "ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0 },
            "ItemCount": self.items,
            "TableSizeBytes": self.items * SIZE,
        } })
    }

    fn count(&self, what: &str, many: u64) {
        let mut counts = self.counts();
        match counts.get_mut(what) {
            Some(count) => *count += many,
            None => drop(counts.insert(what.to_owned(), many)),
        }
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn reply(answer: &mut Vec<u8>, said: &serde_json::Value) -> u16 {
    answer.extend_from_slice(said.to_string().as_bytes());
    200
}

fn refuse(answer: &mut Vec<u8>, code: &str, message: &str) -> u16 {
    reply(answer, &json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message }));
    400
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(null: &Null, operation: &str, body: serde_json::Value) -> serde_json::Value {
        let mut answer = Vec::new();
        assert_eq!(null.answer(operation, body.to_string().as_bytes(), &mut answer), 200);
        serde_json::from_slice(&answer).unwrap()
    }

    #[test]
    fn the_segments_together_are_the_table() {
        let null = Null::new(1_003, Kept::default());
        let mut seen = std::collections::BTreeSet::new();
        for segment in 0..8 {
            let mut start = None;
            loop {
                let mut request = json!({ "TableName": TABLE, "Segment": segment, "TotalSegments": 8, "Limit": 50 });
                if let Some(start) = start.take() {
                    request["ExclusiveStartKey"] = start;
                }
                let page = asked(&null, "Scan", request);
                for item in page["Items"].as_array().unwrap() {
                    assert!(seen.insert(item["id"]["S"].as_str().unwrap().to_owned()), "twice");
                }
                match page.get("LastEvaluatedKey") {
                    Some(key) => start = Some(key.clone()),
                    None => break,
                }
            }
        }
        assert_eq!(seen.len(), 1_003);
        assert_eq!(asked(&null, "counts", json!({}))["items read"], 1_003);
        assert_eq!(asked(&null, "counts", json!({})), json!({}), "counts begin anew");
    }

    #[test]
    fn a_page_without_a_limit_is_a_megabyte() {
        let null = Null::new(10_000, Kept::default());
        let page = asked(&null, "Scan", json!({ "TableName": TABLE, "ReturnConsumedCapacity": "TOTAL" }));
        assert_eq!(page["Count"], 3_483);
        assert_eq!(page["ConsumedCapacity"]["CapacityUnits"], 256.0);
    }

    #[test]
    fn what_is_written_is_counted_and_charged() {
        let null = Null::new(1, Kept::default());
        let statements = json!({ "Statements": [{ "Statement": "a" }, { "Statement": "b" }], "ReturnConsumedCapacity": "TOTAL" });
        let done = asked(&null, "BatchExecuteStatement", statements);
        assert_eq!(done["Responses"].as_array().unwrap().len(), 2);
        assert_eq!(done["ConsumedCapacity"][0]["CapacityUnits"], 2.0);
        asked(&null, "UpdateItem", json!({ "TableName": TABLE, "Key": {} }));
        assert_eq!(asked(&null, "counts", json!({}))["items written"], 3);
    }
}
