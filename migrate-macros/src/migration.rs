//! `#[migration(n)]`: registers a function and leaves it as it is; never knows the other migrations, which the compiler compares.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Attribute, Expr, ExprLit, Lit, LitInt, LitStr, Meta};

use crate::errors::Errors;
use crate::fingerprint;
use crate::function::{self, Function, Words};
use crate::options::{self, Row, Value, put};
use crate::reach::{self, Reach};

const WORDS: Words = Words {
    attribute: "#[migration]",
    accepted: "a migration is `async fn name(cx: &MigrationContext) -> migrate_core::Result`",
    number: "a migration begins with its number: `#[migration(1)]`, then 2, 3 … without gaps",
};

#[derive(Default)]
struct Options {
    on_fresh: Option<TokenStream>,
    asks: bool,
    after_deploy: bool,
    breaking: bool,
    was: Vec<LitStr>,
    reach: Reach,
}

impl AsMut<Reach> for Options {
    fn as_mut(&mut self) -> &mut Reach {
        &mut self.reach
    }
}

const OPTIONS: &[Row<Options>] = &[
    Row {
        name: "on_fresh",
        form: "on_fresh = run | skip",
        many: false,
        set: |to, entry, _| put(&mut to.on_fresh, on_fresh(entry)),
    },
    Row {
        name: "on_interrupt",
        form: "on_interrupt = run | ask",
        many: false,
        set: |to, entry, _| {
            to.asks = entry.one_of(&[("run", false), ("ask", true)])?;
            Some(())
        },
    },
    Row {
        name: "after_deploy",
        form: "after_deploy",
        many: false,
        set: |to, entry, _| {
            to.after_deploy = entry.word().is_some();
            entry.word().map(drop)
        },
    },
    Row {
        name: "breaking",
        form: "breaking",
        many: false,
        set: |to, entry, _| {
            to.breaking = entry.word().is_some();
            entry.word().map(drop)
        },
    },
    Row {
        name: "was",
        form: "was = \"sha256-tokens-1:…\"",
        many: true,
        set: |to, entry, errors| {
            let texts = was(entry)?;
            for text in texts {
                if !fingerprint::is_valid(&text.value()) {
                    errors.on(&text, "not a fingerprint: `was` takes the text `sha256-tokens-1:` and 64 hex digits that `status` or `check` shows");
                }
                to.was.push(text);
            }
            Some(())
        },
    },
    reach::tables(),
    reach::accept(),
    reach::krate(),
];

/// `on_fresh = run | skip`, as the variant of `OnFresh`.
pub fn on_fresh(entry: &options::Entry) -> Option<TokenStream> {
    Some(if entry.one_of(&[("run", true), ("skip", false)])? { quote!(Run) } else { quote!(Skip) })
}

fn was(entry: &options::Entry) -> Option<Vec<LitStr>> {
    if let Some(text) = entry.text() {
        return Some(vec![text]);
    }
    let Value::Is(tokens) = &entry.value else { return None };
    let list: syn::ExprArray = syn::parse2(tokens.clone()).ok()?;
    list.elems
        .into_iter()
        .map(|element| if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = element { Some(text) } else { None })
        .collect()
}

/// The attribute's expansion.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (number, rest) = function::number(arguments, &WORDS, OPTIONS, &mut errors);
    let mut options = Options::default();
    options::read(OPTIONS, rest, &mut options, &mut options::Seen::new(), &mut errors);
    let function = Function::read(&item, &WORDS, &mut errors);
    let registration = match (&number, &function) {
        (_, Some(function)) if function.is_method() => TokenStream::new(),
        (Some(number), Some(function)) => registration(number, &options, function, errors.count() == 0),
        (Some(number), None) => numbered(number, &options, &[], &TokenStream::new()),
        (None, _) => TokenStream::new(),
    };
    let errors = errors.into_tokens();
    // A forgotten `.await` would be recorded as applied and have done nothing: here it is no mere warning.
    quote!(#[deny(unused_must_use)] #item #registration #errors)
}

fn registration(number: &LitInt, options: &Options, function: &Function, is_right: bool) -> TokenStream {
    let conditions = function.conditions();
    if !is_right {
        return numbered(number, options, &conditions, &TokenStream::new());
    }
    let private = options.reach.private();
    let (text, fingerprint, run) = (function.name(), function.fingerprint(), function.run());
    let description = description(&function.attributes);
    let was = (!options.was.is_empty()).then(|| {
        let was = &options.was;
        quote!(.was(&[#(#was),*]))
    });
    let on_fresh = options.on_fresh.as_ref().map(|variant| quote!(.on_fresh(__p::OnFresh::#variant)));
    let asks = options.asks.then(|| quote!(.asks()));
    let after_deploy = options.after_deploy.then(|| quote!(.after_deploy()));
    let breaking = options.breaking.then(|| quote!(.breaking()));
    let reach = options.reach.builders();
    let place = function::place();
    let entry = quote! {
        use #private as __p;
        __p::submit! {
            __p::MigrationEntry::new(
                <__Migrations as __p::Sequence>::INFO.name,
                #number,
                [#text, #description, #fingerprint],
                #place,
                #run,
            ) #was #on_fresh #asks #after_deploy #breaking #reach
        }
    };
    numbered(number, options, &conditions, &entry)
}

/// What the number alone says: it is taken, and the one before it must be. Kept for a wrong function too, so that its successor is right.
fn numbered(number: &LitInt, options: &Options, conditions: &[&Attribute], entry: &TokenStream) -> TokenStream {
    let private = options.reach.private();
    let span = number.span();
    let taken = quote_spanned! {span=>
        #[diagnostic::do_not_recommend]
        impl #private::Registered<#number> for __Migrations {}
        const _: () = #private::follows::<__Migrations, { #private::before::<__Migrations>(#number) }>();
    };
    function::numbered(span, conditions, &taken, entry)
}

/// The doc comment's first paragraph on one line.
fn description(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let paragraph = text.trim_start().lines().take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim).collect::<Vec<_>>().join(" ")
}
