//! The path by which generated code reaches what it names; never knows what that is.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

/// `::migrate_core::__private`, or the same under `crate = path`.
pub fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::__private),
        None => quote!(::migrate_core::__private),
    }
}

/// The one reference of an item to its crate's sequence, at `span`: a forgotten `migrations!()` is then one error, there.
pub fn import_sequence(span: Span) -> TokenStream {
    quote_spanned!(span=> type __Migrations = crate::Migrations;)
}
