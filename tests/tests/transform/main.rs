//! Transforms against real engines: what is written, what is not, and what happens beside other writers.

mod bench;
mod put;
mod race;
mod read;
mod reshape;
mod update;
