//! One write that is to be carried out, and how it went so far; knows no request.

use tokio::time::Instant;

use super::change::Expected;
use super::flow::backoff;
use super::rule::Write;
use crate::aws::wire::Attributes;
use crate::budget::WRITE_UNIT;

/// A write of one item.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// The item's key attributes.
    pub(super) key: Attributes<'static>,
    pub(super) effect: Effect,
    /// How often it was decided anew since somebody else was faster.
    pub(super) anew: u32,
    /// How often the engine had an error of its own.
    pub(super) troubles: u32,
    /// Whether an attempt got no answer: it may have been carried out.
    pub(super) in_doubt: bool,
    /// Whether it cannot be a statement, or was refused as one.
    pub(super) single: bool,
    /// Not before.
    pub(super) not_before: Option<Instant>,
    /// What it will consume, roughly.
    pub(super) units: f64,
    /// The key of the item that it was made from, where that is another one and may have to be put aside.
    pub(super) source: Option<Attributes<'static>>,
}

/// What is done to the item.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    Update(Write),
    Delete(Expected),
    /// Put where there is none.
    Insert(Attributes<'static>),
    /// Put in the place of one that is older.
    Replace {
        item: Attributes<'static>,
        expected: Expected,
    },
}

impl Task {
    pub(super) fn new(key: Attributes<'static>, effect: Effect, units: f64) -> Self {
        Self { key, effect, anew: 0, troubles: 0, in_doubt: false, single: false, not_before: None, units, source: None }
    }

    /// The engine had an error of its own: perhaps it was carried out all the same.
    pub(super) fn met_trouble(&mut self, now: Instant) {
        self.troubles += 1;
        self.in_doubt = true;
        self.not_before = Some(now + backoff(self.troubles, u64::from(self.anew)));
    }

    /// Somebody's transaction had the item: nothing was carried out.
    pub(super) fn met_a_transaction(&mut self, now: Instant, seed: usize) {
        self.not_before = Some(now + backoff(1, seed as u64));
    }

    /// What a write of this item consumes in its table, roughly.
    pub(super) fn units_of(item: &Attributes<'_>) -> f64 {
        (item.rough_size() as u64).div_ceil(WRITE_UNIT).max(1) as f64
    }

    /// The key as DynamoDB's JSON.
    pub(super) fn key_json(&self) -> String {
        self.key.to_json()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_did_not_go_through_rests_and_is_in_doubt_after_an_error_alone() {
        let (now, nothing) = (Instant::now(), || Attributes::new(Vec::new()));
        let mut task = Task::new(nothing(), Effect::Insert(nothing()), 1.0);
        task.met_a_transaction(now, 3);
        assert_eq!((task.in_doubt, task.troubles), (false, 0));
        assert!(task.not_before >= Some(now + Duration::from_millis(50)), "{task:?}");
        for times in 1..=3 {
            task.met_trouble(now);
            assert_eq!((task.in_doubt, task.troubles, task.not_before), (true, times, Some(now + backoff(times, 0))));
        }
    }

    #[test]
    fn a_write_consumes_a_unit_for_each_kibibyte_that_is_begun() {
        let of = |bytes: usize| {
            let value = format!("{{\"S\":\"{}\"}}", "x".repeat(bytes));
            Task::units_of(&Attributes::new(vec![("a".into(), value.into())]))
        };
        assert_eq!([0, 1000, 2000, 9000].map(of), [1.0, 1.0, 2.0, 9.0]);
    }
}
