//! A table made of token buckets with a latency, and an engine that fills it as fast as a [`Flow`] lets it, in virtual time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::super::{Answered, Cooling, Flow, Permit};
use crate::budget::Limits;

/// What is simulated.
pub(super) struct Scene {
    pub(super) limits: Limits,
    /// What the table gives at a second.
    pub(super) table: fn(f64) -> f64,
    /// What each partition gives; the segments are spread over them evenly.
    pub(super) partitions: Vec<f64>,
    /// How many seconds of its rate a bucket of the table or of a partition holds.
    pub(super) holds: f64,
    pub(super) segments: usize,
    pub(super) batch: usize,
    /// What an item costs, and what the engine takes it for.
    pub(super) units: f64,
    pub(super) estimate: f64,
    pub(super) latency: Duration,
    /// Which segment's turn it is after another's.
    pub(super) stride: usize,
    /// How much too late the engine wakes.
    pub(super) late: Duration,
    pub(super) seconds: f64,
}

impl Scene {
    /// A table that gives exactly the budget.
    pub(super) fn of(write: Option<f64>, table: fn(f64) -> f64) -> Self {
        Self {
            limits: Limits { write, ..Limits::default() },
            table,
            partitions: vec![1e9],
            holds: 1.0,
            segments: 40,
            batch: 25,
            units: 1.0,
            estimate: 1.0,
            latency: Duration::from_millis(20),
            stride: 1,
            late: Duration::from_millis(1),
            seconds: 60.0,
        }
    }
}

/// A request that was carried out, as far as it was.
#[derive(Clone, Copy)]
pub(super) struct Request {
    /// When it was answered, in seconds.
    pub(super) at: f64,
    pub(super) partition: usize,
    pub(super) units: f64,
    /// Units that were refused.
    pub(super) refused: f64,
    pub(super) throttled: bool,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) requests: Vec<Request>,
    /// Units sent, at which second.
    pub(super) sent: Vec<(f64, f64)>,
    /// How often the flow was asked.
    pub(super) asked: usize,
    /// How often it named an instant at which there was nothing to be had yet.
    pub(super) broken: usize,
}

impl Outcome {
    fn between(&self, from: f64, to: f64) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(move |request| (from..to).contains(&request.at))
    }

    /// Units per second.
    pub(super) fn rate(&self, from: f64, to: f64) -> f64 {
        self.between(from, to).map(|request| request.units).sum::<f64>() / (to - from)
    }

    pub(super) fn rate_of(&self, partition: usize, from: f64, to: f64) -> f64 {
        self.between(from, to).filter(|request| request.partition == partition).map(|request| request.units).sum::<f64>()
            / (to - from)
    }

    pub(super) fn throttled(&self, from: f64, to: f64) -> usize {
        self.between(from, to).filter(|request| request.throttled).count()
    }

    pub(super) fn share_throttled(&self, from: f64, to: f64) -> f64 {
        self.throttled(from, to) as f64 / self.between(from, to).count().max(1) as f64
    }

    /// Of the units.
    pub(super) fn share_refused(&self, from: f64, to: f64) -> f64 {
        let (through, refused) =
            self.between(from, to).fold((0.0, 0.0), |(units, refused), next| (units + next.units, refused + next.refused));
        refused / (through + refused)
    }

    /// Nothing was sent for so long.
    pub(super) fn longest_silence(&self, from: f64, to: f64) -> f64 {
        let sent = self.sent.iter().map(|(at, _)| *at).filter(|at| (from..to).contains(at));
        let times: Vec<f64> = std::iter::once(from).chain(sent).chain([to]).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max)
    }
}

/// A bucket that never lends.
struct Tokens {
    level: f64,
    at: f64,
}

impl Tokens {
    fn fill(&mut self, at: f64, rate: f64, holds: f64) {
        self.level = (self.level + (at - self.at) * rate).min(rate * holds);
        self.at = at;
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Arrives,
    IsAnswered { written: usize },
}

pub(super) struct Simulation {
    scene: Scene,
    start: Instant,
    now: Instant,
    pub(super) flow: Flow,
    table: Tokens,
    partitions: Vec<Tokens>,
    cooling: Vec<Cooling>,
    under_way: BTreeSet<usize>,
    next: usize,
    events: BTreeMap<Reverse<(Instant, u64)>, (What, usize, usize)>,
    events_ever: u64,
    pub(super) outcome: Outcome,
}

impl Simulation {
    pub(super) fn new(scene: Scene) -> Self {
        let start = Instant::now();
        let full = |rate: f64| Tokens { level: rate * scene.holds, at: 0.0 };
        Self {
            start,
            now: start,
            flow: Flow::new(scene.limits, start),
            table: full((scene.table)(0.0)),
            partitions: scene.partitions.iter().copied().map(full).collect(),
            cooling: vec![Cooling::default(); scene.segments],
            under_way: BTreeSet::new(),
            next: 0,
            events: BTreeMap::new(),
            events_ever: 0,
            outcome: Outcome::default(),
            scene,
        }
    }

    pub(super) fn run(scene: Scene) -> Outcome {
        let seconds = scene.seconds;
        let mut simulation = Self::new(scene);
        simulation.until(seconds);
        simulation.outcome
    }

    pub(super) fn now(&self) -> Instant {
        self.now
    }

    pub(super) fn until(&mut self, seconds: f64) {
        let end = self.start + Duration::from_secs_f64(seconds);
        let mut told = None;
        while self.now < end {
            let wake = self.send(told);
            told = wake;
            let event = self.events.last_key_value().map(|(Reverse((at, _)), _)| *at);
            let cool = self.idle().filter_map(|segment| self.cooling[segment].until()).filter(|at| *at > self.now).min();
            let late = wake.map(|at| at + self.scene.late);
            let Some(next) = [event, cool, late].into_iter().flatten().min() else { panic!("nothing to wait for") };
            if Some(next) != late {
                told = None;
            }
            self.now = next;
            while let Some((Reverse((at, _)), _)) = self.events.last_key_value()
                && *at <= self.now
            {
                let (_, (what, segment, items)) = self.events.pop_last().unwrap();
                self.happens(what, segment, items);
            }
        }
    }

    fn idle(&self) -> impl Iterator<Item = usize> {
        (0..self.scene.segments).filter(|segment| !self.under_way.contains(segment))
    }

    /// Sends what may be sent, in turn; when to ask again. `told`: the instant for which that was promised.
    fn send(&mut self, mut told: Option<Instant>) -> Option<Instant> {
        while self.under_way.len() < self.flow.at_once() {
            let count = self.scene.segments;
            let mut in_turn = (0..count).map(|n| (self.next + n * self.scene.stride) % count);
            let segment = in_turn.find(|segment| {
                !self.under_way.contains(segment) && self.cooling[*segment].until().is_none_or(|until| until <= self.now)
            })?;
            self.outcome.asked += 1;
            match self.flow.may_write(self.now, self.scene.estimate, self.scene.batch) {
                Permit::Now(items) => {
                    assert!((1..=self.scene.batch).contains(&items));
                    let units = items as f64 * self.scene.estimate;
                    self.flow.writing(self.now, items, units);
                    self.outcome.sent.push((self.second(), items as f64 * self.scene.units));
                    self.under_way.insert(segment);
                    self.next = segment + self.scene.stride;
                    self.after(self.scene.latency / 2, What::Arrives, segment, items);
                }
                Permit::At(at, _) => {
                    assert!(at > self.now);
                    self.outcome.broken += usize::from(told.is_some());
                    return Some(at);
                }
            }
            told = None;
        }
        None
    }

    fn happens(&mut self, what: What, segment: usize, items: usize) {
        match what {
            What::Arrives => {
                let written = self.admit(segment, items);
                // Some take twice as long as others.
                let latency = self.scene.latency / 2 + self.scene.latency * (self.events_ever * 7 % 11) as u32 / 11;
                self.after(latency, What::IsAnswered { written }, segment, items);
            }
            What::IsAnswered { written } => {
                let units = written as f64 * self.scene.units;
                let throttled = written < items;
                let answer = if throttled { Answered::Throttled(Some(units)) } else { Answered::Done(Some(units)) };
                self.flow.wrote(self.now, written, items as f64 * self.scene.estimate, answer);
                if throttled {
                    self.cooling[segment].throttled(self.now);
                } else {
                    self.cooling[segment].went_through(self.now);
                }
                self.under_way.remove(&segment);
                let partition = self.partition(segment);
                let refused = (items - written) as f64 * self.scene.units;
                self.outcome.requests.push(Request { at: self.second(), partition, units, refused, throttled });
            }
        }
    }

    /// Item by item, as DynamoDB does for the statements of a batch.
    fn admit(&mut self, segment: usize, items: usize) -> usize {
        let (at, of) = (self.second(), self.partition(segment));
        self.table.fill(at, (self.scene.table)(at), self.scene.holds);
        let partition = &mut self.partitions[of];
        partition.fill(at, self.scene.partitions[of], self.scene.holds);
        let units = self.scene.units;
        for written in 0..items {
            if self.table.level < units || partition.level < units {
                return written;
            }
            self.table.level -= units;
            partition.level -= units;
        }
        items
    }

    fn after(&mut self, time: Duration, what: What, segment: usize, items: usize) {
        self.events_ever += 1;
        self.events.insert(Reverse((self.now + time, self.events_ever)), (what, segment, items));
    }

    fn partition(&self, segment: usize) -> usize {
        segment * self.partitions.len() / self.scene.segments
    }

    fn second(&self) -> f64 {
        (self.now - self.start).as_secs_f64()
    }
}
