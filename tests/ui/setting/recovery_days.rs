use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(point_in_time_recovery = on(days = 36))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
