//! What the suites share: engines to run on, a seam that records calls and injects faults, and binaries to run; it never knows
//! migrations.

pub mod blank;
#[cfg(feature = "servers")]
pub mod child;
pub mod engine;
#[cfg(feature = "dynamodb-local")]
pub mod local;
#[cfg(feature = "ministack")]
pub mod ministack;
pub mod model;
#[cfg(feature = "moto")]
pub mod moto;
pub mod process;
pub mod proxy;
pub mod scenario;
pub mod seam;
pub mod server;
pub mod simulated;
pub mod turns;
