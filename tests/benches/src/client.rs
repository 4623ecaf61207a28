//! The side that is measured: one job in a process of its own, over the SDK's ordinary client; knows which job, not how it is done.

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

use crate::{Result, floor, noop, subject};

/// One job against a server.
#[derive(Debug, Args)]
pub struct Client {
    /// Whose way of doing it
    #[arg(value_enum)]
    pub task: Task,
    /// The server
    #[arg(long, value_name = "URL")]
    pub endpoint: String,
}

/// Who does what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Task {
    /// By hand: 25 conditional PartiQL statements a call
    FloorBatch,
    /// By hand: the second job, 25 conditional PartiQL statements a call
    FloorBatchCents,
    /// By hand: a conditional UpdateItem for each item
    FloorUpdate,
    /// By hand: whole items back without a condition, 25 a call
    FloorBatchwrite,
    /// By hand: the calls of an `up` that has nothing to do
    FloorNoop,
    /// The library over raw items
    OursRaw,
    /// The library, from one type to another
    OursTyped,
    /// The library's `up` that has nothing to do
    OursNoop,
}

impl Task {
    /// As it is typed.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// What a client says at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Items, or calls, that were done.
    pub done: u64,
    /// Its memory at the highest, in KiB: `VmHWM`.
    pub peak_kib: u64,
    /// What of its memory at the end is pages of the binary itself: `RssFile`. Peers do not say it.
    #[serde(default)]
    pub binary_kib: u64,
}

/// Does it, and says what it took.
pub fn run(client: &Client) -> Result {
    let sdk = sdk(&client.endpoint);
    // As the command line of an application has it.
    let done = tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match client.task {
            Task::FloorBatch => floor::batch(&sdk, floor::Job::Email).await,
            Task::FloorBatchCents => floor::batch(&sdk, floor::Job::Cents).await,
            Task::FloorUpdate => floor::update(&sdk).await,
            Task::FloorBatchwrite => floor::batch_write(&sdk).await,
            Task::FloorNoop => noop::floor(&sdk).await,
            Task::OursRaw => subject::raw(sdk).await,
            Task::OursTyped => subject::typed(sdk).await,
            Task::OursNoop => noop::ours(sdk).await,
        }
    })?;
    println!("{}", serde_json::to_string(&Said { done, peak_kib: status("VmHWM:")?, binary_kib: status("RssFile:")? })?);
    Ok(())
}

/// A client of the SDK with its defaults. The servers here speak without TLS, and so no certificates are read.
pub fn sdk(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("bench", "bench", None, None, "bench"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// A line of <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>, in KiB.
fn status(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
        .ok_or_else(|| migrate_core::Failure::msg(format!("this system does not tell {name} of a process")))
}
