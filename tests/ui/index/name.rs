use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(partition_key = email))]
#[table(global_index(name = "by email", partition_key = email))]
#[table(global_index(name = "twice", partition_key = email))]
#[table(local_index(name = "twice", sort_key = email))]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    created_at: u64,
    email: String,
}

fn main() {}
