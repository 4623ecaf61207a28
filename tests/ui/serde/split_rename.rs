use migrate_core::Table;
use serde::{Deserialize, Serialize};

migrate_core::migrations!();

#[derive(Serialize, Deserialize, Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[serde(rename(serialize = "mail"))]
    email: String,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    phone: String,
}

fn main() {}
