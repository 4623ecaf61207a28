//! How far a pass is, in figures; and what stops it that is no error of anybody.

use std::sync::atomic::Ordering;
use std::time::SystemTime;

use tokio::time::Instant;
use tracing::Span;
use tracing::field::Empty;

use super::facts::Facts;
use super::pass::{Pass, Source};
use super::speed::{Speed, outlives};
use crate::budget::{Dollars, request_cost};
use crate::error::{Error, ErrorKind};
use crate::event::Pass as Told;
use crate::history::Counts;

#[derive(Debug, thiserror::Error)]
#[error("what these migrations may cost is used up: {0}")]
struct CostReached(Dollars);

/// The span of a pass; its counters follow. Nothing of an item is ever in it.
pub(super) fn span(job: &str, sweep: u32) -> Span {
    tracing::info_span!(
        "pass",
        job,
        sweep,
        items = Empty,
        changed = Empty,
        inserted = Empty,
        deleted = Empty,
        conflicts = Empty,
        failed = Empty,
        write_units = Empty,
        read_units = Empty,
        throttled = Empty,
    )
}

impl Pass<'_, '_> {
    /// Tells the span what was done so far.
    fn trace(&self, read: u64) {
        let (span, done) = (&self.span, self.done);
        span.record("items", read).record("changed", done.changed).record("inserted", done.inserted);
        span.record("deleted", done.deleted).record("conflicts", done.conflicts).record("failed", done.failed);
        span.record("write_units", done.write_units).record("read_units", done.read_units);
        span.record("throttled", self.segments.iter().map(|segment| segment.cooling.times()).sum::<u64>());
    }

    /// Tells those who watch what was done since it was last told.
    pub(super) fn tell(&mut self) {
        self.units.show_in(&mut self.done);
        let done = self.done.since(self.told);
        self.told = self.done;
        self.keeper.add(done);
        self.job.target.cx.add(done);
        self.spend(done);
        self.report();
    }

    /// Tells what `depends_on` names and no item has, if this run has seen all of them.
    pub(super) fn tell_unseen(&self) {
        let has_seen_all = matches!(self.source, Source::Scan) && !self.keeper.is_resumed();
        if has_seen_all && self.done.changed + self.done.deleted > 0 {
            for name in &self.unseen {
                let table = &self.job.target.place.table;
                self.job.target.cx.note(format!(
                    "no item of table {table} has `{}`, which `depends_on` names: if it is misspelled, what the function read was not watched",
                    name.escape_debug()
                ));
            }
        }
    }

    /// Says how far it is, and looks whether it may go on.
    fn report(&mut self) {
        let (now, cx) = (Instant::now(), self.job.target.cx);
        // Those too that a pushed-down filter left out. What is put is read from nowhere.
        let read = self.segments.iter().map(|segment| segment.read).sum::<u64>().max(self.done.scanned);
        self.trace(read);
        let speed = Speed { read, elapsed: now.saturating_duration_since(self.begun) };
        let of_items = self.facts.items().filter(|_| matches!(self.source, Source::Scan));
        let left = of_items.and_then(|items| speed.left(items, self.keeper.read().max(read)));
        let (write_units_per_second, read_units_per_second) = self.flow.rates(now);
        let limits = self.flow.limits();
        cx.progress(Told {
            table: self.job.target.place.table.clone(),
            sweep: self.keeper.sweep(),
            items: read,
            of_items,
            per_second: speed.per_second(),
            write_units_per_second,
            write_limit: limits.write,
            read_units_per_second,
            read_limit: limits.read,
            waiting: self.flow.waiting(now),
            left,
        });
        if !self.warned && speed.is_settled() {
            self.warned = true;
            let end = cx.terms().credentials_end;
            if let Some(said) = end.zip(left).and_then(|(end, left)| outlives(end, SystemTime::now(), left)) {
                cx.note(said);
            }
        }
    }

    /// Counts what was spent, and stops where what it may cost is used up.
    fn spend(&mut self, done: Counts) {
        let terms = self.job.target.cx.terms();
        let cost = |facts: &Facts, read, write| facts.paid_by_request().map_or(0, |class| request_cost(class, read, write));
        let nanos = cost(self.facts, done.read_units, 0) + cost(self.into, 0, done.write_units);
        let spent = terms.spent.fetch_add(nanos, Ordering::Relaxed) + nanos;
        if let Some(most) = terms.budget.max_cost.filter(|most| spent / 1_000 >= most.0) {
            let error = Error::new(ErrorKind::Incomplete, CostReached(most));
            self.fail(error.with_help("run it again, perhaps with a higher --max-cost: it goes on from here"));
        }
    }
}
