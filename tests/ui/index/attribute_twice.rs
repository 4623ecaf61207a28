use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-email", partition_key = email, sort_key = email, projection = include(phone, phone)))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
    phone: String,
}

fn main() {}
