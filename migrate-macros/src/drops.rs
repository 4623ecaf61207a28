//! `drop_table!` and `drop_index!`: consent in code to drop; never knows whether the thing is still declared, which the compiler compares.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{LitStr, Path};

use crate::errors::Errors;
use crate::names;
use crate::options::{self, Row, put};
use crate::path;

#[derive(Default)]
struct Options {
    krate: Option<Path>,
}

const OPTIONS: &[Row<Options>] =
    &[Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.krate, entry.path()) }];

/// `drop_table!("name")`
pub fn table(input: TokenStream) -> TokenStream {
    expand(input, &["a table's name"], "drop_table!(\"customers\")", |names| names::table_once(&text(names, 0)))
}

/// `drop_index!("table", "index")`
pub fn index(input: TokenStream) -> TokenStream {
    expand(input, &["a table's name", "an index's name"], "drop_index!(\"customers\", \"by-email\")", |names| {
        names::index_once(&text(names, 0), &text(names, 1))
    })
}

fn text(names: &[LitStr], at: usize) -> String {
    names.get(at).map(LitStr::value).unwrap_or_default()
}

fn expand(input: TokenStream, wanted: &[&str], form: &str, once: fn(&[LitStr]) -> String) -> TokenStream {
    let mut errors = Errors::default();
    let mut names = Vec::new();
    let mut rest = TokenStream::new();
    for part in options::split(input) {
        let tokens = options::tokens_of(&part);
        match syn::parse2::<LitStr>(tokens.clone()) {
            Ok(name) if names.len() < wanted.len() => names.push(name),
            Ok(name) => errors.on(&name, format_args!("too many names: `{form}`")),
            Err(_) if options::is_assignment(&part) => rest.extend(quote!(#tokens,)),
            Err(_) => errors.on(&tokens, format_args!("names stand in quotes: `{form}`")),
        }
    }
    let mut options = Options::default();
    options::read(OPTIONS, rest, &mut options, &mut options::Seen::new(), &mut errors);
    for (name, what) in names.iter().zip(wanted) {
        names::check(what, name, &mut errors);
    }
    if names.len() < wanted.len() && errors.count() == 0 {
        errors.at(Span::call_site(), format_args!("expected `{form}`"));
    }
    let Some(last) = names.last().filter(|_| errors.count() == 0) else {
        return errors.into_tokens();
    };
    let private = path::private(options.krate.as_ref());
    let import = path::import_sequence(last.span());
    let once = once_constant(&once(&names), last.span());
    let table = names.first();
    let index =
        names.get(1).map_or_else(|| quote!(::core::option::Option::None), |index| quote!(::core::option::Option::Some(#index)));
    quote! {
        const _: () = {
            #import
            use #private as __p;
            impl __Migrations {
                #once
            }
            __p::submit! {
                __p::DropEntry {
                    sequence: <__Migrations as __p::Sequence>::INFO.name,
                    table: #table,
                    index: #index,
                    location: __p::Location { file: ::core::file!(), line: ::core::line!() },
                }
            }
        };
    }
}

/// The constant that makes a second declaration or drop of the same name an error.
pub fn once_constant(name: &str, span: Span) -> TokenStream {
    let name: Ident = format_ident!("{name}", span = span);
    quote_spanned!(span=> #[allow(non_upper_case_globals, dead_code)] const #name: () = ();)
}
