//! `main!`: a binary's whole `main`; never knows what it runs.

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::parse::Parser;
use syn::spanned::Spanned;

use crate::errors::Errors;
use crate::options::{self, Row, put};
use crate::path;

#[derive(Default)]
struct Options {
    target: Option<TokenStream>,
    krate: Option<Path>,
}

const OPTIONS: &[Row<Options>] = &[
    Row {
        name: "target",
        form: "target = aws | embedded",
        many: false,
        set: |to, entry, _| {
            let is_aws = entry.one_of(&[("aws", true), ("embedded", false)])?;
            to.target = Some(if is_aws { quote!(Aws) } else { quote!(Embedded) });
            Some(())
        },
    },
    Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.krate, entry.path()) },
];

/// The macro's expansion.
pub fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut crates: Vec<Path> = Vec::new();
    let mut rest = TokenStream::new();
    for part in options::split(input) {
        let tokens = options::tokens_of(&part);
        let is_option = matches!(part.get(1), Some(TokenTree::Punct(punct)) if punct.as_char() == '=')
            || matches!(part.get(1), Some(TokenTree::Group(_)));
        match Path::parse_mod_style.parse2(tokens.clone()) {
            Ok(path) if !crates.contains(&path) => crates.push(path),
            Ok(path) => errors.on(&path, "this crate is named twice"),
            Err(_) if is_option => rest.extend(quote!(#tokens,)),
            Err(_) => errors.on(&tokens, "expected the name of a crate that has `migrations!()`: `main!(shop)`"),
        }
    }
    let mut options = Options::default();
    options::read(OPTIONS, rest, &mut options, &mut options::Seen::new(), &mut errors);
    let private = path::private(options.krate.as_ref());
    if errors.count() > 0 {
        let errors = errors.into_tokens();
        return quote! {
            fn main() {}
            #errors
        };
    }
    let sequences = if crates.is_empty() {
        vec![quote!(crate::Migrations)]
    } else {
        crates.iter().map(|path| quote_spanned!(path.span()=> #path::Migrations)).collect()
    };
    let pin = options
        .target
        .map_or_else(|| quote!(::core::option::Option::None), |pin| quote!(::core::option::Option::Some(#private::Pin::#pin)));
    quote! {
        fn main() -> ::std::process::ExitCode {
            #private::main(#private::Main {
                sequences: &[#(<#sequences as #private::Sequence>::INFO),*],
                pin: #pin,
                package: ::core::env!("CARGO_PKG_NAME"),
                version: ::core::env!("CARGO_PKG_VERSION"),
                manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
            })
        }
    }
}
