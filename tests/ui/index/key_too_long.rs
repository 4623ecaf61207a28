use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-all", partition_key = [a, b, c, d, e], sort_key = f))]
struct Customer {
    #[table(partition_key)]
    id: String,
    a: String,
    b: String,
    c: String,
    d: String,
    e: String,
    f: String,
}

fn main() {}
