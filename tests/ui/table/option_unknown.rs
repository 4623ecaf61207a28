use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers", steam = keys_only, colour = "red")]
struct Customer {
    #[table(partition_key, sorted)]
    id: String,
}

fn main() {}
