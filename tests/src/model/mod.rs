//! DynamoDB's control plane as AWS's pages describe it, at the SDK's HTTP seam; it never knows migrations, plans or schemas.
//!
//! The embedded engine holds the items. Tables, their settings, what AWS refuses and how long it takes are modelled here, from
//! the rules alone, so that a mistake in reading them cannot be made twice in the same way.
//!
//! ```
//! use migrate_tests::model::{Model, Quirks};
//! use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let model = Model::with(Quirks { polls_creating: 2, ..Quirks::default() });
//! let client = model.client();
//! let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build()?;
//! let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build()?;
//! let create = client.create_table().table_name("shop").attribute_definitions(id).key_schema(key);
//! create.billing_mode(BillingMode::PayPerRequest).send().await?;
//!
//! // Two descriptions say CREATING, the third one ACTIVE.
//! for status in ["CREATING", "CREATING", "ACTIVE"] {
//!     let table = client.describe_table().table_name("shop").send().await?.table.unwrap();
//!     assert_eq!(table.table_status().unwrap().as_str(), status);
//! }
//! assert!(model.violations().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # What a test asks
//!
//! [`Model::violations`] lists what a careful client would never have sent: calls that AWS refuses for a reason that could be
//! known before, and calls that change nothing. A refusal because of a rate limit is an answer, not a violation.

mod clock;
mod family;
mod handle;
mod http;
mod json;
mod lag;
mod operations;
mod quirks;
mod refusal;
mod state;
mod step;

pub use clock::Clock;
pub use handle::Model;
pub use quirks::{Fault, Injection, Quirks};
pub use state::{Backup, Past, Policy, State, Table};
