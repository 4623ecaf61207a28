use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "orders")]
struct Order {
    #[table(partition_key)]
    customer: String,
}

#[derive(Table)]
#[table(name = "orders", owner = "shop")]
#[table(global_index(name = "by-day", partition_key = day))]
struct DayOfOrder {
    #[table(partition_key)]
    customer: String,
    day: String,
}

migrate_core::drop_index!("orders", "by-day");

fn main() {}
