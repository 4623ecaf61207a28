use migrate_core::Table;
use serde::Serialize;

migrate_core::migrations!();

#[derive(Serialize, Table)]
#[table(name = "customers")]
#[serde(rename_all = "camelCase", tag = "kind")]
struct Customer {
    #[table(partition_key)]
    id: String,
    first_name: String,
    #[serde(rename = "firstName")]
    name: String,
    kind: String,
}

fn main() {}
