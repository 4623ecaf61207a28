migrate_core::migrations!();

migrate_core::drop_index!("customers", "by-email");
migrate_core::drop_index!("customers", "by-email");

fn main() {}
