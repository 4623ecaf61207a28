//! The form in which a plan is kept, to the byte the same for the same plan; knows no file.

use serde::Deserialize;

use super::model::{FORMAT, SavedPlan};

/// Longer than any plan: 2,500 tables, each with a policy.
const LONGEST: usize = 64 * 1024 * 1024;

/// Why a text is no plan that this version reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// It is longer than any plan.
    #[error("it is longer than {} MiB", LONGEST / 1024 / 1024)]
    TooLong,
    /// Another version of this library wrote it.
    #[error("it has format {found}, and this version reads format {FORMAT}")]
    OtherFormat {
        /// The format that it names.
        found: u64,
    },
    /// It is something else, or a part is missing.
    #[error("{0}")]
    NoPlan(String),
}

/// What every format has.
#[derive(Deserialize)]
struct Header {
    format: u64,
}

impl SavedPlan {
    /// How long a text may be.
    pub const LONGEST: usize = LONGEST;

    /// The text that is kept.
    pub fn encode(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// It is something else.
    pub fn decode(text: &[u8]) -> Result<Self, Unreadable> {
        if text.len() > LONGEST {
            return Err(Unreadable::TooLong);
        }
        let no_plan = |error: serde_json::Error| Unreadable::NoPlan(error.to_string());
        let Header { format } = serde_json::from_slice(text).map_err(no_plan)?;
        if format != u64::from(FORMAT) {
            return Err(Unreadable::OtherFormat { found: format });
        }
        serde_json::from_slice(text).map_err(no_plan)
    }
}
