use migrate_core::Table;
use serde::{Deserialize, Serialize};

migrate_core::migrations!();

#[derive(Default, Serialize, Deserialize)]
struct Inner {
    email: String,
}

#[derive(Serialize, Deserialize, Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-inner", partition_key = inner, projection = include(skipped)))]
struct Customer {
    #[table(partition_key)]
    #[serde(skip)]
    id: String,
    #[serde(flatten)]
    inner: Inner,
    #[serde(skip_serializing, skip_deserializing)]
    skipped: String,
}

fn main() {}
