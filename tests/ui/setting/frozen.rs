use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(frozen, billing = on_demand, ttl = off, schema = verify, tags(team = "payments"))]
#[table(global_index(name = "by-email", partition_key = email, billing = on_demand))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
