//! `migrations!()`: declares `crate::Migrations`, the crate's one sequence; never knows a migration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitInt, LitStr, Path};

use crate::errors::Errors;
use crate::migration::on_fresh;
use crate::names;
use crate::options::{self, Entry, Row, put};
use crate::path;

#[derive(Default)]
struct Options {
    first: Option<LitInt>,
    on_fresh: Option<TokenStream>,
    edited: Option<bool>,
    management: Option<Ident>,
    name: Option<LitStr>,
    krate: Option<Path>,
}

const OPTIONS: &[Row<Options>] = &[
    Row {
        name: "first",
        form: "first = 41",
        many: false,
        set: |to, entry, _| {
            let literal: LitInt = entry.parse()?;
            let number: u32 = literal.base10_parse().ok()?;
            (literal.suffix().is_empty() && (1..u32::MAX).contains(&number)).then(|| to.first = Some(literal))
        },
    },
    Row {
        name: "on_fresh",
        form: "on_fresh = run | skip",
        many: false,
        set: |to, entry, _| put(&mut to.on_fresh, on_fresh(entry)),
    },
    Row {
        name: "edited",
        form: "edited = warn | deny",
        many: false,
        set: |to, entry, _| {
            to.edited = Some(entry.one_of(&[("warn", false), ("deny", true)])?);
            Some(())
        },
    },
    Row {
        name: "schema",
        form: "schema = manage | verify",
        many: false,
        set: |to, entry, _| put(&mut to.management, management(entry)),
    },
    Row {
        name: "name",
        form: "name = \"shop\"",
        many: false,
        set: |to, entry, errors| {
            let name = entry.text()?;
            names::check_sequence(&name, errors);
            to.name = Some(name);
            Some(())
        },
    },
    Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.krate, entry.path()) },
];

/// `= manage` or `= verify`: a variant of `Management`.
pub fn management(entry: &Entry) -> Option<Ident> {
    let word: Ident = entry.parse()?;
    let variant = entry.one_of(&[("manage", "Manage"), ("verify", "Verify")])?;
    Some(Ident::new(variant, word.span()))
}

/// The macro's expansion.
pub fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::default();
    options::read(OPTIONS, input, &mut options, &mut options::Seen::new(), &mut errors);
    let errors = errors.into_tokens();
    let Options { first, on_fresh, edited, management, name, krate } = options;
    let private = path::private(krate.as_ref());
    let first = first.map_or_else(|| quote!(1), |first| quote!(#first));
    let on_fresh = on_fresh.unwrap_or_else(|| quote!(Skip));
    let edited = if edited == Some(true) { quote!(Deny) } else { quote!(Warn) };
    let management = management.map_or_else(|| quote!(Manage), |variant| quote!(#variant));
    let name = name.map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |name| quote!(#name));
    // a second `migrations!()` is then E0428 on both
    let declaration = quote_spanned! {Span::call_site()=>
        #[doc(hidden)]
        pub struct Migrations;
    };
    quote! {
        #declaration
        const _: () = {
            use #private as __p;
            const _: () = __p::assert_crate_root(::core::module_path!());
            #[automatically_derived]
            impl __p::Sequence for Migrations {
                const FIRST: u32 = #first;
                const INFO: &'static __p::SequenceInfo = &__p::SequenceInfo {
                    name: #name,
                    first: __p::Version::new(#first),
                    on_fresh: __p::OnFresh::#on_fresh,
                    edited: __p::Edited::#edited,
                    management: __p::Management::#management,
                    location: __p::Location { file: ::core::file!(), line: ::core::line!() },
                };
            }
            #[diagnostic::do_not_recommend]
            impl __p::Registered<{ __p::NONE }> for Migrations {}
            __p::submit! { *<Migrations as __p::Sequence>::INFO }
        };
        #errors
    }
}
