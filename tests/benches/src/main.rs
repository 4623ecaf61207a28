//! Every bar of the promises of speed, by one command: `cargo run --release -p migrate-bench`; knows arguments, not how a row is measured.

mod client;
mod floor;
mod job;
mod measure;
mod noop;
mod process;
mod report;
mod rows;
mod seam;
mod serve;
mod stage;
mod subject;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Measures each row against a floor that is written by hand, in the same run.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    run: Run,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What is measured, and how long.
#[derive(Clone, Debug, Args)]
struct Run {
    /// Fewer items and fewer turns, for CI: the exit code is 1 only where a bar is missed by more than 30%
    #[arg(long)]
    short: bool,
    /// Only rows whose name begins with this; may be given more than once
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Writes the results to a file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Turns of each pair; default 5, short 3
    #[arg(long, value_name = "N")]
    turns: Option<usize>,
}

/// The parts that run in processes of their own, also to be run by hand.
#[derive(Debug, Subcommand)]
enum Part {
    /// A DynamoDB that answers at once and keeps nothing; ends with its standard input
    Serve(serve::Serve),
    /// Does one job against a server and prints what it took
    Client(client::Client),
    /// The same job as peers do it, against floors in the same run
    Peers(rows::peers::Peers),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.part {
        Some(Part::Serve(serve)) => serve::serve(&serve).map(|()| true),
        Some(Part::Client(client)) => client::run(&client).map(|()| true),
        Some(Part::Peers(peers)) => rows::peers::run(&peers).map(|()| true),
        None => rows::run(&cli.run),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {}", causes(error));
            ExitCode::from(2)
        }
    }
}

/// Whatever goes wrong ends the run: a benchmark mends nothing.
type Result<T = (), E = migrate_core::Failure> = std::result::Result<T, E>;

/// An error and what it comes from.
fn causes(error: migrate_core::Failure) -> String {
    let error = migrate_core::error::BoxError::from(error);
    let causes = std::iter::successors(Some(&*error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
