//! Scan, Query and GetItem of a simulated table; it never changes an item.

use std::ops::Bound;

use serde_json::Value;

use super::answer::Refusal;
use super::condition::Condition;
use super::key::{Key, Schema, part};
use super::parser::{Dialect, Parser};
use super::setup::Access;
use super::state::State;
use super::store::Stored;
use super::tally::Record;
use super::value::Item;

/// A page holds no more. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html>
const PAGE: u64 = 1024 * 1024;

/// What of a page's request is the same for Scan and Query.
struct Asked {
    limit: u64,
    filter: Option<Condition>,
    consistent: bool,
    count_only: bool,
}

pub(super) fn condition(request: &Value, field: &str) -> Result<Option<Condition>, Refusal> {
    let Some(text) = request[field].as_str() else { return Ok(None) };
    let dialect = Dialect::Expression {
        names: request["ExpressionAttributeNames"].as_object(),
        values: request["ExpressionAttributeValues"].as_object(),
    };
    let wrong = |message: String| Refusal::validation(format!("Invalid {field}: {message}"));
    let mut parser = Parser::new(text, dialect).map_err(wrong)?;
    let condition = parser.condition().map_err(wrong)?;
    parser.end().map_err(wrong)?;
    Ok(Some(condition))
}

impl Asked {
    fn of(request: &Value) -> Result<Self, Refusal> {
        for unknown in ["IndexName", "ProjectionExpression", "ScanFilter", "QueryFilter", "KeyConditions", "AttributesToGet"] {
            if !request[unknown].is_null() {
                return Err(Refusal::validation(format!("the simulation knows no {unknown}")));
            }
        }
        let limit = match &request["Limit"] {
            Value::Null => u64::MAX,
            limit => limit.as_u64().filter(|limit| *limit > 0).ok_or_else(|| Refusal::validation("Limit must be at least 1"))?,
        };
        Ok(Self {
            limit,
            filter: condition(request, "FilterExpression")?,
            consistent: request["ConsistentRead"] == true,
            count_only: request["Select"] == "COUNT",
        })
    }
}

pub(super) fn scan(state: &mut State, request: &Value, record: &mut Record) -> Result<String, Refusal> {
    let schema = state.schema()?;
    let asked = Asked::of(request)?;
    let (segment, total) = match (&request["Segment"], &request["TotalSegments"]) {
        (Value::Null, Value::Null) => (0, 1),
        (segment, total) => match (segment.as_u64(), total.as_u64()) {
            (Some(segment), Some(total)) if segment < total && total <= 1_000_000 => (segment, total),
            _ => return Err(Refusal::validation("Segment must be less than TotalSegments, and that at most 1000000")),
        },
    };
    let range = part(segment, total);
    let start = match start_key(&schema, request)? {
        None => Bound::Included(Key::before(*range.start())),
        Some(key) if range.contains(&key.hash) => Bound::Excluded(key),
        Some(_) => return Err(Refusal::validation("The provided starting key is invalid: it is of another segment")),
    };
    page(state, &schema, request, &asked, record, |state| {
        Box::new(state.store.from(start).take_while(move |(key, _)| range.contains(&key.hash)))
    })
}

pub(super) fn query(state: &mut State, request: &Value, record: &mut Record) -> Result<String, Refusal> {
    let schema = state.schema()?;
    let asked = Asked::of(request)?;
    let wrong = || Refusal::validation("Query condition missed key schema element");
    let condition = condition(request, "KeyConditionExpression")?.ok_or_else(wrong)?;
    let parts = condition.parts();
    let value = parts.iter().filter_map(Condition::equality).find(|(name, _)| *name == schema.partition.name);
    let first = value.and_then(|(_, value)| Key::first_of(value)).ok_or_else(wrong)?;
    let (from, backwards) = (start_key(&schema, request)?, request["ScanIndexForward"] == false);
    let partition = first.partition.clone();
    let of_partition = move |key: &Key| key.hash == first.hash && key.partition == partition;
    let start = match &from {
        Some(key) if !backwards => Bound::Excluded(key.clone()),
        Some(_) | None => Bound::Included(Key { hash: first.hash, partition: first.partition, sort: first.sort }),
    };
    let by_sort = Condition::And(parts);
    page(state, &schema, request, &asked, record, |state| {
        let found = state.store.from(start).take_while(move |(key, _)| of_partition(key));
        let found = found.filter(move |(_, stored)| by_sort.holds(&stored.item()));
        if !backwards {
            return Box::new(found);
        }
        let mut all: Vec<_> = found.filter(|(key, _)| from.as_ref().is_none_or(|from| *key < from)).collect();
        all.reverse();
        Box::new(all.into_iter())
    })
}

fn start_key(schema: &Schema, request: &Value) -> Result<Option<Key>, Refusal> {
    let invalid = |message: String| Refusal::validation(format!("The provided starting key is invalid: {message}"));
    request["ExclusiveStartKey"].as_object().map(|key| schema.key_only(key).map_err(invalid)).transpose()
}

type Found<'a> = Box<dyn Iterator<Item = (&'a Key, &'a Stored)> + 'a>;

/// Takes items until the page is full. A page that ends at its limit tells where, even when nothing follows.
fn page(
    state: &mut State,
    schema: &Schema,
    request: &Value,
    asked: &Asked,
    record: &mut Record,
    found: impl FnOnce(&State) -> Found<'_>,
) -> Result<String, Refusal> {
    let mut items = String::with_capacity(64 * 1024);
    let (mut count, mut scanned, mut bytes) = (0_u64, 0_u64, 0_u64);
    let mut partitions: Vec<(usize, u64)> = Vec::new();
    let mut last = None;
    for (key, stored) in found(state) {
        scanned += 1;
        bytes += u64::from(stored.size);
        let partition = state.partition_of(key.hash);
        match partitions.last_mut().filter(|(last, _)| *last == partition) {
            Some((_, sum)) => *sum += u64::from(stored.size),
            None => partitions.push((partition, u64::from(stored.size))),
        }
        if asked.filter.as_ref().is_none_or(|filter| filter.holds(&stored.item())) {
            count += 1;
            if !asked.count_only {
                items.push_str(if items.is_empty() { "" } else { "," });
                items.push_str(&stored.text);
            }
        }
        if scanned == asked.limit || bytes >= PAGE {
            last = Some(stored);
            break;
        }
    }
    let last = last.map(|stored| Value::Object(schema.of_item(&stored.item())));
    let units = read_units(bytes, asked.consistent);
    let share = |(partition, sum): &(usize, u64)| (*partition, units * *sum as f64 / bytes.max(1) as f64);
    let shares: Vec<_> = if bytes == 0 { vec![(0, units)] } else { partitions.iter().map(share).collect() };
    if !state.admit(Access::Read, &shares) {
        record.throttled = true;
        return Err(state.throttled());
    }
    record.read_units += units;
    record.scanned += u32::try_from(scanned).unwrap_or(u32::MAX);
    let mut body = if asked.count_only { "{".to_owned() } else { format!("{{\"Items\":[{items}],") };
    body.push_str(&format!("\"Count\":{count},\"ScannedCount\":{scanned}"));
    if let Some(last) = last {
        body.push_str(&format!(",\"LastEvaluatedKey\":{last}"));
    }
    body.push_str(&consumed(request, &state.setup.name, units));
    body.push('}');
    Ok(body)
}

pub(super) fn get_item(state: &mut State, request: &Value, record: &mut Record) -> Result<String, Refusal> {
    let schema = state.schema()?;
    let key = schema.key_only(request["Key"].as_object().unwrap_or(&Item::new())).map_err(Refusal::validation)?;
    let stored = state.store.get(&key);
    let units = read_units(stored.map_or(0, |stored| u64::from(stored.size)), request["ConsistentRead"] == true);
    let item = stored.map(|stored| format!("\"Item\":{}", stored.text)).unwrap_or_default();
    if !state.admit(Access::Read, &[(state.partition_of(key.hash), units)]) {
        record.throttled = true;
        return Err(state.throttled());
    }
    record.read_units += units;
    let consumed = consumed(request, &state.setup.name, units);
    let consumed = if item.is_empty() { consumed.trim_start_matches(',') } else { &consumed };
    Ok(format!("{{{item}{consumed}}}"))
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>
fn read_units(bytes: u64, consistent: bool) -> f64 {
    let units = bytes.div_ceil(4096).max(1) as f64;
    if consistent { units } else { units / 2.0 }
}

/// `,"ConsumedCapacity":{…}` where it was asked for.
pub(super) fn consumed(request: &Value, table: &str, units: f64) -> String {
    let table = Value::from(table);
    match request["ReturnConsumedCapacity"].as_str() {
        Some("TOTAL") => format!(",\"ConsumedCapacity\":{{\"TableName\":{table},\"CapacityUnits\":{units:?}}}"),
        Some("INDEXES") => format!(
            ",\"ConsumedCapacity\":{{\"TableName\":{table},\"CapacityUnits\":{units:?},\"Table\":{{\"CapacityUnits\":{units:?}}}}}"
        ),
        _ => String::new(),
    }
}
