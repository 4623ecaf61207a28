//! What is to be done and in which order, by DynamoDB's rules; pure: knows no client, no clock, no environment and no function to run.

#![deny(clippy::wildcard_enum_match_arm, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assemble;
mod drops;
mod findings;
mod input;
mod migrations;
mod model;
mod ownership;
mod recipe;
mod summary;
mod tables;

pub use self::assemble::plan;
pub use self::model::{Action, Ahead, Declared, Droppable, Notice, Observed, Phase, Plan, PlannedMigration, Refusal, Request};
#[cfg(feature = "aws")]
pub(crate) use self::ownership::made_again;
pub use self::summary::{Effect, Summary};
