//! What became of each write, and what a failed condition means: somebody else was faster, or it was oneself.

use tokio::time::Instant;

use super::super::answer::Refusal;
use super::super::change::Expected;
use super::super::error::Trouble;
use super::super::flow::{Answered, is_tired};
use super::super::same::same_items;
use super::super::task::{Effect, Task};
use super::judge::Judged;
use super::pass::Pass;
use crate::aws::wire::{Attributes, Batch, Value};
use crate::error::Error;

/// As often is an item decided anew before it counts as contended.
const TRIES: u32 = 20;

impl Pass<'_, '_> {
    /// The answers to a batch, one by one.
    pub(super) fn statements(&mut self, at: usize, estimated: f64, tasks: Vec<Task>, batch: Batch<'_>) {
        let (now, resource) = (Instant::now(), self.job.into.resource());
        let (mut back, mut throttled, sent) = (Vec::new(), false, tasks.len());
        for (mut task, answer) in tasks.into_iter().zip(batch.answers) {
            let Some(refusal) = answer.refusal else {
                self.written(&task);
                continue;
            };
            if ["ConditionalCheckFailed", "DuplicateItem"].contains(&refusal.code) {
                self.met(at, task, answer.item.as_ref());
                continue;
            }
            match Refusal::of_statement(&resource, refusal.code, &refusal.message) {
                Refusal::Throttled => throttled = true,
                Refusal::Transaction => task.met_a_transaction(now, at),
                Refusal::Trouble(error) => {
                    task.met_trouble(now);
                    if is_tired(task.troubles) {
                        self.fail(error);
                    }
                }
                Refusal::Denied(error) => self.item_by_item(&error),
                // As an operation of its own it may fit, or is refused in clearer words.
                Refusal::Invalid(_) => task.single = true,
                Refusal::Fatal(error) => self.fail(error),
            }
            back.push(task);
        }
        let (through, units) = (sent - back.len(), batch.write_units);
        self.units.wrote(estimated, units);
        if throttled {
            self.segments[at].cooling.throttled(now);
            self.flow.wrote(now, through, estimated, Answered::Throttled(units));
        } else {
            self.segments[at].cooling.went_through(now);
            self.flow.wrote(now, through, estimated, Answered::Done(units));
        }
        self.segments[at].put_back(back.into_iter());
    }

    /// A write was carried out.
    pub(super) fn written(&mut self, task: &Task) {
        match &task.effect {
            Effect::Update(_) | Effect::Replace { .. } => self.done.changed += 1,
            Effect::Delete(_) => self.done.deleted += 1,
            Effect::Insert(_) => self.done.inserted += 1,
        }
    }

    /// A condition failed. Some engines do not send the item that made it fail: then it is read.
    pub(super) fn met(&mut self, at: usize, task: Task, item: Option<&Attributes<'_>>) {
        if item.is_some() {
            self.resolve(at, task, item);
            return;
        }
        let units = self.units.of_an_item();
        self.flow.reading(Instant::now(), units);
        self.segments[at].under_way += 1;
        self.flights.see(at, task, units);
    }

    /// A condition failed, and this is what is there.
    pub(super) fn resolve(&mut self, at: usize, mut task: Task, there: Option<&Attributes<'_>>) {
        match (&task.effect, there) {
            // A reply that got lost: the write was sent again and met itself.
            (Effect::Update(write), Some(item)) if write.shows_in(item) => self.done.changed += 1,
            (Effect::Replace { item: new, .. }, Some(item)) if same_items(new, item) => self.done.changed += 1,
            (Effect::Insert(new), Some(item)) if same_items(new, item) => {
                if task.in_doubt {
                    self.done.inserted += 1;
                } else {
                    self.done.unchanged += 1;
                }
            }
            (Effect::Delete(_), None) if task.in_doubt => self.done.deleted += 1,
            // Somebody else deleted it.
            (Effect::Update(_) | Effect::Delete(_), None) => self.done.conflicts += 1,
            (Effect::Update(_) | Effect::Delete(_), Some(item)) => {
                self.done.conflicts += 1;
                if task.anew + 1 >= TRIES {
                    return self.contended(at, &task, item);
                }
                let mut judged = Judged::nothing();
                judged.error = judged.one(self.job, item, task.anew + 1).err();
                let tasks = std::mem::take(&mut judged.tasks);
                self.take(at, judged);
                self.segments[at].put_back(tasks.into_iter());
            }
            (Effect::Insert(new) | Effect::Replace { item: new, .. }, _) => {
                task.effect = match there.map(|item| older(self.job.into.version, item, new)) {
                    // It was there, and is gone again.
                    None => {
                        self.done.conflicts += 1;
                        Effect::Insert(new.clone())
                    }
                    Some(Some(expected)) => Effect::Replace { item: new.clone(), expected },
                    Some(None) => {
                        self.done.existing += 1;
                        return;
                    }
                };
                task.anew += 1;
                if task.anew >= TRIES {
                    let key = task.key.clone();
                    return self.contended(at, &task, there.unwrap_or(&key));
                }
                self.segments[at].put_back(std::iter::once(task));
            }
        }
    }

    fn contended(&mut self, at: usize, task: &Task, item: &Attributes<'_>) {
        self.give_up(at, task, item, Trouble::Contention { tries: TRIES as usize });
    }

    /// The engine has something against this one item.
    pub(super) fn refused(&mut self, at: usize, task: &Task, error: Error) {
        let key = task.key.clone();
        self.give_up(at, task, &key, Trouble::Refused(error));
    }

    fn give_up(&mut self, at: usize, task: &Task, item: &Attributes<'_>, trouble: Trouble) {
        let mut judged = Judged::nothing();
        judged.error = if let Some(source) = &task.source {
            // What is tried again is what it was made from.
            judged.fail(self.job, source, trouble).err()
        } else if self.job.into.table == self.job.target.place.table {
            judged.fail(self.job, item, trouble).err()
        } else {
            // It belongs to the other table.
            let key = self.job.into.key_of(&task.key);
            Some(key.map_or_else(|error| error, |key| trouble.of(&self.job.into.table, &key)))
        };
        self.take(at, judged);
    }
}

/// What must hold for `new` to take the place of what is there: that it is older, by the attribute that counts versions.
fn older(version: Option<&str>, there: &Attributes<'_>, new: &Attributes<'_>) -> Option<Expected> {
    let version = version?;
    let number = |item: &Attributes<'_>| item.get(version).and_then(Value::whole_number);
    let (seen, wanted) = (number(there)?, number(new)?);
    let text = there.get(version)?;
    (seen < wanted).then(|| vec![(version.to_owned(), Some(text.to_owned()))])
}
