use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(tags(team, cost = 42, old = on, 7 = "seven", "owner" = "me"))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
