migrate_core::migrations!();

migrate_core::drop_table!();
migrate_core::drop_table!(customers);
migrate_core::drop_table!("customers", "orders");
migrate_core::drop_table!("my customers");
migrate_core::drop_index!("customers");
migrate_core::drop_index!("customers", "by/email");

fn main() {}
