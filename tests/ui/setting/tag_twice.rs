use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(tags(team = "payments", "team" = "billing"))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
