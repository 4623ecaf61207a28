use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(resource_policy = "policies/nobody_wrote_it.json")]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
