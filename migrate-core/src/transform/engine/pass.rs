//! One way through a table: an event loop that sends what may be sent and waits for what comes first.

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use super::super::flow::{Flow, Permit};
use super::super::statement::statement;
use super::super::task::{Effect, Task};
use super::facts::Facts;
use super::job::Job;
use super::keep::{Keeper, Keeping, Unkept};
use super::segment::{Segment, spread};
use super::send::{Flight, Reading, batch, page, single};
use crate::aws::wire::{self, Attributes};
use crate::budget::Control;
use crate::context::Mode;
use crate::error::Error;
use crate::history::Counts;

/// Statements of a batch at most.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>
const BATCH: usize = 25;
/// Segments that are gone through at once: each holds a page in memory.
const ACTIVE: usize = 64;
/// Items of a page, and the bytes that they are to be: small pages are little memory, and little is done again after a crash.
const PAGE: f64 = 500.0;
const PAGE_BYTES: f64 = 256.0 * 1_024.0;
const SMALLEST_PAGE: f64 = 25.0;
/// A read unit, consistent. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
const READ_UNIT: f64 = 4_096.0;
/// Between two words of progress.
const TICK: Duration = Duration::from_millis(250);

/// Where items come from.
pub(in crate::transform) enum Source<'a> {
    /// From the table.
    Scan,
    /// From the caller: the item to put, by turns.
    Items(&'a mut (dyn FnMut() -> Option<Result<Option<Attributes<'static>>, Error>> + Send)),
}

/// What an event loop knows.
pub(super) struct Pass<'p, 'a> {
    pub(super) job: &'p Job<'a>,
    pub(super) client: &'p Client,
    pub(super) facts: &'p Facts,
    pub(super) keeper: &'p mut Keeper,
    source: &'p mut Source<'a>,
    /// An item of the caller's that must wait until another one of its key is written.
    held: Option<Task>,
    filter: Option<wire::Filter>,
    /// Whether items come whole; else each is read by its key.
    pub(super) whole: bool,
    pub(super) flow: Flow,
    pub(super) segments: Vec<Segment>,
    /// Segments that take turns, and those that come later.
    turns: VecDeque<usize>,
    later: VecDeque<usize>,
    /// Whether statements are refused, so that each item is written by itself.
    pub(super) by_item: bool,
    /// Learned: bytes of an item, and units that a write consumes for each that it was taken to consume.
    pub(super) bytes: f64,
    pub(super) ratio: f64,
    pub(super) done: Counts,
    /// What was already told to those who watch.
    pub(super) told: Counts,
    pub(super) read_units: f64,
    pub(super) write_units: f64,
    pub(super) error: Option<Error>,
    stopping: bool,
    control: Control,
    pub(super) begun: Instant,
    pub(super) warned: bool,
    pub(super) span: tracing::Span,
}

/// What came of a segment's turn.
pub(super) enum Turn {
    Sent,
    Later(Instant),
    Nothing,
}

impl<'p, 'a> Pass<'p, 'a> {
    pub(super) fn begin(
        job: &'p Job<'a>,
        client: &'p Client,
        facts: &'p Facts,
        keeper: &'p mut Keeper,
        source: &'p mut Source<'a>,
    ) -> Self {
        let (terms, now) = (job.target.cx.terms(), Instant::now());
        let count = match source {
            Source::Scan => keeper.segments(),
            Source::Items(_) => 1,
        };
        let segments: Vec<Segment> = (0..count).map(|segment| Segment::from(keeper.position(segment))).collect();
        let mut later: VecDeque<usize> = spread(segments.len()).into();
        later.retain(|segment| !segments[*segment].ended);
        let turns = later.drain(..later.len().min(ACTIVE)).collect();
        let control = Control::default();
        let whole = facts.whole(job.target.index.as_deref());
        Self {
            flow: Flow::new(facts.limits(&terms.budget, terms.local, control), now),
            // What an index has not, no filter finds there.
            filter: job.target.filter.as_ref().filter(|_| whole).map(super::super::filter::Filter::expression),
            whole,
            bytes: facts.bytes_of_an_item(),
            // Until it is known: as if each write went to each index.
            ratio: 1.0 + facts.indexes() as f64,
            held: None,
            by_item: false,
            done: Counts::default(),
            told: Counts::default(),
            read_units: 0.0,
            write_units: 0.0,
            error: None,
            stopping: false,
            begun: now,
            warned: false,
            span: super::report::span(&job.name, keeper.sweep()),
            job,
            client,
            facts,
            keeper,
            source,
            segments,
            turns,
            later,
            control,
        }
    }

    /// Goes through the table. What was written stays written, also after an error, and is counted.
    pub(super) async fn run(mut self) -> Result<Counts, Error> {
        let heard = self.keeper.control().await?;
        self.hear(heard);
        let stop = self.job.target.cx.stop().clone();
        let stopped = stop.requested();
        tokio::pin!(stopped);
        let mut ticker = tokio::time::interval(TICK);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut flights: FuturesUnordered<Flight<'p>> = FuturesUnordered::new();
        let mut keeping: Option<Keeping> = None;
        loop {
            let wake = if self.goes_on() { self.fill(&mut flights) } else { None };
            if flights.is_empty() && (!self.goes_on() || self.is_done()) {
                break;
            }
            tokio::select! {
                Some(landed) = flights.next(), if !flights.is_empty() => {
                    flights.extend(self.land(landed));
                }
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
                kept = async { match keeping.as_mut() { Some(keeping) => keeping.await, None => std::future::pending().await } } => {
                    keeping = None;
                    match kept {
                        Ok(control) => self.hear(control),
                        Err(unkept) => self.take_back(unkept),
                    }
                }
                _ = ticker.tick() => {
                    self.tell();
                    if keeping.is_none() && self.goes_on() {
                        keeping = self.keeper.keep_if_due(Instant::now());
                    }
                }
                () = &mut stopped, if !self.stopping => self.stopping = true,
            }
        }
        if let Some(keeping) = keeping
            && let Err(unkept) = keeping.await
        {
            self.take_back(unkept);
        }
        self.settle_units();
        self.tell();
        // Also after an error: what is done need not be done again.
        let kept = self.keeper.keep_last(self.error.is_none()).await;
        if let Some(error) = self.error {
            return Err(error);
        }
        kept?;
        if !self.is_done() {
            stop.safe_point()?;
        }
        Ok(self.done)
    }

    fn goes_on(&self) -> bool {
        self.error.is_none() && !self.stopping
    }

    fn is_done(&self) -> bool {
        self.turns.is_empty() && self.later.is_empty() && self.held.is_none()
    }

    /// The first error counts.
    pub(super) fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn take_back(&mut self, unkept: Unkept) {
        if let Err(error) = self.keeper.take_back(unkept) {
            self.fail(error);
        }
    }

    fn hear(&mut self, control: Control) {
        let terms = self.job.target.cx.terms();
        if control != self.control {
            self.control = control;
            self.flow.set(self.facts.limits(&terms.budget, terms.local, control), control.paused, Instant::now());
        }
    }

    /// Sends what may be sent, segment by segment; when to look again if nothing lands before.
    fn fill(&mut self, flights: &mut FuturesUnordered<Flight<'p>>) -> Option<Instant> {
        let now = Instant::now();
        let (mut wake, mut idle): (Option<Instant>, usize) = (None, 0);
        while idle < self.turns.len() && flights.len() < self.flow.at_once() {
            let Some(segment) = self.turns.pop_front() else { break };
            let turn = self.turn(segment, now, flights);
            if self.segments[segment].ended {
                self.turns.extend(self.later.pop_front());
            } else {
                self.turns.push_back(segment);
            }
            match turn {
                Turn::Sent => idle = 0,
                Turn::Nothing => idle += 1,
                Turn::Later(at) => {
                    wake = Some(wake.map_or(at, |wake| wake.min(at)));
                    idle += 1;
                }
            }
        }
        wake
    }

    /// A segment's turn: one batch, or its next page.
    fn turn(&mut self, at: usize, now: Instant, flights: &mut FuturesUnordered<Flight<'p>>) -> Turn {
        let segment = &self.segments[at];
        let rest = segment.cooling.until().into_iter().chain(segment.not_before).max();
        if let Some(until) = rest.filter(|until| *until > now) {
            return Turn::Later(until);
        }
        if !segment.looks.is_empty() {
            return self.look(at, now, flights);
        }
        if let Some(task) = segment.queue.front() {
            if let Some(until) = task.not_before.filter(|until| *until > now) {
                return Turn::Later(until);
            }
            let alone = task.single || self.by_item;
            return match self.flow.may_write(now, task.units * self.ratio, if alone { 1 } else { BATCH }) {
                Permit::Now(most) => self.write(at, most, now, flights),
                Permit::At(until, _) => Turn::Later(until),
            };
        }
        if segment.ended || segment.under_way > 0 {
            return Turn::Nothing;
        }
        match self.source {
            Source::Scan => self.read(at, now, flights),
            Source::Items(_) => self.gather(at),
        }
    }

    fn write(&mut self, at: usize, most: usize, now: Instant, flights: &mut FuturesUnordered<Flight<'p>>) -> Turn {
        let (place, client) = (self.job.into, self.client);
        let segment = &mut self.segments[at];
        let (mut tasks, mut statements, mut units) = (Vec::new(), Vec::new(), 0.0);
        while tasks.len() < most {
            let Some(mut task) = segment.queue.pop_front() else { break };
            let waits = task.not_before.is_some_and(|until| until > now);
            // One request may not name an item twice.
            let twice = matches!(task.effect, Effect::Insert(_)) && tasks.iter().any(|other: &Task| other.key == task.key);
            let text = if task.single || self.by_item || waits || twice { None } else { statement(&place.table, &task) };
            match text {
                Some(text) => {
                    units += task.units * self.ratio;
                    statements.push(text);
                    tasks.push(task);
                }
                None => {
                    task.single |= !waits && !twice;
                    segment.queue.push_front(task);
                    break;
                }
            }
        }
        if tasks.is_empty() {
            // The first is one for a request of its own.
            let Some(task) = segment.queue.pop_front() else { return Turn::Nothing };
            let units = task.units * self.ratio;
            segment.under_way += 1;
            self.flow.writing(now, 1, units);
            flights.push(single(client, place, at, task, units));
            return Turn::Sent;
        }
        segment.under_way += tasks.len();
        self.flow.writing(now, tasks.len(), units);
        flights.push(batch(client, place, at, tasks, statements, units));
        Turn::Sent
    }

    fn read(&mut self, at: usize, now: Instant, flights: &mut FuturesUnordered<Flight<'p>>) -> Turn {
        let target = self.job.target;
        let unit = if target.index.is_some() { READ_UNIT * 2.0 } else { READ_UNIT };
        let most = (PAGE_BYTES / self.bytes).clamp(SMALLEST_PAGE, PAGE);
        let segments = self.segments.len();
        let tried = match target.cx.terms().mode {
            Mode::Try { items: Some(items), .. } => Some(items.div_ceil(segments as u64).saturating_sub(self.segments[at].read)),
            Mode::Try { items: None, .. } | Mode::Write | Mode::Retry => None,
        };
        if tried == Some(0) {
            self.segments[at].ended = true;
            return Turn::Nothing;
        }
        let limit = match self.flow.may_read(now, self.bytes / unit, most as usize) {
            Permit::At(until, _) => return Turn::Later(until),
            Permit::Now(items) => tried.map_or(items as u64, |left| left.min(items as u64)),
        };
        // A page with a limit costs a local engine a look at all of its table.
        let limit = if target.cx.terms().local && self.flow.limits().read.is_none() && tried.is_none() { None } else { Some(limit) };
        let estimated = limit.map_or(256.0, |items| items as f64 * self.bytes / unit);
        self.flow.reading(now, estimated);
        let segment = &mut self.segments[at];
        segment.under_way += 1;
        let reading = Reading {
            client: self.client,
            place: &target.place,
            index: target.index.as_deref(),
            segments,
        };
        let limit = limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX));
        flights.push(page(reading, self.filter.clone(), at, limit, segment.after.clone(), estimated));
        Turn::Sent
    }

    /// The caller's next items, up to one whose key is among them already: the order decides.
    fn gather(&mut self, at: usize) -> Turn {
        let mut keys: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
        let segment = &mut self.segments[at];
        let Source::Items(next) = &mut *self.source else { return Turn::Nothing };
        let held = self.held.take();
        let mut tasks: Vec<Task> = held.into_iter().collect();
        keys.extend(tasks.iter().map(|task| super::super::put::one_key(&task.key)));
        while tasks.len() < PAGE as usize {
            match next() {
                None => {
                    segment.page_end = Some(crate::aws::jobs::Position::End);
                    break;
                }
                Some(Err(error)) => {
                    self.error.get_or_insert(error);
                    return Turn::Nothing;
                }
                Some(Ok(None)) => self.done.skipped += 1,
                Some(Ok(Some(item))) => {
                    let units = item.rough_size().div_ceil(1_024).max(1) as f64;
                    match self.job.into.key_attributes(&item) {
                        Ok(key) => {
                            let again = !keys.insert(super::super::put::one_key(&key));
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
