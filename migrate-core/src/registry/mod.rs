//! What is linked into a binary: tables, consents to drop, migrations; sorted, and checked before anything else happens. Knows no database.

mod check;
mod entry;
mod link;
mod rollback;
mod sequence;
mod shared;

pub use self::check::RegistryError;
pub use self::entry::{MigrationEntry, RunFn};
#[cfg(feature = "cli")]
pub(crate) use self::link::of;
pub use self::link::{Linked, linked};
pub use self::rollback::RollbackEntry;
pub use self::sequence::Sequence;
