//! What the suites share: engines to run on, a seam that records calls and injects faults, and binaries to run; it never knows
//! migrations.

pub mod engine;
#[cfg(feature = "dynamodb-local")]
pub mod local;
pub mod model;
pub mod process;
pub mod scenario;
pub mod seam;
pub mod server;
