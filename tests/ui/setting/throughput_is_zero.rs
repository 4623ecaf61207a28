use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(billing = provisioned(read = 0, write = 5), warm_throughput(read = 0, write = "many"))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
