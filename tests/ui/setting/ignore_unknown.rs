use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(ignore(throughputs, colour, tags, tags, ttl = off))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
