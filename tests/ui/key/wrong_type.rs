use migrate_core::Table;

migrate_core::migrations!();

struct Nested;

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "by-nested", partition_key = nested, sort_key = weight))]
struct Customer {
    #[table(partition_key)]
    is_private: bool,
    #[table(sort_key)]
    bytes: Vec<u8>,
    nested: Nested,
    weight: f64,
}

fn main() {}
