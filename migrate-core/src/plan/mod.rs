//! What is to be done and in which order, by DynamoDB's rules; pure: knows no client, no clock, no environment and no function to run.

mod model;

pub use self::model::{Action, Ahead, Declared, Droppable, Notice, Observed, Phase, Plan, PlannedMigration, Refusal, Request};
