//! The control-plane loop: one step, then plan again against the live table, until nothing differs. That makes it resumable by construction.

use jiff::Timestamp;
use tokio::time::Instant;

use super::create::creations;
use super::refusal::refuse;
use super::run::{FIRST_PAUSE, LONGEST_PAUSE, Run, SHOWS_WITHIN};
use super::shared::check_told;
use crate::aws::apply::{Applied, apply};
use crate::aws::inspect;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::history::Entry;
use crate::plan::{Plan, PlannedStep, Postponed};
use crate::schema::{LiveTable, TableName};
use crate::step::Step;

/// A step that was done and is planned again would be done for ever.
#[derive(Debug, thiserror::Error)]
#[error("«{0}» was done, but DynamoDB does not show it")]
struct WithoutEffect(Step);

/// Something goes on by itself, and was not waited for.
#[derive(Debug, thiserror::Error)]
#[error("left on its way: {0}")]
struct LeftGoing(String);

/// What became of a step.
pub(super) enum Done {
    Shows,
    /// The engine cannot do it, or not now: the plan knows that from now on.
    PassedOver,
    Left(String),
    /// Others made another step of it.
    Anew,
}

/// What the history tells of a step, around it.
struct Told {
    before: Entry,
    after: Entry,
}

impl Told {
    /// `live` is a table that another sequence owns, of which single indexes are ours.
    fn of(step: &Step, live: Option<&LiveTable>) -> Option<Self> {
        let (table, change) = (step.table().clone(), step.to_string());
        let table_id = live.and_then(|live| live.table_id.clone());
        let (before, after) = match step {
            // Tables are made together, elsewhere; to wait is no change.
            Step::AwaitTable { .. } | Step::CreateTable { .. } => return None,
            Step::DropTable { table_id, .. } => {
                (Entry::TableDropping { table: table.clone(), table_id: table_id.clone() }, Entry::TableDropped { table })
            }
            Step::CreateGlobalIndex { index, .. } if live.is_some() => {
                let (of, id, index) = (table.clone(), table_id.clone(), index.clone());
                let before = Entry::IndexCreating { table: of, table_id: id, index: index.clone() };
                (before, Entry::IndexCreated { table, table_id, index })
            }
            Step::DropGlobalIndex { index, .. } if live.is_some() => {
                let (of, id, index) = (table.clone(), table_id.clone(), index.clone());
                let before = Entry::IndexDropping { table: of, table_id: id, index: index.clone() };
                (before, Entry::IndexDropped { table, table_id, index })
            }
            Step::CreateGlobalIndex { .. } | Step::DropGlobalIndex { .. } | Step::Set { .. } => {
                let before = Entry::TableChanging { table: table.clone(), change: change.clone() };
                (before, Entry::TableChanged { table, change })
            }
        };
        Some(Self { before, after })
    }
}

impl Run<'_> {
    /// Does the steps of one part of the plan: tables are made together, and all else one at a time.
    pub(super) async fn change_tables(&mut self, part: fn(&Plan) -> &Vec<PlannedStep>) -> Result<(), Error> {
        loop {
            self.stop.safe_point()?;
            let plan = self.plan();
            refuse(&plan)?;
            self.saved.as_ref().map_or(Ok(()), |saved| saved.allows(part(&plan)))?;
            // What an earlier run began may show only now, after waiting for it.
            if !plan.records.is_empty() {
                check_told(&plan.records, &self.told)?;
                self.record_all(plan.records).await?;
                continue;
            }
            let mut creations = creations(part(&plan));
            creations.retain(|step| !self.left.contains_key(step.table()));
            if !creations.is_empty() {
                self.create_tables(creations).await?;
                continue;
            }
            // On a table on which something is left on its way nothing else can be done now.
            let next = part(&plan).iter().find(|planned| !self.left.contains_key(planned.step.table()));
            let Some(PlannedStep { step, .. }) = next.cloned() else {
                return if part(&plan).is_empty() { Ok(()) } else { Err(self.incomplete()) };
            };
            let done =
                if self.is_shared(&step) { self.change_shared(&step, part).await? } else { self.change_table(&step).await? };
            match done {
                Done::Anew => {}
                Done::Shows => self.shows(&step, true, part).await?,
                Done::PassedOver => self.shows(&step, false, part).await?,
                Done::Left(status) => {
                    self.left.insert(step.table().clone(), status);
                    self.look_again(step.table()).await?;
                }
            }
        }
    }

    fn incomplete(&self) -> Error {
        let left: Vec<String> = self.left.iter().map(|(table, status)| format!("table {table}: {status}")).collect();
        Error::new(ErrorKind::Incomplete, LeftGoing(left.join("; ")))
    }

    /// Looks until a step that was done is no longer planned: DescribeTable has no consistent mode, and a look may lag behind an earlier one.
    async fn shows(&mut self, step: &Step, done: bool, part: fn(&Plan) -> &Vec<PlannedStep>) -> Result<(), Error> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            self.look_again(step.table()).await?;
            let plan = self.plan();
            if plan.refusals.is_empty() && part(&plan).iter().all(|planned| planned.step != *step) {
                return Ok(());
            }
            if begun.elapsed() >= SHOWS_WITHIN || !done {
                refuse(&plan)?;
                return Err(Error::new(ErrorKind::NotVerified, WithoutEffect(step.clone())));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Intent, call, record: a crash between any two of them is seen by the next run.
    pub(super) async fn change_table(&mut self, step: &Step) -> Result<Done, Error> {
        let listener = self.migrator.listener.clone();
        self.held.doing(&step.to_string());
        listener.say(Event::StepStarted { step: step.clone() });
        let elsewhere = !self.observed.history.tables().contains_key(step.table());
        let told = Told::of(step, self.observed.tables.get(step.table()).filter(|_| elsewhere));
        if let Some(told) = &told {
            self.record(told.before.clone()).await?;
        }
        let begun = Instant::now();
        let mut on_wait = |elapsed, status: &str| {
            listener.say(Event::StepWaiting { step: step.clone(), elapsed, status: status.to_owned() });
        };
        match apply(&self.client, step, &self.wait, !self.migrator.local, &mut on_wait).await? {
            Applied::Unsupported { reason } => {
                listener.say(Event::StepUnsupported { step: step.clone(), reason: reason.clone() });
                self.observed.unsupported.push(step.clone());
                self.report.unsupported.push((step.clone(), reason));
                return Ok(Done::PassedOver);
            }
            Applied::NotNow { until, reason } => {
                self.observed.postponed.push(Postponed { step: step.clone(), until, reason, accepted: Vec::new() });
                return Ok(Done::PassedOver);
            }
            Applied::StillGoing { status } => return Ok(Done::Left(status)),
            Applied::NotBegun => return Ok(Done::Left("not begun".to_owned())),
            Applied::Done => {}
        }
        listener.say(Event::StepDone { step: step.clone(), elapsed: begun.elapsed() });
        let Some(told) = told else { return Ok(Done::Shows) };
        self.record(told.after).await?;
        self.report.steps.push(step.clone());
        Ok(Done::Shows)
    }

    /// Looks at tables that were seen a moment ago. A look that lags behind does not know them yet.
    pub(super) async fn look_at(&mut self, tables: &[TableName]) -> Result<(), Error> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut missing = tables.to_vec();
        loop {
            let asked: Vec<_> = missing.iter().map(|table| (table.clone(), self.migrator.apart(table))).collect();
            let found = inspect::describe_all(&self.client, asked).await?;
            missing.retain(|table| !found.contains_key(table));
            self.observed.tables.extend(found);
            if missing.is_empty() || begun.elapsed() >= SHOWS_WITHIN {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    pub(super) async fn look_again(&mut self, table: &TableName) -> Result<(), Error> {
        match inspect::describe(&self.client, table, &self.migrator.apart(table)).await? {
            Some(live) => self.observed.tables.insert(table.clone(), live),
            None => self.observed.tables.remove(table),
        };
        self.observed.at = Timestamp::now();
        self.migrator.probe(&self.client, table, &self.request, &mut self.observed).await
    }
}
