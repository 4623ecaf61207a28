//! A linked migration: its static data and its function; knows no order and no database.

use std::pin::Pin;

use crate::context::MigrationContext;
use crate::error::BoxError;
use crate::migration::MigrationMeta;

/// A migration's function, its future boxed.
pub type RunFn = for<'a> fn(&'a MigrationContext) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// A migration, as linked into a binary. `#[migration(n)]` writes it.
#[derive(Debug)]
pub struct MigrationEntry {
    /// The name of the sequence it belongs to.
    pub sequence: &'static str,
    /// All that is known of it.
    pub meta: MigrationMeta,
    /// The function.
    pub run: RunFn,
}
inventory::collect!(MigrationEntry);
