use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers", stream = off)]
#[table(stream = keys_only)]
struct Customer {
    #[table(partition_key)]
    id: String,
}

fn main() {}
