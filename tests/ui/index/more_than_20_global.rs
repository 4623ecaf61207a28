use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "index-0", partition_key = email))]
#[table(global_index(name = "index-1", partition_key = email))]
#[table(global_index(name = "index-2", partition_key = email))]
#[table(global_index(name = "index-3", partition_key = email))]
#[table(global_index(name = "index-4", partition_key = email))]
#[table(global_index(name = "index-5", partition_key = email))]
#[table(global_index(name = "index-6", partition_key = email))]
#[table(global_index(name = "index-7", partition_key = email))]
#[table(global_index(name = "index-8", partition_key = email))]
#[table(global_index(name = "index-9", partition_key = email))]
#[table(global_index(name = "index-10", partition_key = email))]
#[table(global_index(name = "index-11", partition_key = email))]
#[table(global_index(name = "index-12", partition_key = email))]
#[table(global_index(name = "index-13", partition_key = email))]
#[table(global_index(name = "index-14", partition_key = email))]
#[table(global_index(name = "index-15", partition_key = email))]
#[table(global_index(name = "index-16", partition_key = email))]
#[table(global_index(name = "index-17", partition_key = email))]
#[table(global_index(name = "index-18", partition_key = email))]
#[table(global_index(name = "index-19", partition_key = email))]
#[table(global_index(name = "index-20", partition_key = email))]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    created_at: u64,
    email: String,
}

fn main() {}
