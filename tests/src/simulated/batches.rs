//! BatchExecuteStatement and BatchWriteItem over simulated tables; it never knows how one change is made.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::{Refusal, Reply};
use super::batch::{Error, carry_out, plan};
use super::statement;
use super::tally::Record;
use super::world::World;
use super::write::{batch, planned};

/// A batch holds no more, and a statement neither.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>
const MOST: usize = 25;
const LONGEST: usize = 8192;

/// Records of each table that a batch wrote to.
struct Records {
    operation: &'static str,
    length: usize,
    by_table: BTreeMap<String, Record>,
}

impl Records {
    fn new(operation: &'static str, length: usize) -> Self {
        Self { operation, length, by_table: BTreeMap::new() }
    }

    fn of(&mut self, table: &str) -> &mut Record {
        self.by_table.entry(table.to_owned()).or_insert_with(|| Record::new(self.operation, self.length))
    }

    /// `,"ConsumedCapacity":[…]` where it was asked for.
    fn consumed(&self, request: &Value) -> String {
        if !matches!(request["ReturnConsumedCapacity"].as_str(), Some("TOTAL" | "INDEXES")) {
            return String::new();
        }
        let one = |(table, record): (&String, &Record)| {
            format!("{{\"TableName\":{},\"CapacityUnits\":{:?}}}", Value::from(table.as_str()), record.write_units)
        };
        format!(",\"ConsumedCapacity\":[{}]", self.by_table.iter().map(one).collect::<Vec<_>>().join(","))
    }

    fn keep(self, world: &World, answered: usize) {
        for (table, mut record) in self.by_table {
            record.bytes_out = answered as u64;
            if let Some(mut state) = world.table(&table) {
                state.tally.add(record);
            }
        }
    }
}

pub(super) fn statements(world: &World, request: &Value, length: usize) -> Reply {
    let none = Vec::new();
    let requests = request["Statements"].as_array().unwrap_or(&none);
    let mut records = Records::new("BatchExecuteStatement", length);
    let reply = match execute(world, requests, &mut records) {
        Ok(answers) => {
            let consumed = records.consumed(request);
            Reply::done(format!("{{\"Responses\":[{}]{consumed}}}", answers.join(",")))
        }
        Err(refusal) => refusal.into(),
    };
    records.keep(world, reply.body.len());
    reply
}

fn execute(world: &World, requests: &[Value], records: &mut Records) -> Result<Vec<String>, Refusal> {
    if requests.is_empty() || requests.len() > MOST {
        return Err(Refusal::validation(format!(
            "1 validation error detected: Value at 'statements' failed to satisfy constraint: Member must have length less than \
             or equal to {MOST}"
        )));
    }
    let mut plans = Vec::new();
    let mut keys = Vec::new();
    for request in requests {
        let text = request["Statement"].as_str().unwrap_or_default();
        if text.len() > LONGEST {
            return Err(Refusal::validation(format!(
                "1 validation error detected: Value at 'statements.member.statement' failed to satisfy constraint: Member must \
                 have length less than or equal to {LONGEST}"
            )));
        }
        let table = statement::table(text).unwrap_or_default();
        let plan = match world.table(&table) {
            Some(state) => plan(&state, request),
            None => Err(Error::validation("Statement wasn't well formed, can't be processed")),
        };
        if let Ok(plan) = &plan {
            let key = (table.clone(), plan.write.key.clone());
            if keys.contains(&key) {
                return Err(Refusal::validation("Provided list of item keys contains duplicates"));
            }
            keys.push(key);
        }
        plans.push((text, table, plan));
    }
    let mut answers = Vec::new();
    for (text, table, plan) in plans {
        let record = records.of(&table);
        record.writes += 1;
        let fault = {
            let mut number = world.statements.lock().expect("nobody panics while holding this");
            *number += 1;
            (world.judge)(*number - 1, text)
        };
        let carried_out = fault.as_ref().is_none_or(|fault| fault.carried_out);
        let result = match (plan, world.table(&table)) {
            (Ok(plan), Some(mut state)) if carried_out => carry_out(&mut state, plan, record),
            (Ok(_), _) => Ok(()),
            (Err(error), _) => Err(error),
        };
        let result = match fault {
            Some(fault) => Err(Error::new(fault.code, "The simulation was told to answer this")),
            None => result,
        };
        let name = Value::from(table);
        answers.push(match result {
            Ok(()) => format!("{{\"TableName\":{name}}}"),
            Err(Error { code, message, item }) => {
                let item = item.map(|item| format!(",\"Item\":{item}")).unwrap_or_default();
                let message = Value::from(message);
                format!("{{\"Error\":{{\"Code\":\"{code}\",\"Message\":{message}{item}}},\"TableName\":{name}}}")
            }
        });
    }
    Ok(answers)
}

pub(super) fn write(world: &World, request: &Value, length: usize) -> Reply {
    let mut records = Records::new("BatchWriteItem", length);
    let reply = match write_all(world, request, &mut records) {
        Ok(unprocessed) => {
            let consumed = records.consumed(request);
            Reply::done(format!("{{\"UnprocessedItems\":{}{consumed}}}", Value::Object(unprocessed)))
        }
        Err(refusal) => refusal.into(),
    };
    records.keep(world, reply.body.len());
    reply
}

fn write_all(world: &World, request: &Value, records: &mut Records) -> Result<serde_json::Map<String, Value>, Refusal> {
    let none = Vec::new();
    let by_table = request["RequestItems"].as_object().into_iter().flatten();
    let by_table: Vec<_> = by_table.map(|(table, requests)| (table, requests.as_array().unwrap_or(&none))).collect();
    let total: usize = by_table.iter().map(|(_, requests)| requests.len()).sum();
    if total == 0 || total > MOST {
        return Err(Refusal::validation("Too many items requested for the BatchWriteItem call"));
    }
    let mut plans = Vec::new();
    for (table, requests) in by_table {
        let state = world.table(table).ok_or_else(|| Refusal::NotFound(table.clone()))?;
        plans.push((table, requests, planned(&state, requests)?));
    }
    let (mut unprocessed, mut left, mut throttled) = (serde_json::Map::new(), 0, None);
    for (table, requests, writes) in plans {
        let mut state = world.table(table).ok_or_else(|| Refusal::NotFound(table.clone()))?;
        let refused = batch(&mut state, requests, writes, records.of(table))?;
        if !refused.is_empty() {
            left += refused.len();
            throttled = Some(state.throttled());
            unprocessed.insert(table.clone(), Value::Array(refused));
        }
    }
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    match throttled {
        Some(refusal) if left == total => Err(refusal),
        Some(_) | None => Ok(unprocessed),
    }
}
