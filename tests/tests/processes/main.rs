//! Real processes, killed, stopped, asked to stop and started twice, each at a counted request or a counted transaction: the same end as if
//! nothing had happened.
//!
//! `MIGRATE_TEST_EVERY_REQUEST=1 cargo test -p migrate-tests --test processes -- --nocapture` takes every request and every transaction instead
//! of a spread of them.

mod bench;
mod dump;
mod file;
mod killed;
mod signalled;
mod stopped;
mod together;
mod torn;
mod wal;

const YESTERDAY: &str = env!("CARGO_BIN_EXE_fixture-yesterday");
const TODAY: &str = env!("CARGO_BIN_EXE_fixture-today");
