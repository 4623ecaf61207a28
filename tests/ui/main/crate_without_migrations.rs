migrate_core::main!(serde);
