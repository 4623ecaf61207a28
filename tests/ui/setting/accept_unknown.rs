use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(accept(H999, recovery_off, H103, H103))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
