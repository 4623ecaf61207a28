//! Tests of an application's migrations, and the faults that they must survive. It never knows the command line, and reads of the environment
//! only what a person says to `cargo test`.
//!
//! In `Cargo.toml`, beside the dependency:
//!
//! ```toml
//! [dev-dependencies]
//! migrate-core = { version = "0.1", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! serde_json = "1"
//! ```
//!
//! # A migration on old items
//!
//! ```standalone_crate
//! # use migrate_core::{MigrationContext, Table, migration};
//! # use serde::{Deserialize, Serialize};
//! use migrate_core::testing::{Past, Sweep, TestDb};
//! use serde_json::json;
//! # migrate_core::migrations!();
//! # #[derive(Debug, PartialEq, Serialize, Deserialize, Table)]
//! # #[table(name = "customers")]
//! # struct Customer {
//! #     #[table(partition_key)]
//! #     id: String,
//! #     email: String,
//! # }
//! # /// Lower-cases every e-mail address.
//! # #[migration(1)]
//! # async fn lowercase_emails(cx: &MigrationContext) -> migrate_core::Result {
//! #     cx.table::<Customer>().update(|customer| customer.email.make_ascii_lowercase()).await?;
//! #     Ok(())
//! # }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! #     emails_become_lower_case().await.unwrap();
//! #     a_run_that_died_in_it_is_finished_by_the_next_one().await.unwrap();
//! #     std::thread::spawn(it_survives_every_fault).join().unwrap();
//! # }
//! # const TEST: &str = stringify!(
//! #[tokio::test]
//! # );
//! async fn emails_become_lower_case() -> migrate_core::Result {
//!     let db = TestDb::of(crate::Migrations)?; // an engine of its own, in memory
//!     db.up_to(0).await?; // the tables, and no migration yet
//!     db.put::<Customer>(json!({"id": "1", "email": "A@X"})).await?;
//!     db.up().await?; // the rest
//!     assert_eq!(db.items::<Customer, Customer>().await?, [Customer { id: "1".into(), email: "a@x".into() }]);
//!     db.assert_idempotent(1).await;
//!     Ok(())
//! }
//!
//! # const TEST_2: &str = stringify!(
//! #[tokio::test]
//! # );
//! async fn a_run_that_died_in_it_is_finished_by_the_next_one() -> migrate_core::Result {
//!     let db = TestDb::of(crate::Migrations)?;
//!     db.given([Past::Started(1)]).await?;
//!     db.up().await?;
//!     assert_eq!(db.states().await?, ["0001 lowercase_emails: applied"]);
//!     Ok(())
//! }
//!
//! // and as a plain test, not an async one:
//! fn it_survives_every_fault() {
//!     Sweep::of(crate::Migrations).run(async |db| {
//!         db.up_to(0).await?;
//!         db.put::<Customer>(json!({"id": "1", "email": "A@X"})).await?;
//!         Ok(())
//!     });
//! }
//! ```
//!
//! `docs/testing.md` in the repository tells more.

mod answer;
mod batch;
mod call;
mod case;
mod db;
mod decimal;
mod dump;
mod fault;
mod past;
mod place;
mod recorder;
mod sweep;
mod told;
mod verdict;

pub use self::call::{Call, is_write};
pub use self::db::TestDb;
pub use self::dump::Dump;
pub use self::fault::Fault;
pub use self::past::Past;
pub use self::recorder::Recorder;
pub use self::sweep::Sweep;
pub use self::verdict::Verdict;
