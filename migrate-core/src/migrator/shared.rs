//! Tables that several sequences share: who is told, who is asked, and whose turn it is. Nobody who holds a table's lock waits for another
//! lock, and nobody who holds a sequence's waits for another sequence's, so that no two wait for each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use tokio::time::Instant;

use super::builder::Migrator;
use super::refusal::refuse;
use super::run::Run;
use super::tables::Done;
use crate::aws::guard;
use crate::aws::lock::{Held, Lock};
use crate::aws::store::Store;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Listener};
use crate::history::{Entry, History, Ownership};
use crate::plan::{Droppable, Observed, Plan, PlannedStep, Request, made_again};
use crate::schema::{LiveTable, TableName};
use crate::step::Step;

/// The plan came to need what its owner was not told.
#[derive(Debug, thiserror::Error)]
#[error("table `{table}` is to be shared since a moment ago, and its owner, sequence `{owner}`, was not told")]
struct NotTold {
    table: TableName,
    owner: String,
}

/// The tables that these entries begin to share, by owner.
pub(super) fn shares(entries: &[Entry]) -> BTreeMap<&str, BTreeSet<&TableName>> {
    let mut shares: BTreeMap<&str, BTreeSet<&TableName>> = BTreeMap::new();
    for entry in entries {
        if let Entry::TableShared { table, owner } = entry {
            shares.entry(owner).or_default().insert(table);
        }
    }
    shares
}

impl Migrator {
    /// Tells the owners of tables on which this sequence is about to have indexes. Under the owner's lock, since a run of its that is going on
    /// does not ask for the table's lock; before our own is taken.
    pub(super) async fn tell_owners(&self, entries: &[Entry], wait: Duration) -> Result<(), Error> {
        for (owner, tables) in shares(entries) {
            let owners = self.store(self.client.clone()).part(owner);
            let list: Vec<&str> = tables.iter().map(|table| table.as_str()).collect();
            let doing = format!("sequence {} begins to share {}", self.sequence.name(), list.join(", "));
            let held = Lock::new(&owners, &self.run, self.pace).acquire(&doing, wait, &self.listener, &self.stop).await?;
            let store = owners.with_client(guard::guarded(&self.client, held.lease()));
            let told = self.mark(&store, &held, &tables).await;
            held.release().await;
            told?;
        }
        Ok(())
    }

    async fn mark(&self, store: &Store, held: &Held, tables: &BTreeSet<&TableName>) -> Result<(), Error> {
        for table in tables {
            store.mark(held.epoch(), table, self.sequence.name()).await?;
        }
        Ok(())
    }

    /// Those declared tables of other sequences that these have on record as their own. Asked only before the first index on them.
    pub(super) async fn with_owner(
        &self,
        client: &Client,
        history: &History,
        tables: &BTreeMap<TableName, LiveTable>,
    ) -> Result<BTreeSet<TableName>, Error> {
        let mut owners: BTreeMap<&str, Vec<&TableName>> = BTreeMap::new();
        for (name, schema) in &self.declared.tables {
            if let Some(owner) = &schema.handling.owner
                && !schema.global_indexes.is_empty()
                && history.shared().get(name) != Some(owner)
            {
                owners.entry(owner).or_default().push(name);
            }
        }
        let mut with_owner = BTreeSet::new();
        for (owner, names) in owners {
            let theirs = self.store(client.clone()).part(owner).read().await?.history;
            with_owner.extend(names.into_iter().filter(|name| owned(&theirs, tables, name)).cloned());
        }
        Ok(with_owner)
    }

    /// Learns whose the indexes on our shared tables are, where something is found or asked for that depends on it.
    pub(super) async fn ask_guests(&self, client: &Client, request: &Request, observed: &mut Observed) -> Result<(), Error> {
        let doubtful = |table: &TableName| {
            let named = |droppable: &Droppable| match droppable {
                Droppable::Table(of) | Droppable::Index(of, _) => of == table,
            };
            let Some(live) = observed.tables.get(table) else { return false };
            let declared = self.declared.tables.get(table).map(|schema| &schema.global_indexes);
            let as_declared = |(name, index)| declared.and_then(|all| all.get(name)).is_some_and(|mine| mine.same_shape(index));
            self.declared.drops.iter().chain(&request.consent).any(named)
                || (declared.is_some() && !live.schema.global_indexes.iter().all(as_declared))
        };
        let asked = observed.guests.iter().filter(|(table, _)| doubtful(table)).flat_map(|(_, guests)| guests);
        let asked: BTreeSet<String> = asked.cloned().collect();
        let mut found = BTreeMap::new();
        for guest in asked {
            let theirs = self.store(client.clone()).part(&guest).read().await?.history;
            found.extend(theirs.indexes().keys().map(|index| (index.clone(), guest.clone())));
        }
        found.retain(|(table, _), _| observed.guests.contains_key(table));
        observed.guest_indexes = found;
        Ok(())
    }

    pub(super) async fn take_table(&self, table: &TableName, doing: &str, wait: Duration) -> Result<Held, Error> {
        let store = self.store(self.client.clone()).of_table(table);
        let (listener, table) = (self.listener.clone(), table.clone());
        let listener = Listener::new(move |event| {
            let table = table.clone();
            listener.say(match event {
                Event::WaitingForLock { lock } => Event::WaitingForTable { table, lock },
                Event::LockTaken { epoch, over_from } => Event::TableTaken { table, epoch, over_from },
                event @ (Event::WaitingForTable { .. }
                | Event::TableTaken { .. }
                | Event::CreatingManagementTable { .. }
                | Event::StepStarted { .. }
                | Event::StepWaiting { .. }
                | Event::StepDone { .. }
                | Event::StepUnsupported { .. }
                | Event::MigrationStarted { .. }
                | Event::MigrationProgress { .. }
                | Event::MigrationNote { .. }
                | Event::MigrationApplied { .. }
                | Event::MigrationFailed { .. }
                | Event::MigrationSkipped { .. }
                | Event::RollbackStarted { .. }
                | Event::RolledBack { .. }
                | Event::RollbackFailed { .. }
                | Event::Waiting { .. }
                | Event::InForce { .. }
                | Event::Verifying
                | Event::LockReleased) => event,
            });
        });
        Lock::new(&store, &self.run, self.pace).acquire(doing, wait, &listener, &self.stop).await
    }
}

/// Refuses to share what no owner was told of.
pub(super) fn check_told(entries: &[Entry], told: &BTreeSet<TableName>) -> Result<(), Error> {
    let shared = shares(entries).into_iter().flat_map(|(owner, tables)| tables.into_iter().map(move |table| (owner, table)));
    match shared.into_iter().find(|(_, table)| !told.contains(*table)) {
        None => Ok(()),
        Some((owner, table)) => {
            let error = NotTold { table: table.clone(), owner: owner.to_owned() };
            Err(Error::new(ErrorKind::StalePlan, error).with_help("run it again"))
        }
    }
}

fn owned(history: &History, tables: &BTreeMap<TableName, LiveTable>, name: &TableName) -> bool {
    let (Some(Ownership::Owned { table_id }), Some(live)) = (history.tables().get(name), tables.get(name)) else { return false };
    !made_again(table_id.as_deref(), live)
}

impl Run<'_> {
    /// Whether a step changes a table on which others may be at work. Waiting changes nothing, and a table that is made is nobody else's yet.
    pub(super) fn is_shared(&self, step: &Step) -> bool {
        match step {
            Step::AwaitTable { .. } | Step::CreateTable { .. } => false,
            Step::CreateGlobalIndex { table, .. }
            | Step::DropGlobalIndex { table, .. }
            | Step::Set { table, .. }
            | Step::DropTable { table, .. } => {
                self.observed.guests.contains_key(table) || !self.observed.history.tables().contains_key(table)
            }
        }
    }

    /// Does a step under the lock of its table. What others did meanwhile may have made it another one: then it is planned anew.
    pub(super) async fn change_shared(&mut self, step: &Step, part: fn(&Plan) -> &Vec<PlannedStep>) -> Result<Done, Error> {
        let wait = self
            .wait
            .deadline
            .map_or(self.lock_wait, |deadline| self.lock_wait.min(deadline.saturating_duration_since(Instant::now())));
        let held = match self.migrator.take_table(step.table(), &step.to_string(), wait).await {
            Ok(held) => held,
            Err(error) if error.kind() == ErrorKind::LockHeld && wait < self.lock_wait => {
                return Ok(Done::Left(error.to_string()));
            }
            Err(error) => return Err(error),
        };
        let ours = self.client.clone();
        self.client = guard::guarded(&ours, held.lease());
        let outcome = self.change_still_planned(step, part).await;
        self.client = ours;
        held.release().await;
        outcome
    }

    async fn change_still_planned(&mut self, step: &Step, part: fn(&Plan) -> &Vec<PlannedStep>) -> Result<Done, Error> {
        self.look_again(step.table()).await?;
        self.migrator.ask_guests(&self.client, &self.request, &mut self.observed).await?;
        let plan = self.plan();
        refuse(&plan)?;
        let next = part(&plan).iter().find(|planned| planned.step.table() == step.table());
        if !plan.records.is_empty() || next.is_none_or(|planned| planned.step != *step) {
            return Ok(Done::Anew);
        }
        self.change_table(step).await
    }
}
