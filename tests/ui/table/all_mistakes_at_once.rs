use migrate_core::Table;
use serde::Serialize;

migrate_core::migrations!();

#[derive(Serialize, Table)]
#[table(name = "c", stream = both)]
#[table(global_index(name = "by email", partition_key = mail))]
#[table(local_index(name = "by-date", sort_key = date))]
struct Customer {
    id: String,
    #[serde(skip_serializing)]
    email: String,
}

fn schema() -> migrate_core::schema::TableSchema {
    Customer::schema() // no second error here
}

fn main() {}
