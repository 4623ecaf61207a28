//! What is to be done and in which order, by DynamoDB's rules; pure: knows no client, no clock, no environment and no function to run.

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
pub use self::summary::{Effect, Summary};
