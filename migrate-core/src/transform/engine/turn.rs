//! A segment's turn: it sends a batch, reads its next page, or takes the caller's next items, if it may. Knows no answer.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::super::flow::Permit;
use super::super::put::one_key;
use super::super::statement::statement;
use super::super::task::{Effect, Task};
use super::pass::{Pass, Source};
use super::units::PAGE;
use crate::aws::jobs::Position;
use crate::context::Mode;

/// Statements of a batch at most.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>
const BATCH: usize = 25;

/// What came of a segment's turn.
pub(super) enum Turn {
    Sent,
    Later(Instant),
    Nothing,
}

impl Pass<'_, '_> {
    /// A segment's turn: one batch, or its next page.
    pub(super) fn turn(&mut self, at: usize, now: Instant) -> Turn {
        let segment = &self.segments[at];
        let rest = segment.cooling.until().into_iter().chain(segment.not_before).max();
        if let Some(until) = rest.filter(|until| *until > now) {
            return Turn::Later(until);
        }
        if !segment.looks.is_empty() {
            return self.look(at, now);
        }
        if let Some(task) = segment.queue.front() {
            if let Some(until) = task.not_before.filter(|until| *until > now) {
                return Turn::Later(until);
            }
            let alone = task.single || self.by_item;
            return match self.flow.may_write(now, self.units.of_a_write(task.units), if alone { 1 } else { BATCH }) {
                Permit::Now(most) => self.write(at, most, now),
                Permit::At(until, _) => Turn::Later(until),
            };
        }
        if segment.ended || segment.under_way > 0 {
            return Turn::Nothing;
        }
        match self.source {
            Source::Scan => self.read(at, now),
            Source::Items(_) => self.gather(at),
            Source::Keys(_) => Turn::Nothing,
        }
    }

    fn write(&mut self, at: usize, most: usize, now: Instant) -> Turn {
        let place = self.job.into;
        let segment = &mut self.segments[at];
        let (mut tasks, mut statements): (Vec<Task>, Vec<String>) = (Vec::new(), Vec::new());
        while tasks.len() < most {
            let Some(task) = segment.queue.pop_front() else { break };
            let waits = task.not_before.is_some_and(|until| until > now);
            // One request may not name an item twice.
            let twice = matches!(task.effect, Effect::Insert(_)) && tasks.iter().any(|other| other.key == task.key);
            let text = if task.single || self.by_item || waits || twice { None } else { statement(&place.table, &task) };
            match text {
                Some(text) => {
                    statements.push(text);
                    tasks.push(task);
                }
                None => {
                    segment.queue.push_front(task);
                    break;
                }
            }
        }
        if tasks.is_empty() {
            // The first is one for a request of its own.
            let Some(task) = segment.queue.pop_front() else { return Turn::Nothing };
            let units = self.units.of_a_write(task.units);
            segment.under_way += 1;
            self.flow.writing(now, 1, units);
            self.flights.single(at, task, units);
            return Turn::Sent;
        }
        let units = self.units.of_a_write(tasks.iter().map(|task| task.units).sum());
        segment.under_way += tasks.len();
        self.flow.writing(now, tasks.len(), units);
        self.flights.batch(at, tasks, statements, units);
        Turn::Sent
    }

    fn read(&mut self, at: usize, now: Instant) -> Turn {
        let target = self.job.target;
        let most = self.units.items_of_a_page(self.segments.len());
        let segments = self.segments.len();
        let tried = match target.cx.terms().mode {
            Mode::Try { items: Some(items), .. } => Some(items.div_ceil(segments as u64).saturating_sub(self.segments[at].read)),
            Mode::Try { items: None, .. } | Mode::Write | Mode::Retry => None,
        };
        if tried == Some(0) {
            self.segments[at].ended = true;
            return Turn::Nothing;
        }
        let limit = match self.flow.may_read(now, self.units.of_a_page(Some(1)), most) {
            Permit::At(until, _) => return Turn::Later(until),
            Permit::Now(items) => tried.map_or(items as u64, |left| left.min(items as u64)),
        };
        // A page with a limit costs a local engine a look at all of its table.
        let limit =
            if target.cx.terms().local && self.flow.limits().read.is_none() && tried.is_none() { None } else { Some(limit) };
        let estimated = self.units.of_a_page(limit);
        self.flow.reading(now, estimated);
        let segment = &mut self.segments[at];
        segment.under_way += 1;
        let limit = limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX));
        self.flights.page(at, limit, segment.after.clone(), estimated);
        Turn::Sent
    }

    /// The caller's next items, up to one whose key is among them already: the order decides.
    fn gather(&mut self, at: usize) -> Turn {
        let mut keys: BTreeSet<String> = BTreeSet::new();
        let segment = &mut self.segments[at];
        let Source::Items(next) = &mut *self.source else { return Turn::Nothing };
        let held = self.held.take();
        let mut tasks: Vec<Task> = held.into_iter().collect();
        keys.extend(tasks.iter().map(|task| one_key(&task.key)));
        while tasks.len() < PAGE {
            match next() {
                None => {
                    segment.page_end = Some(Position::End);
                    break;
                }
                Some(Err(error)) => {
                    self.error.get_or_insert(error);
                    return Turn::Nothing;
                }
                Some(Ok(None)) => self.done.skipped += 1,
                Some(Ok(Some(item))) => {
                    let units = Task::units_of(&item);
                    match self.job.into.key_attributes(&item) {
                        Ok(key) => {
                            let again = !keys.insert(one_key(&key));
                            let task = Task::new(key, Effect::Insert(item), units);
                            if again {
                                self.held = Some(task);
                                break;
                            }
                            tasks.push(task);
                        }
                        Err(error) => {
                            self.error.get_or_insert(error);
                            return Turn::Nothing;
                        }
                    }
                }
            }
        }
        if matches!(self.job.target.cx.terms().mode, Mode::Try { .. }) {
            self.done.inserted += tasks.len() as u64;
            tasks.clear();
        }
        segment.queue.extend(tasks);
        if segment.advance().is_some() { Turn::Nothing } else { Turn::Later(Instant::now()) }
    }
}
