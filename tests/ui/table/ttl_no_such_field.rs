use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers", ttl = expires)]
struct Customer {
    #[table(partition_key)]
    id: String,
    expires_at: Option<u64>,
}

#[derive(Table)]
#[table(name = "orders", ttl = "expires_at")]
struct Order {
    #[table(partition_key)]
    id: String,
    expires_at: Option<u64>,
}

fn main() {}
