//! The struct as written: its fields, its options; never knows whether they fit together.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Type};

use super::attr::{self, FieldOptions, Options};
use super::serde;
use crate::errors::Errors;
use crate::options::{self, Row, Seen};

/// A struct that derives `Table`.
pub struct Parsed {
    pub ident: Ident,
    pub options: Options,
    pub fields: Vec<Field>,
    pub serde: serde::Container,
}

/// One of its fields.
pub struct Field {
    pub ident: Ident,
    pub ty: Type,
    /// The attribute's name, after serde's renames.
    pub stored: String,
    pub options: FieldOptions,
    pub serde: serde::Field,
}

impl Field {
    /// Whether it is an attribute of its own.
    pub fn is_attribute(&self) -> bool {
        self.serde.skip.is_none() && self.serde.flatten.is_none()
    }
}

/// Reads a struct; `None` when it is none.
pub fn parse(input: &DeriveInput, errors: &mut Errors) -> Option<Parsed> {
    let mut options = Options::default();
    options.seen = read(&input.attrs, attr::STRUCT, &mut options, errors);
    if !input.generics.params.is_empty() {
        errors.on(
            &input.generics.params,
            "a table is one concrete type: it has no generics and no lifetimes (own its data: `String`, not `&str`)",
        );
    }
    if let Some(clause) = &input.generics.where_clause {
        errors.on(clause, "a table is one concrete type: it has no `where`");
    }
    let serde = serde::container(&input.attrs, errors);
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields.named.iter().collect(),
            Fields::Unit => Vec::new(),
            Fields::Unnamed(fields) => {
                errors.on(&fields, "an item's attributes have names: a table is a struct with named fields");
                return None;
            }
        },
        Data::Enum(data) => {
            errors.on(&data.enum_token, "a table is a struct: for several kinds of items in one table derive `Table` on a struct of its key, and read each kind with `cx.table::<Key>().of::<Kind>()`");
            return None;
        }
        Data::Union(data) => {
            errors.on(&data.union_token, "a table is a struct");
            return None;
        }
    };
    let fields = fields
        .into_iter()
        .filter_map(|field| {
            let ident = field.ident.clone()?;
            let mut options = FieldOptions::default();
            options.seen = read(&field.attrs, attr::FIELD, &mut options, errors);
            let told = serde::field(&field.attrs, errors);
            Some(Field { stored: told.stored_name(&ident, &serde), ident, ty: field.ty.clone(), options, serde: told })
        })
        .collect();
    Some(Parsed { ident: input.ident.clone(), options, fields, serde })
}

/// Reads every `#[table(..)]` of an item; together they are one list.
fn read<T>(attributes: &[Attribute], rows: &[Row<T>], target: &mut T, errors: &mut Errors) -> Seen {
    let mut seen = Seen::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("table")) {
        match &attribute.meta {
            Meta::List(list) => options::read(rows, list.tokens.clone(), target, &mut seen, errors),
            Meta::Path(_) | Meta::NameValue(_) => errors.on(&whole(attribute), "expected `#[table(..)]`"),
        }
    }
    seen
}

fn whole(attribute: &Attribute) -> TokenStream {
    attribute.meta.to_token_stream()
}
