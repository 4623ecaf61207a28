//! The rows; they never know an engine.

mod apart;
mod capacity;
mod shape;

use crate::case::Case;

pub use apart::{ORDERS, policy};

/// All of them.
pub fn all() -> Vec<Case> {
    [capacity::cases(), shape::cases(), apart::cases()].into_iter().flatten().collect()
}
