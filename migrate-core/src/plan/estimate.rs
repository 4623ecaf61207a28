//! How long a step takes and what it costs; knows no account's prices.

use serde::Serialize;

/// An estimate, rough on purpose: item counts are hours old, and prices are those of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// How long, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// What it costs once, in millionths of a dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_microdollars: Option<u64>,
    /// What it adds to a month's bill, in millionths of a dollar; less than nothing where it saves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_microdollars: Option<i64>,
}
