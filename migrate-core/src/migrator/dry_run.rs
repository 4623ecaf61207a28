//! Runs the functions of the migrations that are due on items as they are, and writes nothing: no lock, no record, no item.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use serde::Serialize;

use super::builder::Migrator;
use super::refusal::refuse;
use super::up::{Options, Prepared};
use super::work::{Function, How, call};
use crate::aws::{fault, guard, inspect};
use crate::context::{JobSoFar, MigrationContext, Mode, Sample};
use crate::error::{Error, ErrorKind, chain};
use crate::history::Counts;
use crate::migration::{MigrationId, OnInterrupt};
use crate::plan::{Action, Ahead, Passage};
use crate::schema::{LiveTable, TableName};
use crate::stop::Stop;

/// How a dry run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// How many items of a table are looked at, roughly, spread over its segments; `None`: all.
    pub items: Option<u64>,
    /// How many changes of each migration are kept, to be shown.
    pub show: usize,
}

impl Default for DryRun {
    fn default() -> Self {
        Self { items: Some(1_000), show: 0 }
    }
}

/// What a dry run found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DryRunReport {
    /// The sequence.
    pub sequence: String,
    /// The migrations that are due, in order. Each was tried on items as they are now: what an earlier one would change is not changed.
    pub migrations: Vec<TriedMigration>,
    /// Migrations that would only be recorded, since the database is fresh.
    pub skipped: Vec<MigrationId>,
    /// A newer binary was here: nothing would be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
}

/// A migration that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TriedMigration {
    /// Which.
    #[serde(flatten)]
    pub migration: MigrationId,
    /// How far it came.
    #[serde(flatten)]
    pub end: TriedEnd,
    /// What it did on each table, a verb after the other.
    pub jobs: Vec<TriedJob>,
    /// Changes that this run would make before to the tables that it touched: it was tried without them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Changes of items, as many as were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<TriedChange>,
}

/// How far a migration came that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum TriedEnd {
    /// To its end.
    Whole,
    /// Nowhere: it says `on_interrupt = ask`, so that it does what cannot be undone, and only its writes of items would be held back.
    Asks,
    /// To where it would write by itself: a dry run cannot go further there.
    Wrote {
        /// What it would do.
        text: String,
    },
    /// To a table that is not there.
    Absent {
        /// Which.
        text: String,
    },
    /// Items as they are do not fit its type; but migrations that go before it in a run would change items of the same tables.
    Behind {
        /// They.
        behind: Vec<MigrationId>,
        /// What happened.
        text: String,
    },
    /// It failed, as it would in a run.
    Failed {
        /// The kind's code.
        code: &'static str,
        /// What happened.
        text: String,
    },
}

/// A verb on a table that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TriedJob {
    /// Verb, table, how manieth.
    pub job: String,
    /// The physical table.
    pub table: String,
    /// Items that were looked at, also those that a filter left out.
    pub looked_at: u64,
    /// How many there are, roughly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_items: Option<u64>,
    /// What became of those that were looked at.
    pub counts: Counts,
    /// The same for the whole table, where only a part was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_all: Option<Counts>,
    /// What it takes and costs on the whole table; never on an engine that costs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Passage>,
}

/// An item that would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TriedChange {
    /// The physical table.
    pub table: String,
    /// Its key: escaped, and cut where it is long.
    pub key: String,
    /// The attributes that would change.
    pub attributes: Vec<TriedAttribute>,
}

/// An attribute that would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TriedAttribute {
    /// Its name.
    pub name: String,
    /// What it is, as DynamoDB's JSON; `None` where it is not there.
    pub before: Option<String>,
    /// What it would be; `None` where it would not be there.
    pub after: Option<String>,
}

impl TriedMigration {
    /// Whether it would write a table, or is not known not to.
    fn would_write(&self, table: &str) -> bool {
        let writes = |job: &TriedJob| job.counts.changed + job.counts.inserted + job.counts.deleted > 0;
        self.jobs.iter().any(|job| job.table == table && (writes(job) || self.end != TriedEnd::Whole))
    }

    /// Items that do not fit prove nothing where what goes before has not been carried out.
    fn behind(mut self, before: &[Self]) -> Self {
        let TriedEnd::Failed { code, text } = &self.end else { return self };
        if *code != ErrorKind::Decode.code() {
            return self;
        }
        // What one does that was not called is not known.
        let writes = |other: &&Self| other.end == TriedEnd::Asks || self.jobs.iter().any(|job| other.would_write(&job.table));
        let behind: Vec<MigrationId> = before.iter().filter(writes).map(|other| other.migration.clone()).collect();
        if !behind.is_empty() {
            self.end = TriedEnd::Behind { behind, text: text.clone() };
        }
        self
    }
}

impl DryRunReport {
    /// Whether a migration failed on what it was tried on.
    pub fn has_failed(&self) -> bool {
        self.migrations.iter().any(|tried| matches!(tried.end, TriedEnd::Failed { .. }))
    }
}

impl Migrator {
    /// Runs the functions of the migrations that are due on items as they are, writing nothing and taking no lock.
    ///
    /// A function that writes through [`client`](crate::MigrationContext::client) is stopped there, and the report says so. What it does elsewhere,
    /// such as sending mail, is done: one that says `on_interrupt = ask` is not tried.
    ///
    /// # Errors
    /// A refusal, as [`up`](Migrator::up) would give it; a wish to stop; an engine that cannot be reached. A migration that fails is no error:
    /// the report has it.
    pub async fn dry_run(&self, options: Options, how: DryRun) -> Result<DryRunReport, Error> {
        self.prepare(options).await?.dry_run(how).await
    }
}

impl Prepared<'_> {
    /// Tries what is due. As [`Migrator::dry_run`].
    ///
    /// # Errors
    /// As [`Migrator::dry_run`].
    pub async fn dry_run(&self, how: DryRun) -> Result<DryRunReport, Error> {
        refuse(self.plan())?;
        let migrator = self.migrator;
        let sequence = self.plan().sequence.clone();
        let ahead = self.plan().ahead.clone();
        let mut report = DryRunReport { sequence, migrations: Vec::new(), skipped: Vec::new(), ahead };
        if report.ahead.is_some() {
            return Ok(report);
        }
        let deadline = self.options.deadline.and_then(|within| self.begun.checked_add(within));
        let (client, stop, spent) = (guard::read_only(&migrator.client), migrator.stop.by(deadline), Arc::default());
        for planned in self.plan().due() {
            stop.safe_point()?;
            let Some(entry) = migrator.sequence.migration(planned.migration.version) else { continue };
            if planned.action == Action::Skip {
                report.skipped.push(planned.migration.clone());
                continue;
            }
            let function = Function::of(entry, self.look.observed.history.turn(entry.meta.version));
            let context = migrator.context(
                function,
                How {
                    client: client.clone(),
                    mode: Mode::Try { items: how.items, show: how.show },
                    budget: self.options.budget,
                    segments: self.options.segments,
                    accept: &self.request.accept,
                    fingerprint: None,
                    jobs: None,
                    spent: Arc::clone(&spent),
                    stop: stop.clone(),
                    listener: migrator.listener.clone(),
                },
            );
            let tried = self.try_one(function, &context, &client, &stop, how).await?;
            let tried = tried.behind(&report.migrations);
            report.migrations.push(tried);
        }
        Ok(report)
    }

    async fn try_one(
        &self,
        function: Function<'_>,
        context: &MigrationContext,
        client: &Client,
        stop: &Stop,
        how: DryRun,
    ) -> Result<TriedMigration, Error> {
        let end = match function.meta.on_interrupt {
            OnInterrupt::Ask => TriedEnd::Asks,
            OnInterrupt::Run => match call(function, context, stop, None).await {
                Ok(()) => TriedEnd::Whole,
                Err(error) => end_of(error)?,
            },
        };
        let mut jobs = Vec::new();
        for job in context.jobs() {
            jobs.push(self.tried(job, client, how).await?);
        }
        let touched: BTreeSet<String> = context.tables_touched().into_iter().collect();
        let steps = self.plan().expand.iter().map(|planned| &planned.step);
        let without = steps.filter(|step| touched.contains(step.table().as_str())).map(ToString::to_string).collect();
        let samples = context.samples().into_iter().map(change).collect();
        Ok(TriedMigration { migration: function.meta.id(), end, jobs, without, samples })
    }

    /// What a job did, and what it would do to all of its table.
    async fn tried(&self, job: JobSoFar, client: &Client, how: DryRun) -> Result<TriedJob, Error> {
        let JobSoFar { place, table, items, of_items, counts } = job;
        let of_items = of_items.map(|of| of.max(items));
        let partly = how.items.is_some() && items > 0;
        let in_all = of_items.filter(|of| partly && *of > items).map(|of| in_all(counts, of as f64 / items as f64));
        let all = in_all.unwrap_or(counts);
        let written = all.changed.saturating_add(all.deleted).saturating_add(all.inserted);
        let estimate = match self.migrator.local {
            true => None,
            false => {
                self.live(&table, client).await?.and_then(|live| Passage::writing(&live, written, self.options.budget, false))
            }
        };
        Ok(TriedJob { job: place, table, looked_at: items, of_items, counts, in_all, estimate })
    }

    /// A table as it is: most were looked at already.
    async fn live(&self, table: &str, client: &Client) -> Result<Option<LiveTable>, Error> {
        if let Some(live) = self.look.observed.tables.get(table) {
            return Ok(Some(live.clone()));
        }
        match TableName::new(table.to_owned()) {
            Ok(name) => inspect::describe(client, &name, &BTreeSet::new()).await,
            Err(_) => Ok(None),
        }
    }
}

/// What stopped a function; an error where nothing can be said of it.
fn end_of(error: Error) -> Result<TriedEnd, Error> {
    if let Some(refused) = fault::refused(&error).filter(|refused| refused.kind == ErrorKind::ReadOnly) {
        return Ok(TriedEnd::Wrote { text: refused.text.clone() });
    }
    let text = chain(&error);
    match error.kind() {
        ErrorKind::ReadOnly => Ok(TriedEnd::Wrote { text }),
        ErrorKind::NotFound => Ok(TriedEnd::Absent { text }),
        ErrorKind::Interrupted | ErrorKind::Incomplete | ErrorKind::Unreachable | ErrorKind::Credentials => Err(error),
        // What the SDK's client of the function says.
        ErrorKind::MigrationFailed if text.contains("ResourceNotFoundException") => Ok(TriedEnd::Absent { text }),
        kind => Ok(TriedEnd::Failed { code: kind.code(), text }),
    }
}

/// What was counted on a part, for the whole.
fn in_all(counts: Counts, scale: f64) -> Counts {
    let whole = |count: u64| (count as f64 * scale).round() as u64;
    let Counts { scanned, changed, unchanged, skipped, inserted, existing, deleted, conflicts, failed, read_units, write_units } =
        counts;
    Counts {
        scanned: whole(scanned),
        changed: whole(changed),
        unchanged: whole(unchanged),
        skipped: whole(skipped),
        inserted: whole(inserted),
        existing: whole(existing),
        deleted: whole(deleted),
        conflicts: whole(conflicts),
        failed: whole(failed),
        read_units: whole(read_units),
        write_units: whole(write_units),
    }
}

fn change(sample: Sample) -> TriedChange {
    let Sample { table, key, changes } = sample;
    let attributes = changes.into_iter().map(|(name, before, after)| TriedAttribute { name, before, after });
    TriedChange { table, key, attributes: attributes.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::Version;

    fn tried(number: u32, end: TriedEnd, table: &str, changed: u64) -> TriedMigration {
        let job = TriedJob {
            job: format!("transform {table}"),
            table: table.to_owned(),
            looked_at: 1,
            of_items: None,
            counts: Counts { changed, ..Counts::default() },
            in_all: None,
            estimate: None,
        };
        let migration = MigrationId { version: Version::new(number), name: "x".into() };
        TriedMigration { migration, end, jobs: vec![job], without: Vec::new(), samples: Vec::new() }
    }

    #[test]
    fn what_does_not_fit_waits_for_those_that_would_write_the_same_table() {
        let text = || "no `name`".to_owned();
        let before = [
            tried(1, TriedEnd::Whole, "orders", 1),
            tried(2, TriedEnd::Whole, "orders", 0),
            tried(3, TriedEnd::Wrote { text: text() }, "orders", 0),
            tried(4, TriedEnd::Whole, "users", 1),
            tried(5, TriedEnd::Wrote { text: text() }, "users", 0),
            tried(6, TriedEnd::Asks, "users", 0),
        ];
        let unfit = |code: ErrorKind| tried(7, TriedEnd::Failed { code: code.code(), text: text() }, "orders", 0).behind(&before);
        let TriedEnd::Behind { behind, .. } = unfit(ErrorKind::Decode).end else { panic!("nothing goes before") };
        assert_eq!(behind.iter().map(|id| id.version.get()).collect::<Vec<_>>(), [1, 3, 6]);
        assert!(matches!(unfit(ErrorKind::MigrationFailed).end, TriedEnd::Failed { .. }), "a failure of another kind");
    }
}
