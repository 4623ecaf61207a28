//! The control-plane loop: one step, then plan again against the live table, until nothing differs. That makes it resumable by construction.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tokio::time::Instant;

use super::refusal::refuse;
use super::run::{FIRST_PAUSE, LONGEST_PAUSE, Run, SHOWS_WITHIN};
use crate::aws::apply::{Applied, Wait, apply};
use crate::aws::inspect;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::history::Entry;
use crate::plan::{Plan, PlannedStep, Postponed};
use crate::schema::TableName;
use crate::step::Step;

/// A step that was done and is planned again would be done for ever.
#[derive(Debug, thiserror::Error)]
#[error("«{0}» was done, but DynamoDB does not show it")]
struct WithoutEffect(Step);

/// What the history tells of a step, around it.
enum Told {
    Nothing,
    Creation,
    Removal { table_id: Option<String> },
    Change,
}

impl Told {
    fn of(step: &Step) -> Self {
        match step {
            Step::AwaitTable { .. } => Self::Nothing,
            Step::CreateTable { .. } => Self::Creation,
            Step::DropTable { table_id, .. } => Self::Removal { table_id: table_id.clone() },
            Step::CreateGlobalIndex { .. } | Step::DropGlobalIndex { .. } | Step::Set { .. } => Self::Change,
        }
    }
}

impl Run<'_> {
    /// Does the steps of one part of the plan, one at a time.
    pub(super) async fn change_tables(&mut self, part: fn(&Plan) -> &Vec<PlannedStep>) -> Result<(), Error> {
        loop {
            self.migrator.stop.safe_point()?;
            let plan = self.plan();
            refuse(&plan)?;
            // What an earlier run began may show only now, after waiting for it.
            if !plan.records.is_empty() {
                for entry in plan.records {
                    self.record(entry).await?;
                }
                continue;
            }
            let Some(PlannedStep { step, .. }) = part(&plan).first().cloned() else { return Ok(()) };
            let done = self.change_table(&step).await?;
            self.shows(&step, done, part).await?;
        }
    }

    /// Looks until a step that was done is no longer planned: DescribeTable has no consistent mode, and a look may lag behind an earlier one.
    async fn shows(&mut self, step: &Step, done: bool, part: fn(&Plan) -> &Vec<PlannedStep>) -> Result<(), Error> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            self.look_again(step.table()).await?;
            let plan = self.plan();
            if plan.refusals.is_empty() && part(&plan).first().is_none_or(|planned| planned.step != *step) {
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

    /// Intent, call, record: a crash between any two of them is seen by the next run. False if the engine cannot do it.
    async fn change_table(&mut self, step: &Step) -> Result<bool, Error> {
        let table = step.table().clone();
        let change = step.to_string();
        let listener = self.migrator.listener.clone();
        self.held.doing(&change);
        listener.say(Event::StepStarted { step: step.clone() });
        let told = Told::of(step);
        match &told {
            Told::Nothing => {}
            Told::Creation => self.record(Entry::TableCreating { table: table.clone() }).await?,
            Told::Removal { table_id } => {
                self.record(Entry::TableDropping { table: table.clone(), table_id: table_id.clone() }).await?;
            }
            Told::Change => self.record(Entry::TableChanging { table: table.clone(), change: change.clone() }).await?,
        }
        let begun = Instant::now();
        let mut on_wait = |elapsed, status: &str| {
            listener.say(Event::StepWaiting { step: step.clone(), elapsed, status: status.to_owned() });
        };
        match apply(&self.client, step, &Wait::default(), !self.migrator.local, &mut on_wait).await? {
            Applied::Unsupported { reason } => {
                listener.say(Event::StepUnsupported { step: step.clone(), reason: reason.clone() });
                self.observed.unsupported.push(step.clone());
                self.report.unsupported.push((step.clone(), reason));
                return Ok(false);
            }
            Applied::NotNow { until, reason } => {
                self.observed.postponed.push(Postponed { step: step.clone(), until, reason });
                return Ok(false);
            }
            Applied::StillGoing { status } => {
                return Err(Error::new(ErrorKind::NotVerified, format!("«{step}» is left on its way: {status}")));
            }
            Applied::Done => {}
        }
        listener.say(Event::StepDone { step: step.clone(), elapsed: begun.elapsed() });
        match told {
            // To wait is no change.
            Told::Nothing => return Ok(true),
            Told::Creation => {
                let table_id = self.id_of(&table).await?;
                self.record(Entry::TableCreated { table, table_id }).await?;
            }
            Told::Removal { .. } => self.record(Entry::TableDropped { table }).await?,
            Told::Change => self.record(Entry::TableChanged { table, change }).await?,
        }
        self.report.steps.push(step.clone());
        Ok(true)
    }

    /// The id of a table that was seen a moment ago. A look that lags behind does not know it yet.
    async fn id_of(&self, table: &TableName) -> Result<Option<String>, Error> {
        let begun = Instant::now();
        loop {
            let live = inspect::describe(&self.client, table, &BTreeSet::new()).await?;
            if live.is_some() || begun.elapsed() >= SHOWS_WITHIN {
                return Ok(live.and_then(|live| live.table_id));
            }
            tokio::time::sleep(FIRST_PAUSE).await;
        }
    }

    async fn look_again(&mut self, table: &TableName) -> Result<(), Error> {
        match inspect::describe(&self.client, table, &self.migrator.apart(table)).await? {
            Some(live) => self.observed.tables.insert(table.clone(), live),
            None => self.observed.tables.remove(table),
        };
        self.observed.at = Timestamp::now();
        self.migrator.probe(&self.client, table, &self.request, &mut self.observed).await
    }
}
