use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "app", partition_key = key(name = "PK"), sort_key = key(name = "SK", type = BOOL))]
struct App;

#[derive(Table)]
#[table(name = "list", partition_key = [key(name = "a", type = S), key(name = "b", type = S)])]
struct List;

#[derive(Table)]
#[table(name = "empty", partition_key = key(name = "", type = S))]
struct Empty;

fn main() {}
