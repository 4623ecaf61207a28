//! Declare DynamoDB tables as structs and data changes as numbered functions; one command brings any account to that state.
//!
//! - [`migrations!`] in the crate root declares the crate's one sequence of migrations.
//! - [`#[derive(Table)]`](derive@Table) declares a table as it is today.
//! - [`#[migration(n)]`](macro@migration) makes an async function the n-th data migration. A number twice, or a missing one, does not compile.
//! - [`main!`] is the whole command line: look, diff, lock, create and alter, migrate, drop what was consented to, verify, report.
//! - [`Migrator`] is the same as a library: for an application's start-up, a Lambda, a test.
//!
//! A migration is handed a [`MigrationContext`]; [`transform`] says what it can do with a table's items and what is promised of it.
//!
//! ```standalone_crate
//! # #[cfg(all(feature = "aws", feature = "embedded"))]
//! # mod example {
//! use migrate_core::migrator::Options;
//! use migrate_core::registry::Sequence;
//! use migrate_core::{MigrationContext, Migrator, Table, migration};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, Table)]
//! #[table(name = "customers")]
//! struct Customer {
//!     #[table(partition_key)]
//!     id: String,
//!     email: String,
//! }
//!
//! #[derive(Serialize, Deserialize)]
//! struct Email {
//!     email: String,
//! }
//!
//! /// Lower-cases every e-mail address.
//! #[migration(1)]
//! async fn lowercase_emails(cx: &MigrationContext) -> migrate_core::Result {
//!     cx.table::<Customer>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
//!     Ok(())
//! }
//!
//! pub async fn in_a_test() -> migrate_core::Result {
//!     let engine = migrate_core::embedded::Engine::memory()?;
//!     let migrator = Migrator::builder(Sequence::of(crate::Migrations)?, engine.client()).local_engine().build()?;
//!     let report = migrator.up(Options::default()).await?;
//!     assert_eq!(report.steps.len(), 1, "the table was made");
//!     assert!(report.migrations[0].skipped, "a fresh database needs no migrations: they are recorded, not run");
//!     Ok(())
//! }
//! # }
//!
//! migrate_core::migrations!(); // in the crate root
//! # #[cfg(all(feature = "aws", feature = "embedded"))]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() { example::in_a_test().await.unwrap() }
//! # #[cfg(not(all(feature = "aws", feature = "embedded")))]
//! # fn main() {}
//! ```
//!
//! # Features
//!
//! All but the last are on by default. Without any, the crate is its pure wing: declarations, diff and plan, with no SDK behind them.
//!
//! | feature | brings |
//! |---|---|
//! | `aws` | [`migration`](macro@migration), [`Migrator`], [`transform`], over the AWS SDK |
//! | `cli` | [`main!`] |
//! | `embedded` | [`embedded::Engine`]: DynamoDB in the binary, for a laptop and for tests; it needs a C compiler |
//! | `testing` | the module `testing`, for an application's tests: written in its dev-dependencies, and not on by default |
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "aws")]
mod aws;
pub mod budget;
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
pub mod iam;
mod macros;
pub mod migration;
#[cfg(feature = "aws")]
pub mod migrator;
pub mod plan;
#[cfg(feature = "aws")]
pub mod registry;
pub mod schema;
pub mod source;
pub mod step;
#[cfg(feature = "aws")]
mod stop;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "aws")]
pub mod transform;

#[cfg(feature = "aws")]
pub use self::context::MigrationContext;
pub use self::error::{Error, ErrorKind, Failure, Result};
#[cfg(feature = "cli")]
pub use self::macros::main;
pub use self::macros::{Table, drop_index, drop_table, migrations};
#[cfg(feature = "aws")]
pub use self::macros::{migration, rollback};
#[cfg(feature = "aws")]
pub use self::migrator::Migrator;
pub use self::schema::{KeyAttribute, Table};
#[cfg(feature = "aws")]
pub use self::stop::Stop;
