//! Items that were put aside are tried again, one after the other: those alone, not the whole table.

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_dynamodb::Client;

use super::super::answer::Refusal;
use super::super::error::Trouble;
use super::super::flow::backoff;
use super::super::same::same_items;
use super::super::task::{Effect, Task};
use super::super::write::{Single, write};
use super::job::Job;
use super::judge::Judged;
use super::settle::older;
use crate::aws::jobs::{DeadLetter, JobStore};
use crate::aws::wire::{self, Attributes};
use crate::error::{Error, ErrorKind};
use crate::history::Counts;

/// As often is an item decided anew, or an error of the engine's own met.
const TRIES: u32 = 20;

/// Tries them; those that fail again stay where they are, with their new error.
pub(super) async fn retry(job: &Job<'_>, client: &Client, store: Option<&JobStore>) -> Result<Counts, Error> {
    let mut total = Counts::default();
    let Some(store) = store else { return Ok(total) };
    for letter in store.aside(&job.name).await? {
        job.target.cx.safe_point()?;
        let (counts, again) = one(job, client, &letter).await?;
        job.target.cx.add(counts);
        total += counts;
        match again {
            Some(letter) => store.put_aside(&job.name, &[letter]).await?,
            None => store.settle(&job.name, &letter.key).await?,
        }
    }
    Ok(total)
}

async fn one(job: &Job<'_>, client: &Client, letter: &DeadLetter) -> Result<(Counts, Option<DeadLetter>), Error> {
    let place = &job.target.place;
    let mut counts = Counts::default();
    for tries in 0..TRIES {
        let read = match wire::get(client, &place.table, &letter.key).await {
            Ok(body) => body,
            Err(error) => {
                wait(Refusal::of("dynamodb:GetItem", &place.resource(), error), tries).await?;
                continue;
            }
        };
        let (item, _) = read.item().map_err(|unreadable| Error::new(ErrorKind::Service, unreadable))?;
        let Some(item) = item else { return Ok((counts, None)) };
        let mut judged = Judged::nothing();
        // It was read by its key: no scan has filtered it.
        judged.one(job, &item, tries + 1)?;
        if let Some(letter) = judged.letters.pop() {
            return Ok((counts, Some(letter)));
        }
        let (mut met, mut tasks) = (false, VecDeque::from(judged.tasks));
        while let Some(task) = tasks.pop_front() {
            match write(client, job.into, &task).await {
                Single::Done { .. } => match task.effect {
                    Effect::Update(_) | Effect::Replace { .. } => counts.changed += 1,
                    Effect::Delete(_) => counts.deleted += 1,
                    Effect::Insert(_) => counts.inserted += 1,
                },
                Single::Failed { item, .. } => match beside(job, client, task, item).await {
                    Ok(Beside::Same) => counts.unchanged += 1,
                    Ok(Beside::Other) => counts.existing += 1,
                    Ok(Beside::Older(task)) if task.anew < TRIES => tasks.push_front(*task),
                    Ok(Beside::Older(_) | Beside::Gone) => met = true,
                    Err(refusal) => {
                        wait(refusal, tries).await?;
                        met = true;
                    }
                },
                Single::Refused(Refusal::Invalid(error)) => {
                    let error = Trouble::Refused(error).of(&place.table, &place.key_of(&item)?);
                    return Ok((counts, Some(DeadLetter { key: letter.key.clone(), error: super::judge::told(&error) })));
                }
                Single::Refused(refusal) => {
                    wait(refusal, tries).await?;
                    met = true;
                }
            }
        }
        if !met {
            counts.unchanged += judged.counts.unchanged;
            return Ok((counts, None));
        }
        counts.conflicts += 1;
    }
    Ok((counts, Some(DeadLetter { key: letter.key.clone(), error: Trouble::Contention { tries: TRIES as usize }.to_string() })))
}

/// What stands where a write's condition failed.
enum Beside {
    /// What was to be put.
    Same,
    /// An older version of it, and how to take its place.
    Older(Box<Task>),
    /// Something else, that stays.
    Other,
    /// Nothing, or what was to change in place: it is looked at again.
    Gone,
}

/// Looks at what made a condition fail; some engines do not send it.
async fn beside(job: &Job<'_>, client: &Client, mut task: Task, sent: Option<Attributes<'static>>) -> Result<Beside, Refusal> {
    let new = match &task.effect {
        Effect::Update(_) | Effect::Delete(_) => return Ok(Beside::Gone),
        Effect::Insert(item) | Effect::Replace { item, .. } => item.clone(),
    };
    let resource = job.into.resource();
    let read;
    let there = match sent {
        Some(item) => Some(item),
        None => {
            let got = wire::get(client, &job.into.table, &task.key_json()).await;
            read = got.map_err(|error| Refusal::of("dynamodb:GetItem", &resource, error))?;
            read.item().map_err(|unreadable| Refusal::Fatal(Error::new(ErrorKind::Service, unreadable)))?.0
        }
    };
    let Some(there) = there else { return Ok(Beside::Gone) };
    if same_items(&new, &there) {
        return Ok(Beside::Same);
    }
    let Some(expected) = older(job.into.version, &there, &new) else { return Ok(Beside::Other) };
    task.effect = Effect::Replace { item: new, expected };
    task.anew += 1;
    Ok(Beside::Older(Box::new(task)))
}

/// Waits where waiting helps.
async fn wait(refusal: Refusal, tries: u32) -> Result<(), Error> {
    match refusal {
        Refusal::Throttled | Refusal::Transaction => {}
        Refusal::Trouble(error) if tries + 1 == TRIES => return Err(error),
        Refusal::Trouble(_) => {}
        Refusal::Denied(error) | Refusal::Invalid(error) | Refusal::Fatal(error) => return Err(error),
    }
    tokio::time::sleep(backoff(tries + 1, 0).max(Duration::from_millis(1))).await;
    Ok(())
}
