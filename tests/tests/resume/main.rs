//! Runs that are killed, stopped, starved and overtaken in the middle of a table: the next one goes on, and no item is changed twice or lost.
//!
//! In process the clock stands still and the data lies in the simulated DynamoDB; `killed` ends real processes.

mod anew;
mod aside;
mod bench;
mod chaos;
mod control;
mod crash;
mod killed;
mod lease;
mod stops;
mod sweeps;
mod told;
mod work;

use bench::{Bench, Size, Work};
