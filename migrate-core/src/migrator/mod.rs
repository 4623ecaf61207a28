//! The only orchestrator: look, plan, lock, change tables, run migrations, verify. Knows neither printing nor arguments nor the environment.

mod adopt;
mod adopt_index;
mod baseline;
mod builder;
mod control;
mod create;
mod dry_run;
mod elsewhere;
mod environment;
mod introspect;
mod migrations;
#[cfg(test)]
mod names_fuzz;
mod observe;
mod policy;
mod probe;
mod refusal;
mod report;
mod resolve;
mod retry;
mod rollback;
mod run;
mod saved;
mod shared;
mod status;
mod tables;
mod unlock;
mod up;
mod wait;
mod work;

pub use self::adopt::Adoption;
pub use self::baseline::Baseline;
pub use self::builder::{Builder, Migrator};
pub use self::control::DeadLetter;
pub use self::dry_run::{DryRun, DryRunReport, TriedAttribute, TriedChange, TriedEnd, TriedJob, TriedMigration};
pub use self::introspect::introspect;
pub use self::report::{MigrationReport, Outcome, Report};
pub use self::retry::Retried;
pub use self::rollback::{RollbackOptions, RollbackReport};
pub use self::status::{Row, RowState, Status};
pub use self::up::{Options, Prepared};
pub use self::wait::{Awaited, Waited};
