//! A setting that is one thing and is to be another; knows neither the table nor how to get there.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Aspect, Billing, Encryption, IndexName, Insights, KinesisStream, Policy, Recovery, Setting, StreamView, TableClass,
    Throughput,
};

/// What is found, and what is wanted instead.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Delta<T> {
    /// As found.
    pub from: T,
    /// As wanted.
    pub to: T,
}

impl<T> Delta<T> {
    /// From one value to another.
    pub const fn new(from: T, to: T) -> Self {
        Self { from, to }
    }
}

impl<T: fmt::Display> fmt::Display for Delta<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.from, self.to)
    }
}

/// One setting that differs, or that a step changes. In both values nothing is `Unmanaged`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "setting", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SettingChange {
    /// Deletion protection: on or off.
    DeletionProtection(Delta<bool>),
    /// The table class.
    TableClass(Delta<TableClass>),
    /// The stream.
    Stream(Delta<Setting<StreamView>>),
    /// Billing and capacity of the table, of some of its indexes, or of both: one call changes them together.
    Capacity {
        /// The table's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<Delta<Billing>>,
        /// Its indexes'.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        indexes: BTreeMap<IndexName, Delta<Billing>>,
    },
    /// Encryption at rest.
    Encryption(Delta<Encryption>),
    /// The attribute that holds the time to live.
    Ttl(Delta<Setting<String>>),
    /// A replica in this region.
    Replica {
        /// The region.
        region: String,
        /// Whether it is there, and is to be.
        #[serde(flatten)]
        present: Delta<bool>,
    },
    /// Tags, each by its key; off is absent.
    Tags {
        /// The tags that differ.
        tags: BTreeMap<String, Delta<Setting<String>>>,
    },
    /// Point-in-time recovery.
    PointInTimeRecovery(Delta<Setting<Recovery>>),
    /// Warm throughput of the table or of an index; off is none that is known.
    WarmThroughput {
        /// The index; `None` is the table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index: Option<IndexName>,
        /// How much.
        #[serde(flatten)]
        units: Delta<Setting<Throughput>>,
    },
    /// Contributor insights of the table or of an index.
    ContributorInsights {
        /// The index; `None` is the table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index: Option<IndexName>,
        /// Which.
        #[serde(flatten)]
        insights: Delta<Setting<Insights>>,
    },
    /// The resource policy.
    ResourcePolicy {
        /// The document.
        #[serde(flatten)]
        policy: Delta<Setting<Policy>>,
        /// The revision that was found: only that one is replaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<String>,
    },
    /// The Kinesis stream that gets every change.
    KinesisStream(Delta<Setting<KinesisStream>>),
}

impl SettingChange {
    /// Which setting it is about.
    pub const fn aspect(&self) -> Aspect {
        match self {
            Self::DeletionProtection(_) => Aspect::DeletionProtection,
            Self::TableClass(_) => Aspect::TableClass,
            Self::Stream(_) => Aspect::Stream,
            Self::Capacity { .. } => Aspect::Billing,
            Self::Encryption(_) => Aspect::Encryption,
            Self::Ttl(_) => Aspect::Ttl,
            Self::Replica { .. } => Aspect::Replicas,
            Self::Tags { .. } => Aspect::Tags,
            Self::PointInTimeRecovery(_) => Aspect::PointInTimeRecovery,
            Self::WarmThroughput { .. } => Aspect::WarmThroughput,
            Self::ContributorInsights { .. } => Aspect::ContributorInsights,
            Self::ResourcePolicy { .. } => Aspect::ResourcePolicy,
            Self::KinesisStream(_) => Aspect::KinesisStream,
        }
    }
}

/// `stream: off → keys_only`
impl fmt::Display for SettingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.aspect().words();
        let of = |index: &Option<IndexName>| index.as_ref().map(|index| format!(" of index {index}")).unwrap_or_default();
        match self {
            Self::DeletionProtection(delta) => write!(f, "{words}: {} → {}", on_off(delta.from), on_off(delta.to)),
            Self::TableClass(delta) => write!(f, "{words}: {delta}"),
            Self::Stream(delta) => write!(f, "{words}: {delta}"),
            Self::Capacity { table, indexes } => {
                let table = table.iter().map(|delta| format!("{words}: {delta}"));
                let indexes = indexes.iter().map(|(index, delta)| format!("{words} of index {index}: {delta}"));
                f.write_str(&table.chain(indexes).collect::<Vec<_>>().join(", "))
            }
            Self::Encryption(delta) => write!(f, "{words}: {delta}"),
            Self::Ttl(delta) => write!(f, "{words}: {delta}"),
            Self::Replica { region, present } => {
                write!(f, "replica in {region}: {} → {}", on_off(present.from), on_off(present.to))
            }
            Self::Tags { tags } => {
                let tag = |(key, delta): (&String, &Delta<Setting<String>>)| format!("tag {key}: {delta}");
                f.write_str(&tags.iter().map(tag).collect::<Vec<_>>().join(", "))
            }
            Self::PointInTimeRecovery(delta) => write!(f, "{words}: {delta}"),
            Self::WarmThroughput { index, units } => write!(f, "{words}{}: {units}", of(index)),
            Self::ContributorInsights { index, insights } => write!(f, "{words}{}: {insights}", of(index)),
            Self::ResourcePolicy { policy, .. } => write!(f, "{words}: {policy}"),
            Self::KinesisStream(delta) => write!(f, "{words}: {delta}"),
        }
    }
}

const fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
