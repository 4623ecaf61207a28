//! `#[rollback(n)]`: registers the function that takes migration n back; never knows that migration, for which the compiler asks.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, LitInt, Path};

use crate::errors::Errors;
use crate::function::{self, Function, Words};
use crate::hazards;
use crate::options::{self, Row, put};
use crate::path;

const WORDS: Words = Words {
    attribute: "#[rollback]",
    accepted: "a rollback is `async fn name(cx: &MigrationContext) -> migrate_core::Result`",
    number: "a rollback begins with the number of its migration: `#[rollback(7)]`",
};

#[derive(Default)]
struct Options {
    tables: Vec<Path>,
    accept: Option<TokenStream>,
    krate: Option<Path>,
}

const OPTIONS: &[Row<Options>] = &[
    Row {
        name: "tables",
        form: "tables(Customer, Order)",
        many: false,
        set: |to, entry, errors| {
            to.tables = function::tables(entry, errors)?;
            Some(())
        },
    },
    Row {
        name: "accept",
        form: "accept(H114)",
        many: false,
        set: |to, entry, errors| put(&mut to.accept, hazards::of_migration(entry, errors)),
    },
    Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.krate, entry.path()) },
];

/// The attribute's expansion.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (number, rest) = function::number(arguments, &WORDS, OPTIONS, &mut errors);
    let mut options = Options::default();
    options::read(OPTIONS, rest, &mut options, &mut options::Seen::new(), &mut errors);
    let function = Function::read(&item, &WORDS, &mut errors);
    let registration = match (&number, &function) {
        (_, Some(function)) if function.is_method() => TokenStream::new(),
        (Some(number), Some(function)) => {
            let entry = if errors.count() == 0 { entry(number, &options, function) } else { TokenStream::new() };
            numbered(number, &options, &function.conditions(), &entry)
        }
        (Some(number), None) => numbered(number, &options, &[], &TokenStream::new()),
        (None, _) => TokenStream::new(),
    };
    let errors = errors.into_tokens();
    // A forgotten `.await` would be recorded as rolled back and have done nothing: here it is no mere warning.
    quote!(#[deny(unused_must_use)] #item #registration #errors)
}

fn entry(number: &LitInt, options: &Options, function: &Function) -> TokenStream {
    let private = path::private(options.krate.as_ref());
    let (name, fingerprint, run) = (function.name(), function.fingerprint(), function.run());
    let tables = function::schemas(&options.tables);
    let accept = options.accept.as_ref().map(|hazards| quote!(.accept(#hazards)));
    let place = function::place();
    quote! {
        use #private as __p;
        __p::submit! {
            __p::RollbackEntry::new(
                <__Migrations as __p::Sequence>::INFO.name,
                #number,
                [#name, #fingerprint],
                #place,
                #run,
            ) #tables #accept
        }
    }
}

/// What the number alone says: there is one rollback of it, and its migration must be.
fn numbered(number: &LitInt, options: &Options, conditions: &[&Attribute], entry: &TokenStream) -> TokenStream {
    let private = path::private(options.krate.as_ref());
    let span = number.span();
    let taken = quote_spanned! {span=>
        #[diagnostic::do_not_recommend]
        impl #private::RolledBackBy<#number> for __Migrations {}
        const _: () = #private::rolls_back::<__Migrations, #number>();
    };
    function::numbered(span, conditions, &taken, entry)
}
