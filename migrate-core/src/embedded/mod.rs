//! DynamoDB inside the process, in one file or in memory, for development and for tests; it never knows what
//! a migration, a plan or a lock is, and nobody above it knows that it is there: they hold an ordinary client.
//!
//! The engine answers at the AWS SDK's own HTTP seam, so that the code under it is the code that talks to AWS.
//!
//! ```
//! use migrate_core::embedded::Engine;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::memory()?;
//! let tables = engine.client().list_tables().send().await?;
//! assert!(tables.table_names().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Where it is stricter than the engine it is built on
//!
//! It refuses what DynamoDB refuses, even where the engine below would let it pass: see the rules in `strict`.
//! A setting that the engine cannot hold is answered with `UnknownOperationException` and never silently
//! dropped: in `CreateTable` and `UpdateTable` these are warm throughput, global tables (`ReplicaUpdates`,
//! `MultiRegionConsistency`, witnesses), resource policies, an index's own on-demand or warm throughput, and
//! every member that was invented after this engine; in `UpdateTable` alone also encryption (`SSESpecification`)
//! and a change of an index's provisioned throughput. Backups, exports, contributor insights, Kinesis
//! destinations and point-in-time recovery are unknown operations.
//!
//! # One file, several processes
//!
//! A file may be open in several processes at once. Beside the database lies a `-lock` file: a request holds it
//! while it runs, so that requests of different processes never meet in the middle of each other.

mod answer;
mod connection;
mod dispatch;
mod engine;
mod error;
mod file;
mod header;
mod strict;
#[cfg(test)]
mod tests;

pub use engine::Engine;
pub use error::EngineError;
