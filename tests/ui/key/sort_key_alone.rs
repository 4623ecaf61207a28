use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    #[table(sort_key)]
    created_at: u64,
}

fn main() {}
