use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(billing = provisioned(read = 5), warm_throughput(write = 4000))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
