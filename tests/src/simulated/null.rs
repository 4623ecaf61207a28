//! A table that answers at once: pages rendered beforehand, writes accepted unseen. It never keeps what was written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::face::{Answer, rendered};
use super::sample::{sample, sample_key, sample_number};

/// Segments of pages, by the number of segments and the limit of a page.
type Rendered = HashMap<(u64, u64), Arc<Vec<Vec<Answer>>>>;

/// See the module. Its items are those of [`sample`](super::sample).
#[derive(Debug)]
pub struct Null {
    table: String,
    items: u64,
    size: usize,
    pages: Mutex<Rendered>,
    /// How a request names the table.
    marks: Vec<String>,
    written: Answer,
    processed: Answer,
}

impl Null {
    /// A table of `items` items of `size` bytes, with the key `pk`.
    pub fn new(table: &str, items: u64, size: usize) -> Self {
        let field = format!("\"TableName\":\"{table}\"");
        let marks = vec![
            field.clone(),
            field.replace(':', ": "),
            format!("\\\"{table}\\\""),
            format!("{{\"{table}\":"),
            format!("{{\"{table}\" :"),
        ];
        let (written, processed) = (rendered(200, b"{}"), rendered(200, br#"{"UnprocessedItems":{}}"#));
        Self { table: table.to_owned(), items, size, pages: Mutex::default(), marks, written, processed }
    }

    /// Renders all pages of a scan beforehand; what is not rendered is when it is first asked for.
    pub fn render(&self, segments: u64, limit: u64) {
        let _ = self.segments(segments, limit);
    }

    fn first(&self, segment: u64, segments: u64) -> u64 {
        self.items * segment / segments
    }

    fn segments(&self, segments: u64, limit: u64) -> Arc<Vec<Vec<Answer>>> {
        let mut pages = self.pages.lock().expect("nobody panics while holding this");
        let render = || Arc::new((0..segments).map(|segment| self.segment(segment, segments, limit)).collect());
        pages.entry((segments, limit)).or_insert_with(render).clone()
    }

    fn segment(&self, segment: u64, segments: u64, limit: u64) -> Vec<Answer> {
        let (mut next, end) = (self.first(segment, segments), self.first(segment + 1, segments));
        let mut pages = Vec::new();
        loop {
            let last = end.min(next + limit);
            let items: Vec<String> = (next..last).map(|n| sample(n, self.size)).collect();
            let (count, items) = (items.len(), items.join(","));
            let follows = if last < end {
                format!(",\"LastEvaluatedKey\":{{\"pk\":{{\"S\":\"{}\"}}}}", sample_key(last - 1))
            } else {
                String::new()
            };
            let units = (count * self.size).div_ceil(4096).max(1);
            let consumed = format!("\"ConsumedCapacity\":{{\"TableName\":\"{}\",\"CapacityUnits\":{units}.0}}", self.table);
            let body = format!("{{\"Items\":[{items}],\"Count\":{count},\"ScannedCount\":{count},{consumed}{follows}}}");
            pages.push(rendered(200, body.as_bytes()));
            next = last;
            if next >= end {
                return pages;
            }
        }
    }

    /// The answer to a request about its items; none if it is about something else.
    pub(super) fn answer(&self, operation: &str, body: &[u8]) -> Option<Answer> {
        let text = std::str::from_utf8(body).ok()?;
        if !self.marks.iter().any(|mark| text.contains(mark.as_str())) {
            return None;
        }
        Some(match operation {
            "Scan" => self.scan(&serde_json::from_slice(body).ok()?),
            "GetItem" => {
                let request: Value = serde_json::from_slice(body).ok()?;
                let n = request["Key"]["pk"]["S"].as_str().and_then(sample_number).filter(|n| *n < self.items);
                match n {
                    Some(n) => rendered(200, format!("{{\"Item\":{}}}", sample(n, self.size)).as_bytes()),
                    None => self.written.clone(),
                }
            }
            "PutItem" | "UpdateItem" | "DeleteItem" => self.written.clone(),
            "BatchWriteItem" => self.processed.clone(),
            "BatchExecuteStatement" => {
                let count = text.matches("\"Statement\":").count();
                let one = format!("{{\"TableName\":\"{}\"}}", self.table);
                let consumed = if text.contains("\"ReturnConsumedCapacity\"") {
                    format!(",\"ConsumedCapacity\":[{{\"TableName\":\"{}\",\"CapacityUnits\":{count}.0}}]", self.table)
                } else {
                    String::new()
                };
                rendered(200, format!("{{\"Responses\":[{}]{consumed}}}", vec![one; count].join(",")).as_bytes())
            }
            _ => return None,
        })
    }

    fn scan(&self, request: &Value) -> Answer {
        let (segment, total) = (request["Segment"].as_u64().unwrap_or(0), request["TotalSegments"].as_u64().unwrap_or(1));
        // Without a limit a page ends at a megabyte.
        let limit = request["Limit"].as_u64().unwrap_or(1024 * 1024 / self.size.max(1) as u64).max(1);
        let segments = self.segments(total.max(1), limit);
        let after = request["ExclusiveStartKey"]["pk"]["S"].as_str().and_then(sample_number);
        let next = after.map_or(0, |n| (n + 1).saturating_sub(self.first(segment, total.max(1))) / limit);
        let page = segments.get(segment as usize).and_then(|pages| pages.get(next as usize));
        let wrong = br#"{"__type":"com.amazon.coral.validate#ValidationException","message":"there is no such page"}"#;
        page.cloned().unwrap_or_else(|| rendered(400, wrong))
    }
}
