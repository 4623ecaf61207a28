use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "orders", owner = "shop", stream = off, ttl = until, billing = on_demand, schema = verify)]
#[table(ignore(tags), deletion_protection = true)]
#[table(global_index(name = "by-day", partition_key = day, warm_throughput(read = 12000, write = 4000)))]
#[table(local_index(name = "by-until", sort_key = until))]
struct Order {
    #[table(partition_key)]
    customer: String,
    #[table(sort_key)]
    number: u64,
    day: String,
    until: u64,
}

fn main() {}
