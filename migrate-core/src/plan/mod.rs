//! What is to be done and in which order, by DynamoDB's rules; pure: knows no client, no clock, no environment and no function to run.

#![deny(clippy::wildcard_enum_match_arm, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "aws")]
mod adoptable;
mod assemble;
mod drops;
mod estimate;
mod findings;
mod guests;
mod hazards;
mod indexes;
mod input;
mod migrations;
mod model;
mod ownership;
mod prices;
mod reach;
mod recipe;
mod restored;
mod rollback;
mod saved;
mod settings;
mod settle;
mod shared_recipe;
mod summary;
mod tables;
mod unclaimed;
mod verify;

#[cfg(feature = "aws")]
pub(crate) use self::adoptable::to_adopt;
pub use self::assemble::plan;
pub use self::estimate::Estimate;
#[cfg(feature = "aws")]
pub(crate) use self::findings::open_up_to;
pub use self::model::{
    Accepted, Action, Ahead, Declared, Droppable, Expiring, Misfits, Notice, Observed, Phase, Plan, PlannedMigration,
    PlannedStep, Postponed, Refusal, Request, Unknown, VerifyKeys,
};
#[cfg(feature = "aws")]
pub(crate) use self::ownership::made_again;
pub use self::reach::{Limit, Pace, Passage, Reach, Reached};
pub use self::rollback::{PlannedRollback, RollbackPlan, plan_rollback};
pub use self::saved::{Basis, Place, SavedPlan, Unreadable};
pub use self::settle::{Resolution, Settlement, settle};
pub use self::summary::{Effect, Summary};
