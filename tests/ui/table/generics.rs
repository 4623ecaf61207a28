use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
struct Customer<'a, T> {
    #[table(partition_key)]
    id: &'a str,
    value: T,
}

fn main() {}
