migrate_core::main!(shop);
