//! Settings of a table that the code may state or leave alone; knows no client.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A setting that can be on, off, or none of our business.
///
/// In a declared schema [`Unmanaged`](Setting::Unmanaged) is never changed and never drift; in a live one it means that the engine
/// cannot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

    /// The value, if it is on.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Unmanaged | Self::Off => None,
        }
    }

    /// The same, with off where nothing is known.
    #[must_use]
    pub fn or_off(self) -> Self {
        match self {
            Self::Unmanaged | Self::Off => Self::Off,
            Self::Set(value) => Self::Set(value),
        }
    }

    /// On with this value, or off.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Off, Self::Set)
    }

    /// The same setting of another form.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Self::Unmanaged => Setting::Unmanaged,
            Self::Off => Setting::Off,
            Self::Set(value) => Setting::Set(form(value)),
        }
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
