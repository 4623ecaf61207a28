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
#[table(name = "shadowed", frozen, billing = on_demand, stream = new_image, ttl = until, deletion_protection = true)]
#[table(global_index(name = "by-other", partition_key = other, projection = include(extra)))]
#[table(local_index(name = "local", sort_key = other))]
struct Shadowed {
    #[table(partition_key)]
    id: ::std::string::String,
    #[table(sort_key)]
    r#type: u64,
    other: ::std::string::String,
    extra: ::std::option::Option<bool>,
    until: u64,
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
}
