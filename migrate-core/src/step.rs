//! One change of a table, so specific that whoever applies it has no choice left; knows neither why nor in which order.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::{GlobalIndex, IndexName, KeyElement, StreamView, TableName, TableSchema, Throughput};

/// One legal change on DynamoDB's control plane. Names are physical.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Create a table with its indexes, stream and protection. Its time to live is a step of its own.
    CreateTable {
        /// The table, with nothing left to default.
        schema: TableSchema,
    },
    /// Wait until a table that is being made, changed or deleted has come to rest.
    AwaitTable {
        /// The table.
        table: TableName,
    },
    /// Add a global index to a table and wait until it is built.
    CreateGlobalIndex {
        /// The table.
        table: TableName,
        /// The new index's name.
        index: IndexName,
        /// The new index.
        definition: GlobalIndex,
        /// Every key attribute of the table and all its indexes afterwards: DynamoDB wants the full list.
        elements: Vec<KeyElement>,
        /// Its throughput, where the table is provisioned.
        throughput: Option<Throughput>,
    },
    /// Delete a global index.
    DropGlobalIndex {
        /// The table.
        table: TableName,
        /// The index.
        index: IndexName,
    },
    /// Switch a stream on.
    EnableStream {
        /// The table.
        table: TableName,
        /// What its records hold.
        view: StreamView,
    },
    /// Switch the stream off.
    DisableStream {
        /// The table.
        table: TableName,
    },
    /// Switch time to live on.
    EnableTtl {
        /// The table.
        table: TableName,
        /// The attribute that holds the time.
        attribute: String,
    },
    /// Switch time to live off.
    DisableTtl {
        /// The table.
        table: TableName,
        /// The attribute that holds the time today: DynamoDB wants it named.
        attribute: String,
    },
    /// Switch deletion protection.
    SetDeletionProtection {
        /// The table.
        table: TableName,
        /// On or off.
        enabled: bool,
    },
    /// Lift the protection of a table and delete it.
    DropTable {
        /// The table.
        table: TableName,
        /// The id that the table must have; a table made again under the name is another one.
        table_id: Option<String>,
    },
}

impl Step {
    /// The table that it changes.
    pub fn table(&self) -> &TableName {
        match self {
            Self::CreateTable { schema } => &schema.name,
            Self::AwaitTable { table }
            | Self::CreateGlobalIndex { table, .. }
            | Self::DropGlobalIndex { table, .. }
            | Self::EnableStream { table, .. }
            | Self::DisableStream { table }
            | Self::EnableTtl { table, .. }
            | Self::DisableTtl { table, .. }
            | Self::SetDeletionProtection { table, .. }
            | Self::DropTable { table, .. } => table,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable { schema } => write!(f, "create table {} {}", schema.name, schema.key),
            Self::AwaitTable { table } => write!(f, "wait for table {table} and its indexes"),
            Self::CreateGlobalIndex { table, index, definition, .. } => write!(f, "create index {table}/{index} {definition}"),
            Self::DropGlobalIndex { table, index } => write!(f, "drop index {table}/{index}"),
            Self::EnableStream { table, view } => write!(f, "switch the stream of {table} on, {view}"),
            Self::DisableStream { table } => write!(f, "switch the stream of {table} off"),
            Self::EnableTtl { table, attribute } => write!(f, "switch time to live of {table} on, by {attribute}"),
            Self::DisableTtl { table, .. } => write!(f, "switch time to live of {table} off"),
            Self::SetDeletionProtection { table, enabled } => {
                write!(f, "switch deletion protection of {table} {}", if *enabled { "on" } else { "off" })
            }
            Self::DropTable { table, .. } => write!(f, "drop table {table}"),
        }
    }
}
