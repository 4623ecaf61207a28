//! Secondary indexes; knows no table.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::capacity::{Billing, Throughput};
use super::feature::Insights;
use super::key::KeyElement;
use super::setting::Setting;

/// Which attributes an index holds besides its own key and the table's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Projection {
    /// Every attribute.
    #[default]
    All,
    /// None.
    KeysOnly,
    /// These. Their order means nothing.
    Include(BTreeSet<String>),
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::KeysOnly => f.write_str("keys_only"),
            Self::Include(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                write!(f, "include({})", names.join(", "))
            }
        }
    }
}

/// The key of a global index: 1–4 partition and 0–4 sort attributes, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IndexKey {
    /// The partition (HASH) attributes.
    pub partition: Vec<KeyElement>,
    /// The sort (RANGE) attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<KeyElement>,
}

impl IndexKey {
    /// All attributes in order.
    pub fn attributes(&self) -> impl Iterator<Item = &KeyElement> {
        self.partition.iter().chain(&self.sort)
    }
}

impl fmt::Display for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |attributes: &[KeyElement]| attributes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
        if self.sort.is_empty() {
            write!(f, "({})", list(&self.partition))
        } else {
            write!(f, "({}, {})", list(&self.partition), list(&self.sort))
        }
    }
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GlobalIndex {
    /// Its key.
    pub key: IndexKey,
    /// What it holds.
    pub projection: Projection,
    /// Its capacity, in its table's mode. A new index of a provisioned table gets the table's where nothing is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<Billing>,
    /// What it takes at once, at least. DynamoDB only ever raises it.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub warm_throughput: Setting<Throughput>,
    /// Which keys are used most.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub contributor_insights: Setting<Insights>,
}

impl GlobalIndex {
    /// An index of this shape that says nothing else.
    pub const fn new(key: IndexKey, projection: Projection) -> Self {
        let (billing, warm_throughput, contributor_insights) = (None, Setting::Unmanaged, Setting::Unmanaged);
        Self { key, projection, billing, warm_throughput, contributor_insights }
    }

    /// Whether key and projection are the same: all that an index keeps for life.
    pub fn same_shape(&self, other: &Self) -> bool {
        self.key == other.key && self.projection == other.projection
    }
}

/// Its shape.
impl fmt::Display for GlobalIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} projection {}", self.key, self.projection)
    }
}

/// A local secondary index: the table's partition key with another sort key. It exists only from a table's creation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalIndex {
    /// Its sort key.
    pub sort: KeyElement,
    /// What it holds.
    pub projection: Projection,
}

impl fmt::Display for LocalIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}) projection {}", self.sort, self.projection)
    }
}
