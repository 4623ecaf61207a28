//! x
#[cfg(feature = "aws")]
pub mod context;
pub mod error;
pub mod migration;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "aws")]
pub mod registry;
pub mod schema;

pub use self::error::{Error, ErrorKind, Failure, Result};
pub use self::schema::{KeyAttribute, Table};
#[cfg(feature = "aws")]
pub use self::context::MigrationContext;

pub use migrate_macros::{Table, drop_index, drop_table, migrations};
#[cfg(feature = "aws")]
pub use migrate_macros::migration;
#[cfg(feature = "cli")]
pub use migrate_macros::main;
