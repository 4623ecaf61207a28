//! A verb on a table from its beginning to its end: what an earlier run did of it is taken up, and nothing is called done that is not.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use tracing::Instrument;

use super::super::rule::Rule;
use super::super::target::{Place, Target};
use super::facts::Facts;
use super::keep::Keeper;
use super::pass::{Pass, Source};
use crate::aws::jobs::{self, DeadLetter, JobStore};
use crate::context::Mode;
use crate::error::{Error, ErrorKind};
use crate::history::Counts;
use crate::schema::TableName;

/// How long one attempt may take: then it is given up, and tried again.
const ATTEMPT: std::time::Duration = std::time::Duration::from_secs(20);
/// As often is a table gone through again for the sake of old items that still come.
const SWEEPS: u32 = 10;

/// What a job does to items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transform) enum Kind {
    /// It writes, and goes on where an earlier run stopped.
    Writes,
    /// It writes what the caller brings: that must be brought again.
    Puts,
    /// It only reads.
    Reads,
}

/// A verb on a table.
pub(in crate::transform) struct Job<'a> {
    pub(in crate::transform) target: &'a Target<'a>,
    /// Its place in the migration: verb, table, how manieth.
    pub(in crate::transform) name: String,
    pub(in crate::transform) kind: Kind,
    pub(in crate::transform) rule: &'a Rule<'a>,
    /// The table that is written.
    pub(in crate::transform) into: &'a Place,
}

#[derive(Debug, thiserror::Error)]
enum JobError {
    #[error(
        "{failed} items of table `{table}` failed and were put aside, and the migration allows {allowed}; the first: {first}"
    )]
    DeadLetters { table: String, failed: u64, allowed: u64, first: String },
    #[error(
        "{failed} of the items of table `{table}` that were looked at failed and would be put aside, and the migration allows {allowed}; the first: {first}"
    )]
    WouldFail { table: String, failed: u64, allowed: u64, first: String },
    #[error("table `{table}` was gone through {SWEEPS} times, and each time there were items in their old shape again")]
    OldShape { table: String },
}

/// Does it, all of it.
pub(in crate::transform) async fn run<'a>(job: &Job<'a>, source: Source<'a>) -> Result<Counts, Error> {
    let cx = job.target.cx;
    if job.kind != Kind::Reads {
        cx.begin(&job.name);
    }
    let counts = Box::pin(go(job, source)).await?;
    cx.end(&job.name);
    Ok(counts)
}

async fn go<'a>(job: &Job<'a>, mut source: Source<'a>) -> Result<Counts, Error> {
    let (cx, target) = (job.target.cx, job.target);
    cx.safe_point()?;
    // Of a table that the sequence does not declare nobody has judged the name yet.
    for table in [&target.place.table, &job.into.table] {
        let checked = TableName::new(table.clone());
        checked.map_err(|error| Error::new(ErrorKind::InvalidName, error).with_help("give another --prefix or table name"))?;
    }
    let terms = cx.terms();
    let client = patient(cx.client());
    let written = job.kind != Kind::Reads && !matches!(terms.mode, Mode::Try { .. });
    // These few requests are the SDK's own to try again.
    let facts = Facts::look(cx.client(), &target.place, written && job.into.table == target.place.table).await?;
    let other = match written && job.into.table != target.place.table {
        true => Some(Facts::look(cx.client(), job.into, true).await?),
        false => None,
    };
    let into = other.as_ref().unwrap_or(&facts);
    if written {
        into.heard_by_nobody(terms)?;
    }
    let tables = [Some(&facts), other.as_ref()].into_iter().flatten().map(Facts::table_id).collect();
    let store = terms.jobs.as_ref().filter(|_| job.kind == Kind::Writes);
    let mut keeper =
        Keeper::begin(store, terms.jobs.as_ref(), &job_of(job, tables), facts.segments(terms.segments, terms.local)).await?;
    // Of another try only that itself is told.
    let mut total = if terms.mode == Mode::Retry { Counts::default() } else { keeper.counts() };
    cx.add(total);
    // What is only read is read again: the migration's function may need it for what comes after.
    if job.kind != Kind::Reads && (terms.mode == Mode::Retry || keeper.is_finished()) {
        if let Some(store) = store {
            total += again(job, &client, (&facts, into), &mut keeper, store).await?;
        }
        return allowed(job, store, total, None).await;
    }
    let mut sweeps = 0;
    loop {
        let resumed = keeper.is_resumed();
        let pass = Pass::begin(job, &client, (&facts, into), &mut keeper, &mut source);
        let span = pass.span.clone();
        let done = pass.run().instrument(span).await?;
        total += done;
        let wrote = done.changed + done.deleted + done.inserted > 0 || resumed;
        if !(terms.after_deploy && job.kind == Kind::Writes && terms.mode == Mode::Write && wrote) {
            break;
        }
        // Also before it is given up: the next run is to look at all of the table again.
        keeper.next_sweep().await?;
        sweeps += 1;
        if sweeps == SWEEPS {
            let error = JobError::OldShape { table: target.place.table.clone() };
            return Err(Error::new(ErrorKind::OldShape, error)
                .with_help("is old code still deployed? run `migrate up --phase after` again when it no longer writes"));
        }
    }
    keeper.finish().await?;
    if let Some(store) = store {
        // What an earlier run put aside, or an earlier way through the table, may be mended since.
        total += again(job, &client, (&facts, into), &mut keeper, store).await?;
    }
    allowed(job, store, total, keeper.first_letter()).await
}

/// Tries the items that were put aside, and those alone, but for what this way through the table put aside itself; whatever fails again is put
/// aside again, with its new error.
async fn again(
    job: &Job<'_>,
    client: &Client,
    facts: (&Facts, &Facts),
    keeper: &mut Keeper,
    store: &JobStore,
) -> Result<Counts, Error> {
    if !job.target.terms.dead_letter {
        return Ok(Counts::default());
    }
    let mut letters = store.aside(&job.name).await?;
    letters.retain(|letter| !keeper.failed().contains(&letter.key));
    if letters.is_empty() {
        return Ok(Counts::default());
    }
    let mut source = Source::Keys(letters.iter().map(DeadLetter::attributes).collect::<Result<_, _>>()?);
    let pass = Pass::begin(job, client, facts, keeper, &mut source);
    let span = pass.span.clone();
    let done = pass.run().instrument(span).await?;
    let failed = keeper.failed();
    for letter in letters.iter().filter(|letter| !failed.contains(&letter.key)) {
        store.settle(&job.name, &letter.key).await?;
    }
    // They are no new ones.
    Ok(Counts { failed: 0, ..done })
}

/// Whether as many items failed as may.
async fn allowed(job: &Job<'_>, store: Option<&JobStore>, total: Counts, first: Option<String>) -> Result<Counts, Error> {
    let terms = &job.target.terms;
    if !terms.dead_letter {
        return Ok(total);
    }
    let (failed, first) = match store {
        Some(store) => {
            let letters = store.aside(&job.name).await?;
            (letters.len() as u64, letters.first().map(|letter| letter.error.clone()))
        }
        None => (total.failed, first),
    };
    if failed <= terms.allow_failures {
        return Ok(total);
    }
    let (table, allowed) = (job.target.place.table.clone(), terms.allow_failures);
    if matches!(job.target.cx.terms().mode, Mode::Try { .. }) {
        let first = first.unwrap_or_default();
        return Err(Error::new(ErrorKind::DeadLetters, JobError::WouldFail { table, failed, allowed, first }));
    }
    let first = first.unwrap_or_else(|| "not kept outside of a run".to_owned());
    let version = job.target.cx.migration().version;
    let verb = if job.target.cx.terms().turn.is_back { "rollback" } else { "up" };
    let keyless = format!("{failed} items of table `{table}` failed and were put aside, and the migration allows {allowed}");
    let error = JobError::DeadLetters { table, failed, allowed, first };
    Err(Error::new(ErrorKind::DeadLetters, error).keyless(keyless).with_help(format!(
        "`migrate dead-letters {version}` lists them; mend the items and run `migrate {verb}` again: only these are tried again. Or mend the function: \
         then the table is gone through again"
    )))
}

/// A client that leaves retries to the event loop, which knows what else there is to do: an attempt that is throttled slows it down, and the
/// retries of others do not run out.
fn patient(client: &Client) -> Client {
    let attempts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
    let config = client.config().to_builder().retry_config(RetryConfig::disabled()).timeout_config(attempts);
    Client::from_conf(config.retry_partition(RetryPartition::new("migrate-data")).build())
}

/// What an earlier run left. `tables`: the ids of the table that is read, and of another one that is written: what was copied into a table that
/// was made anew since is gone.
fn job_of(job: &Job<'_>, tables: Vec<Option<String>>) -> jobs::Job {
    let tables: Vec<String> = tables.into_iter().flatten().collect();
    jobs::Job {
        place: job.name.clone(),
        table: job.target.place.table.clone(),
        table_id: (!tables.is_empty()).then(|| tables.join(" ")),
        fingerprint: job.target.cx.terms().fingerprint.clone(),
    }
}

/// Positions of a run that keeps none.
pub(super) fn from_the_beginning(segments: u32) -> jobs::Progress {
    jobs::Progress { segments, sweep: 1, finished: false, counts: Counts::default(), positions: BTreeMap::new() }
}
