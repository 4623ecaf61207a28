use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-email"))]
#[table(global_index(name = "by-none", partition_key = []))]
#[table(local_index(name = "by-date"))]
#[table(local_index(name = "by-two", sort_key = [email, phone]))]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    created_at: u64,
    email: String,
    phone: String,
}

fn main() {}
