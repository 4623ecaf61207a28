use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "orders", owner = "shop", accept(H104, H110, H113))]
#[table(global_index(name = "by-day", partition_key = day))]
struct Order {
    #[table(partition_key)]
    customer: String,
    day: String,
}

fn main() {}
