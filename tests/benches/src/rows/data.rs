//! data.cpu.safe, data.cpu.typed, data.mem: a transform of a whole table against the same by hand; knows no verb of the library.

use super::Extent;
use crate::Result;
use crate::client::Task;
use crate::measure::Turns;
use crate::process::Server;
use crate::report::{Bar, Row};

/// Conditional writes of raw items.
pub fn safe(extent: Extent) -> Result<Vec<Row>> {
    let server = Server::null(extent.items)?;
    let tasks = [Task::OursRaw, Task::FloorBatch, Task::FloorUpdate, Task::FloorBatchwrite];
    let turns = Turns::writing(extent.turns, &tasks, &server, extent.items)?;
    let detail = |floor| format!("{:.1} µs an item; by hand {:.1} µs", turns.each(0), turns.each(floor));
    let row = |of, floor, bar| Row::new("data.cpu.safe", of, turns.ratio(0, floor), "×", bar).detail(detail(floor));
    Ok(vec![
        row("processor time of 25 statements a call by hand", 1, Bar::AtMost(0.6)).today(0.75),
        row("processor time of UpdateItem by hand", 2, Bar::AtMost(0.12)),
        row("processor time of BatchWriteItem by hand", 3, Bar::Told),
    ])
}

/// From one type to another.
pub fn typed(extent: Extent) -> Result<Vec<Row>> {
    let server = Server::null(extent.items)?;
    let turns = Turns::writing(extent.turns, &[Task::OursTyped, Task::FloorBatchCents], &server, extent.items)?;
    let detail = format!("{:.1} µs an item; by hand {:.1} µs", turns.each(0), turns.each(1));
    let of = "processor time of the loop without serde by hand";
    Ok(vec![Row::new("data.cpu.typed", of, turns.ratio(0, 1), "×", Bar::AtMost(1.0)).detail(detail)])
}

/// Memory at the highest, and how it grows with the table. Once each: it is no matter of a busy machine.
pub fn memory(extent: Extent) -> Result<Vec<Row>> {
    let peaks = |items| -> Result<[f64; 3]> {
        let server = Server::null(items)?;
        let turns = Turns::writing(1, &[Task::OursRaw, Task::OursTyped, Task::FloorBatch], &server, items)?;
        Ok([0, 1, 2].map(|candidate| turns.peak(candidate)))
    };
    let (few, many) = (peaks(extent.few)?, peaks(extent.many)?);
    let mut rows = Vec::new();
    for (candidate, of) in ["raw items", "types"].into_iter().enumerate() {
        let detail = format!("{} items; by hand {:.1} MB", extent.many, many[2]);
        rows.push(Row::new("data.mem", format!("peak, {of}"), many[candidate], " MB", Bar::AtMost(60.0)).detail(detail));
        let detail = format!("{:.1} MB of {} items", few[candidate], extent.few);
        let growth = many[candidate] / few[candidate];
        rows.push(Row::new("data.mem", format!("peak of a larger table, {of}"), growth, "×", Bar::AtMost(1.1)).detail(detail));
    }
    Ok(rows)
}
