//! x
mod entry;
pub use self::entry::{MigrationEntry, RunFn};
