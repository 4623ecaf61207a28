//! x

#[cfg(feature = "embedded")]
pub mod embedded;
