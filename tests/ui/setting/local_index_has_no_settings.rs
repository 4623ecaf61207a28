use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(local_index(name = "by-email", sort_key = email, billing = on_demand))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
