//! One way through a table: an event loop that sends what may be sent and waits for what comes first.

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use super::super::filter::Filter;
use super::super::flow::Flow;
use super::super::task::Task;
use super::facts::Facts;
use super::job::Job;
use super::keep::{Keeper, Keeping, Unkept};
use super::segment::{Segment, spread};
use super::send::{Flights, Scanned};
use super::turn::Turn;
use super::units::{ACTIVE, Units};
use crate::aws::wire::Attributes;
use crate::budget::{Control, Limits};
use crate::error::Error;
use crate::history::Counts;

/// Requests to a local engine at once.
const LOCAL: usize = 2;
/// Between two words of progress.
const TICK: Duration = Duration::from_millis(250);

/// Where items come from.
pub(in crate::transform) enum Source<'a> {
    /// From the table.
    Scan,
    /// From the table, each by its key.
    Keys(Vec<Attributes<'static>>),
    /// From the caller: the item to put, by turns.
    Items(&'a mut (dyn FnMut() -> Option<Result<Option<Attributes<'static>>, Error>> + Send)),
}

/// What an event loop knows.
pub(super) struct Pass<'p, 'a> {
    pub(super) job: &'p Job<'a>,
    pub(super) flights: Flights,
    /// The table that is read, and the one that is written.
    pub(super) facts: &'p Facts,
    pub(super) into: &'p Facts,
    pub(super) keeper: &'p mut Keeper,
    pub(super) source: &'p mut Source<'a>,
    /// An item of the caller's that must wait until another one of its key is written.
    pub(super) held: Option<Task>,
    /// Whether items come whole; else each is read by its key.
    pub(super) whole: bool,
    pub(super) flow: Flow,
    pub(super) segments: Vec<Segment>,
    /// Segments that take turns, and those that come later.
    turns: VecDeque<usize>,
    later: VecDeque<usize>,
    /// What `depends_on` names and no item had so far: a name that is misspelled would watch nothing.
    pub(super) unseen: std::collections::BTreeSet<String>,
    /// Whether statements are refused, so that each item is written by itself.
    pub(super) by_item: bool,
    pub(super) units: Units,
    pub(super) done: Counts,
    /// What was already told to those who watch.
    pub(super) told: Counts,
    pub(super) error: Option<Error>,
    stopping: bool,
    control: Control,
    pub(super) begun: Instant,
    pub(super) warned: bool,
    pub(super) span: tracing::Span,
}

impl<'p, 'a> Pass<'p, 'a> {
    pub(super) fn begin(
        job: &'p Job<'a>,
        client: &Client,
        (facts, into): (&'p Facts, &'p Facts),
        keeper: &'p mut Keeper,
        source: &'p mut Source<'a>,
    ) -> Self {
        let now = Instant::now();
        let segments: Vec<Segment> = match source {
            Source::Scan => (0..keeper.segments()).map(|segment| Segment::from(keeper.position(segment))).collect(),
            Source::Keys(keys) => vec![Segment::of(std::mem::take(keys))],
            Source::Items(_) => vec![Segment::default()],
        };
        let mut later: VecDeque<usize> = spread(segments.len()).into();
        later.retain(|segment| !segments[*segment].ended);
        let turns = later.drain(..later.len().min(ACTIVE)).collect();
        let control = Control::default();
        let whole = facts.whole(job.target.index.as_deref());
        // What an index has not, no filter finds there.
        let filter = job.target.filter.as_ref().filter(|_| whole).map(Filter::expression);
        let scanned = Scanned { index: job.target.index.clone(), filter, segments: segments.len() };
        Self {
            flow: Flow::new(limits(job, (facts, into), control), now),
            flights: Flights::new(client, &job.target.place, job.into, scanned),
            whole,
            units: Units::new(facts.bytes_of_an_item(), job.target.index.is_some(), into.indexes()),
            held: None,
            unseen: job.target.terms.depends_on.clone().unwrap_or_default(),
            by_item: false,
            done: Counts::default(),
            told: Counts::default(),
            error: None,
            stopping: false,
            begun: now,
            warned: false,
            span: super::report::span(&job.name, keeper.sweep()),
            job,
            facts,
            into,
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
        let mut keeping: Option<Keeping> = None;
        loop {
            let wake = if self.goes_on() { self.fill() } else { None };
            if self.flights.is_empty() && (!self.goes_on() || self.is_done()) {
                break;
            }
            tokio::select! {
                Some(landed) = self.flights.next(), if !self.flights.is_empty() => self.land(landed),
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
        self.units.settle();
        self.tell();
        self.tell_unseen();
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

    /// Requests under way at most. A local engine does one thing at a time: what waits there would keep the lock's own beat waiting.
    fn at_once(&self) -> usize {
        let most = if self.job.target.cx.terms().local { LOCAL } else { usize::MAX };
        self.flow.at_once().min(most)
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
        if control != self.control {
            self.control = control;
            self.flow.set(limits(self.job, (self.facts, self.into), control), control.paused, Instant::now());
        }
    }

    /// Sends what may be sent, segment by segment; when to look again if nothing lands before.
    fn fill(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let (mut wake, mut idle): (Option<Instant>, usize) = (None, 0);
        while idle < self.turns.len() && self.flights.len() < self.at_once() {
            let Some(segment) = self.turns.pop_front() else { break };
            let turn = self.turn(segment, now);
            if self.segments[segment].ended {
                // Those that are left are fewer: all of them are asked.
                self.turns.extend(self.later.pop_front());
                idle = 0;
                continue;
            }
            self.turns.push_back(segment);
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
}

/// What the two tables may be burdened with.
fn limits(job: &Job<'_>, (facts, into): (&Facts, &Facts), control: Control) -> Limits {
    let terms = job.target.cx.terms();
    Limits { read: facts.limits(&terms.budget, terms.local, control).read, ..into.limits(&terms.budget, terms.local, control) }
}
