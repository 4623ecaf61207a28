//! `#[rollback(n)]`: registers the function that takes migration n back; never knows that migration, for which the compiler asks.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, LitInt};

use crate::errors::Errors;
use crate::function::{self, Function, Words};
use crate::options::{self, Row};
use crate::reach::{self, Reach};

const WORDS: Words = Words {
    attribute: "#[rollback]",
    accepted: "a rollback is `async fn name(cx: &MigrationContext) -> migrate_core::Result`",
    number: "a rollback begins with the number of its migration: `#[rollback(7)]`",
};

const OPTIONS: &[Row<Reach>] = &[reach::tables(), reach::accept(), reach::krate()];

/// The attribute's expansion.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (number, rest) = function::number(arguments, &WORDS, OPTIONS, &mut errors);
    let mut reach = Reach::default();
    options::read(OPTIONS, rest, &mut reach, &mut options::Seen::new(), &mut errors);
    let function = Function::read(&item, &WORDS, &mut errors);
    let registration = match (&number, &function) {
        (_, Some(function)) if function.is_method() => TokenStream::new(),
        (Some(number), Some(function)) => {
            let entry = if errors.count() == 0 { entry(number, &reach, function) } else { TokenStream::new() };
            numbered(number, &reach, &function.conditions(), &entry)
        }
        (Some(number), None) => numbered(number, &reach, &[], &TokenStream::new()),
        (None, _) => TokenStream::new(),
    };
    let errors = errors.into_tokens();
    // A forgotten `.await` would be recorded as rolled back and have done nothing: here it is no mere warning.
    quote!(#[deny(unused_must_use)] #item #registration #errors)
}

fn entry(number: &LitInt, reach: &Reach, function: &Function) -> TokenStream {
    let private = reach.private();
    let (name, fingerprint, run) = (function.name(), function.fingerprint(), function.run());
    let builders = reach.builders();
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
            ) #builders
        }
    }
}

/// What the number alone says: there is one rollback of it, and its migration must be.
fn numbered(number: &LitInt, reach: &Reach, conditions: &[&Attribute], entry: &TokenStream) -> TokenStream {
    let private = reach.private();
    let span = number.span();
    let taken = quote_spanned! {span=>
        #[diagnostic::do_not_recommend]
        impl #private::RolledBackBy<#number> for __Migrations {}
        const _: () = #private::rolls_back::<__Migrations, #number>();
    };
    function::numbered(span, conditions, &taken, entry)
}
