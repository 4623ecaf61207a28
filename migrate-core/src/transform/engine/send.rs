//! The requests that are under way, and what comes back of each. Decides nothing.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use tokio::task::JoinSet;
use tracing::Instrument;

use super::super::answer::Refusal;
use super::super::target::Place;
use super::super::task::Task;
use super::super::write::{self, Single};
use crate::aws::wire::{self, Attributes, Body, Scan};
use crate::iam::Action;

/// What came back, for which segment, and what it was taken to consume.
#[derive(Debug)]
pub(super) struct Landed {
    pub(super) segment: usize,
    pub(super) estimated: f64,
    pub(super) answer: Answer,
}

#[derive(Debug)]
pub(super) enum Answer {
    Page(Result<Body, Refusal>),
    Batch {
        tasks: Vec<Task>,
        result: Result<Body, Refusal>,
    },
    Single {
        task: Box<Task>,
        result: Single,
    },
    /// An item of which an index has not all was read whole.
    Looked {
        key: Attributes<'static>,
        result: Result<Body, Refusal>,
    },
    /// An item was read again.
    Seen {
        task: Box<Task>,
        result: Result<Body, Refusal>,
    },
}

/// What of a scan stays the same for all its pages.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) index: Option<String>,
    pub(super) filter: Option<wire::Filter>,
    pub(super) segments: usize,
}

/// The requests that are under way. Each is a task of its own, so that the machine's processors share what there is to do; with the pass
/// they are dropped.
pub(super) struct Flights {
    client: Client,
    /// The table that is read.
    from: Arc<Place>,
    /// The table that is written.
    into: Arc<Place>,
    scanned: Arc<Scanned>,
    tasks: JoinSet<Landed>,
}

impl Flights {
    pub(super) fn new(client: &Client, from: &Place, into: &Place, scanned: Scanned) -> Self {
        let (from, into) = (Arc::new(from.clone()), Arc::new(into.clone()));
        Self { client: client.clone(), from, into, scanned: Arc::new(scanned), tasks: JoinSet::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// What lands first; `None` if nothing is under way.
    pub(super) async fn next(&mut self) -> Option<Landed> {
        match self.tasks.join_next().await? {
            Ok(landed) => Some(landed),
            // Nobody cancels one: a panic goes on where it would have gone without a task of its own.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn send(&mut self, flight: impl Future<Output = Landed> + Send + 'static) {
        self.tasks.spawn(flight.in_current_span());
    }

    pub(super) fn page(&mut self, segment: usize, limit: Option<u32>, after: Option<String>, estimated: f64) {
        let (client, place, scanned) = (self.client.clone(), self.from.clone(), self.scanned.clone());
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let split = (scanned.segments > 1).then(|| (number(segment), number(scanned.segments)));
        self.send(async move {
            let Scanned { index, filter, .. } = &*scanned;
            let request = Scan {
                table: &place.table,
                index: index.as_deref(),
                segment: split,
                limit,
                after: after.as_deref(),
                consistent: index.is_none(),
                filter: filter.as_ref(),
            };
            let read = wire::scan(&client, &request).await;
            let answer = Answer::Page(read.map_err(|error| Refusal::of(Action::Scan, &place.resource(), error)));
            Landed { segment, estimated, answer }
        });
    }

    pub(super) fn batch(&mut self, segment: usize, tasks: Vec<Task>, statements: Vec<String>, estimated: f64) {
        let (client, place) = (self.client.clone(), self.into.clone());
        self.send(async move {
            let sent = wire::batch(&client, &statements).await;
            let result = sent.map_err(|error| Refusal::of(Action::PartiQLUpdate, &place.resource(), error));
            Landed { segment, estimated, answer: Answer::Batch { tasks, result } }
        });
    }

    pub(super) fn single(&mut self, segment: usize, task: Task, estimated: f64) {
        let (client, place) = (self.client.clone(), self.into.clone());
        self.send(async move {
            let result = write::write(&client, &place, &task).await;
            Landed { segment, estimated, answer: Answer::Single { task: Box::new(task), result } }
        });
    }

    /// Reads an item whole of which an index has not all.
    pub(super) fn look(&mut self, segment: usize, key: Attributes<'static>, estimated: f64) {
        let (client, place) = (self.client.clone(), self.from.clone());
        self.send(async move {
            let read = wire::get(&client, &place.table, &key.to_json()).await;
            let result = read.map_err(|error| Refusal::of(Action::GetItem, &place.resource(), error));
            Landed { segment, estimated, answer: Answer::Looked { key, result } }
        });
    }

    /// Reads the item that made a condition fail.
    pub(super) fn see(&mut self, segment: usize, task: Task, estimated: f64) {
        let (client, place) = (self.client.clone(), self.into.clone());
        self.send(async move {
            let read = wire::get(&client, &place.table, &task.key_json()).await;
            let result = read.map_err(|error| Refusal::of(Action::GetItem, &place.resource(), error));
            Landed { segment, estimated, answer: Answer::Seen { task: Box::new(task), result } }
        });
    }
}
