//! A linked migration: its static data and its function; knows no order and no database.

use std::pin::Pin;

use crate::context::MigrationContext;
use crate::error::BoxError;
use crate::migration::{Location, MigrationMeta, OnFresh, OnInterrupt, Version};
use crate::schema::{Hazard, TableSchema};

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
    /// The tables that it says it goes through, by what their structs declare.
    pub tables: &'static [fn() -> TableSchema],
    /// The hazards that it accepts.
    pub accept: &'static [Hazard],
}
inventory::collect!(MigrationEntry);

/// What `#[migration(n)]` writes: calls of few arguments cost the compiler less than the fields would.
impl MigrationEntry {
    /// What every migration has: its name, description and fingerprint, and the place of its attribute.
    #[doc(hidden)]
    pub const fn new(
        sequence: &'static str,
        version: u32,
        texts: [&'static str; 3],
        place: (&'static str, u32),
        run: RunFn,
    ) -> Self {
        let [name, description, fingerprint] = texts;
        let location = Location { file: place.0, line: place.1 };
        let version = Version::new(version);
        let (was, on_fresh, after_deploy, breaking): (&[&str], _, _, _) = (&[], None, false, false);
        let on_interrupt = OnInterrupt::Run;
        let meta = MigrationMeta {
            version,
            name,
            description,
            fingerprint,
            was,
            on_fresh,
            after_deploy,
            breaking,
            on_interrupt,
            location,
        };
        Self { sequence, meta, run, tables: &[], accept: &[] }
    }

    /// `was = ".."`.
    #[doc(hidden)]
    pub const fn was(mut self, was: &'static [&'static str]) -> Self {
        self.meta.was = was;
        self
    }

    /// `on_fresh = ..`.
    #[doc(hidden)]
    pub const fn on_fresh(mut self, on_fresh: OnFresh) -> Self {
        self.meta.on_fresh = Some(on_fresh);
        self
    }

    /// `on_interrupt = ask`.
    #[doc(hidden)]
    pub const fn asks(mut self) -> Self {
        self.meta.on_interrupt = OnInterrupt::Ask;
        self
    }

    /// `after_deploy`.
    #[doc(hidden)]
    pub const fn after_deploy(mut self) -> Self {
        self.meta.after_deploy = true;
        self
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

    /// `breaking`.
    #[doc(hidden)]
    pub const fn breaking(mut self) -> Self {
        self.meta.breaking = true;
        self
    }
}
