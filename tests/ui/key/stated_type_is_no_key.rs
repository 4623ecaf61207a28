use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key, type = SS)]
    id: String,
}

fn main() {}
