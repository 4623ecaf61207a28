//! create.many: two hundred tables that take DynamoDB ten seconds each, on a clock that jumps; knows how long it takes, not how it is done.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use migrate_core::embedded::Engine;
use migrate_core::migrator::Options;
use tokio::time::Instant;

use super::Extent;
use crate::Result;
use crate::noop::migrator;
use crate::report::{Bar, Row};
use crate::seam::{Exchange, Tap};

const TABLES: usize = 200;

/// Tables that are being made at once.
const AT_ONCE: usize = 100;

/// From the call to `ACTIVE`.
const TAKES: Duration = Duration::from_secs(10);

/// How often each table's making is asked for and looked at, and how long it takes in waves of as many as are made at once.
pub fn measure(_: Extent) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let client = Engine::memory()?.client();
        let tap = Tap::of(&client, slowly());
        let begun = Instant::now();
        let report = migrator(tap.attach(&client), TABLES)?.up(Options::default()).await?;
        let waves = begun.elapsed().as_secs_f64() / TAKES.as_secs_f64();
        if report.steps.len() != TABLES {
            return Err(migrate_core::Failure::msg(format!("{} tables were made, not {TABLES}", report.steps.len())));
        }
        let mut calls: BTreeMap<String, usize> = BTreeMap::new();
        for exchange in tap.take() {
            *calls.entry(exchange.operation).or_default() += 1;
        }
        let detail = calls.iter().map(|(operation, count)| format!("{count} {operation}")).collect::<Vec<_>>().join(", ");
        let each = calls.values().sum::<usize>() as f64 / TABLES as f64;
        let bar = 1.3 * TABLES.div_ceil(AT_ONCE) as f64;
        Ok(vec![
            Row::new("create.many", "time in that of one table", waves, "", Bar::AtMost(bar)),
            Row::new("create.many", "calls a table, all together", each, "", Bar::AtMost(3.0)).detail(detail),
        ])
    })
}

/// Every table is `CREATING` until its time is over.
fn slowly() -> impl Fn(&mut Exchange) + Send + Sync + 'static {
    let born: Mutex<BTreeMap<String, Instant>> = Mutex::default();
    move |exchange| {
        let request: serde_json::Value = serde_json::from_str(&exchange.request).unwrap_or_default();
        let Some(table) = request["TableName"].as_str() else { return };
        let mut born = born.lock().unwrap_or_else(PoisonError::into_inner);
        if exchange.operation == "CreateTable" {
            born.entry(table.to_owned()).or_insert_with(Instant::now);
        }
        if born.get(table).is_some_and(|born| born.elapsed() < TAKES) {
            exchange.answer = exchange.answer.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"CREATING""#);
        }
    }
}
