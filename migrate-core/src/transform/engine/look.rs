//! Items of which only the key is known: an index does not hold them whole, or they were put aside. Each is read by its key, consistently,
//! before it is judged. Knows no index.

use tokio::time::Instant;

use super::super::answer::Refusal;
use super::super::flow::{Answered, Permit};
use super::judge::Judged;
use super::pass::Pass;
use super::turn::Turn;
use crate::aws::wire::{Attributes, Body};

impl Pass<'_, '_> {
    /// Notes the items of a page, each by its key; those that are not meant are left out already.
    pub(super) fn look_at_each_of(&mut self, at: usize, items: &[Attributes<'_>]) {
        let target = self.job.target;
        for item in items {
            self.done.scanned += 1;
            let key = target.place.key_of(item).and_then(|key| Ok((key, target.place.key_attributes(item)?)));
            match key {
                Ok((key, _)) if !target.takes(&key) => self.done.skipped += 1,
                Ok((_, attributes)) => self.segments[at].looks.push_back(attributes),
                Err(error) => return self.fail_at(at, error),
            }
        }
    }

    /// Reads the next of them.
    pub(super) fn look(&mut self, at: usize, now: Instant) -> Turn {
        let units = self.units.of_an_item();
        if let Permit::At(until, _) = self.flow.may_read(now, units, 1) {
            return Turn::Later(until);
        }
        let segment = &mut self.segments[at];
        let Some(key) = segment.looks.pop_front() else { return Turn::Nothing };
        segment.under_way += 1;
        self.flow.reading(now, units);
        self.flights.look(at, key, units);
        Turn::Sent
    }

    /// Judges what was read.
    pub(super) fn looked(&mut self, at: usize, estimated: f64, key: Attributes<'static>, result: Result<Body, Refusal>) {
        let now = Instant::now();
        let refusal = match result {
            Ok(body) => match body.item() {
                Ok((item, units)) => {
                    let segment = &mut self.segments[at];
                    (segment.troubles, segment.not_before) = (0, None);
                    segment.cooling.went_through(now);
                    self.flow.read(now, estimated, Answered::Done(units));
                    self.units.read(estimated, units);
                    // One that is gone by now: the index is a little behind.
                    if let Some(item) = item {
                        self.sees(&item);
                        let mut judged = Judged::nothing();
                        judged.error = judged.one(self.job, &item, 1).err();
                        self.take(at, judged);
                    }
                    return;
                }
                Err(unreadable) => Refusal::Trouble(self.unreadable(unreadable)),
            },
            Err(refusal) => refusal,
        };
        self.segments[at].looks.push_front(key);
        self.not_read(at, now, estimated, refusal);
    }
}
