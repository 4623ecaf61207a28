use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(global_index(name = "enough", partition_key = email, projection = include("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", "a16", "a17", "a18", "a19")))]
#[table(global_index(
    name = "too-many",
    partition_key = email,
    projection = include("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", "a16", "a17", "a18", "a19", twenty_first, twenty_second)
))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
    twenty_first: String,
    twenty_second: String,
}

fn main() {}
