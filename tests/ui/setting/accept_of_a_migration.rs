use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(accept(H114))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
