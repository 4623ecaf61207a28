use migrate_core::Table;

migrate_core::migrations!();

#[derive(Table)]
#[table(name = "customers")]
#[table(table_class = cold, encryption = "aws_owned", point_in_time_recovery = true, contributor_insights = throttled)]
#[table(resource_policy = policies, kinesis_stream = orders, replicas = "eu-west-1", schema = check, ignore, accept())]
#[table(tags = "payments", warm_throughput = 5)]
struct Customer {
    #[table(partition_key)]
    id: String,
    email: String,
}

fn main() {}
