use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(billing = on_demand(max_read = 0, max_wirte = 5))]
#[table(global_index(name = "by-email", partition_key = email, billing = on_demand()))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
