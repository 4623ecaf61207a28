//! `#[migration(n)]`: registers a function and leaves it as it is; never knows the other migrations, which the compiler compares.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, FnArg, Lit, LitInt, LitStr, Meta, Path, ReturnType, Safety, Signature, Type, Visibility};

use crate::errors::Errors;
use crate::fingerprint;
use crate::hazards;
use crate::options::{self, Row, Value, put};
use crate::path;

const ACCEPTED: &str = "a migration is `async fn name(cx: &MigrationContext) -> migrate_core::Result`";
const NUMBER: &str = "a migration begins with its number: `#[migration(1)]`, then 2, 3 … without gaps";
/// The last numbers stand for "none" in generated code.
const MAX_NUMBER: u32 = u32::MAX - 1;

#[derive(Default)]
struct Options {
    on_fresh: Option<TokenStream>,
    asks: bool,
    after_deploy: bool,
    breaking: bool,
    was: Vec<LitStr>,
    tables: Vec<Path>,
    accept: Option<TokenStream>,
    krate: Option<Path>,
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
    Row {
        name: "tables",
        form: "tables(Customer, Order)",
        many: false,
        set: |to, entry, errors| {
            to.tables = tables(entry, errors)?;
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

/// `tables(Customer, Order)`: paths to types, which the compiler judges.
fn tables(entry: &options::Entry, errors: &mut Errors) -> Option<Vec<Path>> {
    let mut seen = BTreeSet::new();
    let mut paths = Vec::new();
    for part in entry.parts()? {
        let tokens = options::tokens_of(&part);
        let Ok(path) = Path::parse_mod_style.parse2(tokens.clone()) else {
            errors.on(&tokens, "expected the path of a type that derives `Table`, such as `Customer` or `crate::tables::Order`");
            continue;
        };
        if seen.insert(tokens.to_string()) {
            paths.push(path);
        } else {
            errors.on(&path, format_args!("`{}` is named twice", tokens.to_string().replace(' ', "")));
        }
    }
    Some(paths)
}

/// The function: all but its body, which is only read as tokens.
struct Function {
    attributes: Vec<Attribute>,
    signature: Signature,
    body: TokenStream,
}

fn function(input: ParseStream) -> syn::Result<Function> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    Ok(Function { attributes, signature: input.parse()?, body: input.parse()? })
}

/// The attribute's expansion.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (number, rest) = number(arguments, &mut errors);
    let mut options = Options::default();
    options::read(OPTIONS, rest, &mut options, &mut options::Seen::new(), &mut errors);
    let function = match function.parse2(item.clone()) {
        Ok(function) => {
            check(&function.signature, &mut errors);
            Some(function)
        }
        Err(_) => {
            errors.at(Span::call_site(), format_args!("`#[migration]` stands on a function: {ACCEPTED}"));
            None
        }
    };
    let registration = match (&number, &function) {
        // in an `impl`, where no constant without a name can stand
        (_, Some(function)) if function.signature.receiver().is_some() => TokenStream::new(),
        (Some(number), Some(function)) => registration(number, &options, function, errors.count() == 0),
        (Some(number), None) => numbered(number, &options, &[], &TokenStream::new()),
        (None, _) => TokenStream::new(),
    };
    let errors = errors.into_tokens();
    // A forgotten `.await` would be recorded as applied and have done nothing: here it is no mere warning.
    quote!(#[deny(unused_must_use)] #item #registration #errors)
}

/// The number as written, and the tokens after it.
fn number(arguments: TokenStream, errors: &mut Errors) -> (Option<LitInt>, TokenStream) {
    let mut parts = options::split(arguments);
    let is_option = |part: &[TokenTree]| match part {
        [TokenTree::Ident(word), ..] => OPTIONS.iter().any(|row| word == row.name),
        _ => false,
    };
    let first = if parts.first().is_none_or(|part| is_option(part)) { Vec::new() } else { parts.remove(0) };
    let rest = parts.iter().map(|part| {
        let part = options::tokens_of(part);
        quote!(#part,)
    });
    let rest = rest.collect();
    if first.is_empty() {
        errors.at(Span::call_site(), NUMBER);
        return (None, rest);
    }
    let tokens = options::tokens_of(&first);
    let Ok(literal) = syn::parse2::<LitInt>(tokens.clone()) else {
        errors.on(&tokens, format_args!("{NUMBER}; the number is written out"));
        return (None, rest);
    };
    match literal.base10_parse::<u32>() {
        Ok(0) => errors.on(&literal, "migrations are numbered from 1"),
        Ok(1..=MAX_NUMBER) if literal.suffix().is_empty() => return (Some(literal), rest),
        Ok(_) | Err(_) => errors.on(&literal, "a migration's number is a plain one, such as 7"),
    }
    (None, rest)
}

fn check(signature: &Signature, errors: &mut Errors) {
    let Signature { constness, asyncness, safety, abi, ident, generics, inputs, variadic, output, .. } = signature;
    if asyncness.is_none() {
        errors.on(&signature.fn_token, format_args!("this function is not `async`: {ACCEPTED}"));
    }
    if let Some(token) = constness {
        errors.on(token, format_args!("not `const`: {ACCEPTED}"));
    }
    if let Safety::Unsafe(token) = safety {
        errors.on(token, format_args!("not `unsafe`: {ACCEPTED}"));
    }
    if let Some(abi) = abi {
        errors.on(abi, format_args!("not `extern`: {ACCEPTED}"));
    }
    if !generics.params.is_empty() {
        errors.on(&generics.params, format_args!("no generics and no lifetimes: {ACCEPTED}"));
    }
    if let Some(clause) = &generics.where_clause {
        errors.on(clause, format_args!("no `where`: {ACCEPTED}"));
    }
    if let Some(variadic) = variadic {
        errors.on(variadic, format_args!("one argument: {ACCEPTED}"));
    }
    let mut arguments = inputs.iter();
    match arguments.next() {
        None => errors.on(ident, format_args!("the context is missing: {ACCEPTED}")),
        Some(FnArg::Receiver(receiver)) => errors.on(receiver, format_args!("no `self`: {ACCEPTED}")),
        Some(FnArg::Typed(argument)) => match &*argument.ty {
            Type::Reference(reference) if reference.mutability.is_none() => {}
            other => errors.on(other, format_args!("the context is borrowed, `&MigrationContext`: {ACCEPTED}")),
        },
    }
    for argument in arguments {
        errors.on(argument, format_args!("one argument: {ACCEPTED}"));
    }
    if matches!(output, ReturnType::Default) {
        errors.on(ident, format_args!("nothing is returned: {ACCEPTED}"));
    }
}

fn registration(number: &LitInt, options: &Options, function: &Function, is_right: bool) -> TokenStream {
    let Function { attributes, signature, body } = function;
    let conditions: Vec<&Attribute> = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
    if !is_right {
        return numbered(number, options, &conditions, &TokenStream::new());
    }
    let private = path::private(options.krate.as_ref());
    let name = &signature.ident;
    let text = syn::ext::IdentExt::unraw(name).to_string();
    let description = description(attributes);
    let fingerprint = fingerprint::of([without_name(signature), body.clone()]);
    let was = (!options.was.is_empty()).then(|| {
        let was = &options.was;
        quote!(.was(&[#(#was),*]))
    });
    let on_fresh = options.on_fresh.as_ref().map(|variant| quote!(.on_fresh(__p::OnFresh::#variant)));
    let asks = options.asks.then(|| quote!(.asks()));
    let after_deploy = options.after_deploy.then(|| quote!(.after_deploy()));
    let breaking = options.breaking.then(|| quote!(.breaking()));
    let tables = (!options.tables.is_empty()).then(|| {
        let schemas = options.tables.iter().map(|path| quote_spanned!(path.span()=> <#path as __p::Table>::schema));
        quote!(.tables(&[#(#schemas),*]))
    });
    let accept = options.accept.as_ref().map(|hazards| quote!(.accept(#hazards)));
    // Written out: `file!()` and `line!()` would be two more macros to expand.
    let (file, line) = (Span::call_site().file(), u32::try_from(Span::call_site().start().line).unwrap_or(u32::MAX));
    // the name's place is where a future that is not `Send` and an error that is none are shown
    let run = quote_spanned!(name.span()=> |cx| __p::run(#name(cx)));
    let entry = quote! {
        use #private as __p;
        __p::submit! {
            __p::MigrationEntry::new(
                <__Migrations as __p::Sequence>::INFO.name,
                #number,
                [#text, #description, #fingerprint],
                (#file, #line),
                #run,
            ) #was #on_fresh #asks #after_deploy #breaking #tables #accept
        }
    };
    numbered(number, options, &conditions, &entry)
}

/// What the number alone says: it is taken, and the one before it must be. Kept for a wrong function too, so that its successor is right.
fn numbered(number: &LitInt, options: &Options, conditions: &[&Attribute], entry: &TokenStream) -> TokenStream {
    let private = path::private(options.krate.as_ref());
    let span = number.span();
    let import = path::import_sequence(span);
    let taken = quote_spanned! {span=>
        #[diagnostic::do_not_recommend]
        impl #private::Registered<#number> for __Migrations {}
        const _: () = #private::follows::<__Migrations, { #private::before::<__Migrations>(#number) }>();
    };
    quote! {
        #(#conditions)*
        const _: () = {
            #import
            #taken
            #entry
        };
    }
}

fn without_name(signature: &Signature) -> TokenStream {
    let Signature { constness, asyncness, safety, abi, fn_token, generics, inputs, output, .. } = signature;
    quote!(#constness #asyncness #safety #abi #fn_token #generics (#inputs) #output)
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
