//! Items that were put aside are tried again, one after the other: those alone, not the whole table.

use std::time::Duration;

use aws_sdk_dynamodb::Client;

use super::super::answer::Refusal;
use super::super::error::Trouble;
use super::super::flow::backoff;
use super::super::task::Effect;
use super::super::write::{Single, write};
use super::job::Job;
use super::judge::Judged;
use crate::aws::jobs::{DeadLetter, JobStore};
use crate::aws::wire;
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
        judged.one(job, &item, tries)?;
        if let Some(letter) = judged.letters.pop() {
            return Ok((counts, Some(letter)));
        }
        let mut met = false;
        for task in judged.tasks {
            match write(client, job.into, &task).await {
                Single::Done { .. } => match task.effect {
                    Effect::Update(_) | Effect::Replace { .. } => counts.changed += 1,
                    Effect::Delete(_) => counts.deleted += 1,
                    Effect::Insert(_) => counts.inserted += 1,
                },
                // What was put is there already; what was to change is looked at again.
                Single::Failed { .. } => met |= !matches!(task.effect, Effect::Insert(_)),
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
