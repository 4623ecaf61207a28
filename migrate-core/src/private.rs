//! What generated code may name. Not public API.

pub use inventory;

pub use crate::migration::{Edited, Location, MigrationMeta, OnFresh, SequenceInfo, Version};
#[cfg(feature = "aws")]
pub use crate::registry::{MigrationEntry, RunFn};
pub use crate::schema::generated::*;
pub use crate::schema::*;
