use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
enum Customer {
    Private { id: String },
    Company { id: String },
}

fn main() {}
