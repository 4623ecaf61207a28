//! The same job as peers do it, run by hand: see `peers/README.md`; knows how they are started, not what they do.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::Result;
use crate::client::Task;
use crate::measure::Turns;
use crate::process::{Server, client, measured};
use crate::report::{self, Bar, Row};

/// Which peers, and where their packages are.
#[derive(Debug, Args)]
pub struct Peers {
    /// Items of the table
    #[arg(long, default_value_t = 20_000)]
    items: usize,
    /// Turns of each
    #[arg(long, default_value_t = 5)]
    turns: usize,
    /// A Python that has boto3
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// A Node.js
    #[arg(long, default_value = "node")]
    node: PathBuf,
    /// The folder where `npm ci` was run; default: this package's `peers`
    #[arg(long)]
    packages: Option<PathBuf>,
    /// Writes the results to a file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

enum Candidate {
    Own(Task),
    Peer(&'static str),
}

const CANDIDATES: [(&str, Candidate); 9] = [
    ("by hand: BatchWriteItem, no condition", Candidate::Own(Task::FloorBatchwrite)),
    ("by hand: 25 conditional statements a call", Candidate::Own(Task::FloorBatch)),
    ("by hand: UpdateItem, conditional", Candidate::Own(Task::FloorUpdate)),
    ("this library, raw items", Candidate::Own(Task::OursRaw)),
    ("this library, types", Candidate::Own(Task::OursTyped)),
    ("aws-sdk-js v3, BatchWriteItem", Candidate::Peer("aws-sdk-js.mjs")),
    ("onetable-migrate, batch", Candidate::Peer("onetable.mjs")),
    ("boto3 batch_writer", Candidate::Peer("boto3_batch_writer.py")),
    ("aws-sdk-js v3, 25 conditional statements a call", Candidate::Peer("aws-sdk-js-partiql.mjs")),
];

/// Runs every candidate in turns, and shows each against both floors.
pub fn run(peers: &Peers) -> Result {
    let server = Server::null(peers.items)?;
    let folder = peers.packages.clone().unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers"));
    let turns = Turns::of(peers.turns, &CANDIDATES, |(name, candidate)| {
        server.counts()?;
        let took = match candidate {
            Candidate::Own(task) => client(*task, &server)?,
            Candidate::Peer(script) => {
                let runner = if script.ends_with(".py") { &peers.python } else { &peers.node };
                measured(Command::new(runner).arg(script).arg(server.url()).current_dir(&folder))?
            }
        };
        let counts = server.counts()?;
        let written = counts.get("items written").copied().unwrap_or_default();
        // A peer may keep a record of its own in the table.
        if written < peers.items as u64 || written > peers.items as u64 + 5 || took.said.done != peers.items as u64 {
            let text = format!("{name} wrote {written} and counted {} of {} items: {counts:?}", took.said.done, peers.items);
            return Err(migrate_core::Failure::msg(text));
        }
        Ok(took)
    })?;
    let mut rows = Vec::new();
    report::head();
    for (at, (name, _)) in CANDIDATES.iter().enumerate() {
        let safe = turns.ratio(at, 1);
        let wall = turns.median(at, |took| took.wall.as_secs_f64());
        let detail = format!(
            "{safe:.2}× the conditional batches; {:.1} µs an item, {:.0} MB, {wall:.2} s",
            turns.each(at),
            turns.peak(at)
        );
        let row = Row::new("peers", *name, turns.ratio(at, 0), "×", Bar::Told).detail(detail);
        row.print();
        rows.push(row);
    }
    match &peers.json {
        Some(file) => report::write(file, &report::document(&rows, false)),
        None => Ok(()),
    }
}
