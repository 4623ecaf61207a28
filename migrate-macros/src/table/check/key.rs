//! A table's key, and what may be a key attribute of it or of an index; never knows indexes.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use super::{Checker, Element, Scalar};
use crate::names;
use crate::options::Seen;
use crate::table::ast::Field;
use crate::table::attr::KeyRef;

impl<'a> Checker<'a, '_> {
    pub(super) fn primary_key(&mut self) -> (Option<Element<'a>>, Option<Element<'a>>) {
        let options = &self.parsed.options;
        let partition = self.one_key("partition_key", options.partition_key.as_deref(), |field| field.options.partition_key);
        let sort = self.one_key("sort_key", options.sort_key.as_deref(), |field| field.options.sort_key);
        for field in &self.parsed.fields {
            if let (Some(_), Some(span)) = (field.options.partition_key, field.options.sort_key) {
                self.errors.at(span, "one field cannot be both keys of a table");
            }
        }
        match (&partition, &sort) {
            (Key::None, Key::One(_, span)) => {
                self.errors.at(*span, "a sort key needs a partition key: mark a field with `#[table(partition_key)]`");
            }
            (Key::Wrong, _) => {}
            (Key::None, _) => self.errors.on(
                &self.parsed.ident,
                "the partition key is missing: mark a field with `#[table(partition_key)]`, or name an attribute that is no field: `#[table(partition_key = key(name = \"PK\", type = S))]`",
            ),
            (Key::One(partition, _), Key::One(sort, span)) if partition.name == sort.name => {
                if !self.parsed.fields.iter().any(|field| field.options.partition_key.is_some() && field.options.sort_key.is_some()) {
                    self.errors.at(*span, "one attribute cannot be both keys of a table");
                }
            }
            _ => {}
        }
        (partition.element(), sort.element())
    }

    /// The one field or struct option that is this key of the table.
    fn one_key(&mut self, word: &str, on_struct: Option<&'a [KeyRef]>, on_field: fn(&Field) -> Option<Span>) -> Key<'a> {
        let mut found = Vec::new();
        if let Some(keys) = on_struct {
            match keys {
                [KeyRef::Field(field)] => {
                    self.errors.on(field, format_args!("mark the field itself with `#[table({word})]`; here stands what is no field: `{word} = key(name = \"PK\", type = S)`"));
                    return Key::Wrong;
                }
                [key] => found.push((self.table_key(key, word), tokens_span(key))),
                _ => {
                    self.errors.on(&all(keys), format_args!("a table has one {word}; only a global index takes a list"));
                    return Key::Wrong;
                }
            }
        }
        for field in &self.parsed.fields {
            let Some(span) = on_field(field) else { continue };
            found.push((self.key_field(field), span));
        }
        let mut found = found.into_iter();
        let Some((first, span)) = found.next() else {
            let given = |seen: &Seen| seen.contains_key(word);
            let wrongly = given(&self.parsed.options.seen) || self.parsed.fields.iter().any(|field| given(&field.options.seen));
            return if wrongly { Key::Wrong } else { Key::None };
        };
        let mut many = false;
        for (_, span) in found {
            many = true;
            self.errors.at(span, format_args!("a table has one {word}, and there is one already"));
        }
        match first {
            Some(element) if !many => Key::One(element, span),
            _ => Key::Wrong,
        }
    }

    /// A key of the table that is no field.
    fn table_key(&mut self, key: &'a KeyRef, word: &str) -> Option<Element<'a>> {
        self.element(key, false, &format!("mark the field with `#[table({word})]`"))
    }

    /// A field that is a key of the table.
    fn key_field(&mut self, field: &'a Field) -> Option<Element<'a>> {
        if let Some(skip) = field.serde.skip_if {
            self.errors.at(skip, "a key of the table is in every item: take `skip_serializing_if` away");
            return None;
        }
        self.field_element(field, false)
    }

    /// A field as a key attribute, of the table or of an index.
    fn field_element(&mut self, field: &'a Field, of_index: bool) -> Option<Element<'a>> {
        if let Some(skip) = field.serde.skip {
            self.errors.at(skip, format_args!("`{}` is a key, and a skipped field is not stored", field.ident));
            return None;
        }
        if let Some(flatten) = field.serde.flatten {
            self.errors
                .at(flatten, format_args!("`{}` is a key, and a flattened field is stored as its own fields", field.ident));
            return None;
        }
        if !names::fits_key(&field.stored) {
            self.errors.on(&field.serde.name_tokens(&field.ident), "the name of a key attribute has 1 to 255 bytes");
        }
        let sparse = of_index && field.serde.skip_if.is_some();
        let scalar = match (&field.options.stated, field.serde.with) {
            (Some(kind), _) if matches!(kind.to_string().as_str(), "S" | "N" | "B") => {
                Scalar::Stated(kind.clone(), (!sparse).then_some(&field.ty))
            }
            (Some(kind), _) => {
                self.errors.on(kind, format_args!("`{}` is a key: its type is S, N or B", field.ident));
                return None;
            }
            (None, Some(with)) => {
                self.errors.at(
                    with,
                    format_args!(
                        "`{}` is a key, and this hides how it is stored: say it with `#[table(type = S)]` (or N, or B)",
                        field.ident
                    ),
                );
                return None;
            }
            (None, None) if sparse => Scalar::Sparse(&field.ty),
            (None, None) => Scalar::Type(&field.ty),
        };
        Some(Element { name: field.stored.clone(), scalar })
    }

    /// A key attribute as an option names it.
    pub(super) fn element(&mut self, key: &'a KeyRef, of_index: bool, mend: &str) -> Option<Element<'a>> {
        match key {
            KeyRef::Field(ident) => {
                let field = self.field(ident)?;
                self.field_element(field, of_index)
            }
            KeyRef::Attribute { name, scalar } => {
                self.no_field(name, mend)?;
                if !names::fits_key(&name.value()) {
                    self.errors.on(name, "the name of a key attribute has 1 to 255 bytes");
                }
                Some(Element { name: name.value(), scalar: Scalar::Stated(scalar.clone(), None) })
            }
        }
    }

    /// The field of this name.
    fn field(&mut self, ident: &Ident) -> Option<&'a Field> {
        let field = self.parsed.fields.iter().find(|field| field.ident == *ident);
        if field.is_none() {
            let fields: Vec<String> = self.parsed.fields.iter().map(|field| format!("`{}`", field.ident)).collect();
            let fields = if fields.is_empty() { "it has none".to_owned() } else { format!("it has {}", fields.join(", ")) };
            self.errors.on(
                ident,
                format_args!("`{}` has no field `{ident}`: {fields}; a key that is no field is written `key(name = \"{ident}\", type = S)`", self.parsed.ident),
            );
        }
        field
    }

    /// An attribute given by name must be no field: a field has its own name and type.
    pub(super) fn no_field(&mut self, name: &LitStr, mend: &str) -> Option<()> {
        let text = name.value();
        let field = self.parsed.fields.iter().find(|field| field.is_attribute() && field.stored == text);
        let Some(field) = field else { return Some(()) };
        self.errors.on(name, format_args!("`{text}` is stored by the field `{}`: {mend}", field.ident));
        None
    }

    /// Two `key(..)` of one name must agree.
    pub(super) fn one_type_each(&mut self) {
        let options = &self.parsed.options;
        let of_indexes = options
            .global_indexes
            .iter()
            .chain(&options.local_indexes)
            .flat_map(|index| index.partition_key.iter().chain(&index.sort_key));
        let mut types: BTreeMap<String, &Ident> = BTreeMap::new();
        for key in options.partition_key.iter().chain(&options.sort_key).chain(of_indexes).flatten() {
            let KeyRef::Attribute { name, scalar } = key else { continue };
            match types.get(&name.value()) {
                Some(first) if *first != scalar => {
                    self.errors.on(
                        scalar,
                        format_args!("`{}` is {scalar} here and {first} above: one attribute has one type", name.value()),
                    );
                }
                Some(_) => {}
                None => {
                    types.insert(name.value(), scalar);
                }
            }
        }
    }
}

/// What was found where one key is looked for.
enum Key<'a> {
    None,
    One(Element<'a>, Span),
    Wrong,
}

impl<'a> Key<'a> {
    fn element(self) -> Option<Element<'a>> {
        match self {
            Self::One(element, _) => Some(element),
            Self::None | Self::Wrong => None,
        }
    }
}

fn all(keys: &[KeyRef]) -> TokenStream {
    quote!(#(#keys)*)
}

fn tokens_span(key: &KeyRef) -> Span {
    match key {
        KeyRef::Field(field) => field.span(),
        KeyRef::Attribute { name, .. } => name.span(),
    }
}
