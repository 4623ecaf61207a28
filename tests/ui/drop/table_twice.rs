migrate_core::migrations!();

migrate_core::drop_table!("customers");
migrate_core::drop_table!("customers");

fn main() {}
