//! Who works: one run of one binary; knows no record.

use serde::{Deserialize, Serialize};

/// The run that wrote a record or holds a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Unique to the run.
    pub run_id: String,
    /// The caller: its ARN on AWS, else the user's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The process.
    #[serde(default)]
    pub pid: u32,
    /// The application's package and version.
    #[serde(default)]
    pub binary: String,
    /// The commit, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The page of the CI run, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<String>,
}

impl RunInfo {
    /// Who, in a few words: the caller or else the run, and the machine.
    pub fn who(&self) -> String {
        let who = self.caller.as_deref().unwrap_or(&self.run_id);
        match &self.host {
            Some(host) => format!("{who} on {host} (process {})", self.pid),
            None => format!("{who} (process {})", self.pid),
        }
    }
}
