//! Generated code names nothing that the user's module may have given another meaning.

#[allow(unused, missing_debug_implementations)]
mod shadows {
    pub enum Maybe<T> {
        Some(T),
        None,
    }
    pub use Maybe::{None, Some};
    pub struct Option;
    pub struct Result;
    pub struct String;
    pub struct Vec;
    pub struct Box;
    pub struct Ok;
    pub trait Send {}
    pub trait Into {}
    pub mod core {}
    pub mod std {}
    pub mod migrate_core {}
}
#[allow(unused)]
use shadows::*;

#[derive(::migrate_core::Table)]
#[table(name = "shadowed", billing = on_demand(max_read = 7), stream = new_and_old_images, ttl = until)]
#[table(deletion_protection = true, table_class = standard, encryption = aws_owned, point_in_time_recovery = on(days = 7))]
#[table(tags(team = "payments", old = off), warm_throughput(read = 1, write = 1), contributor_insights = on)]
#[table(resource_policy = "policies/orders.json", replicas("us-east-1"), ignore(tags), accept(H103))]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/orders", precision = millisecond))]
#[table(global_index(name = "by-other", partition_key = other, projection = include(extra), billing = on_demand))]
#[table(local_index(name = "local", sort_key = other))]
struct Shadowed {
    #[table(partition_key)]
    id: ::std::string::String,
    #[table(sort_key)]
    r#type: u64,
    other: ::std::string::String,
    extra: ::std::option::Option<bool>,
    until: u64,
    #[table(version)]
    version: ::std::option::Option<u64>,
}

#[::migrate_core::migration(13, on_fresh = run, tables(Shadowed, self::Shadowed), accept(H114))]
async fn shadowed(_: &::migrate_core::MigrationContext) -> ::migrate_core::Result {
    ::core::result::Result::Ok(())
}

mod binary {
    #[allow(unused)]
    use super::shadows::*;
    ::migrate_core::main!(crate, target = aws);
}

#[test]
fn shadowed_names_change_nothing() {
    let schema = <Shadowed as ::migrate_core::Table>::schema();
    assert_eq!(schema.key.to_string(), "(id S, type N)");
    assert_eq!(schema.deletion_protection, ::core::option::Option::Some(true));
    assert_eq!(<Shadowed as ::migrate_core::Table>::VERSION, ::core::option::Option::Some("version"));
}
