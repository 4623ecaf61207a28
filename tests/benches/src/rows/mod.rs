//! The rows of the table of bars, each measured by a room of its own; knows their names and order.

mod budget;
mod chaos;
mod compile;
mod create;
mod data;
mod noop;
pub mod peers;

use crate::report::{self, Row, Verdict};
use crate::{Result, Run};

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Turns of each pair.
    pub turns: usize,
    /// Items of a table, where processor time is measured.
    pub items: usize,
    /// Items of two tables, where memory is measured.
    pub few: usize,
    /// Of the larger one.
    pub many: usize,
    /// Seconds of a run on the clock that jumps.
    pub seconds: u64,
    /// Places where a run is killed.
    pub kills: u64,
    /// Checks of a crate, where compile time is measured.
    pub checks: usize,
}

impl Extent {
    fn of(run: &Run) -> Self {
        let extent = if run.short {
            Self { turns: 3, items: 20_000, few: 50_000, many: 200_000, seconds: 20, kills: 5, checks: 2 }
        } else {
            Self { turns: 5, items: 100_000, few: 100_000, many: 1_000_000, seconds: 60, kills: 20, checks: 5 }
        };
        Self { turns: run.turns.unwrap_or(extent.turns), ..extent }
    }
}

type Measure = fn(Extent) -> Result<Vec<Row>>;

/// Rows that are measured together, and their names.
const GROUPS: &[(&[&str], Measure)] = &[
    (&["data.cpu.safe"], data::safe),
    (&["data.cpu.typed"], data::typed),
    (&["data.mem"], data::memory),
    (&["budget.flat"], budget::flat),
    (&["budget.partitions"], budget::partitions),
    (&["budget.small"], budget::small),
    (&["budget.shared"], budget::shared),
    (&["chaos.throttle"], chaos::throttle),
    (&["resume.loss"], chaos::resume),
    (&["skip.done"], chaos::skip),
    (&["noop.calls", "noop.time"], noop::measure),
    (&["create.many"], create::measure),
    (&["compile"], compile::measure),
];

/// Measures what is asked for; `false` if a bar is missed, in the short form only if it is missed grossly.
pub fn run(run: &Run) -> Result<bool> {
    let extent = Extent::of(run);
    let mut rows = Vec::new();
    report::head();
    for (names, measure) in GROUPS {
        let wanted = run.only.is_empty() || names.iter().any(|name| run.only.iter().any(|only| name.starts_with(only.as_str())));
        if !wanted {
            continue;
        }
        for row in measure(extent)? {
            row.print();
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Err(migrate_core::Failure::msg(format!("no row's name begins with {}", run.only.join(" or "))));
    }
    if let Some(file) = &run.json {
        report::write(file, &report::document(&rows, run.short))?;
    }
    Ok(rows.iter().all(|row| match row.verdict() {
        Verdict::Ok | Verdict::Told | Verdict::Skipped => true,
        Verdict::Missed => run.short,
        Verdict::MissedGrossly => false,
    }))
}
