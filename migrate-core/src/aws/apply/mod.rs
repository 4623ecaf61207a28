//! One step on DynamoDB's control plane, done until its effect shows; it never knows why a step is taken, nor what comes next.
//!
//! A reply can be lost after the call did its work, so no answer is believed alone: what decides is what the table then
//! looks like. A step that is taken again does no harm.

mod backup;
mod drop_table;
mod look;
mod often;
mod pace;
mod run;
mod send;
mod setting;
#[cfg(all(test, feature = "embedded"))]
mod tests;

pub(crate) use self::look::Applied;
pub(crate) use self::pace::{Convoy, Wait};
pub(crate) use self::run::apply;
