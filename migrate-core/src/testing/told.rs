//! What a person says to tests by the environment: which engine, what to repeat, how much to try. It never knows what is tested.

#![expect(clippy::disallowed_methods, reason = "`cargo test` takes no other word from a person")]

/// An engine that listens somewhere, instead of the one in the process.
const ENDPOINT: &str = "MIGRATE_TEST_ENDPOINT";
/// The one case of a sweep that is tried.
pub(super) const REPEAT: &str = "MIGRATE_TEST_REPEAT";
/// What sampled cases are chosen by.
const SEED: &str = "MIGRATE_TEST_SEED";
/// Every case instead of samples.
const FULL: &str = "MIGRATE_TEST_FULL";
/// What cargo tells a test of its package.
const PACKAGE: &str = "CARGO_PKG_NAME";

/// An empty one says nothing.
fn said(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

pub(super) fn endpoint() -> Option<String> {
    said(ENDPOINT)
}

pub(super) fn repeat() -> Option<String> {
    said(REPEAT)
}

pub(super) fn seed() -> u64 {
    said(SEED).map_or(1, |seed| seed.trim().parse().unwrap_or_else(|_| panic!("{SEED} is a number, not `{seed}`")))
}

pub(super) fn is_full() -> bool {
    said(FULL).is_some()
}

pub(super) fn package() -> Option<String> {
    said(PACKAGE)
}
