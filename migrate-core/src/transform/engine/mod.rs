//! Through a whole table: read in segments, judge, write in batches, and go on where an earlier run stopped. Knows no type of the user's.
//!
//! One event loop does it all: what may be sent is sent, then it waits for whatever comes first. Segments take turns in short runs, so that
//! no partition is hit by many writes at once: a scan goes through a table in the order of its keys' hashes, and a segment stays in one
//! partition for long.

mod facts;
mod job;
mod judge;
mod keep;
mod land;
mod look;
mod pass;
mod report;
mod segment;
mod send;
mod settle;
mod speed;
mod turn;
mod units;

pub(super) use self::job::{Job, Kind, run};
pub(super) use self::pass::Source;
