//! A linked rollback: what takes a migration back; knows neither that migration nor a database.

use super::entry::RunFn;
use crate::migration::{Location, Version};
use crate::schema::{Hazard, TableSchema};

/// The function that takes a migration back, as linked into a binary. `#[rollback(n)]` writes it.
#[derive(Debug)]
pub struct RollbackEntry {
    /// The name of the sequence it belongs to.
    pub sequence: &'static str,
    /// The number of the migration that it takes back.
    pub version: Version,
    /// The function's name.
    pub name: &'static str,
    /// The function.
    pub run: RunFn,
    /// Where `#[rollback(n)]` stands.
    pub location: Location,
    /// The tables that it says it goes through, by what their structs declare.
    pub tables: &'static [fn() -> TableSchema],
    /// The hazards that it accepts.
    pub accept: &'static [Hazard],
    /// Of its text: what another text has begun is begun anew.
    pub fingerprint: &'static str,
}
inventory::collect!(RollbackEntry);

/// What `#[rollback(n)]` writes.
impl RollbackEntry {
    /// What every rollback has: its name and fingerprint, and the place of its attribute.
    #[doc(hidden)]
    pub const fn new(
        sequence: &'static str,
        version: u32,
        texts: [&'static str; 2],
        place: (&'static str, u32),
        run: RunFn,
    ) -> Self {
        let [name, fingerprint] = texts;
        let location = Location { file: place.0, line: place.1 };
        Self { sequence, version: Version::new(version), name, run, location, tables: &[], accept: &[], fingerprint }
    }

    /// `tables(..)`.
    #[doc(hidden)]
    pub const fn tables(mut self, tables: &'static [fn() -> TableSchema]) -> Self {
        self.tables = tables;
        self
    }

    /// `accept(..)`.
    #[doc(hidden)]
    pub const fn accept(mut self, accept: &'static [Hazard]) -> Self {
        self.accept = accept;
        self
    }
}
