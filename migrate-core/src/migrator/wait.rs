//! Waits until what is being built is built: only looks, with growing pauses. It never knows who began it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::builder::Migrator;
use super::environment::Care;
use crate::aws::{guard, inspect};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, UnderWay};
use crate::history::Ownership;
use crate::schema::{IndexName, LiveTable, Status, TableName};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// One thing to wait for, by the names that the code uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A table and all its indexes.
    Table(TableName),
    /// One index of it.
    Index(TableName, IndexName),
}

/// How the waiting ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waited {
    /// What was waited for and is at rest now.
    pub settled: Vec<UnderWay>,
    /// What was still under way when the time was up.
    pub under_way: Vec<UnderWay>,
}

#[derive(Debug, thiserror::Error)]
enum WaitError {
    #[error("there is no {0} here")]
    NotThere(String),
    #[error("{0} is gone: it was under way when the waiting began")]
    Gone(String),
    #[error("table `{0}` is recorded as ours, but it is not there: somebody deleted it")]
    Deleted(TableName),
    #[error("{what} is in state {word}, which it does not leave by itself")]
    Stuck { what: String, word: String },
    #[error("stopped waiting, as asked")]
    Stopped,
}

type Key = (TableName, Option<IndexName>);

impl Migrator {
    /// Waits until the tables of this sequence and their indexes are at rest, or one of them if it is named, or until the time is up.
    ///
    /// Only reads. Each look is told as an [`Event::Waiting`].
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a name that is not there, [`ErrorKind::NotFound`] if what was being built vanishes,
    /// [`ErrorKind::NotSupported`] for a state that no waiting ends, [`ErrorKind::Interrupted`].
    pub async fn wait(&self, awaited: Option<&Awaited>, timeout: Duration) -> Result<Waited, Error> {
        let begun = Instant::now();
        let client = guard::read_only(&self.client);
        let wanted = self.awaited(awaited).await?;
        let mut pause = FIRST_PAUSE;
        let mut seen: BTreeMap<Key, UnderWay> = BTreeMap::new();
        loop {
            let tables = wanted.iter().map(|(table, _)| (table.clone(), BTreeSet::new()));
            let live = inspect::describe_all(&client, tables).await?;
            let mut busy: BTreeMap<Key, UnderWay> = BTreeMap::new();
            for (table, known) in &wanted {
                let Some(live) = live.get(table) else {
                    gone(table, *known, &seen)?;
                    continue;
                };
                for thing in under_way(live)? {
                    busy.insert((thing.table.clone(), thing.index.clone()), thing);
                }
                named(awaited, live, &seen)?;
                vanished(live, &seen)?;
            }
            if let Some(Awaited::Index(_, index)) = awaited {
                // While its table is being made no index is ready, a local one neither.
                busy.retain(|(_, of), thing| of.as_ref() == Some(index) || (of.is_none() && thing.status == "CREATING"));
            }
            seen.extend(busy.iter().map(|(key, thing)| (key.clone(), thing.clone())));
            let under_way: Vec<UnderWay> = busy.values().cloned().collect();
            let left = timeout.saturating_sub(begun.elapsed());
            if busy.is_empty() || left.is_zero() {
                let settled = seen.into_iter().filter(|(key, _)| !busy.contains_key(key)).map(|(_, thing)| thing).collect();
                return Ok(Waited { settled, under_way });
            }
            self.listener.say(Event::Waiting { under_way, elapsed: begun.elapsed() });
            tokio::select! {
                () = tokio::time::sleep(pause.min(left)) => {}
                () = self.stop.requested() => {
                    let help = "what is being built goes on without it; `migrate wait` takes the waiting up again";
                    return Err(Error::new(ErrorKind::Interrupted, WaitError::Stopped).with_help(help));
                }
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The tables to look at, each with what the history says of it.
    async fn awaited(&self, awaited: Option<&Awaited>) -> Result<Vec<(TableName, Known)>, Error> {
        let history = self.read(guard::read_only(&self.client), Care::NotWrong).await?.history;
        let known = |owner: Option<&Ownership>| match owner {
            Some(Ownership::Owned { .. }) => Known::Ours,
            Some(Ownership::Creating | Ownership::Dropping { .. }) => Known::Passing,
            None => Known::Named,
        };
        let Some(Awaited::Table(table) | Awaited::Index(table, _)) = awaited else {
            return Ok(history.tables().iter().map(|(table, owner)| (table.clone(), known(Some(owner)))).collect());
        };
        let table = self.naming.physical(table).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
        Ok(vec![(table, Known::Named)])
    }
}

/// What is known of a table before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It is ours, and so it must be there.
    Ours,
    /// It is being made or dropped: it may be there.
    Passing,
    /// Somebody named it.
    Named,
}

/// A table that is not there.
fn gone(table: &TableName, known: Known, seen: &BTreeMap<Key, UnderWay>) -> Result<(), Error> {
    let last = seen.get(&(table.clone(), None));
    if last.is_some_and(|thing| thing.is_leaving()) {
        return Ok(());
    }
    let error = match (known, last) {
        (Known::Ours, _) => Error::new(ErrorKind::NotFound, WaitError::Deleted(table.clone())),
        (Known::Passing, None) => return Ok(()),
        (Known::Named, None) if seen.is_empty() => return Err(not_there(format!("table `{table}`"))),
        (Known::Passing | Known::Named, _) => Error::new(ErrorKind::NotFound, WaitError::Gone(format!("table `{table}`"))),
    };
    Err(error.with_help("`migrate plan` says what is to be done about it"))
}

/// The one index that was named must be there.
fn named(awaited: Option<&Awaited>, live: &LiveTable, seen: &BTreeMap<Key, UnderWay>) -> Result<(), Error> {
    let Some(Awaited::Index(_, index)) = awaited else { return Ok(()) };
    let is_there = live.index_status.contains_key(index)
        || live.schema.global_indexes.contains_key(index)
        || live.schema.local_indexes.contains_key(index);
    let table = &live.schema.name;
    if is_there || seen.contains_key(&(table.clone(), Some(index.clone()))) {
        return Ok(());
    }
    Err(not_there(format!("index `{table}/{index}`")))
}

fn not_there(what: String) -> Error {
    let help = "names are those that the code uses; `migrate plan` says what is not there yet";
    Error::new(ErrorKind::Usage, WaitError::NotThere(what)).with_help(help)
}

/// An index that was being built and is not there any more.
fn vanished(live: &LiveTable, seen: &BTreeMap<Key, UnderWay>) -> Result<(), Error> {
    for ((table, index), thing) in seen {
        let Some(index) = index.as_ref().filter(|_| *table == live.schema.name) else { continue };
        if !live.index_status.contains_key(index) && !live.schema.global_indexes.contains_key(index) && !thing.is_leaving() {
            let error = Error::new(ErrorKind::NotFound, WaitError::Gone(format!("index `{table}/{index}`")));
            return Err(error.with_help("`migrate plan` says what is to be done about it"));
        }
    }
    Ok(())
}

/// What of a table is not at rest.
fn under_way(live: &LiveTable) -> Result<Vec<UnderWay>, Error> {
    let table = &live.schema.name;
    let one = |index: Option<&IndexName>, status: &Status| {
        let status = match status {
            Status::Active => return Ok(None),
            Status::Creating if index.is_some_and(|index| live.backfilling.contains(index)) => "CREATING, backfilling",
            Status::Creating => "CREATING",
            Status::Updating => "UPDATING",
            Status::Deleting => "DELETING",
            Status::Other(word) => {
                let what = UnderWay { table: table.clone(), index: index.cloned(), status: String::new() }.to_string();
                let stuck = WaitError::Stuck { what, word: word.clone() };
                let error = Error::new(ErrorKind::NotSupported, stuck);
                return Err(error.with_help("`migrate plan` says what is to be done about it"));
            }
        };
        Ok(Some(UnderWay { table: table.clone(), index: index.cloned(), status: status.to_owned() }))
    };
    let mut all = vec![one(None, &live.status)?];
    for (index, status) in &live.index_status {
        all.push(one(Some(index), status)?);
    }
    Ok(all.into_iter().flatten().collect())
}
