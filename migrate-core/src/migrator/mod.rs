//! The only orchestrator: look, plan, lock, change tables, run migrations, verify. Knows neither printing nor arguments nor the environment.

mod baseline;
mod builder;
mod create;
mod environment;
mod migrations;
mod observe;
mod probe;
mod refusal;
mod report;
mod run;
mod saved;
mod status;
mod tables;
mod up;

pub use self::baseline::{Adoption, Baseline};
pub use self::builder::{Builder, Migrator};
pub use self::report::{MigrationReport, Outcome, Report};
pub use self::status::{Row, RowState, Status};
pub use self::up::{Options, Prepared};
