//! One write that is to be carried out, and how it went so far; knows no request.

use tokio::time::Instant;

use super::change::Expected;
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

    /// What a write of this item consumes in its table, roughly.
    pub(super) fn units_of(item: &Attributes<'_>) -> f64 {
        (item.rough_size() as u64).div_ceil(WRITE_UNIT).max(1) as f64
    }

    /// The key as DynamoDB's JSON.
    pub(super) fn key_json(&self) -> String {
        self.key.to_json()
    }
}
