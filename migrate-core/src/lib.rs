//! Declare DynamoDB tables as structs and data changes as numbered functions; one command brings any account to that state.
//!
//! x
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "aws")]
pub mod context;
pub mod diff;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod error;
pub mod event;
pub mod history;
mod macros;
pub mod migration;
#[cfg(feature = "aws")]
pub mod migrator;
pub mod plan;
#[cfg(feature = "aws")]
pub mod registry;
pub mod schema;
pub mod step;
#[cfg(feature = "aws")]
mod stop;
#[cfg(feature = "aws")]
pub mod transform;

#[cfg(feature = "aws")]
pub use self::context::MigrationContext;
pub use self::error::{Error, ErrorKind, Failure, Result};
#[cfg(feature = "cli")]
pub use self::macros::main;
#[cfg(feature = "aws")]
pub use self::macros::migration;
pub use self::macros::{Table, drop_index, drop_table, migrations};
#[cfg(feature = "aws")]
pub use self::migrator::Migrator;
pub use self::schema::{KeyAttribute, Table};
#[cfg(feature = "aws")]
pub use self::stop::Stop;
