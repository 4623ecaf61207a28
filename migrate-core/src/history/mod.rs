//! What happened to a database, as an append-only list of records, and what follows from it; knows no SDK, no clock and no registry.

#[cfg(test)]
mod transition_tests;

mod counts;
mod environment;
mod index;
mod lock;
mod record;
mod run_info;
mod state;
#[cfg(test)]
mod state_tests;
mod status;
#[cfg(feature = "aws")]
mod turn;

pub use self::counts::Counts;
pub use self::environment::Environment;
pub use self::index::{IndexOwnership, IndexState};
pub use self::lock::LockInfo;
pub use self::record::{Entry, Record};
pub use self::run_info::RunInfo;
pub use self::state::{Conflict, Freshness, History, Ownership};
pub use self::status::{MigrationState, MigrationStatus};
#[cfg(feature = "aws")]
pub(crate) use self::turn::Turn;
