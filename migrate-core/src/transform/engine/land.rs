//! What is done with an answer: pages are judged, writes are counted or tried again.

use tokio::time::Instant;

use super::super::answer::Refusal;
use super::super::flow::{Answered, backoff, is_tired};
use super::super::task::Task;
use super::super::write::Single;
use super::judge::Judged;
use super::pass::{Pass, Source};
use super::send::{Answer, Landed};
use crate::aws::jobs::Position;
use crate::aws::wire::{Attributes, Body, Unreadable};
use crate::error::{Error, ErrorKind};

impl Pass<'_, '_> {
    /// Takes an answer; what follows from it is to be sent.
    pub(super) fn land(&mut self, landed: Landed) {
        let Landed { segment, estimated, answer } = landed;
        match answer {
            Answer::Page(result) => {
                self.segments[segment].under_way -= 1;
                self.page(segment, estimated, result);
            }
            Answer::Batch { tasks, result } => {
                self.segments[segment].under_way -= tasks.len();
                self.batch(segment, estimated, tasks, result)
            }
            Answer::Single { task, result } => {
                self.segments[segment].under_way -= 1;
                self.single(segment, estimated, *task, result)
            }
            Answer::Looked { key, result } => {
                self.segments[segment].under_way -= 1;
                self.looked(segment, estimated, key, result);
            }
            Answer::Seen { task, result } => {
                self.segments[segment].under_way -= 1;
                self.seen(segment, estimated, *task, result);
            }
        }
        if let (Some(position), Source::Scan) = (self.segments[segment].advance(), &self.source) {
            self.keeper.moved(segment, position);
        }
    }

    fn page(&mut self, at: usize, estimated: f64, result: Result<Body, Refusal>) {
        let now = Instant::now();
        let refusal = match result {
            Ok(body) => match body.page() {
                Ok(page) => {
                    let segment = &mut self.segments[at];
                    segment.page_end = Some(page.last.map_or(Position::End, |key| Position::After(key.to_owned())));
                    (segment.troubles, segment.not_before) = (0, None);
                    segment.cooling.went_through(now);
                    segment.read += page.scanned;
                    self.flow.read(now, estimated, Answered::Done(page.read_units));
                    self.units.page(estimated, page.read_units, page.scanned);
                    if !self.whole {
                        return self.look_at_each_of(at, &page.items);
                    }
                    page.items.iter().for_each(|item| self.sees(item));
                    let mut judged = Judged::nothing();
                    judged.judge(self.job, page.items.iter());
                    self.take(at, judged);
                    return;
                }
                Err(unreadable) => Refusal::Trouble(self.unreadable(unreadable)),
            },
            Err(refusal) => refusal,
        };
        self.not_read(at, now, estimated, refusal);
    }

    pub(super) fn sees(&mut self, item: &Attributes<'_>) {
        self.unseen.retain(|name| item.get(name).is_none());
    }

    /// Something could not be read: what is to be read is asked for again by and by.
    pub(super) fn not_read(&mut self, at: usize, now: Instant, estimated: f64, refusal: Refusal) {
        let segment = &mut self.segments[at];
        match refusal {
            Refusal::Throttled => {
                segment.cooling.throttled(now);
                self.flow.read(now, estimated, Answered::Throttled(Some(0.0)));
            }
            Refusal::Trouble(error) => {
                segment.troubles += 1;
                segment.not_before = Some(now + backoff(segment.troubles, at as u64));
                let tired = is_tired(segment.troubles);
                self.flow.read(now, estimated, Answered::Trouble);
                if tired {
                    self.fail(error);
                }
            }
            Refusal::Transaction => {
                segment.not_before = Some(now + backoff(1, at as u64));
                self.flow.read(now, estimated, Answered::Trouble);
            }
            Refusal::Denied(error) | Refusal::Invalid(error) | Refusal::Fatal(error) => self.fail(error),
        }
    }

    /// Takes over what came of judging items.
    pub(super) fn take(&mut self, at: usize, judged: Judged) {
        let Judged { counts, tasks, letters, error } = judged;
        self.done += counts;
        self.segments[at].queue.extend(tasks);
        letters.into_iter().for_each(|letter| self.keeper.put_aside(letter));
        if let Some(error) = error {
            self.fail_at(at, error);
        }
    }

    /// An item failed: its segment must not be kept as if it stood behind it.
    pub(super) fn fail_at(&mut self, at: usize, error: Error) {
        self.segments[at].failed = true;
        self.fail(error);
    }

    fn batch(&mut self, at: usize, estimated: f64, mut tasks: Vec<Task>, result: Result<Body, Refusal>) {
        let now = Instant::now();
        let refusal = match result {
            Ok(body) => match body.batch() {
                Ok(batch) if batch.answers.len() == tasks.len() => return self.statements(at, estimated, tasks, batch),
                Ok(_) => Refusal::Trouble(self.unreadable(Unreadable("it answers another number of statements than were sent"))),
                Err(unreadable) => Refusal::Trouble(self.unreadable(unreadable)),
            },
            Err(refusal) => refusal,
        };
        let answered = match refusal {
            Refusal::Throttled => {
                self.segments[at].cooling.throttled(now);
                Answered::Throttled(Some(0.0))
            }
            Refusal::Transaction => {
                tasks.iter_mut().for_each(|task| task.met_a_transaction(now, at));
                Answered::Trouble
            }
            Refusal::Trouble(error) => {
                tasks.iter_mut().for_each(|task| task.met_trouble(now));
                if tasks.iter().any(|task| is_tired(task.troubles)) {
                    self.fail(error);
                }
                Answered::Trouble
            }
            Refusal::Denied(error) => {
                self.item_by_item(&error);
                Answered::Done(Some(0.0))
            }
            // One of them is wrong: alone, each gets an answer of its own.
            Refusal::Invalid(_) => {
                tasks.iter_mut().for_each(|task| task.single = true);
                Answered::Done(Some(0.0))
            }
            Refusal::Fatal(error) => {
                self.fail(error);
                Answered::Trouble
            }
        };
        self.flow.wrote(now, 0, estimated, answered);
        self.segments[at].put_back(tasks.into_iter());
    }

    fn single(&mut self, at: usize, estimated: f64, mut task: Task, result: Single) {
        let now = Instant::now();
        let answered = match result {
            Single::Done { units } => {
                self.units.wrote(estimated, units);
                self.flow.wrote(now, 1, estimated, Answered::Done(units));
                self.segments[at].cooling.went_through(now);
                self.written(&task);
                return;
            }
            Single::Failed { item, units } => {
                self.units.wrote(estimated, units);
                self.flow.wrote(now, 1, estimated, Answered::Done(units));
                return self.met(at, task, item.as_ref());
            }
            Single::Refused(Refusal::Throttled) => {
                self.segments[at].cooling.throttled(now);
                Answered::Throttled(Some(0.0))
            }
            Single::Refused(Refusal::Transaction) => {
                task.met_a_transaction(now, at);
                Answered::Trouble
            }
            Single::Refused(Refusal::Trouble(error)) => {
                task.met_trouble(now);
                if is_tired(task.troubles) {
                    self.fail(error);
                }
                Answered::Trouble
            }
            Single::Refused(Refusal::Invalid(error)) => {
                self.flow.wrote(now, 0, estimated, Answered::Done(Some(0.0)));
                self.refused(at, &task, error);
                return;
            }
            Single::Refused(Refusal::Denied(error) | Refusal::Fatal(error)) => {
                self.fail(error);
                Answered::Trouble
            }
        };
        self.flow.wrote(now, 0, estimated, answered);
        self.segments[at].put_back(std::iter::once(task));
    }

    fn seen(&mut self, at: usize, estimated: f64, task: Task, result: Result<Body, Refusal>) {
        let now = Instant::now();
        let refusal = match result {
            Ok(body) => match body.item() {
                Ok((item, units)) => {
                    (self.segments[at].troubles, self.segments[at].not_before) = (0, None);
                    self.flow.read(now, estimated, Answered::Done(units));
                    self.units.read(estimated, units);
                    self.resolve(at, task, item.as_ref());
                    return;
                }
                Err(unreadable) => Refusal::Trouble(self.unreadable(unreadable)),
            },
            Err(refusal) => refusal,
        };
        // The write itself finds out again: its condition fails as before.
        self.segments[at].put_back(std::iter::once(task));
        self.not_read(at, now, estimated, refusal);
    }

    /// From here on each item is written by itself.
    pub(super) fn item_by_item(&mut self, error: &Error) {
        if !self.by_item {
            self.by_item = true;
            let table = &self.job.into.table;
            self.job.target.cx.note(format!(
                "table {table} is written item by item, which is slower, since statements in batches are refused: {error}"
            ));
        }
    }

    pub(super) fn unreadable(&self, unreadable: Unreadable) -> Error {
        Error::new(ErrorKind::Service, unreadable)
            .with_help("check that the endpoint is DynamoDB and that no proxy answers in its place; then run it again")
    }
}
