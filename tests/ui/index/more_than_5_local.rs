use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(local_index(name = "index-0", sort_key = email))]
#[table(local_index(name = "index-1", sort_key = email))]
#[table(local_index(name = "index-2", sort_key = email))]
#[table(local_index(name = "index-3", sort_key = email))]
#[table(local_index(name = "index-4", sort_key = email))]
#[table(local_index(name = "index-5", sort_key = email))]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    created_at: u64,
    email: String,
}

fn main() {}
