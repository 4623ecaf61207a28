//! What happened to a database, as an append-only list of records, and what follows from it; knows no SDK, no clock and no registry.

mod environment;
mod index;
mod lock;
mod record;
mod state;

pub use self::environment::Environment;
pub use self::index::{IndexOwnership, IndexState};
pub use self::lock::LockInfo;
pub use self::record::{Counts, Entry, Record, RunInfo};
pub use self::state::{Conflict, Freshness, History, MigrationState, MigrationStatus, Ownership};
