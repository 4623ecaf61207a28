//! The requests that are under way, and what comes back of each. Decides nothing.

use std::pin::Pin;

use aws_sdk_dynamodb::Client;

use super::super::answer::Refusal;
use super::super::target::Place;
use super::super::task::Task;
use super::super::write::{self, Single};
use crate::aws::wire::{self, Attributes, Body, Scan};

/// A request under way.
pub(super) type Flight<'a> = Pin<Box<dyn Future<Output = Landed> + Send + 'a>>;

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
    Batch { tasks: Vec<Task>, result: Result<Body, Refusal> },
    Single { task: Box<Task>, result: Single },
    /// An item of which an index has not all was read whole.
    Looked { key: Attributes<'static>, result: Result<Body, Refusal> },
    /// An item was read again.
    Seen { task: Box<Task>, result: Result<Body, Refusal> },
}

/// What of a scan stays the same for all its pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) client: &'a Client,
    pub(super) place: &'a Place,
    pub(super) index: Option<&'a str>,
    pub(super) segments: usize,
}

pub(super) fn page<'a>(
    reading: Reading<'a>,
    filter: Option<wire::Filter>,
    segment: usize,
    limit: Option<u32>,
    after: Option<String>,
    estimated: f64,
) -> Flight<'a> {
    let Reading { client, place, index, segments } = reading;
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let split = (segments > 1).then(|| (number(segment), number(segments)));
    Box::pin(async move {
        let (after, filter) = (after.as_deref(), filter.as_ref());
        let request = Scan { table: &place.table, index, segment: split, limit, after, consistent: index.is_none(), filter };
        let read = wire::scan(client, &request).await;
        let answer = Answer::Page(read.map_err(|error| Refusal::of("dynamodb:Scan", &place.resource(), error)));
        Landed { segment, estimated, answer }
    })
}

pub(super) fn batch<'a>(
    client: &'a Client,
    place: &'a Place,
    segment: usize,
    tasks: Vec<Task>,
    statements: Vec<String>,
    estimated: f64,
) -> Flight<'a> {
    Box::pin(async move {
        let sent = wire::batch(client, &statements).await;
        let result = sent.map_err(|error| Refusal::of("dynamodb:PartiQLUpdate", &place.resource(), error));
        Landed { segment, estimated, answer: Answer::Batch { tasks, result } }
    })
}

pub(super) fn single<'a>(client: &'a Client, place: &'a Place, segment: usize, task: Task, estimated: f64) -> Flight<'a> {
    Box::pin(async move {
        let result = write::write(client, place, &task).await;
        Landed { segment, estimated, answer: Answer::Single { task: Box::new(task), result } }
    })
}

pub(super) fn look<'a>(client: &'a Client, place: &'a Place, segment: usize, key: Attributes<'static>, estimated: f64) -> Flight<'a> {
    Box::pin(async move {
        let read = wire::get(client, &place.table, &key.to_json()).await;
        let result = read.map_err(|error| Refusal::of("dynamodb:GetItem", &place.resource(), error));
        Landed { segment, estimated, answer: Answer::Looked { key, result } }
    })
}

pub(super) fn see<'a>(client: &'a Client, place: &'a Place, segment: usize, task: Task, estimated: f64) -> Flight<'a> {
    Box::pin(async move {
        let read = wire::get(client, &place.table, &task.key_json()).await;
        let result = read.map_err(|error| Refusal::of("dynamodb:GetItem", &place.resource(), error));
        Landed { segment, estimated, answer: Answer::Seen { task: Box::new(task), result } }
    })
}
