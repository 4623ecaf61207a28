//! The function under `#[migration]` and `#[rollback]`: its number, its signature, its text; never knows what it is for.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, LitInt, ReturnType, Safety, Signature, Type, Visibility};

use crate::errors::Errors;
use crate::fingerprint;
use crate::options::{self, Row};
use crate::path;

/// The last numbers stand for "none" in generated code.
const MAX_NUMBER: u32 = u32::MAX - 1;

/// How an attribute is spoken of.
pub struct Words {
    /// As it is written.
    pub attribute: &'static str,
    /// The function that it stands on.
    pub accepted: &'static str,
    /// What it begins with.
    pub number: &'static str,
}

/// The function: all but its body, which is only read as tokens.
pub struct Function {
    pub attributes: Vec<Attribute>,
    signature: Signature,
    body: TokenStream,
}

fn function(input: ParseStream) -> syn::Result<Function> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    Ok(Function { attributes, signature: input.parse()?, body: input.parse()? })
}

impl Function {
    /// Reads it and checks its signature.
    pub fn read(item: &TokenStream, words: &Words, errors: &mut Errors) -> Option<Self> {
        let Words { attribute, accepted, .. } = words;
        let Ok(function) = function.parse2(item.clone()) else {
            errors.at(Span::call_site(), format_args!("`{attribute}` stands on a function: {accepted}"));
            return None;
        };
        check(&function.signature, accepted, errors);
        Some(function)
    }

    /// Whether it stands in an `impl`, where no constant without a name can stand.
    pub fn is_method(&self) -> bool {
        self.signature.receiver().is_some()
    }

    /// Under which conditions it is there.
    pub fn conditions(&self) -> Vec<&Attribute> {
        self.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect()
    }

    pub fn name(&self) -> String {
        syn::ext::IdentExt::unraw(&self.signature.ident).to_string()
    }

    pub fn fingerprint(&self) -> String {
        fingerprint::of([without_name(&self.signature), self.body.clone()])
    }

    /// What calls it. The name's place is where a future that is not `Send` and an error that is none are shown.
    pub fn run(&self) -> TokenStream {
        let name = &self.signature.ident;
        quote_spanned!(name.span()=> |cx| __p::run(#name(cx)))
    }
}

/// The attribute's file and line, written out: `file!()` and `line!()` would be two more macros to expand.
pub fn place() -> TokenStream {
    let (file, line) = (Span::call_site().file(), u32::try_from(Span::call_site().start().line).unwrap_or(u32::MAX));
    quote!((#file, #line))
}

/// What is registered, beside what its number says, which is kept for a wrong function too; under the function's own conditions.
pub fn numbered(span: Span, conditions: &[&Attribute], taken: &TokenStream, entry: &TokenStream) -> TokenStream {
    let import = path::import_sequence(span);
    quote! {
        #(#conditions)*
        const _: () = {
            #import
            #taken
            #entry
        };
    }
}

/// The number as written, and the tokens after it.
pub fn number<T>(arguments: TokenStream, words: &Words, rows: &[Row<T>], errors: &mut Errors) -> (Option<LitInt>, TokenStream) {
    let mut parts = options::split(arguments);
    let is_option = |part: &[TokenTree]| match part {
        [TokenTree::Ident(word), ..] => rows.iter().any(|row| word == row.name),
        _ => false,
    };
    let first = if parts.first().is_none_or(|part| is_option(part)) { Vec::new() } else { parts.remove(0) };
    let rest = parts.iter().map(|part| {
        let part = options::tokens_of(part);
        quote!(#part,)
    });
    let rest = rest.collect();
    if first.is_empty() {
        errors.at(Span::call_site(), words.number);
        return (None, rest);
    }
    let tokens = options::tokens_of(&first);
    let Ok(literal) = syn::parse2::<LitInt>(tokens.clone()) else {
        errors.on(&tokens, format_args!("{}; the number is written out", words.number));
        return (None, rest);
    };
    match literal.base10_parse::<u32>() {
        Ok(0) => errors.on(&literal, "migrations are numbered from 1"),
        Ok(1..=MAX_NUMBER) if literal.suffix().is_empty() => return (Some(literal), rest),
        Ok(_) | Err(_) => errors.on(&literal, "a migration's number is a plain one, such as 7"),
    }
    (None, rest)
}

fn check(signature: &Signature, accepted: &str, errors: &mut Errors) {
    let Signature { constness, asyncness, safety, abi, ident, generics, inputs, variadic, output, .. } = signature;
    if asyncness.is_none() {
        errors.on(&signature.fn_token, format_args!("this function is not `async`: {accepted}"));
    }
    if let Some(token) = constness {
        errors.on(token, format_args!("not `const`: {accepted}"));
    }
    if let Safety::Unsafe(token) = safety {
        errors.on(token, format_args!("not `unsafe`: {accepted}"));
    }
    if let Some(abi) = abi {
        errors.on(abi, format_args!("not `extern`: {accepted}"));
    }
    if !generics.params.is_empty() {
        errors.on(&generics.params, format_args!("no generics and no lifetimes: {accepted}"));
    }
    if let Some(clause) = &generics.where_clause {
        errors.on(clause, format_args!("no `where`: {accepted}"));
    }
    if let Some(variadic) = variadic {
        errors.on(variadic, format_args!("one argument: {accepted}"));
    }
    let mut arguments = inputs.iter();
    match arguments.next() {
        None => errors.on(ident, format_args!("the context is missing: {accepted}")),
        Some(FnArg::Receiver(receiver)) => errors.on(receiver, format_args!("no `self`: {accepted}")),
        Some(FnArg::Typed(argument)) => match &*argument.ty {
            Type::Reference(reference) if reference.mutability.is_none() => {}
            other => errors.on(other, format_args!("the context is borrowed, `&MigrationContext`: {accepted}")),
        },
    }
    for argument in arguments {
        errors.on(argument, format_args!("one argument: {accepted}"));
    }
    if matches!(output, ReturnType::Default) {
        errors.on(ident, format_args!("nothing is returned: {accepted}"));
    }
}

fn without_name(signature: &Signature) -> TokenStream {
    let Signature { constness, asyncness, safety, abi, fn_token, generics, inputs, output, .. } = signature;
    quote!(#constness #asyncness #safety #abi #fn_token #generics (#inputs) #output)
}
