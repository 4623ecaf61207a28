migrate_core::migrations!();

migrate_core::main!(crate, crate, "shop", target = azure, colour = red);
