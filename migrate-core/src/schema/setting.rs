//! Settings of a table that the code may state or leave alone; knows no client.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A setting that can be on, off, or none of our business.
///
/// In a declared schema [`Unmanaged`](Setting::Unmanaged) is never changed and never drift; in a live one it means that the engine
/// cannot tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting<T> {
    /// Not stated by the code.
    #[default]
    Unmanaged,
    /// Switched off.
    Off,
    /// Switched on, like this.
    Set(T),
}

impl<T> Setting<T> {
    /// Whether the code says nothing about it.
    pub const fn is_unmanaged(&self) -> bool {
        matches!(self, Self::Unmanaged)
    }
}

impl<T: fmt::Display> fmt::Display for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmanaged => f.write_str("unmanaged"),
            Self::Off => f.write_str("off"),
            Self::Set(value) => value.fmt(f),
        }
    }
}

/// What a stream's records hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamView {
    /// Only the key.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

impl fmt::Display for StreamView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeysOnly => "keys_only",
            Self::NewImage => "new_image",
            Self::OldImage => "old_image",
            Self::NewAndOldImages => "new_and_old_images",
        })
    }
}

/// Provisioned capacity in units per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Throughput {
    /// Read capacity units per second, at least 1.
    pub read: u64,
    /// Write capacity units per second, at least 1.
    pub write: u64,
}

/// How a table is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// By request.
    OnDemand,
    /// By provisioned capacity.
    Provisioned(Throughput),
}

impl fmt::Display for Billing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnDemand => f.write_str("on_demand"),
            Self::Provisioned(Throughput { read, write }) => write!(f, "provisioned(read = {read}, write = {write})"),
        }
    }
}
