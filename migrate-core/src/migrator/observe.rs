//! Reads what is there, through a client that cannot write; decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;

use super::builder::Migrator;
use super::environment::Care;
use crate::aws::store::Store;
use crate::aws::{guard, inspect};
use crate::error::Error;
use crate::history::{Environment, History, LockInfo, Ownership};
use crate::plan::{Droppable, Observed, Request};
use crate::schema::{Aspect, Status, TableName, TableSchema};

/// All that one look brings.
#[derive(Debug)]
pub(super) struct Look {
    pub observed: Observed,
    /// Whether the management table is there.
    pub managed: bool,
    /// Who holds the lock, or held it last.
    pub lock: Option<LockInfo>,
    /// The environment that the sequence's part of it remembers.
    pub environment: Option<Environment>,
}

impl Migrator {
    /// The sequence's part of the management table, through `client`.
    pub(super) fn store(&self, client: Client) -> Store {
        Store::new(client, self.management.name.clone(), self.sequence.name())
    }

    /// Reads history and tables: one query, one call per table, one more where its time to live is declared.
    /// What items hold is asked once: `before` brings the answers of an earlier look.
    pub(super) async fn look(&self, request: &Request, before: Option<&Observed>) -> Result<Look, Error> {
        let client = guard::read_only(&self.client);
        let found = self.read(client.clone(), Care::Named).await?;
        let tables = inspect::describe_all(&client, self.names(&found.history, request)).await?;
        let mut with_data = BTreeSet::new();
        // Tables can be adopted before the sequence began; and one that we began to make is ours only while it is empty.
        let begun = |name: &TableName| found.history.tables().get(name) == Some(&Ownership::Creating);
        let asked = |name: &&TableName| found.history.freshness().is_none() || begun(name);
        // One that is only being made cannot be scanned, and holds nothing.
        let made = |name: &&TableName| tables.get(*name).is_some_and(|live| live.status != Status::Creating);
        for name in self.declared.tables.keys().filter(asked).filter(made) {
            if !inspect::is_empty(&client, name).await? {
                with_data.insert(name.clone());
            }
        }
        // Whose it is matters only where it is not ours.
        let unclaimed =
            |name: &TableName| tables.contains_key(name) && (!found.history.tables().contains_key(name) || begun(name));
        let owned_elsewhere = match found.exists && self.managed().any(unclaimed) {
            true => self.store(client.clone()).owned_elsewhere().await?,
            false => BTreeMap::new(),
        };
        let with_owner = self.with_owner(&client, &found.history, &tables).await?;
        let another = |lock: &&LockInfo| !lock.released && lock.holder != self.run;
        let mut observed = Observed {
            holder: found.lock.as_ref().filter(another).map(|lock| lock.holder.who()),
            owned_elsewhere,
            with_owner,
            guests: found.guests,
            tables,
            with_data,
            history: found.history,
            at: Timestamp::now(),
            ..Observed::default()
        };
        self.ask_guests(&client, request, &mut observed).await?;
        if let Some(before) = before {
            (observed.expiring, observed.misfits) = (before.expiring.clone(), before.misfits.clone());
            observed.uncounted = before.uncounted.clone();
        }
        for name in self.declared.tables.keys() {
            self.probe(&client, name, request, &mut observed).await?;
        }
        Ok(Look { observed, managed: found.exists, lock: found.lock, environment: found.environment })
    }

    /// Every table that matters: declared, owned, or named for a drop; and what of it must be asked for by itself.
    fn names(&self, history: &History, request: &Request) -> Vec<(TableName, BTreeSet<Aspect>)> {
        let dropped = self.declared.drops.iter().chain(&request.consent).map(|droppable| match droppable {
            Droppable::Table(table) | Droppable::Index(table, _) => table,
        });
        let shared = history.indexes().keys().map(|(table, _)| table);
        let names: BTreeSet<&TableName> =
            self.declared.tables.keys().chain(history.tables().keys()).chain(shared).chain(dropped).collect();
        names.into_iter().map(|name| (name.clone(), self.apart(name))).collect()
    }

    /// What the code says of a table that is read by a call of its own.
    pub(super) fn apart(&self, name: &TableName) -> BTreeSet<Aspect> {
        self.declared.tables.get(name).map(TableSchema::read_apart).unwrap_or_default()
    }
}
