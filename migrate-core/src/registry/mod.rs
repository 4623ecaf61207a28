//! What is linked into a binary: tables, consents to drop, migrations; sorted, and checked before anything else happens. Knows no database.

mod check;
mod entry;
mod sequence;

pub use self::check::RegistryError;
pub use self::entry::{MigrationEntry, RunFn};
#[cfg(feature = "cli")]
pub(crate) use self::sequence::of;
pub use self::sequence::{Sequence, linked};
