//! A table as the code declares it, and as it is found; knows neither the registry nor a client.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Attribute, Billing, GlobalIndex, IndexName, KeyElement, LocalIndex, PrimaryKey, ScalarType, Setting, StreamView, TableName,
};

/// A table's shape and settings, declared or live.
///
/// What is `None` or [`Setting::Unmanaged`] in a declared schema is left alone; in a live one the engine could not tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TableSchema {
    /// Logical where declared, physical where live or planned.
    pub name: TableName,
    /// The primary key.
    pub key: PrimaryKey,
    /// The attributes of the declared struct; empty for a live table, which does not know them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// Global secondary indexes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub global_indexes: BTreeMap<IndexName, GlobalIndex>,
    /// Local secondary indexes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub local_indexes: BTreeMap<IndexName, LocalIndex>,
    /// How it is paid for. A new table is on demand unless the code says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// Its stream.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub stream: Setting<StreamView>,
    /// The attribute that holds the time to live, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub ttl: Setting<String>,
    /// Whether DynamoDB refuses to delete it. A new table is protected unless the code says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
}

impl TableSchema {
    /// A table with this key that says nothing else.
    pub fn new(name: TableName, key: PrimaryKey) -> Self {
        Self {
            name,
            key,
            attributes: Vec::new(),
            global_indexes: BTreeMap::new(),
            local_indexes: BTreeMap::new(),
            billing: None,
            stream: Setting::Unmanaged,
            ttl: Setting::Unmanaged,
            deletion_protection: None,
        }
    }

    /// This schema under another name: a logical one made physical.
    #[must_use]
    pub fn named(self, name: TableName) -> Self {
        Self { name, ..self }
    }

    /// What a new table gets where the code is silent: on-demand billing and deletion protection.
    #[must_use]
    pub fn with_creation_defaults(self) -> Self {
        Self {
            billing: Some(self.billing.unwrap_or(Billing::OnDemand)),
            deletion_protection: Some(self.deletion_protection.unwrap_or(true)),
            ..self
        }
    }

    /// The attributes that keys are made of, each once, by name: what DynamoDB calls attribute definitions.
    ///
    /// One attribute that two keys give different types appears twice; DynamoDB refuses that, and so does `plan`.
    pub fn key_elements(&self) -> BTreeSet<&KeyElement> {
        let global = self.global_indexes.values().flat_map(|index| index.key.attributes());
        let local = self.local_indexes.values().map(|index| &index.sort);
        self.key.attributes().chain(global).chain(local).collect()
    }

    /// The type of a key attribute of this table or its indexes.
    pub fn scalar_of(&self, attribute: &str) -> Option<ScalarType> {
        self.key_elements().into_iter().find(|element| element.name == attribute).map(|element| element.scalar)
    }
}

/// What a declared struct's table looks like; `#[derive(Table)]` implements it.
///
/// ```
/// use migrate_core::Table;
/// # migrate_core::migrations!();
/// #[derive(Table)]
/// #[table(name = "customers")]
/// struct Customer {
///     #[table(partition_key)]
///     id: String,
/// }
/// # fn main() {
/// assert_eq!(Customer::schema().key.partition.name, "id");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    note = "declare it: `#[derive(migrate_core::Table)]` with `#[table(name = \"..\")]`",
    note = "a table that is dropped but that an older migration still reads is kept beside that migration: `#[table(name = \"..\", frozen)]`"
)]
pub trait Table {
    /// The declared schema, under its logical name.
    fn schema() -> TableSchema;
}

/// The state that DynamoDB reports for a table or an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being made.
    Creating,
    /// Ready.
    Active,
    /// Being changed.
    Updating,
    /// Being deleted.
    Deleting,
    /// Any other word of DynamoDB's, such as `ARCHIVED`.
    Other(String),
}

/// A table as it is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveTable {
    /// Its shape and settings, under its physical name; an index that is being deleted may show only in `index_status`.
    pub schema: TableSchema,
    /// Its state.
    pub status: Status,
    /// The state of each global index.
    #[serde(default)]
    pub index_status: BTreeMap<IndexName, Status>,
    /// DynamoDB's id for this very table; a table made again under the same name has another. Some engines have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_id: Option<String>,
    /// Roughly how many items it holds: DynamoDB updates it about every six hours.
    #[serde(default)]
    pub item_count: u64,
}

impl LiveTable {
    /// Whether the table and each of its global indexes is ready.
    pub fn is_settled(&self) -> bool {
        self.status == Status::Active && self.index_status.values().all(|status| *status == Status::Active)
    }
}
