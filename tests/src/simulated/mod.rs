//! A DynamoDB whose items live in memory, with capacity, partitions, time and faults as a test or a benchmark says; it never knows migrations.
//!
//! The tables that it is told of are simulated: Scan, Query, GetItem, PutItem, UpdateItem, DeleteItem, BatchWriteItem and
//! BatchExecuteStatement of their items. Every other table and operation goes to the engine below, DescribeTable too, but with
//! the numbers of the simulation. A simulated table is created like any other one; its key comes from there.
//!
//! What it does not know it refuses with a ValidationException that says so: indexes, projections, nested paths, transactions
//! and single PartiQL statements of simulated tables.
//!
//! All time is tokio's: with a paused clock an hour of throttling takes no time.
//!
//! ```
//! use migrate_tests::engine::TestEngine;
//! use migrate_tests::simulated::{Access, Simulated, SimulatedTable};
//! use std::time::Duration;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let engine = TestEngine::embedded();
//! let table = engine.table("customers");
//! let simulated = Simulated::over(&engine.client())
//!     // 2,000 write units a second in ten partitions of 200; what nothing is said of is unlimited.
//!     .table(SimulatedTable::new(&table).provisioned(8000.0, 2000.0).partitions(10, 3000.0, 200.0).index_writes(1.0))
//!     .latency(Duration::from_millis(4), Duration::from_millis(2), 7)
//!     .start();
//! let client = simulated.client();
//! # use aws_sdk_dynamodb::types::*;
//! # client.create_table().table_name(&table).billing_mode(BillingMode::PayPerRequest)
//! #     .attribute_definitions(AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().unwrap())
//! #     .key_schema(KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap())
//! #     .send().await.unwrap();
//! simulated.fill(&table, (0..1000).map(|n| format!(r#"{{"id":{{"S":"{n}"}}}}"#))).await;
//! simulated.halve(&table, Access::Write);
//! simulated.set_application(&table, Access::Write, 300.0);
//! let page = client.scan().table_name(&table).segment(0).total_segments(8).send().await.unwrap();
//! assert!((100..150).contains(&page.count));
//! assert_eq!(simulated.counts(&table).requests, 1);
//! # }
//! ```
//!
//! Lost replies, duplicated requests, errors and hangs come from a [`Recorder`](crate::seam::Recorder) around
//! [`Simulated::client`], by the rules of [`Rules`] or by a function of the test's own.
//!
//! [`Face`] lets another process reach it over TCP; the binary `simulated-dynamodb` does no more than that. [`Null`] is a table
//! that answers at once and keeps nothing, so that only the client's own work is seen.

mod answer;
mod batch;
mod batches;
mod bucket;
mod condition;
mod connector;
mod describe;
mod face;
mod handle;
mod key;
mod null;
mod number;
mod parser;
mod read;
mod rules;
mod sample;
mod setup;
mod state;
mod statement;
mod store;
mod tally;
mod token;
mod update;
mod value;
mod world;
mod write;

pub use self::face::Face;
pub use self::handle::{Builder, Simulated};
pub use self::null::Null;
pub use self::rules::Rules;
pub use self::sample::sample;
pub use self::setup::{Access, SimulatedTable};
pub use self::tally::Counts;
pub use self::world::StatementFault;
