//! One change of a table, so specific that whoever applies it has no choice left; knows neither why nor in which order.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::{Aspect, GlobalIndex, IndexName, KeyElement, SettingChange, TableName, TableSchema};

/// One legal change on DynamoDB's control plane. Names are physical.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "a run has few steps, and a box would show in every pattern")]
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
        /// The new index, with its capacity where the table is provisioned.
        definition: GlobalIndex,
        /// Every key attribute of the table and all its indexes afterwards: DynamoDB wants the full list.
        elements: Vec<KeyElement>,
    },
    /// Delete a global index.
    DropGlobalIndex {
        /// The table.
        table: TableName,
        /// The index.
        index: IndexName,
    },
    /// Change one setting.
    Set {
        /// The table.
        table: TableName,
        /// The setting, as found and as wanted.
        change: SettingChange,
    },
    /// Lift the protection of a table and delete it, after backing it up where the engine can.
    DropTable {
        /// The table.
        table: TableName,
        /// Whether it is backed up first.
        backup: bool,
        /// The id that the table must have; a table made again under the name is another one.
        table_id: Option<String>,
    },
}

impl Step {
    /// The setting that it changes, if it is one.
    pub const fn aspect(&self) -> Option<Aspect> {
        match self {
            Self::Set { change, .. } => Some(change.aspect()),
            Self::CreateTable { .. }
            | Self::AwaitTable { .. }
            | Self::CreateGlobalIndex { .. }
            | Self::DropGlobalIndex { .. }
            | Self::DropTable { .. } => None,
        }
    }

    /// The table that it changes.
    pub fn table(&self) -> &TableName {
        match self {
            Self::CreateTable { schema } => &schema.name,
            Self::AwaitTable { table }
            | Self::CreateGlobalIndex { table, .. }
            | Self::DropGlobalIndex { table, .. }
            | Self::Set { table, .. }
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
            Self::Set { table, change } => write!(f, "set {table}, {change}"),
            Self::DropTable { table, .. } => write!(f, "drop table {table}"),
        }
    }
}
