use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(tags(team = "payments"), table_class = standard, table_class = standard)]
#[table(tags(cost = "42"))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
