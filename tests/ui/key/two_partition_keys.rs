use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(partition_key)]
    email: String,
}

#[derive(Table)]
#[table(name = "app", partition_key = key(name = "PK", type = S))]
struct App {
    #[table(partition_key)]
    id: String,
}

fn main() {}
