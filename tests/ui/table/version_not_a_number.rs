use migrate_core::Table;
use serde::Serialize;

migrate_core::migrations!();

struct Nested;

mod as_text {
    pub fn serialize<S: serde::Serializer>(value: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }
}

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    version: Option<String>,
}

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(partition_key)]
    id: String,
    #[table(version, type = S)]
    version: u64,
}

#[derive(Serialize, Table)]
#[table(name = "bills")]
struct Bill {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    #[serde(with = "as_text")]
    version: u64,
}

#[derive(Table)]
#[table(name = "weights")]
struct Weight {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    version: f64,
}

#[derive(Table)]
#[table(name = "nested")]
struct Outer {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    version: Nested,
}

fn main() {}
