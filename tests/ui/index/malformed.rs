use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index = email)]
#[table(global_index(name = "a-b", partition_key = "email", projection = some))]
#[table(global_index(name = "a-c", partition_key = email, projection = include()))]
#[table(global_index(name = "a-d", partition_key = email, partition_key = id, unique))]
#[table(local_index(name = "a-e", sort_key = email, partition_key = id))]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    created_at: u64,
    email: String,
}

fn main() {}
