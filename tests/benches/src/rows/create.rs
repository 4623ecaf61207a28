//! create.many: two hundred tables that take DynamoDB ten seconds each, on a clock that jumps; knows how long it takes, not how it is done.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// What is seen of each table: when its making was asked for, the calls about it until it showed, whether it showed.
type Seen = Arc<Mutex<BTreeMap<String, (Instant, usize, bool)>>>;

/// How long it takes, in waves of as many as are made at once, and how often each table is asked for until it is there.
pub fn measure(_: Extent) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let client = Engine::memory()?.client();
        // The history's table is made before: it is none of them.
        migrator(client.clone(), 1)?.up(Options::default()).await?;
        let seen = Seen::default();
        let tap = Tap::of(&client, slowly(seen.clone()));
        let begun = Instant::now();
        let report = migrator(tap.attach(&client), TABLES + 1)?.up(Options::default()).await?;
        let waves = begun.elapsed().as_secs_f64() / TAKES.as_secs_f64();
        if report.steps.len() != TABLES {
            return Err(migrate_core::Failure::msg(format!("{} tables were made, not {TABLES}", report.steps.len())));
        }
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        for exchange in tap.take() {
            *all.entry(exchange.operation).or_default() += 1;
        }
        let all = all.iter().map(|(operation, count)| format!("{count} {operation}")).collect::<Vec<_>>().join(", ");
        let mut each: Vec<usize> = held(&seen).values().map(|(_, calls, _)| *calls).collect();
        each.sort_unstable();
        // One table of all is looked at often, for the others.
        let (most, others) = each.split_last().ok_or_else(|| migrate_core::Failure::msg("no table was seen"))?;
        let worst = others.last().copied().unwrap_or_default() as f64;
        let bar = 1.3 * TABLES.div_ceil(AT_ONCE) as f64;
        Ok(vec![
            Row::new("create.many", "time in that of one table", waves, "", Bar::AtMost(bar)).detail(format!("all calls: {all}")),
            Row::new("create.many", "calls for a table until it is there", worst, "", Bar::AtMost(3.0))
                .detail(format!("{most} for the one that is looked at for the others")),
        ])
    })
}

/// Every table is `CREATING` until its time is over.
fn slowly(seen: Seen) -> impl Fn(&mut Exchange) + Send + Sync + 'static {
    move |exchange| {
        let request: serde_json::Value = serde_json::from_str(&exchange.request).unwrap_or_default();
        let Some(table) = request["TableName"].as_str() else { return };
        let mut seen = held(&seen);
        if exchange.operation == "CreateTable" {
            seen.insert(table.to_owned(), (Instant::now(), 0, false));
        }
        let Some((begun, calls, shows)) = seen.get_mut(table) else { return };
        *calls += usize::from(!*shows);
        if begun.elapsed() < TAKES {
            exchange.answer = exchange.answer.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"CREATING""#);
        } else {
            *shows |= exchange.operation == "DescribeTable";
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
