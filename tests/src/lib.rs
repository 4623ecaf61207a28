//! What the suites share: engines to run on, and a seam that records calls and injects faults; it never knows
//! migrations.

pub mod engine;
#[cfg(feature = "dynamodb-local")]
pub mod local;
pub mod scenario;
pub mod seam;
