//! The rules that can be known from one struct, and what each name in it stands for; never knows how it is written down.

mod index;
mod key;
mod setting;
mod version;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use syn::{LitStr, Type};

use super::ast::Parsed;
use super::attr::{AttributeRef, Settings, Ttl};
use crate::errors::Errors;
use crate::names;

/// A table without a mistake that is visible here.
pub struct Table<'a> {
    pub name: LitStr,
    pub partition_key: Element<'a>,
    pub sort_key: Option<Element<'a>>,
    pub attributes: Vec<Attribute<'a>>,
    pub global_indexes: Vec<CheckedIndex<'a>>,
    pub local_indexes: Vec<CheckedIndex<'a>>,
    pub ttl: Option<CheckedTtl<'a>>,
    pub version: Option<CheckedVersion<'a>>,
    pub parsed: &'a Parsed,
}

/// A key attribute: its stored name, and what says its type.
#[derive(Clone)]
pub struct Element<'a> {
    pub name: String,
    pub scalar: Scalar<'a>,
}

/// What says a key attribute's type.
#[derive(Clone)]
pub enum Scalar<'a> {
    /// S, N or B as written; with the type that must not be an `Option`, if there is one.
    Stated(Ident, Option<&'a Type>),
    /// The field's type.
    Type(&'a Type),
    /// The field's type, which may be an `Option`: an item without it is not in the index.
    Sparse(&'a Type),
}

/// An attribute that the struct holds.
pub struct Attribute<'a> {
    pub name: String,
    pub kind: Kind<'a>,
    /// Whether serde is told that it may be missing; the type may say so too.
    pub optional: bool,
}

/// What says an attribute's kind.
pub enum Kind<'a> {
    /// A letter of DynamoDB's, or a variant's name.
    Stated(Ident, Option<&'a Type>),
    /// The type of a key.
    Key(&'a Type),
    /// The field's type.
    Type(&'a Type),
}

/// An index whose names are resolved.
pub struct CheckedIndex<'a> {
    pub name: LitStr,
    pub partition: Vec<Element<'a>>,
    pub sort: Vec<Element<'a>>,
    pub projection: CheckedProjection,
    pub settings: &'a Settings,
}

/// A projection whose names are resolved.
pub enum CheckedProjection {
    All,
    KeysOnly,
    Include(Vec<String>),
}

/// A time to live whose attribute is resolved.
pub enum CheckedTtl<'a> {
    Off,
    /// An attribute, and the type that must be a number unless that was stated.
    Attribute(String, Option<&'a Type>),
}

/// The attribute that counts an item's writes.
pub struct CheckedVersion<'a> {
    pub name: &'a str,
    /// The type that must be a whole number, unless that was stated.
    pub judged: Option<&'a Type>,
}

struct Checker<'a, 'e> {
    parsed: &'a Parsed,
    errors: &'e mut Errors,
}

/// Checks a struct; `None` when a mistake leaves nothing to write down.
pub fn check<'a>(parsed: &'a Parsed, errors: &mut Errors) -> Option<Table<'a>> {
    Checker { parsed, errors }.table()
}

impl<'a> Checker<'a, '_> {
    fn table(&mut self) -> Option<Table<'a>> {
        let parsed = self.parsed;
        match &parsed.options.name {
            Some(name) => names::check("a table's name", name, self.errors),
            None if parsed.options.seen.contains_key("name") => {}
            None => self.errors.on(&parsed.ident, "the table's name is missing: `#[table(name = \"customers\")]`"),
        }
        self.stored_names();
        let (partition_key, sort_key) = self.primary_key();
        self.limits();
        let global_indexes = parsed.options.global_indexes.iter().filter_map(|index| self.global_index(index)).collect();
        let local_indexes =
            parsed.options.local_indexes.iter().filter_map(|index| self.local_index(index, sort_key.is_some())).collect();
        self.index_names();
        let ttl = parsed.options.ttl.as_ref().and_then(|ttl| self.ttl(ttl));
        let version = self.version();
        self.one_type_each();
        self.settings();
        let attributes = self.attributes(partition_key.as_ref(), sort_key.as_ref());
        Some(Table {
            name: parsed.options.name.clone()?,
            partition_key: partition_key?,
            sort_key,
            attributes,
            global_indexes,
            local_indexes,
            ttl,
            version,
            parsed,
        })
    }

    fn stored_names(&mut self) {
        let mut seen = BTreeSet::new();
        if let Some(tag) = &self.parsed.serde.tag {
            seen.insert(tag.value());
        }
        for field in self.parsed.fields.iter().filter(|field| field.is_attribute()) {
            if !seen.insert(field.stored.clone()) {
                let shown = field.serde.name_tokens(&field.ident);
                self.errors.on(&shown, format_args!("two fields are stored as `{}`", field.stored));
            }
        }
    }

    fn attribute_name(&mut self, attribute: &AttributeRef) -> Option<String> {
        match attribute {
            AttributeRef::Name(name) => self.no_field(name, "name the field, without quotes").map(|()| name.value()),
            AttributeRef::Field(ident) => {
                let field = self.parsed.fields.iter().find(|field| field.ident == *ident);
                match field {
                    None => {
                        self.errors.on(
                            ident,
                            format_args!(
                                "`{}` has no field `{ident}`; an attribute that is no field stands in quotes: `\"{ident}\"`",
                                self.parsed.ident
                            ),
                        );
                        None
                    }
                    Some(field) if !field.is_attribute() => {
                        self.errors.on(ident, format_args!("the field `{ident}` is not stored as an attribute of its own"));
                        None
                    }
                    Some(field) => Some(field.stored.clone()),
                }
            }
        }
    }

    fn ttl(&mut self, ttl: &'a Ttl) -> Option<CheckedTtl<'a>> {
        let attribute = match ttl {
            Ttl::Off => return Some(CheckedTtl::Off),
            Ttl::Attribute(attribute) => attribute,
        };
        let name = self.attribute_name(attribute)?;
        let AttributeRef::Field(ident) = attribute else {
            return Some(CheckedTtl::Attribute(name, None));
        };
        let field = self.parsed.fields.iter().find(|field| field.ident == *ident)?;
        match (&field.options.stated, field.serde.with) {
            (Some(kind), _) if kind == "N" => Some(CheckedTtl::Attribute(name, None)),
            (Some(kind), _) => {
                self.errors.on(kind, format_args!("`{ident}` is the time to live: a number (N), seconds since 1970"));
                None
            }
            (None, Some(with)) => {
                self.errors.at(with, format_args!("`{ident}` is the time to live, and this hides how it is stored: if it is a number, say so with `#[table(type = N)]`"));
                None
            }
            (None, None) => Some(CheckedTtl::Attribute(name, Some(&field.ty))),
        }
    }

    fn attributes(&self, partition_key: Option<&Element<'a>>, sort_key: Option<&Element<'a>>) -> Vec<Attribute<'a>> {
        let mut attributes = Vec::new();
        for key in [partition_key, sort_key].into_iter().flatten() {
            if let Scalar::Stated(letter, None) = &key.scalar {
                attributes.push(Attribute { name: key.name.clone(), kind: Kind::Stated(letter.clone(), None), optional: false });
            }
        }
        if let Some(tag) = &self.parsed.serde.tag {
            attributes.push(Attribute {
                name: tag.value(),
                kind: Kind::Stated(Ident::new("S", tag.span()), None),
                optional: false,
            });
        }
        for field in self.parsed.fields.iter().filter(|field| field.is_attribute()) {
            let serde = &field.serde;
            let is_key = field.options.partition_key.is_some() || field.options.sort_key.is_some();
            let kind = match (&field.options.stated, serde.set, serde.with) {
                (Some(letter), ..) => Kind::Stated(letter.clone(), Some(&field.ty)),
                (None, Some(set), _) => Kind::Stated(Ident::new(set, Span::call_site()), Some(&field.ty)),
                (None, None, Some(_)) => Kind::Stated(Ident::new("Unknown", Span::call_site()), Some(&field.ty)),
                (None, None, None) if is_key => Kind::Key(&field.ty),
                (None, None, None) => Kind::Type(&field.ty),
            };
            let optional = !is_key && (serde.default || serde.skip_if.is_some() || self.parsed.serde.default);
            attributes.push(Attribute { name: field.stored.clone(), kind, optional });
        }
        attributes
    }
}
