use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(stream = new_image, replicas("eu-west-1"))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
