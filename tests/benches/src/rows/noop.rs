//! noop.calls, noop.time: an `up` with nothing to do, over a hundred tables; knows the calls, not why they are made.

use migrate_core::embedded::Engine;
use migrate_core::migrator::Options;

use super::Extent;
use crate::Result;
use crate::client::Task;
use crate::measure::Turns;
use crate::noop::{TABLES, migrator, ours};
use crate::process::{Server, client};
use crate::report::{Bar, Row};
use crate::seam::{Exchange, Tap};
use crate::serve::Kept;

/// `up` starts a process of its own, which takes milliseconds: more turns than where seconds are measured.
const MORE_TURNS: usize = 4;

/// Counts the calls in this process, keeps their answers, and lets processes ask the same.
pub fn measure(extent: Extent) -> Result<Vec<Row>> {
    let exchanges = tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(exchanges())?;
    let each = exchanges.iter().filter(|exchange| exchange.operation == "DescribeTable").count();
    let detail = format!("{each} descriptions and {} others for {TABLES} tables", exchanges.len() - each);
    let mut rows = vec![
        Row::new("noop.calls", "calls that do not depend on tables", (exchanges.len() - each) as f64, "", Bar::AtMost(2.0))
            .detail(detail),
        Row::new("noop.calls", "calls a table", each as f64 / TABLES as f64, "", Bar::AtMost(1.0)),
    ];

    let kept: Kept =
        exchanges.into_iter().map(|Exchange { operation, request, answer }| (format!("{operation} {request}"), answer)).collect();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("kept.json");
    std::fs::write(&file, serde_json::to_vec(&kept)?)?;
    let server = Server::kept(&file)?;
    let turns = Turns::of(extent.turns * MORE_TURNS, &[Task::OursNoop, Task::FloorNoop], |task| client(*task, &server))?;
    let millis = |candidate| turns.median(candidate, |took| took.cpu.as_secs_f64() * 1e3);
    let detail = format!("{:.1} ms; by hand {:.1} ms", millis(0), millis(1));
    rows.push(
        Row::new("noop.time", "processor time of the same calls by hand", turns.ratio(0, 1), "×", Bar::AtMost(1.2))
            .detail(detail),
    );
    let detail = format!("by hand {:.1} MB", turns.peak(1));
    rows.push(Row::new("noop.time", "peak of memory", turns.peak(0), " MB", Bar::AtMost(15.0)).detail(detail));
    Ok(rows)
}

/// All that an `up` says that has nothing to do.
async fn exchanges() -> Result<Vec<Exchange>> {
    let client = Engine::memory()?.client();
    migrator(client.clone(), TABLES)?.up(Options::default()).await?;
    let tap = Tap::of(&client, |_| {});
    ours(tap.attach(&client)).await?;
    Ok(tap.take())
}
