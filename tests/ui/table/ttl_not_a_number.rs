use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers", ttl = expires_at)]
struct Customer {
    #[table(partition_key)]
    id: String,
    expires_at: Option<String>,
}

#[derive(Table)]
#[table(name = "orders", ttl = expires_at)]
struct Order {
    #[table(partition_key)]
    id: String,
    #[table(type = S)]
    expires_at: u64,
}

fn main() {}
