use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-email", partition_key = mail, projection = include(phone)))]
#[table(local_index(name = "by-date", sort_key = date))]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    created_at: u64,
    email: String,
}

fn main() {}
