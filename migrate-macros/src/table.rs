//! `#[derive(Table)]`: attributes to syntax tree, its rules, the constant it becomes; never knows what a type is called.

mod ast;
mod attr;
mod check;
mod expand;
mod serde;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

/// The derive's expansion.
pub fn expand(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let parsed = ast::parse(&input, &mut errors);
    let checked = parsed.as_ref().and_then(|parsed| check::check(parsed, &mut errors));
    let krate = parsed.as_ref().and_then(|parsed| parsed.options.krate.as_ref());
    match checked {
        Some(table) if errors.count() == 0 => expand::table(&input.ident, &table, krate),
        _ => {
            let errors = errors.into_tokens();
            let fallback = expand::fallback(&input, krate);
            quote!(#errors #fallback)
        }
    }
}
