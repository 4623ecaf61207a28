use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers", partition_key = id)]
struct Customer {
    id: String,
}

#[derive(Table)]
#[table(name = "orders", partition_key = key(name = "id", type = S))]
struct Order {
    id: String,
}

fn main() {}
