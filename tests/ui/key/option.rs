use migrate_core::Table;

migrate_core::migrations!();

type Name = Option<String>;

#[derive(Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: Name,
    #[table(sort_key, type = N)]
    created_at: Option<u64>,
}

fn main() {}
