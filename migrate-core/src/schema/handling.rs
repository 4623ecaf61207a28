//! How a declared table is to be handled: managed or only verified, which settings are left alone, which hazards are accepted;
//! knows no value of a setting.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::migration::Management;

/// A setting of a table, by name: what is compared, ignored, or cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// On demand or provisioned, and how much.
    Billing,
    /// The numbers of provisioned capacity alone: for tables that application auto scaling changes.
    Throughput,
    /// The stream.
    Stream,
    /// Time to live.
    Ttl,
    /// Deletion protection.
    DeletionProtection,
    /// Point-in-time recovery.
    PointInTimeRecovery,
    /// The table class.
    TableClass,
    /// Encryption at rest.
    Encryption,
    /// Tags.
    Tags,
    /// Warm throughput.
    WarmThroughput,
    /// Contributor insights.
    ContributorInsights,
    /// The resource policy.
    ResourcePolicy,
    /// The Kinesis stream.
    KinesisStream,
    /// Replicas in other regions.
    Replicas,
}

impl Aspect {
    /// In words, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Throughput => "throughput",
            Self::Stream => "stream",
            Self::Ttl => "time to live",
            Self::DeletionProtection => "deletion protection",
            Self::PointInTimeRecovery => "point-in-time recovery",
            Self::TableClass => "table class",
            Self::Encryption => "encryption",
            Self::Tags => "tags",
            Self::WarmThroughput => "warm throughput",
            Self::ContributorInsights => "contributor insights",
            Self::ResourcePolicy => "resource policy",
            Self::KinesisStream => "kinesis stream",
            Self::Replicas => "replicas",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Something that cannot be taken back, or that others feel. Its code is stable; it happens only where it was accepted by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
#[non_exhaustive]
pub enum Hazard {
    /// H101: a table is dropped. Consent is `drop_table!` or `--drop`.
    DropTable,
    /// H102: a global index is dropped. Consent is `drop_index!` or `--drop`.
    DropIndex,
    /// H103: point-in-time recovery is switched off: every point to go back to is lost.
    RecoveryOff,
    /// H104: the stream is switched off: records that no consumer has read stay readable for a day, and none come any more.
    StreamOff,
    /// H105: the stream is switched off and on again: its ARN is another, which every consumer must be told.
    StreamCycle,
    /// H106: a replica is removed with its data in that region.
    ReplicaRemoved,
    /// H107: the resource policy is removed: whoever has access only by it loses it.
    PolicyRemoved,
    /// H108: another key encrypts the table: whoever may not use that key cannot read it any more.
    KeyChange,
    /// H109: time to live is switched on for an attribute that items have already: those that are past it are deleted.
    TtlOn,
    /// H110: an index is deleted and built anew under its name: nothing can be read from it meanwhile.
    IndexReplaced,
    /// H111: the recovery period becomes shorter: the points before it are lost.
    RecoveryShortened,
    /// H112: the Kinesis stream is switched off or exchanged: changes meanwhile do not reach it.
    KinesisOff,
    /// H113: an index is built although items do not fit its key: it lacks them, and DynamoDB refuses their next write.
    MisfitsLeftOut,
    /// H114: a migration changes the items of a table whose stream or Kinesis stream is read: each change is a record there.
    StreamRecords,
}

impl Hazard {
    /// Every hazard, by code.
    pub const ALL: [Self; 14] = [
        Self::DropTable,
        Self::DropIndex,
        Self::RecoveryOff,
        Self::StreamOff,
        Self::StreamCycle,
        Self::ReplicaRemoved,
        Self::PolicyRemoved,
        Self::KeyChange,
        Self::TtlOn,
        Self::IndexReplaced,
        Self::RecoveryShortened,
        Self::KinesisOff,
        Self::MisfitsLeftOut,
        Self::StreamRecords,
    ];

    /// The stable code that `docs/hazards.md` explains.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DropTable => "H101",
            Self::DropIndex => "H102",
            Self::RecoveryOff => "H103",
            Self::StreamOff => "H104",
            Self::StreamCycle => "H105",
            Self::ReplicaRemoved => "H106",
            Self::PolicyRemoved => "H107",
            Self::KeyChange => "H108",
            Self::TtlOn => "H109",
            Self::IndexReplaced => "H110",
            Self::RecoveryShortened => "H111",
            Self::KinesisOff => "H112",
            Self::MisfitsLeftOut => "H113",
            Self::StreamRecords => "H114",
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A code that no hazard has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no hazard `{0}`; they are H101 to H114")]
pub struct UnknownHazard(String);

impl FromStr for Hazard {
    type Err = UnknownHazard;
    fn from_str(code: &str) -> Result<Self, UnknownHazard> {
        Self::ALL.into_iter().find(|hazard| hazard.code() == code).ok_or_else(|| UnknownHazard(code.to_owned()))
    }
}

impl TryFrom<String> for Hazard {
    type Error = UnknownHazard;
    fn try_from(code: String) -> Result<Self, UnknownHazard> {
        code.parse()
    }
}

impl From<Hazard> for &'static str {
    fn from(hazard: Hazard) -> Self {
        hazard.code()
    }
}

/// How a declared table is to be handled; a live one has none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handling {
    /// Who changes it.
    #[serde(default)]
    pub management: Management,
    /// Settings that count when the table is made and are left alone afterwards.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ignore: BTreeSet<Aspect>,
    /// Hazards that the code accepts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub accept: BTreeSet<Hazard>,
    /// The sequence that owns the table, where it is another one: then only the global indexes that are declared here are this one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

impl Handling {
    /// Whether it is the usual one.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_and_read_back() {
        let codes: Vec<&str> = Hazard::ALL.iter().map(|hazard| hazard.code()).collect();
        assert_eq!(codes.first().copied().zip(codes.last().copied()), Some(("H101", "H114")));
        assert!(Hazard::ALL.iter().all(|hazard| hazard.code().parse() == Ok(*hazard)));
        assert_eq!("H999".parse::<Hazard>().unwrap_err().to_string(), "there is no hazard `H999`; they are H101 to H114");
    }
}
