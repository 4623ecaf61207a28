//! `cargo run --bin migrate`: the command line of this crate's tables and migrations.

migrate_core::main!(quakes);
