use migrate_core::Table;
use serde::Serialize;

migrate_core::migrations!();

#[derive(Serialize)]
struct Nested {
    version: u64,
}

#[derive(Serialize, Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    #[serde(skip)]
    version: u64,
}

#[derive(Serialize, Table)]
#[table(name = "orders")]
struct Order {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    #[serde(flatten)]
    version: Nested,
}

fn main() {}
