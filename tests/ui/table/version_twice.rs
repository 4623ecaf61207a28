use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(version)]
    version: u64,
    #[table(version)]
    other: u64,
    #[table(version = 7)]
    third: u64,
}

fn main() {}
