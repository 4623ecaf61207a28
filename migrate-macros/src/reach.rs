//! What the attributes of migrations and of rollbacks say alike: the tables that a function goes through, the hazards that it accepts,
//! and where the library is. Knows no number.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;
use syn::parse::Parser;
use syn::spanned::Spanned;

use crate::errors::Errors;
use crate::hazards;
use crate::options::{self, Entry, Row, put};
use crate::path;

#[derive(Default)]
pub struct Reach {
    tables: Vec<Path>,
    accept: Option<TokenStream>,
    krate: Option<Path>,
}

impl AsMut<Reach> for Reach {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

/// `tables(Customer, Order)`.
pub const fn tables<T: AsMut<Reach>>() -> Row<T> {
    Row {
        name: "tables",
        form: "tables(Customer, Order)",
        many: false,
        set: |to, entry, errors| {
            to.as_mut().tables = paths(entry, errors)?;
            Some(())
        },
    }
}

/// `accept(H114)`.
pub const fn accept<T: AsMut<Reach>>() -> Row<T> {
    Row {
        name: "accept",
        form: "accept(H114)",
        many: false,
        set: |to, entry, errors| put(&mut to.as_mut().accept, hazards::of_migration(entry, errors)),
    }
}

/// `crate = path`.
pub const fn krate<T: AsMut<Reach>>() -> Row<T> {
    Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.as_mut().krate, entry.path()) }
}

impl Reach {
    /// Where the expansion finds what only it uses.
    pub fn private(&self) -> TokenStream {
        path::private(self.krate.as_ref())
    }

    /// `.tables(..)` and `.accept(..)` of an entry, each where it is said.
    pub fn builders(&self) -> TokenStream {
        let schemas = self.tables.iter().map(|path| quote_spanned!(path.span()=> <#path as __p::Table>::schema));
        let tables = (!self.tables.is_empty()).then(|| quote!(.tables(&[#(#schemas),*])));
        let accept = self.accept.as_ref().map(|hazards| quote!(.accept(#hazards)));
        quote!(#tables #accept)
    }
}

/// Paths to types, which the compiler judges.
fn paths(entry: &Entry, errors: &mut Errors) -> Option<Vec<Path>> {
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
