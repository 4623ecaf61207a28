//! Attributes as options name them: a field, or `key(..)` for one that is no field; never knows what they are for.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;

use crate::errors::Errors;
use crate::options::{self, Entry, Row, Seen, Value, put};

/// A key attribute as an option names it.
#[derive(Clone)]
pub enum KeyRef {
    /// A field of the struct.
    Field(Ident),
    /// `key(name = "PK", type = S)`: an attribute that is no field.
    Attribute { name: LitStr, scalar: Ident },
}

impl ToTokens for KeyRef {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Field(field) => field.to_tokens(tokens),
            Self::Attribute { name, .. } => name.to_tokens(tokens),
        }
    }
}

/// An attribute by field, or by name when it is no field.
pub enum AttributeRef {
    Field(Ident),
    Name(LitStr),
}

pub(super) const PARTITION_KEY: &str = "partition_key = field` or `partition_key = key(name = \"PK\", type = S)";
pub(super) const SORT_KEY: &str = "sort_key = field` or `sort_key = key(name = \"SK\", type = S)";
pub(super) const FIELD_TYPE: &str = "type = S | N | B | BOOL | M | L | SS | NS | BS";
pub(super) const KINDS: &[&str] = &["S", "N", "B", "BOOL", "M", "L", "SS", "NS", "BS"];
const SCALARS: &[&str] = &["S", "N", "B"];

pub(super) fn kind(entry: &Entry, known: &[&str]) -> Option<Ident> {
    entry.parse::<Ident>().filter(|word| known.iter().any(|kind| word == kind))
}

pub(super) fn attribute(tokens: TokenStream) -> Option<AttributeRef> {
    match syn::parse2::<LitStr>(tokens.clone()) {
        Ok(name) => Some(AttributeRef::Name(name)),
        Err(_) => syn::parse2(tokens).ok().map(AttributeRef::Field),
    }
}

/// `= a`, `= key(..)` or `= [a, key(..)]`
pub(super) fn keys(entry: &Entry, errors: &mut Errors) -> Option<Vec<KeyRef>> {
    let Value::Is(tokens) = &entry.value else { return None };
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let parts = match tokens.as_slice() {
        [TokenTree::Group(group)] if group.delimiter() == proc_macro2::Delimiter::Bracket => options::split(group.stream()),
        [] => return None,
        _ => vec![tokens],
    };
    parts.iter().map(|part| key(part, errors)).collect()
}

fn key(part: &[TokenTree], errors: &mut Errors) -> Option<KeyRef> {
    let [TokenTree::Ident(word), TokenTree::Group(group)] = part else {
        return syn::parse2(options::tokens_of(part)).ok().map(KeyRef::Field);
    };
    if word != "key" {
        return None;
    }
    #[derive(Default)]
    struct Key {
        name: Option<LitStr>,
        scalar: Option<Ident>,
    }
    const KEY: &[Row<Key>] = &[
        Row { name: "name", form: "name = \"PK\"", many: false, set: |to, entry, _| put(&mut to.name, entry.text()) },
        Row {
            name: "type",
            form: "type = S | N | B",
            many: false,
            set: |to, entry, _| put(&mut to.scalar, kind(entry, SCALARS)),
        },
    ];
    let mut given = Key::default();
    options::read(KEY, group.stream(), &mut given, &mut Seen::new(), errors);
    Some(KeyRef::Attribute { name: given.name?, scalar: given.scalar? })
}
