//! A simulated table as it is now: its items, its capacity, and what was asked of it; it never knows the shape of a request.

use tokio::time::Instant;

use super::answer::Refusal;
use super::bucket::{Bucket, Buckets};
use super::condition::Condition;
use super::key::{Key, Schema, part_of};
use super::setup::{Access, SimulatedTable};
use super::store::{Store, Stored};
use super::tally::Tally;
use super::update::{Change, apply};
use super::value::{Item, invalid, normalise, size};

/// The largest item. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const LARGEST: usize = 400 * 1024;

#[derive(Debug)]
pub(super) struct State {
    pub(super) setup: SimulatedTable,
    /// None until the engine below has been asked.
    pub(super) schema: Option<Schema>,
    pub(super) store: Store,
    pub(super) tally: Tally,
    reads: Buckets,
    writes: Buckets,
    /// Until when everything is refused.
    refused_until: Option<Instant>,
}

/// A change of one item.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub(super) key: Key,
    pub(super) condition: Option<Condition>,
    pub(super) intent: Intent,
}

#[derive(Clone, Debug)]
pub(super) enum Intent {
    Put(Item),
    /// With the key attributes, for an item that is not there yet.
    Update(Item, Vec<Change>),
    Delete,
}

/// A change that was made.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) old: Option<Stored>,
    pub(super) units: f64,
}

/// A change that was not made.
#[derive(Debug)]
pub(super) enum Failed {
    Throttled,
    Condition { old: Option<Box<str>>, units: f64 },
    Invalid(String),
}

impl State {
    pub(super) fn new(setup: SimulatedTable) -> Self {
        let bucket = |rate: Option<f64>| rate.map(|rate| Bucket::new(rate, setup.burst));
        let many = |rate: Option<f64>| (0..setup.partitions).filter_map(|_| bucket(rate)).collect();
        let reads = Buckets { table: bucket(setup.read), partitions: many(setup.partition_read) };
        let writes = Buckets { table: bucket(setup.write), partitions: many(setup.partition_write) };
        let (store, tally) = (Store::default(), Tally::default());
        Self { setup, schema: None, store, tally, reads, writes, refused_until: None }
    }

    /// Its key, which the engine below has told before any request gets here.
    pub(super) fn schema(&self) -> Result<Schema, Refusal> {
        self.schema.clone().ok_or_else(|| Refusal::NotFound(self.setup.name.clone()))
    }

    pub(super) fn partition_of(&self, hash: u64) -> usize {
        part_of(hash, self.setup.partitions)
    }

    pub(super) fn buckets(&mut self, access: Access) -> &mut Buckets {
        match access {
            Access::Read => &mut self.reads,
            Access::Write => &mut self.writes,
        }
    }

    pub(super) fn refuse_until(&mut self, until: Option<Instant>) {
        self.refused_until = until;
    }

    /// Takes units of partitions, unless there are none to take.
    pub(super) fn admit(&mut self, access: Access, units: &[(usize, f64)]) -> bool {
        let now = Instant::now();
        self.refused_until.is_none_or(|until| now >= until) && self.buckets(access).admit(now, units)
    }

    pub(super) fn throttled(&self) -> Refusal {
        Refusal::Throttled { on_demand: self.setup.provisioned.is_none() }
    }

    /// Makes a change, or says why not. What it costs is taken from the buckets, for a condition that fails too.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>
    pub(super) fn write(&mut self, write: Write) -> Result<Done, Failed> {
        let Write { key, condition, intent } = write;
        let old = self.store.get(&key);
        let item = match (&condition, &intent) {
            (None, Intent::Put(_) | Intent::Delete) => None,
            (Some(_), _) | (None, Intent::Update(..)) => old.map(Stored::item),
        };
        let holds = condition.is_none_or(|condition| condition.holds(item.as_ref().unwrap_or(&Item::new())));
        let old_size = old.map_or(0, |old| old.size as usize);
        let partition = self.partition_of(key.hash);
        if !holds {
            let old = old.map(|old| old.text.clone());
            let units = units(old_size);
            if !self.admit(Access::Write, &[(partition, units)]) {
                return Err(Failed::Throttled);
            }
            return Err(Failed::Condition { old, units });
        }
        let mut new = match intent {
            Intent::Put(new) => Some(new),
            Intent::Update(of_key, changes) => {
                let schema = self.schema.as_ref().expect("a key was made with it");
                Some(apply(&changes, schema, &item.unwrap_or(of_key)).map_err(Failed::Invalid)?)
            }
            Intent::Delete => None,
        };
        let new_size = new.as_ref().map_or(0, size);
        if new_size > LARGEST {
            return Err(Failed::Invalid("Item size has exceeded the maximum allowed size".to_owned()));
        }
        if let Some(wrong) = new.iter().flat_map(Item::values).find_map(invalid) {
            return Err(Failed::Invalid(wrong));
        }
        new.iter_mut().flat_map(Item::values_mut).for_each(normalise);
        let changes = old.is_some() || new.is_some();
        let units = units(old_size.max(new_size)) + if changes { self.setup.index_writes } else { 0.0 };
        if !self.admit(Access::Write, &[(partition, units)]) {
            return Err(Failed::Throttled);
        }
        let old = match new {
            Some(new) => self.store.put(key, Stored::new(&new)),
            None => self.store.delete(&key),
        };
        Ok(Done { old, units })
    }

    /// The table is gone, or new.
    pub(super) fn forget(&mut self) {
        self.schema = None;
        self.store = Store::default();
    }
}

fn units(size: usize) -> f64 {
    size.div_ceil(1024).max(1) as f64
}
