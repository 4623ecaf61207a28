//! One run under the lock: every write goes through a client that asks the lease, every record carries the epoch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::builder::Migrator;
use super::observe::Look;
use super::refusal::refuse;
use super::report::{Outcome, Report};
use super::saved::Approved;
use crate::aws::apply::Wait;
use crate::aws::fault::{credentials_ended, is_expired};
use crate::aws::guard;
use crate::aws::jobs::ControlStore;
use crate::aws::lock::Held;
use crate::aws::store::Store;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::history::{Entry, Freshness};
use crate::plan::{Action, Observed, Plan, Request, plan};
use crate::schema::{TableName, TableSchema};
use crate::stop::Stop;

/// How long the wanted state may take to show after everything was done.
pub(super) const SHOWS_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at it.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(50);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
#[error("everything was done, but what was wanted does not show: {0}")]
struct NotShown(String);

pub(super) struct Run<'a> {
    pub(super) migrator: &'a Migrator,
    pub(super) held: &'a Held,
    pub(super) client: Client,
    pub(super) store: Store,
    pub(super) request: Request,
    pub(super) observed: Observed,
    pub(super) report: Report,
    /// A wish to stop, or the deadline.
    pub(super) stop: Stop,
    pub(super) wait: Wait,
    /// Tables on which something was left on its way, each with what.
    pub(super) left: BTreeMap<TableName, String>,
    /// How long to wait for the lock of a table that others change too.
    pub(super) lock_wait: Duration,
    /// Tables of other sequences whose owners were told that this one brings indexes.
    pub(super) told: BTreeSet<TableName>,
    /// The saved plan that it must not go beyond.
    pub(super) saved: Option<Box<Approved>>,
    /// Into how many segments tables are split.
    pub(super) segments: Option<u32>,
    /// What its migrations cost so far, in thousand-millionths of a dollar.
    pub(super) spent: Arc<AtomicU64>,
}

impl<'a> Run<'a> {
    /// Looks and plans again, now that nobody else can change anything.
    pub(super) async fn begin(
        migrator: &'a Migrator,
        held: &'a Held,
        request: Request,
        saved: Option<Box<Approved>>,
        wait: Wait,
    ) -> Result<Run<'a>, Error> {
        let client = guard::guarded(&migrator.client, held.lease());
        let Look { observed, environment, .. } = migrator.look(&request, None).await?;
        let first = plan(&migrator.declared, &observed, &request);
        if let Some(saved) = &saved {
            saved.still_holds(migrator, &observed, &first)?;
        }
        let (store, stop) = (migrator.store(client.clone()), migrator.stop.by(wait.deadline));
        migrator.remember(&store, environment.as_ref()).await?;
        let report = Report::of(&first);
        Ok(Self {
            migrator,
            held,
            store,
            client,
            request,
            observed,
            report,
            stop,
            wait,
            left: BTreeMap::new(),
            lock_wait: Duration::ZERO,
            told: BTreeSet::new(),
            saved,
            segments: None,
            spent: migrator.spent.clone().unwrap_or_default(),
        })
    }

    /// The same run, for which the owners in this plan were told.
    pub(super) fn sharing(self, plan: &Plan, lock_wait: Duration) -> Self {
        let told = plan
            .records
            .iter()
            .filter_map(|entry| if let Entry::TableShared { table, .. } = entry { Some(table.clone()) } else { None });
        Self { lock_wait, told: told.collect(), ..self }
    }

    pub(super) fn plan(&self) -> Plan {
        plan(&self.migrator.declared, &self.observed, &self.request)
    }

    /// Everything, in order. What the plan says now replaces what was shown before the lock.
    pub(super) async fn execute(mut self) -> Result<Report, Error> {
        match Box::pin(self.work()).await.map_err(|error| if is_expired(&error) { credentials_ended() } else { error }) {
            Ok(()) => {}
            // Nothing is wrong: what is left is for the next run.
            Err(error) if error.kind() == ErrorKind::Incomplete => {
                let plan = self.plan();
                let outcome = Outcome::Incomplete { why: error.to_string() };
                let waiting = plan.due().cloned().chain(self.report.waiting).collect();
                self.report = Report { outcome, waiting, not_now: plan.not_now, unknown: plan.unknown, ..self.report };
            }
            Err(error) => return Err(error),
        }
        Ok(self.report)
    }

    async fn work(&mut self) -> Result<(), Error> {
        let first = self.plan();
        refuse(&first)?;
        if first.ahead.is_some() {
            return Ok(());
        }
        if first.first_run && !first.is_empty() {
            let fresh_up_to = match first.freshness {
                Freshness::Fresh { up_to } => Some(up_to),
                Freshness::Settled => None,
            };
            self.record(Entry::SequenceStarted { fresh_up_to }).await?;
        }
        if first.due().any(|planned| planned.action != Action::Skip) {
            self.tell_in_force().await?;
        }
        self.change_tables(|plan| &plan.expand).await?;
        self.run_migrations().await?;
        self.change_tables(|plan| &plan.contract).await?;
        self.verify().await?;
        if !self.report.steps.is_empty() {
            let tables = &self.migrator.declared.tables;
            let last = self.migrator.sequence.last();
            self.record(Entry::SchemaApplied { revision: revision(tables), last }).await?;
        }
        if !first.is_empty() {
            self.report.outcome = Outcome::Done;
        }
        Ok(())
    }

    /// Tells what people said to the runs of this sequence: what goes through items will heed it.
    pub(super) async fn tell_in_force(&self) -> Result<(), Error> {
        let said = ControlStore::new(&self.store).read().await?;
        if !said.is_empty() {
            self.migrator.listener.say(Event::InForce { said });
        }
        Ok(())
    }

    /// Adds an entry to the history, under the epoch.
    pub(super) async fn record(&mut self, entry: Entry) -> Result<(), Error> {
        self.record_all(vec![entry]).await
    }

    /// Adds entries to the history, under the epoch: all or none.
    pub(super) async fn record_all(&mut self, entries: Vec<Entry>) -> Result<(), Error> {
        self.store.append(&mut self.observed.history, self.held.epoch(), &self.migrator.run, entries).await
    }

    /// Reads everything again until the wanted state shows: only that makes a run successful.
    async fn verify(&mut self) -> Result<(), Error> {
        self.migrator.listener.say(Event::Verifying);
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let unsupported = std::mem::take(&mut self.observed.unsupported);
            let postponed = std::mem::take(&mut self.observed.postponed);
            let made_here = std::mem::take(&mut self.observed.made_here);
            let look = self.migrator.look(&self.request, Some(&self.observed)).await?;
            self.observed = Observed { unsupported, postponed, made_here, ..look.observed };
            let plan = self.plan();
            if plan.refusals.is_empty() && plan.is_empty() {
                self.report = Report {
                    notices: plan.notices.clone(),
                    later: plan.later.iter().map(|planned| planned.step.clone()).collect(),
                    not_now: plan.not_now.clone(),
                    unknown: plan.unknown.clone(),
                    waiting: Report::of(&plan).waiting,
                    ..self.report.clone()
                };
                return Ok(());
            }
            if begun.elapsed() >= SHOWS_WITHIN {
                refuse(&plan)?;
                let left = plan.expand.iter().chain(&plan.contract).map(|planned| planned.step.to_string());
                let left: Vec<String> = left.chain(plan.due().map(|planned| planned.migration.to_string())).collect();
                return Err(Error::new(ErrorKind::NotVerified, NotShown(left.join("; ")))
                    .with_help("run `migrate plan` to see what is left"));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// A short name for what is declared: the same for the same tables, whatever the binary.
fn revision(tables: &BTreeMap<TableName, TableSchema>) -> String {
    let declared = serde_json::to_vec(tables).unwrap_or_default();
    Sha256::digest(declared).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
