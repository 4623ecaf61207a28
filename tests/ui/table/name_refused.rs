use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "ab")]
struct TooShort {
    #[table(partition_key)]
    id: String,
}

#[derive(Table)]
#[table(name = "my customers")]
struct Space {
    #[table(partition_key)]
    id: String,
}

#[derive(Table)]
#[table(name = "arn:aws:dynamodb:eu-west-1:123456789012:table/customers")]
struct Arn {
    #[table(partition_key)]
    id: String,
}

#[derive(Table)]
#[table(name = "a2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
struct TooLong {
    #[table(partition_key)]
    id: String,
}

fn main() {}
