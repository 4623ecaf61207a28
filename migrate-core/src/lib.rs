//! x
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "aws")]
pub mod context;
pub mod diff;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod error;
pub mod event;
pub mod history;
pub mod migration;
pub mod plan;
#[cfg(feature = "aws")]
pub mod registry;
pub mod schema;
pub mod step;
#[cfg(feature = "aws")]
mod stop;

#[cfg(feature = "cli")]
pub use migrate_macros::main;
#[cfg(feature = "aws")]
pub use migrate_macros::migration;
pub use migrate_macros::{Table, drop_index, drop_table, migrations};

#[cfg(feature = "aws")]
pub use self::context::MigrationContext;
pub use self::error::{Error, ErrorKind, Failure, Result};
pub use self::schema::{KeyAttribute, Table};
#[cfg(feature = "aws")]
pub use self::stop::Stop;
