//! The macros of migrate-core: they know Rust's syntax and nothing of DynamoDB's clients, the file system or other invocations.
//!
//! Use them through `migrate-core`, which documents them.

mod drops;
mod entry;
mod errors;
mod fingerprint;
mod function;
#[cfg(test)]
mod grammar_fuzz;
mod hazards;
mod migration;
mod names;
mod options;
mod path;
mod reach;
mod rollback;
mod sequence;
mod table;

use proc_macro::TokenStream;

#[proc_macro_derive(Table, attributes(table))]
pub fn table(input: TokenStream) -> TokenStream {
    table::expand(input.into()).into()
}

#[proc_macro_attribute]
pub fn migration(arguments: TokenStream, item: TokenStream) -> TokenStream {
    migration::expand(arguments.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn rollback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    rollback::expand(arguments.into(), item.into()).into()
}

#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    sequence::expand(input.into()).into()
}

#[proc_macro]
pub fn drop_table(input: TokenStream) -> TokenStream {
    drops::table(input.into()).into()
}

#[proc_macro]
pub fn drop_index(input: TokenStream) -> TokenStream {
    drops::index(input.into()).into()
}

#[proc_macro]
pub fn main(input: TokenStream) -> TokenStream {
    entry::expand(input.into()).into()
}
