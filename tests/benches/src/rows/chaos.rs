//! chaos.throttle, resume.loss, skip.done: what a run does under trouble, and what a run does again; on the simulated DynamoDB.

use std::time::Duration;

use migrate_tests::seam::{Recorder, Verdict, is_write};
use migrate_tests::simulated::{Access, SimulatedTable};
use tokio::time::Instant;

use super::Extent;
use crate::Result;
use crate::job::{PAGE, SEGMENTS, TABLE};
use crate::report::{Bar, Row};
use crate::stage::{Stage, jump};
use crate::subject;

/// Write units a second, a quarter of what the table shows.
const BUDGET: f64 = 2_000.0;

fn table() -> SimulatedTable {
    SimulatedTable::new(TABLE).provisioned(160_000.0, 4.0 * BUDGET).capacity(Access::Write, BUDGET)
}

/// Everything is throttled for half a minute.
pub fn throttle(extent: Extent) -> Result<Vec<Row>> {
    let of = "items lost, everything being throttled for 30 s";
    let bar = Bar::AtMost(0.0);
    let work = async {
        let stage = Stage::set(table(), 2_000 * usize::try_from(extent.seconds)?).await?;
        let trouble = async {
            tokio::time::sleep(Duration::from_secs(extent.seconds / 2)).await;
            stage.simulated().throttle_everything(TABLE, Duration::from_secs(30));
        };
        let begun = Instant::now();
        let (ran, ()) = tokio::join!(stage.run(), trouble);
        let ran = ran?;
        let counts = stage.counts(begun, ran.ended);
        let took = (ran.ended - ran.begun).as_secs_f64();
        let detail = format!("{took:.0} s; {} of {} requests were throttled", counts.throttled_requests, counts.requests);
        Ok(Row::new("chaos.throttle", of, stage.lost() as f64, "", bar).detail(detail))
    };
    Ok(vec![jump(work).unwrap_or_else(|error| Row::failed("chaos.throttle", of, bar, error))])
}

/// Killed at places all over a run, and run again.
pub fn resume(extent: Extent) -> Result<Vec<Row>> {
    let lost = ("items lost, killed anywhere and run again", Bar::AtMost(0.0));
    let again = ("items written again, at most", Bar::AtMost(f64::from(PAGE) * SEGMENTS as f64));
    let work = async {
        let (mut worst, mut missing, mut read, mut places) = (0, 0, 0, Vec::new());
        let writes = writes_of_a_run(extent).await?;
        for kill in 0..extent.kills {
            // Places that share no period with anything in a run.
            let at = usize::try_from((kill * 7_919 + 13) * writes / (extent.kills * 7_919))?.min(usize::try_from(writes)? - 1);
            let (written, scanned, lost) = killed(extent, at, kill % 2 == 0).await?;
            (worst, missing, read) = (worst.max(written), missing.max(lost), read.max(scanned));
            places.push(at);
        }
        let detail = format!("killed at {} writes out of {writes}: {places:?}", places.len());
        Ok(vec![
            Row::new("resume.loss", lost.0, missing as f64, "", lost.1).detail(detail),
            Row::new("resume.loss", again.0, worst as f64, "", again.1).detail(format!("{read} were read again at most")),
        ])
    };
    Ok(jump(work).unwrap_or_else(|error| vec![Row::failed("resume.loss", lost.0, lost.1, error)]))
}

fn items(extent: Extent) -> Result<usize> {
    Ok(500 * usize::try_from(extent.seconds)?)
}

/// How many calls that write a whole run makes.
async fn writes_of_a_run(extent: Extent) -> Result<u64> {
    let stage = Stage::set(table(), items(extent)?).await?;
    let ran = stage.run().await?;
    let counts = stage.counts(ran.begun, ran.ended);
    Ok(counts.operations.iter().filter(|(name, _)| is_write(name)).map(|(_, count)| count).sum())
}

/// What is written and read beyond once each, and lost, if the process dies at the n-th call that writes: before it, or after it.
async fn killed(extent: Extent, at: usize, before: bool) -> Result<(u64, u64, usize)> {
    let items = items(extent)?;
    let stage = Stage::set(table(), items).await?;
    let begun = Instant::now();
    let client = stage.simulated().client();
    let written = std::sync::atomic::AtomicUsize::new(0);
    let recorder = Recorder::of(&client).failing(move |call| {
        let ours =
            call.is_write() && String::from_utf8_lossy(&call.body).contains(TABLE) && call.operation != "TransactWriteItems";
        if !ours || written.fetch_add(1, std::sync::atomic::Ordering::Relaxed) != at {
            Verdict::Pass
        } else if before {
            Verdict::HangBefore
        } else {
            Verdict::HangAfter
        }
    });
    tokio::select! {
        ran = stage.run_through(recorder.attach(&client)) => {
            ran?;
            return Err(migrate_core::Failure::msg(format!("the run ended before its write {at}")));
        }
        () = recorder.hung() => {}
    }
    let ran = stage.run().await?;
    let counts = stage.counts(begun, ran.ended + Duration::from_secs(1));
    let accepted = counts.writes - counts.throttled_writes - counts.failed_conditions;
    Ok((accepted.saturating_sub(items as u64), counts.scanned.saturating_sub(items as u64), stage.lost()))
}

/// The migration's function again, over what it has done.
pub fn skip(extent: Extent) -> Result<Vec<Row>> {
    let of = "items written by a second run";
    let bar = Bar::AtMost(0.0);
    let work = async {
        let stage = Stage::set(table(), items(extent)?).await?;
        let ran = stage.run().await?;
        let changed: u64 = ran.report.migrations.iter().map(|migration| migration.counts.changed).sum();
        let begun = Instant::now();
        subject::raw(stage.simulated().client()).await?;
        let counts = stage.counts(begun, Instant::now() + Duration::from_secs(1));
        let detail = format!("{changed} by the first; {} read by the second", counts.scanned);
        Ok(Row::new("skip.done", of, counts.writes as f64, "", bar).detail(detail))
    };
    Ok(vec![jump(work).unwrap_or_else(|error| Row::failed("skip.done", of, bar, error))])
}
