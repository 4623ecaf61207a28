use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "orders", owner = "the shop")]
struct Order {
    #[table(partition_key)]
    customer: String,
}

#[derive(Table)]
#[table(name = "returns", owner)]
struct Return {
    #[table(partition_key)]
    customer: String,
}

fn main() {}
