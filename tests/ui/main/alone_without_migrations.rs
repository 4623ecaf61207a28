migrate_core::main!();
