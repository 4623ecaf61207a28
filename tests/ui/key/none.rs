use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    id: String,
}

fn main() {}
