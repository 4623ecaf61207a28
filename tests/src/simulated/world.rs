//! All simulated tables, and which requests are theirs; what is not goes to the engine below. It never knows how a request came.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use serde_json::Value;

use super::answer::{Refusal, Reply};
use super::key::Schema;
use super::setup::SimulatedTable;
use super::state::State;
use super::tally::Record;
use super::{batches, read, statement, write};

/// What becomes of a statement of a batch, instead of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFault {
    /// `TransactionConflict`, `InternalServerError`, …
    pub code: &'static str,
    /// Whether it is carried out all the same, and only its answer is this one.
    pub carried_out: bool,
}

/// Asked about every statement of a batch: its number, counted from 0, and its text.
pub(super) type StatementJudge = dyn Fn(u64, &str) -> Option<StatementFault> + Send + Sync;

/// How long requests take.
#[derive(Clone, Debug, Default)]
pub(super) struct Latency {
    pub(super) fixed: Duration,
    pub(super) jitter: Duration,
    pub(super) seed: u64,
}

impl Latency {
    /// Half of a request's time: what it takes to get here, and an answer to get back.
    fn half(&mut self) -> Duration {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (self.seed >> 33) as f64 / (1_u64 << 31) as f64;
        (self.fixed + self.jitter.mul_f64(share)) / 2
    }
}

pub(super) struct World {
    pub(super) tables: BTreeMap<String, Mutex<State>>,
    /// Of the engine below.
    pub(super) below: Client,
    pub(super) latency: Mutex<Latency>,
    pub(super) judge: Arc<StatementJudge>,
    pub(super) statements: Mutex<u64>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.tables.keys()).finish()
    }
}

/// The operations that one table answers.
type Single = fn(&mut State, &Value, &mut Record) -> Result<String, Refusal>;

fn single(operation: &str) -> Option<(&'static str, Single)> {
    Some(match operation {
        "Scan" => ("Scan", read::scan),
        "Query" => ("Query", read::query),
        "GetItem" => ("GetItem", read::get_item),
        "PutItem" => ("PutItem", write::put_item),
        "UpdateItem" => ("UpdateItem", write::update_item),
        "DeleteItem" => ("DeleteItem", write::delete_item),
        _ => return None,
    })
}

/// The tables whose items a request is about.
fn tables(operation: &str, request: &Value) -> Vec<String> {
    let named = |holder: &Value| holder["TableName"].as_str().map(str::to_owned);
    let stated = |holder: &Value| statement::table(holder["Statement"].as_str()?);
    let list = |field: &str| request[field].as_array().into_iter().flatten();
    let mut found: Vec<String> = match operation {
        "BatchWriteItem" | "BatchGetItem" => {
            request["RequestItems"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
        }
        "BatchExecuteStatement" => list("Statements").filter_map(stated).collect(),
        "ExecuteTransaction" => list("TransactStatements").filter_map(stated).collect(),
        "ExecuteStatement" => stated(request).into_iter().collect(),
        "TransactWriteItems" | "TransactGetItems" => {
            list("TransactItems").filter_map(Value::as_object).flat_map(serde_json::Map::values).filter_map(named).collect()
        }
        _ if single(operation).is_some() => named(request).into_iter().collect(),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

impl World {
    /// A table, if it is simulated.
    pub(super) fn table(&self, name: &str) -> Option<MutexGuard<'_, State>> {
        self.tables.get(name).map(|table| table.lock().expect("no request panics while it holds this"))
    }

    /// The answer to a request for the items of simulated tables; none if the engine below is to answer it.
    pub(super) async fn answer(&self, operation: &str, body: &[u8]) -> Option<Reply> {
        let plain = single(operation);
        let batched = ["BatchWriteItem", "BatchExecuteStatement"].contains(&operation);
        let unknown = ["BatchGetItem", "ExecuteStatement", "ExecuteTransaction", "TransactWriteItems", "TransactGetItems"];
        if plain.is_none() && !batched && !unknown.contains(&operation) {
            return None;
        }
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let tables = tables(operation, &request);
        let simulated = tables.iter().filter(|name| self.tables.contains_key(*name)).count();
        if simulated == 0 {
            return None;
        }
        let (there, back) = {
            let mut latency = self.latency.lock().expect("nobody panics while holding this");
            (latency.half(), latency.half())
        };
        wait(there).await;
        let reply = if simulated < tables.len() || unknown.contains(&operation) {
            Refusal::validation(format!("the simulation does not know {operation} of {}", tables.join(", "))).into()
        } else {
            self.carry_out(operation, plain, &request, &tables, body.len()).await
        };
        wait(back).await;
        Some(reply)
    }

    async fn carry_out(
        &self,
        operation: &str,
        plain: Option<(&'static str, Single)>,
        request: &Value,
        tables: &[String],
        length: usize,
    ) -> Reply {
        for name in tables {
            if let Err(refusal) = self.learn(name).await {
                return refusal.into();
            }
        }
        let Some((operation, run)) = plain else {
            return match operation {
                "BatchWriteItem" => batches::write(self, request, length),
                _ => batches::statements(self, request, length),
            };
        };
        let Some(mut state) = self.table(&tables[0]) else { return Refusal::NotFound(tables[0].clone()).into() };
        let mut record = Record::new(operation, length);
        let reply = run(&mut state, request, &mut record).map_or_else(Reply::from, Reply::done);
        record.bytes_out = reply.body.len() as u64;
        state.tally.add(record);
        reply
    }

    /// Asks the engine below for a table's key, once.
    pub(super) async fn learn(&self, name: &str) -> Result<(), Refusal> {
        if self.table(name).is_none_or(|state| state.schema.is_some()) {
            return Ok(());
        }
        let not_found = || Refusal::NotFound(name.to_owned());
        let described = self.below.describe_table().table_name(name).send().await;
        let described = described.map_err(|error| match error.code() {
            Some("ResourceNotFoundException") => not_found(),
            _ => Refusal::validation(format!("the engine below does not describe {name}: {:?}", error.code())),
        })?;
        let table = described.table.ok_or_else(not_found)?;
        if let Some(mut state) = self.table(name) {
            state.schema = Some(Schema::of(&table).ok_or_else(not_found)?);
        }
        Ok(())
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

pub(super) fn states(tables: impl IntoIterator<Item = SimulatedTable>) -> BTreeMap<String, Mutex<State>> {
    tables.into_iter().map(|setup| (setup.name.clone(), Mutex::new(State::new(setup)))).collect()
}
