use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-email", partition_key = email, billing = provisioned(read = 5, write = 5)))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
