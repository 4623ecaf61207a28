migrate_core::migrations!();
migrate_core::migrations!(on_fresh = run);

fn main() {}
