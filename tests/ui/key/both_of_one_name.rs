use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "app", partition_key = key(name = "PK", type = S), sort_key = key(name = "PK", type = S))]
struct App;

fn main() {}
