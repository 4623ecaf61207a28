//! A catalogue of one week's earthquakes: its tables as they are today, and the migrations that brought them there.

// Usually a fresh database needs no data migrations: its tables are made in today's shape, and there is nothing to change. Here
// migration 1 brings the data, as USGS publishes it, so a fresh database needs them all.
migrate_core::migrations!(on_fresh = run);

pub mod migrations;
pub mod tables;
