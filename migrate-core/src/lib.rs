//! x
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "aws")]
pub mod context;
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
pub mod transform;

#[cfg(feature = "aws")]
pub use self::context::MigrationContext;
pub use self::error::{Error, ErrorKind, Failure, Result};
pub use self::schema::{KeyAttribute, Table};
