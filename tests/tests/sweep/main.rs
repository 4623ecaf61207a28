//! The framework under every fault: at every call of a run that does all it can do, with crashes during recovery, and with many runners at once.
//!
//! | long form | |
//! |---|---|
//! | `MIGRATE_TEST_FULL=1 cargo test -p migrate-tests --test sweep twice` | every second crash after every first one |
//! | `MIGRATE_TEST_SEEDS=1..100001 cargo test -p migrate-tests --test sweep runners` | other seeds of many runners, or one: `17` |
//!
//! A failure prints the line that repeats it.

mod faults;
mod runners;
mod shop;
mod slow;
mod users;
mod verbs;
