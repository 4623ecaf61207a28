//! What is kept of work that goes through items, so that the next run goes on where this one stopped: how far each segment is, which items
//! were put aside, and what a person says to the run. Decides nothing.
//!
//! It has a part of the management table of its own, so that a run with nothing to do never reads it.

mod aside;
mod control;
mod fenced;
mod shape;
#[cfg(all(test, feature = "embedded"))]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

pub(crate) use self::aside::Aside;
pub(crate) use self::control::ControlStore;
use self::fenced::Write;
use self::shape::{Head, JobError, Letter, MOST_SEGMENTS, Segment, read};
use super::store::{Item, Store, now};
use crate::budget::Control;
use crate::error::{Error, ErrorKind};
use crate::history::Counts;
use crate::history::Turn;
use crate::migration::Version;

/// The jobs of one turn of a migration, written under one epoch.
#[derive(Clone, Debug)]
pub(crate) struct JobStore {
    /// Where the lock is.
    store: Store,
    /// Where the jobs are.
    data: Store,
    version: Version,
    turn: Turn,
    epoch: u64,
    /// What the table holds of the jobs of this run.
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    heads: BTreeMap<String, Head>,
    /// Jobs of which something was put aside.
    jobs: BTreeMap<String, Job>,
}

/// What a job is about. One that differs in any of it is another job, and begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Its place in its migration: verb, table, how manieth.
    pub place: String,
    /// The physical table.
    pub table: String,
    /// DynamoDB's id for it, where the engine has one.
    pub table_id: Option<String>,
    /// Of the migration's text.
    pub fingerprint: String,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Into how many segments the table is split: fixed when the job began.
    pub segments: u32,
    /// Which pass over the table, from 1.
    pub sweep: u32,
    /// Whether nothing is left to do.
    pub finished: bool,
    /// What was done so far.
    pub counts: Counts,
    /// Segments that were begun; all others stand at their beginning.
    pub positions: BTreeMap<u32, Position>,
}

/// How far a segment is: everything before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Position {
    /// After the item with this key, as DynamoDB's JSON.
    After(String),
    /// At its end.
    End,
}

/// An item that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeadLetter {
    /// Its key, as DynamoDB's JSON.
    pub key: String,
    /// What was wrong with it.
    pub error: String,
}

impl JobStore {
    pub(crate) fn new(store: &Store, version: Version, turn: Turn, epoch: u64) -> Self {
        Self { store: store.clone(), data: store.data(), version, turn, epoch, known: Arc::default() }
    }

    /// Only to be read: no lock ever has this epoch.
    pub(crate) fn reader(store: &Store, version: Version, turn: Turn) -> Self {
        Self::new(store, version, turn, 0)
    }

    /// Takes up a job, or begins it: what was kept of another one at its place goes.
    pub(crate) async fn open(&self, job: &Job, segments: u32) -> Result<Progress, Error> {
        let kept = self.read_head(&job.place).await?;
        let (head, positions) = match kept {
            Some(head) if head.job == *job => {
                let positions = self.positions(&head).await?;
                (head, positions)
            }
            kept => (self.begin(job, segments, kept.is_some()).await?, BTreeMap::new()),
        };
        let Head { segments, sweep, finished, counts, .. } = head;
        self.know(head);
        Ok(Progress { segments, sweep, finished, counts, positions })
    }

    /// The head goes first and comes last: whoever stops in between leaves none, and the next one begins here again.
    async fn begin(&self, job: &Job, segments: u32, had_head: bool) -> Result<Head, Error> {
        if had_head {
            self.write(vec![Write::Delete(self.at(&job.place))]).await?;
        }
        let mut old = Vec::new();
        for (sort, item) in self.query(&format!("{}/", self.at(&job.place))).await? {
            // What this very job put aside stays aside.
            let stays = is_aside(&sort) && read::<Letter>(self, &sort, item)?.job == *job;
            old.extend((!stays).then_some(Write::Delete(sort)));
        }
        self.write(old).await?;
        let head = Head { job: job.clone(), segments, sweep: 1, finished: false, counts: Counts::default(), begun: now() };
        self.write(vec![self.put_head(&head)?]).await?;
        Ok(head)
    }

    /// Those of the head's sweep: what is left of earlier ones is overwritten by and by.
    async fn positions(&self, head: &Head) -> Result<BTreeMap<u32, Position>, Error> {
        let prefix = self.segments_of(&head.job.place);
        let mut positions = BTreeMap::new();
        for (sort, item) in self.query(&prefix).await? {
            let Segment { sweep, position } = read(self, &sort, item)?;
            let number = sort.strip_prefix(&prefix).and_then(|number| number.parse().ok());
            let number: u32 = number
                .filter(|number| *number < head.segments)
                .ok_or_else(|| shape::damaged(self, &sort, JobError::NoSegment { segments: head.segments }))?;
            if let Position::After(key) = &position {
                shape::check_key(key).map_err(|error| shape::damaged(self, &sort, error))?;
            }
            if sweep == head.sweep {
                positions.insert(number, position);
            }
        }
        Ok(positions)
    }

    /// Keeps how far segments are, and what was done, under the epoch. Of many segments the last are kept together with the counts.
    pub(crate) async fn save(&self, place: &str, positions: &BTreeMap<u32, Position>, counts: Counts) -> Result<(), Error> {
        let head = Head { counts, ..self.head(place).await? };
        let prefix = self.segments_of(place);
        let mut writes = Vec::new();
        for (number, position) in positions {
            let segment = Segment { sweep: head.sweep, position: position.clone() };
            writes.push(self.put(&format!("{prefix}{number:07}"), &segment)?);
        }
        writes.push(self.put_head(&head)?);
        self.write(writes).await?;
        self.know(head);
        Ok(())
    }

    /// Begins the next pass over the table: positions of another sweep count for nothing, so that nothing has to go first.
    pub(crate) async fn next_sweep(&self, place: &str, sweep: u32, counts: Counts) -> Result<(), Error> {
        let head = self.head(place).await?;
        self.rewrite(Head { sweep, counts, finished: false, ..head }).await
    }

    /// Notes that nothing is left to do.
    pub(crate) async fn finish(&self, place: &str, counts: Counts) -> Result<(), Error> {
        let head = self.head(place).await?;
        self.rewrite(Head { counts, finished: true, ..head }).await
    }

    async fn rewrite(&self, head: Head) -> Result<(), Error> {
        self.write(vec![self.put_head(&head)?]).await?;
        self.know(head);
        Ok(())
    }

    /// Whether this run took up or began a job.
    pub(crate) fn is_used(&self) -> bool {
        !self.known().heads.is_empty()
    }

    /// Forgets all jobs of the migration, of other turns too, but not what this turn has put aside.
    pub(crate) async fn forget(&self) -> Result<(), Error> {
        let number = format!("{:04}", self.version.get());
        let all = self.keys(&number).await?;
        // A longer number may begin like this one.
        let ours = |sort: &String| sort[number.len()..].starts_with(['/', ' ']);
        let stays = |sort: &String| is_aside(sort) && sort.starts_with(&self.at(""));
        // In order: a head goes before its segments.
        let gone = all.into_iter().filter(|sort| ours(sort) && !stays(sort)).map(Write::Delete).collect();
        self.write(gone).await?;
        self.known().heads.clear();
        Ok(())
    }

    /// What a person says to the run.
    pub(crate) async fn control(&self) -> Result<Control, Error> {
        Ok(ControlStore::new(&self.store).read().await?.control())
    }

    /// The sort key of a job's head, which the keys of all that belongs to it begin with.
    fn at(&self, place: &str) -> String {
        format!("{:04}{}/{place}", self.version.get(), self.turn)
    }

    fn segments_of(&self, place: &str) -> String {
        format!("{}/seg/", self.at(place))
    }

    async fn read_head(&self, place: &str) -> Result<Option<Head>, Error> {
        let sort = self.at(place);
        let Some(item) = self.get(&sort).await? else { return Ok(None) };
        let head: Head = read(self, &sort, item)?;
        // Room is made for each segment, and another sweep is counted.
        if !(1..=MOST_SEGMENTS).contains(&head.segments) || !(1..u32::MAX).contains(&head.sweep) {
            return Err(shape::damaged(self, &sort, JobError::Uncountable));
        }
        Ok(Some(head))
    }

    async fn head(&self, place: &str) -> Result<Head, Error> {
        if let Some(head) = self.known().heads.get(place) {
            return Ok(head.clone());
        }
        let missing = || Error::new(ErrorKind::CorruptHistory, JobError::NotBegun { sort_key: self.at(place) });
        let missing = || missing().with_help("somebody deleted it: run `migrate up` again, and the migration begins again");
        self.read_head(place).await?.ok_or_else(missing)
    }

    fn know(&self, head: Head) {
        self.known().heads.insert(head.job.place.clone(), head);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_head(&self, head: &Head) -> Result<Write, Error> {
        self.put(&self.at(&head.job.place), head)
    }

    fn put(&self, sort: &str, what: &impl Serialize) -> Result<Write, Error> {
        let mut item: Item = serde_dynamo::to_item(what).map_err(|error| Error::new(ErrorKind::Encode, error))?;
        item.extend(self.data.key(sort));
        Ok(Write::Put(item))
    }
}

/// Whether a sort key is that of an item that was put aside.
fn is_aside(sort: &str) -> bool {
    sort.contains(aside::DEAD)
}
