use migrate_core::Table;
use serde::{Deserialize, Serialize};

migrate_core::migrations!();

#[derive(Serialize, Deserialize, Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
}

fn main() {}
