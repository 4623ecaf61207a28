use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
struct Customer {
    #[table(partition_key)]
    id: String,
}

fn main() {}
