//! Transforms against real engines: what is written, what is not, and what happens beside other writers.

// The page's one migration with its rollback.
migrate_core::migrations!(first = 7);

mod bench;
mod copy;
mod failing;
mod fallback;
mod faults;
mod live;
mod names;
mod narrow;
mod odd;
mod page;
mod put;
mod race;
mod read;
mod reshape;
mod run;
mod terms;
mod update;
