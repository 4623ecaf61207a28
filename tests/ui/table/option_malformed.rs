use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = customers)]
#[table(billing = provisioned(read = 0))]
#[table(stream = sometimes, ttl = 7, deletion_protection = "yes", frozen = true)]
#[table]
struct Customer {
    #[table(partition_key = yes, type = STRING)]
    id: String,
}

fn main() {}
