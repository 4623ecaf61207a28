//! budget.flat, budget.partitions, budget.small, budget.shared: how exactly what is allowed is used, on simulated buckets of tokens.
//!
//! The budget is the safe default: a quarter of what the table is provisioned with, as DescribeTable shows it. The simulation gives
//! no more than that, so that whatever is asked too fast is throttled.

use std::time::Duration;

use migrate_tests::simulated::{Access, Counts, SimulatedTable};

use super::Extent;
use crate::Result;
use crate::job::TABLE;
use crate::report::{Bar, Row};
use crate::stage::{Stage, jump};

/// Write units a second.
const BUDGET: u64 = 2_000;
/// The share of a table's capacity that is used unless told otherwise.
const SHARE: u64 = 4;
/// Reading is not to be what limits.
const READ: u64 = 40_000;

fn table(write: u64) -> SimulatedTable {
    SimulatedTable::new(TABLE).provisioned((READ * SHARE) as f64, (write * SHARE) as f64).capacity(Access::Write, write as f64)
}

fn throttled(counts: &Counts) -> f64 {
    counts.throttled_requests as f64 * 100.0 / counts.requests.max(1) as f64
}

/// The share of the budget that a whole run uses, and what the table was asked.
async fn used(table: SimulatedTable, budget: u64, seconds: u64) -> Result<(f64, Counts)> {
    let stage = Stage::set(table, usize::try_from(budget * seconds)?).await?;
    let ran = stage.run().await?;
    let counts = stage.counts(ran.begun, ran.ended);
    if stage.lost() > 0 {
        return Err(migrate_core::Failure::msg(format!("{} items are not as they should be", stage.lost())));
    }
    let share = counts.write_units / (budget as f64 * (ran.ended - ran.begun).as_secs_f64());
    Ok((share, counts))
}

/// One bucket.
pub fn flat(extent: Extent) -> Result<Vec<Row>> {
    let of = format!("share of {BUDGET} write units a second");
    let bar = Bar::AtLeast(0.97);
    Ok(match jump(used(table(BUDGET), BUDGET, extent.seconds)) {
        Ok((share, counts)) => vec![
            Row::new("budget.flat", of, share, "", bar),
            Row::new("budget.flat", "throttled requests", counts.throttled_requests as f64, "", Bar::AtMost(0.0))
                .detail(format!("of {}", counts.requests)),
        ],
        Err(error) => vec![Row::failed("budget.flat", of, bar, error)],
    })
}

/// One bucket, and one for each of ten partitions.
pub fn partitions(extent: Extent) -> Result<Vec<Row>> {
    let of = format!("share of {BUDGET}, in ten partitions of {}", BUDGET / 10);
    let bar = Bar::AtLeast(0.95);
    let table = table(BUDGET).partitions(10, READ as f64, (BUDGET / 10) as f64).shows_warm_throughput(READ * SHARE, 10_000);
    Ok(match jump(used(table, BUDGET, extent.seconds)) {
        Ok((share, counts)) => vec![
            Row::new("budget.partitions", of, share, "", bar),
            Row::new("budget.partitions", "throttled requests", throttled(&counts), "%", Bar::AtMost(0.5))
                .detail(format!("{} of {}", counts.throttled_requests, counts.requests)),
        ],
        Err(error) => vec![Row::failed("budget.partitions", of, bar, error)],
    })
}

/// Small budgets, which a batch of 25 would break at once.
pub fn small(extent: Extent) -> Result<Vec<Row>> {
    let bar = Bar::Between(0.95, 1.0);
    let rows = [5, 50, 200].into_iter().map(|budget| {
        let of = format!("share of {budget} write units a second");
        // At 5 a second a run of seconds would be a few batches.
        match jump(used(table(budget), budget, extent.seconds * 5)) {
            Ok((share, counts)) => Row::new("budget.small", of, share, "", bar)
                .detail(format!("{} of {} requests were throttled", counts.throttled_requests, counts.requests)),
            Err(error) => Row::failed("budget.small", of, bar, error),
        }
    });
    Ok(rows.collect())
}

/// An application takes half from a moment on.
pub fn shared(extent: Extent) -> Result<Vec<Row>> {
    let of = "share of what is left, from 5 s after half is taken";
    let bar = Bar::AtLeast(0.9);
    let work = async {
        let seconds = extent.seconds;
        let before = Duration::from_secs(seconds / 4);
        let rest = BUDGET / 2;
        let stage = Stage::set(table(BUDGET), usize::try_from(BUDGET * seconds / 4 + rest * (seconds * 3 / 4 + 10))?).await?;
        let half = async {
            // The run's own beginning takes a moment.
            tokio::time::sleep(before).await;
            stage.simulated().set_application(TABLE, Access::Write, rest as f64);
            tokio::time::Instant::now()
        };
        let (ran, taken) = tokio::join!(stage.run(), half);
        let (ran, from) = (ran?, taken + Duration::from_secs(5));
        let to = taken + Duration::from_secs(seconds * 3 / 4);
        if ran.ended < to {
            return Err(migrate_core::Failure::msg("the run ended before it could be measured"));
        }
        let counts = stage.counts(from, to);
        Ok((counts.write_units / (rest as f64 * (to - from).as_secs_f64()), throttled(&counts)))
    };
    Ok(match jump(work) {
        Ok((share, throttled)) => {
            let detail = format!("{throttled:.1}% of the requests were throttled in that time");
            vec![Row::new("budget.shared", of, share, "", bar).detail(detail)]
        }
        Err(error) => vec![Row::failed("budget.shared", of, bar, error)],
    })
}
