//! The options of `#[table(...)]`, one row each: on the struct, on a field, in an index; never knows whether they fit together.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{LitInt, LitStr, Path};

use crate::errors::Errors;
use crate::options::{self, Entry, Row, Seen, Value, put};

/// What the struct's attributes say.
#[derive(Default)]
pub struct Options {
    pub name: Option<LitStr>,
    pub partition_key: Option<Vec<KeyRef>>,
    pub sort_key: Option<Vec<KeyRef>>,
    pub billing: Option<TokenStream>,
    pub stream: Option<TokenStream>,
    pub ttl: Option<Ttl>,
    pub deletion_protection: Option<bool>,
    pub global_indexes: Vec<Index>,
    pub local_indexes: Vec<Index>,
    pub frozen: bool,
    pub krate: Option<Path>,
    /// What was given, even if wrongly: that is not missing.
    pub seen: Seen,
}

/// What a field's attributes say.
#[derive(Default)]
pub struct FieldOptions {
    pub partition_key: Option<Span>,
    pub sort_key: Option<Span>,
    pub stated: Option<Ident>,
    /// What was given, even if wrongly: that is not missing.
    pub seen: Seen,
}

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

/// `ttl = off | field | "attribute"`
pub enum Ttl {
    Off,
    Attribute(AttributeRef),
}

/// `projection = all | keys_only | include(a, b)`
#[derive(Default)]
pub enum Projection {
    #[default]
    All,
    KeysOnly,
    Include(Vec<AttributeRef>),
}

/// `global_index(..)` or `local_index(..)`
pub struct Index {
    pub word: Ident,
    pub name: Option<LitStr>,
    pub partition_key: Option<Vec<KeyRef>>,
    pub sort_key: Option<Vec<KeyRef>>,
    pub projection: Projection,
    /// What was given, even if wrongly: that is not missing.
    pub seen: Seen,
}

/// The struct's options: a setting that is added is a row that is added.
pub const STRUCT: &[Row<Options>] = &[
    Row { name: "name", form: "name = \"customers\"", many: false, set: |to, entry, _| put(&mut to.name, entry.text()) },
    Row {
        name: "partition_key",
        form: PARTITION_KEY,
        many: false,
        set: |to, entry, errors| put(&mut to.partition_key, keys(entry, errors)),
    },
    Row { name: "sort_key", form: SORT_KEY, many: false, set: |to, entry, errors| put(&mut to.sort_key, keys(entry, errors)) },
    Row { name: "billing", form: BILLING, many: false, set: |to, entry, errors| put(&mut to.billing, billing(entry, errors)) },
    Row { name: "stream", form: STREAM, many: false, set: |to, entry, _| put(&mut to.stream, stream(entry)) },
    Row {
        name: "ttl",
        form: "ttl = off` or `ttl = field` or `ttl = \"attribute\"",
        many: false,
        set: |to, entry, _| put(&mut to.ttl, ttl(entry)),
    },
    Row {
        name: "deletion_protection",
        form: "deletion_protection = true` or `= false",
        many: false,
        set: |to, entry, _| put(&mut to.deletion_protection, entry.flag()),
    },
    Row {
        name: "global_index",
        form: "global_index(name = \"by-email\", partition_key = email)",
        many: true,
        set: |to, entry, errors| {
            to.global_indexes.push(index(entry, GLOBAL_INDEX, errors)?);
            Some(())
        },
    },
    Row {
        name: "local_index",
        form: "local_index(name = \"by-date\", sort_key = date)",
        many: true,
        set: |to, entry, errors| {
            to.local_indexes.push(index(entry, LOCAL_INDEX, errors)?);
            Some(())
        },
    },
    Row {
        name: "frozen",
        form: "frozen",
        many: false,
        set: |to, entry, _| {
            to.frozen = entry.word().is_some();
            entry.word().map(drop)
        },
    },
    Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.krate, entry.path()) },
];

/// A field's options.
pub const FIELD: &[Row<FieldOptions>] = &[
    Row {
        name: "partition_key",
        form: "partition_key",
        many: false,
        set: |to, entry, _| put(&mut to.partition_key, entry.word()),
    },
    Row { name: "sort_key", form: "sort_key", many: false, set: |to, entry, _| put(&mut to.sort_key, entry.word()) },
    Row { name: "type", form: FIELD_TYPE, many: false, set: |to, entry, _| put(&mut to.stated, kind(entry, KINDS)) },
];

const INDEX_NAME: Row<Index> =
    Row { name: "name", form: "name = \"by-email\"", many: false, set: |to, entry, _| put(&mut to.name, entry.text()) };
const INDEX_SORT: Row<Index> =
    Row { name: "sort_key", form: SORT_KEY, many: false, set: |to, entry, errors| put(&mut to.sort_key, keys(entry, errors)) };
const INDEX_PROJECTION: Row<Index> = Row {
    name: "projection",
    form: "projection = all` or `projection = keys_only` or `projection = include(field, \"attribute\")",
    many: false,
    set: |to, entry, _| {
        to.projection = projection(entry)?;
        Some(())
    },
};
const GLOBAL_INDEX: &[Row<Index>] = &[
    INDEX_NAME,
    Row {
        name: "partition_key",
        form: PARTITION_KEY,
        many: false,
        set: |to, entry, errors| put(&mut to.partition_key, keys(entry, errors)),
    },
    INDEX_SORT,
    INDEX_PROJECTION,
];
const LOCAL_INDEX: &[Row<Index>] = &[INDEX_NAME, INDEX_SORT, INDEX_PROJECTION];

const PARTITION_KEY: &str = "partition_key = field` or `partition_key = key(name = \"PK\", type = S)";
const SORT_KEY: &str = "sort_key = field` or `sort_key = key(name = \"SK\", type = S)";
const BILLING: &str = "billing = on_demand` or `billing = provisioned(read = 5, write = 5)";
const STREAM: &str = "stream = off | keys_only | new_image | old_image | new_and_old_images";
const FIELD_TYPE: &str = "type = S | N | B | BOOL | M | L | SS | NS | BS";
const KINDS: &[&str] = &["S", "N", "B", "BOOL", "M", "L", "SS", "NS", "BS"];
const SCALARS: &[&str] = &["S", "N", "B"];

fn kind(entry: &Entry, known: &[&str]) -> Option<Ident> {
    entry.parse::<Ident>().filter(|word| known.iter().any(|kind| word == kind))
}

fn billing(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if entry.one_of(&[("on_demand", ())]).is_some() {
        return Some(quote!(__p::Billing::OnDemand));
    }
    #[derive(Default)]
    struct Units {
        read: Option<LitInt>,
        write: Option<LitInt>,
    }
    const UNITS: &[Row<Units>] = &[
        Row {
            name: "read",
            form: "read = 5` or more units, such as `read = 1",
            many: false,
            set: |to, entry, _| put(&mut to.read, units(entry)),
        },
        Row {
            name: "write",
            form: "write = 5` or more units, such as `write = 1",
            many: false,
            set: |to, entry, _| put(&mut to.write, units(entry)),
        },
    ];
    let mut given = Units::default();
    options::read(UNITS, call(entry, "provisioned")?, &mut given, &mut Seen::new(), errors);
    let (read, write) = (given.read?, given.write?);
    Some(quote!(__p::Billing::Provisioned(__p::Throughput { read: #read, write: #write })))
}

/// At least one unit per second.
fn units(entry: &Entry) -> Option<LitInt> {
    entry
        .parse::<LitInt>()
        .filter(|literal| literal.suffix().is_empty() && literal.base10_parse::<u64>().is_ok_and(|units| units > 0))
}

/// `= word(tokens)`
fn call(entry: &Entry, word: &str) -> Option<TokenStream> {
    let Value::Is(tokens) = &entry.value else { return None };
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(found), TokenTree::Group(group)] if found == word => Some(group.stream()),
        _ => None,
    }
}

fn stream(entry: &Entry) -> Option<TokenStream> {
    let view = entry.one_of(&[
        ("off", ""),
        ("keys_only", "KeysOnly"),
        ("new_image", "NewImage"),
        ("old_image", "OldImage"),
        ("new_and_old_images", "NewAndOldImages"),
    ])?;
    if view.is_empty() {
        return Some(quote!(__p::Setting::Off));
    }
    let view = Ident::new(view, Span::call_site());
    Some(quote!(__p::Setting::Set(__p::StreamView::#view)))
}

fn ttl(entry: &Entry) -> Option<Ttl> {
    if entry.one_of(&[("off", ())]).is_some() {
        return Some(Ttl::Off);
    }
    let Value::Is(tokens) = &entry.value else { return None };
    attribute(tokens.clone()).map(Ttl::Attribute)
}

fn attribute(tokens: TokenStream) -> Option<AttributeRef> {
    match syn::parse2::<LitStr>(tokens.clone()) {
        Ok(name) => Some(AttributeRef::Name(name)),
        Err(_) => syn::parse2(tokens).ok().map(AttributeRef::Field),
    }
}

fn projection(entry: &Entry) -> Option<Projection> {
    if let Some(is_all) = entry.one_of(&[("all", true), ("keys_only", false)]) {
        return Some(if is_all { Projection::All } else { Projection::KeysOnly });
    }
    let parts = options::split(call(entry, "include")?);
    let attributes: Option<Vec<AttributeRef>> = parts.iter().map(|part| attribute(options::tokens_of(part))).collect();
    attributes.filter(|attributes| !attributes.is_empty()).map(Projection::Include)
}

/// `= a`, `= key(..)` or `= [a, key(..)]`
fn keys(entry: &Entry, errors: &mut Errors) -> Option<Vec<KeyRef>> {
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

fn index(entry: &Entry, rows: &[Row<Index>], errors: &mut Errors) -> Option<Index> {
    let Value::List(tokens) = &entry.value else { return None };
    let mut index = Index {
        word: entry.key.clone(),
        name: None,
        partition_key: None,
        sort_key: None,
        projection: Projection::default(),
        seen: Seen::new(),
    };
    let mut seen = Seen::new();
    options::read(rows, tokens.clone(), &mut index, &mut seen, errors);
    index.seen = seen;
    Some(index)
}
