migrate_core::main!(bookshop);
