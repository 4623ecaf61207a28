use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(replicas("eu-west-1", "eu-west-1", "Ireland", us))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
