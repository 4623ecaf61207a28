//! What people said to runs that go on, as everybody sees it; knows neither how it is kept nor how a run heeds it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Allowance, Control};

/// Who said something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who.
    pub by: String,
    /// When, by their clock.
    pub at: Timestamp,
}

/// What people said to the runs of a sequence: it holds for the one that goes on and for all that come, until it is taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// Nothing is read or written: who said so first, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Said>,
    /// Write units per second, instead of the run's own budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Allowance>,
    /// Read units per second, instead of the run's own budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Allowance>,
    /// Who set one of the two last, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttled: Option<Said>,
}

impl InForce {
    /// What a run heeds of it.
    pub fn control(&self) -> Control {
        Control { paused: self.paused.is_some(), write: self.write, read: self.read }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.control() == Control::default()
    }

    /// The rates in words, where some are set: `write units 200 per second`.
    pub fn rates(&self) -> Option<String> {
        let rates = [("write", self.write), ("read", self.read)];
        let rates = rates.into_iter().filter_map(|(of, rate)| rate.map(|rate| format!("{of} units {rate}")));
        let rates: Vec<String> = rates.collect();
        (!rates.is_empty()).then(|| rates.join(", "))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {} since {}", self.by, self.at)
    }
}
