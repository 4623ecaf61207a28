use migrate_core::Table;
use serde::{Deserialize, Serialize};

migrate_core::migrations!();

#[derive(Serialize, Deserialize, Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[serde(skip_serializing)]
    email: String,
    #[serde(skip_deserializing)]
    phone: String,
}

fn main() {}
