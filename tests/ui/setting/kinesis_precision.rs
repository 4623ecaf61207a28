use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(kinesis_stream = stream("arn:aws:s3:::orders", precision = nanosecond))]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
