//! What a table or an index may consume and how that is paid for; knows neither.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::setting::Setting;

/// Capacity in units per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Throughput {
    /// Read units per second, at least 1.
    pub read: u64,
    /// Write units per second, at least 1.
    pub write: u64,
}

impl fmt::Display for Throughput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read = {}, write = {}", self.read, self.write)
    }
}

/// What requests on demand may consume at most, in units per second; the default says nothing.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MaxThroughput {
    /// Read units per second, at least 1; off is no limit but the account's.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub read: Setting<u64>,
    /// Write units per second, at least 1; off is no limit but the account's.
    #[serde(default, skip_serializing_if = "Setting::is_unmanaged")]
    pub write: Setting<u64>,
}

impl MaxThroughput {
    /// Says nothing about either.
    pub const UNMANAGED: Self = Self { read: Setting::Unmanaged, write: Setting::Unmanaged };
    /// No limit but the account's.
    pub const OFF: Self = Self { read: Setting::Off, write: Setting::Off };
}

/// How a table or an index is paid for. An index is paid for as its table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Written")]
pub enum Billing {
    /// By request.
    OnDemand(MaxThroughput),
    /// By provisioned capacity.
    Provisioned(Throughput),
}

/// A mode alone is written as a word.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Word(Word),
    Whole(Whole),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    OnDemand,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Whole {
    OnDemand(MaxThroughput),
    Provisioned(Throughput),
}

impl From<Written> for Billing {
    fn from(written: Written) -> Self {
        match written {
            Written::Word(Word::OnDemand) => Self::ON_DEMAND,
            Written::Whole(Whole::OnDemand(max)) => Self::OnDemand(max),
            Written::Whole(Whole::Provisioned(throughput)) => Self::Provisioned(throughput),
        }
    }
}

impl Billing {
    /// By request, with nothing said about a maximum.
    pub const ON_DEMAND: Self = Self::OnDemand(MaxThroughput::UNMANAGED);

    /// Whether both are of one mode.
    pub const fn same_mode(&self, other: &Self) -> bool {
        matches!((self, other), (Self::OnDemand(_), Self::OnDemand(_)) | (Self::Provisioned(_), Self::Provisioned(_)))
    }

    /// The warm throughput that a new table has by itself.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html>
    pub const fn warm_when_new(&self) -> Throughput {
        match self {
            Self::OnDemand(_) => Throughput { read: 12_000, write: 4_000 },
            Self::Provisioned(throughput) => *throughput,
        }
    }

    /// As declared here, and as `live` where nothing is declared.
    #[must_use]
    pub fn or_as(&self, live: &Self) -> Self {
        match (self, live) {
            (Self::OnDemand(max), Self::OnDemand(found)) => {
                let or = |declared: Setting<u64>, found: Setting<u64>| match (declared, found) {
                    (Setting::Unmanaged, Setting::Unmanaged) => Setting::Unmanaged,
                    (Setting::Unmanaged, found) => found,
                    (declared, _) => declared,
                };
                Self::OnDemand(MaxThroughput { read: or(max.read, found.read), write: or(max.write, found.write) })
            }
            (Self::OnDemand(_) | Self::Provisioned(_), _) => *self,
        }
    }
}

impl fmt::Display for Billing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnDemand(max) => {
                let part = |name, setting: &Setting<u64>| setting.value().map(|units| format!("{name} = {units}"));
                let parts: Vec<String> = part("max_read", &max.read).into_iter().chain(part("max_write", &max.write)).collect();
                if parts.is_empty() { f.write_str("on_demand") } else { write!(f, "on_demand({})", parts.join(", ")) }
            }
            Self::Provisioned(throughput) => write!(f, "provisioned({throughput})"),
        }
    }
}
