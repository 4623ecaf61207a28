//! The rules that can be known from one struct, and what each name in it stands for; never knows how it is written down.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitStr, Type};

use super::ast::{Field, Parsed};
use super::attr::{AttributeRef, Index, KeyRef, Projection, Ttl};
use crate::errors::Errors;
use crate::names;

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
const MAX_GLOBAL_INDEXES: usize = 20;
const MAX_LOCAL_INDEXES: usize = 5;
const MAX_INDEX_KEY: usize = 4;
const MAX_INCLUDED: usize = 100;

/// A table without a mistake that is visible here.
pub struct Table<'a> {
    pub name: LitStr,
    pub partition_key: Element<'a>,
    pub sort_key: Option<Element<'a>>,
    pub attributes: Vec<Attribute<'a>>,
    pub global_indexes: Vec<CheckedIndex<'a>>,
    pub local_indexes: Vec<CheckedIndex<'a>>,
    pub ttl: Option<CheckedTtl<'a>>,
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
            None => self
                .errors
                .on(&parsed.ident, "the table's name is missing: `#[table(name = \"customers\")]`"),
        }
        self.stored_names();
        let (partition_key, sort_key) = self.primary_key();
        self.limits();
        let global_indexes = parsed
            .options
            .global_indexes
            .iter()
            .filter_map(|index| self.global_index(index))
            .collect();
        let local_indexes = parsed
            .options
            .local_indexes
            .iter()
            .filter_map(|index| self.local_index(index, sort_key.is_some()))
            .collect();
        self.index_names();
        let ttl = parsed.options.ttl.as_ref().and_then(|ttl| self.ttl(ttl));
        self.one_type_each();
        let attributes = self.attributes(partition_key.as_ref(), sort_key.as_ref());
        Some(Table {
            name: parsed.options.name.clone()?,
            partition_key: partition_key?,
            sort_key,
            attributes,
            global_indexes,
            local_indexes,
            ttl,
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
                self.errors
                    .on(&shown, format_args!("two fields are stored as `{}`", field.stored));
            }
        }
    }

    fn primary_key(&mut self) -> (Option<Element<'a>>, Option<Element<'a>>) {
        let options = &self.parsed.options;
        let partition = self.one_key("partition_key", options.partition_key.as_deref(), |field| {
            field.options.partition_key
        });
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
                [key] => found.push((self.table_key(key), tokens_span(key))),
                _ => {
                    self.errors.on(
                        &all(keys),
                        format_args!("a table has one {word}; only a global index takes a list"),
                    );
                    return Key::Wrong;
                }
            }
        }
        for field in &self.parsed.fields {
            let Some(span) = on_field(field) else { continue };
            found.push((self.key_field(field, span), span));
        }
        let mut found = found.into_iter();
        let Some((first, span)) = found.next() else { return Key::None };
        let mut many = false;
        for (_, span) in found {
            many = true;
            self.errors
                .at(span, format_args!("a table has one {word}, and there is one already"));
        }
        match first {
            Some(element) if !many => Key::One(element, span),
            _ => Key::Wrong,
        }
    }

    fn table_key(&mut self, key: &'a KeyRef) -> Option<Element<'a>> {
        self.element(key, false)
    }

    /// A field that is a key of the table.
    fn key_field(&mut self, field: &'a Field, span: Span) -> Option<Element<'a>> {
        if let Some(skip) = field.serde.skip_if {
            self.errors
                .at(skip, "a key of the table is in every item: take `skip_serializing_if` away");
            return None;
        }
        self.field_element(field, span, false)
    }

    /// A field as a key attribute, of the table or of an index.
    fn field_element(&mut self, field: &'a Field, span: Span, of_index: bool) -> Option<Element<'a>> {
        if let Some(skip) = field.serde.skip {
            self.errors.at(
                skip,
                format_args!("`{}` is a key, and a skipped field is not stored", field.ident),
            );
            return None;
        }
        if let Some(flatten) = field.serde.flatten {
            self.errors.at(
                flatten,
                format_args!(
                    "`{}` is a key, and a flattened field is stored as its own fields",
                    field.ident
                ),
            );
            return None;
        }
        if !names::fits_key(&field.stored) {
            self.errors.on(
                &field.serde.name_tokens(&field.ident),
                "the name of a key attribute has 1 to 255 bytes",
            );
        }
        let sparse = of_index && field.serde.skip_if.is_some();
        let scalar = match (&field.options.stated, field.serde.with) {
            (Some(kind), _) if matches!(kind.to_string().as_str(), "S" | "N" | "B") => {
                Scalar::Stated(kind.clone(), (!sparse).then_some(&field.ty))
            }
            (Some(kind), _) => {
                self.errors
                    .on(kind, format_args!("`{}` is a key: its type is S, N or B", field.ident));
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
        let _ = span;
        Some(Element {
            name: field.stored.clone(),
            scalar,
        })
    }

    /// A key attribute as an option names it.
    fn element(&mut self, key: &'a KeyRef, of_index: bool) -> Option<Element<'a>> {
        match key {
            KeyRef::Field(ident) => {
                let field = self.field(ident)?;
                self.field_element(field, ident.span(), of_index)
            }
            KeyRef::Attribute { name, scalar } => {
                self.no_field(name, "key(..)")?;
                if !names::fits_key(&name.value()) {
                    self.errors.on(name, "the name of a key attribute has 1 to 255 bytes");
                }
                Some(Element {
                    name: name.value(),
                    scalar: Scalar::Stated(scalar.clone(), None),
                })
            }
        }
    }

    /// The field of this name.
    fn field(&mut self, ident: &Ident) -> Option<&'a Field> {
        let field = self.parsed.fields.iter().find(|field| field.ident == *ident);
        if field.is_none() {
            let fields: Vec<String> = self.parsed.fields.iter().map(|field| format!("`{}`", field.ident)).collect();
            let fields = if fields.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {}", fields.join(", "))
            };
            self.errors.on(
                ident,
                format_args!("`{}` has no field `{ident}`: {fields}; a key that is no field is written `key(name = \"{ident}\", type = S)`", self.parsed.ident),
            );
        }
        field
    }

    /// An attribute given by name must be no field: a field has its own name and type.
    fn no_field(&mut self, name: &LitStr, form: &str) -> Option<()> {
        let text = name.value();
        match self
            .parsed
            .fields
            .iter()
            .find(|field| field.is_attribute() && field.stored == text)
        {
            Some(field) => {
                self.errors.on(
                    name,
                    format_args!("`{text}` is the field `{0}`: write `{0}` instead of `{form}`", field.ident),
                );
                None
            }
            None => Some(()),
        }
    }

    fn limits(&mut self) {
        let options = &self.parsed.options;
        for index in options.global_indexes.iter().skip(MAX_GLOBAL_INDEXES) {
            self.errors.on(
                &index.word,
                format_args!("a table has at most {MAX_GLOBAL_INDEXES} global indexes"),
            );
        }
        for index in options.local_indexes.iter().skip(MAX_LOCAL_INDEXES) {
            self.errors.on(
                &index.word,
                format_args!("a table has at most {MAX_LOCAL_INDEXES} local indexes"),
            );
        }
        let mut included = 0;
        for index in options.global_indexes.iter().chain(&options.local_indexes) {
            let Projection::Include(names) = &index.projection else {
                continue;
            };
            included += names.len();
            if included > MAX_INCLUDED {
                self.errors.on(
                    &index.word,
                    format_args!("a table's indexes include at most {MAX_INCLUDED} attributes together, and here are {included}"),
                );
                return;
            }
        }
    }

    fn index_names(&mut self) {
        let options = &self.parsed.options;
        let mut seen = BTreeSet::new();
        for index in options.global_indexes.iter().chain(&options.local_indexes) {
            match &index.name {
                Some(name) => {
                    names::check("an index's name", name, self.errors);
                    if !seen.insert(name.value()) {
                        self.errors.on(name, "another index of this table has this name");
                    }
                }
                None => self.errors.on(
                    &index.word,
                    format_args!("the index's name is missing: `{}(name = \"by-email\", ..)`", index.word),
                ),
            }
        }
    }

    fn global_index(&mut self, index: &'a Index) -> Option<CheckedIndex<'a>> {
        let Some(partition_keys) = &index.partition_key else {
            self.errors
                .on(&index.word, "the index's partition key is missing: `partition_key = field`");
            return None;
        };
        if partition_keys.is_empty() {
            self.errors
                .on(&index.word, "an index has at least one partition key attribute");
        }
        let sort_keys = index.sort_key.as_deref().unwrap_or_default();
        for (keys, what) in [(partition_keys.as_slice(), "partition key"), (sort_keys, "sort key")] {
            for key in keys.iter().skip(MAX_INDEX_KEY) {
                self.errors
                    .on(key, format_args!("an index's {what} has at most {MAX_INDEX_KEY} attributes"));
            }
        }
        let partition = self.elements(partition_keys);
        let sort = self.elements(sort_keys);
        self.distinct(partition_keys.iter().chain(sort_keys), partition.iter().chain(&sort));
        self.checked_index(index, partition, sort)
    }

    fn local_index(&mut self, index: &'a Index, has_sort_key: bool) -> Option<CheckedIndex<'a>> {
        let of_table =
            self.parsed.options.sort_key.is_some() || self.parsed.fields.iter().any(|field| field.options.sort_key.is_some());
        if !has_sort_key && !of_table {
            self.errors.on(
                &index.word,
                "a local index needs a table with a sort key: use `global_index`, or mark a field with `#[table(sort_key)]`",
            );
        }
        let Some(keys) = &index.sort_key else {
            self.errors
                .on(&index.word, "the index's sort key is missing: `sort_key = field`");
            return None;
        };
        if keys.len() != 1 {
            self.errors.on(
                &index.word,
                "a local index has one sort key attribute; only a global index takes a list",
            );
            return None;
        }
        let sort = self.elements(keys);
        self.checked_index(index, Vec::new(), sort)
    }

    fn elements(&mut self, keys: &'a [KeyRef]) -> Vec<Element<'a>> {
        keys.iter().filter_map(|key| self.element(key, true)).collect()
    }

    fn distinct<'k>(&mut self, keys: impl Iterator<Item = &'k KeyRef>, elements: impl Iterator<Item = &'k Element<'a>>)
    where
        'a: 'k,
    {
        let keys: Vec<_> = keys.collect();
        let elements: Vec<_> = elements.collect();
        if keys.len() != elements.len() {
            return;
        }
        let mut seen = BTreeSet::new();
        for (key, element) in keys.into_iter().zip(elements) {
            if !seen.insert(&element.name) {
                self.errors
                    .on(key, format_args!("`{}` is in this index's key twice", element.name));
            }
        }
    }

    fn checked_index(
        &mut self,
        index: &'a Index,
        partition: Vec<Element<'a>>,
        sort: Vec<Element<'a>>,
    ) -> Option<CheckedIndex<'a>> {
        let projection = match &index.projection {
            Projection::All => CheckedProjection::All,
            Projection::KeysOnly => CheckedProjection::KeysOnly,
            Projection::Include(attributes) => {
                let mut seen = BTreeSet::new();
                for attribute in attributes {
                    let Some(name) = self.attribute_name(attribute) else {
                        continue;
                    };
                    if !seen.insert(name.clone()) {
                        self.errors.on(&shown(attribute), format_args!("`{name}` is included twice"));
                    }
                }
                CheckedProjection::Include(seen.into_iter().collect())
            }
        };
        Some(CheckedIndex {
            name: index.name.clone()?,
            partition,
            sort,
            projection,
        })
    }

    fn attribute_name(&mut self, attribute: &AttributeRef) -> Option<String> {
        match attribute {
            AttributeRef::Name(name) => self.no_field(name, "\"..\"").map(|()| name.value()),
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
                        self.errors.on(
                            ident,
                            format_args!("the field `{ident}` is not stored as an attribute of its own"),
                        );
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
                self.errors.on(
                    kind,
                    format_args!("`{ident}` is the time to live: a number (N), seconds since 1970"),
                );
                None
            }
            (None, Some(with)) => {
                self.errors.at(with, format_args!("`{ident}` is the time to live, and this hides how it is stored: if it is a number, say so with `#[table(type = N)]`"));
                None
            }
            (None, None) => Some(CheckedTtl::Attribute(name, Some(&field.ty))),
        }
    }

    /// Two `key(..)` of one name must agree.
    fn one_type_each(&mut self) {
        let options = &self.parsed.options;
        let of_indexes = options
            .global_indexes
            .iter()
            .chain(&options.local_indexes)
            .flat_map(|index| index.partition_key.iter().chain(&index.sort_key));
        let mut types: BTreeMap<String, &Ident> = BTreeMap::new();
        for key in options
            .partition_key
            .iter()
            .chain(&options.sort_key)
            .chain(of_indexes)
            .flatten()
        {
            let KeyRef::Attribute { name, scalar } = key else { continue };
            match types.get(&name.value()) {
                Some(first) if *first != scalar => {
                    self.errors.on(
                        scalar,
                        format_args!(
                            "`{}` is {scalar} here and {first} above: one attribute has one type",
                            name.value()
                        ),
                    );
                }
                Some(_) => {}
                None => {
                    types.insert(name.value(), scalar);
                }
            }
        }
    }

    fn attributes(&self, partition_key: Option<&Element<'a>>, sort_key: Option<&Element<'a>>) -> Vec<Attribute<'a>> {
        let mut attributes = Vec::new();
        for key in [partition_key, sort_key].into_iter().flatten() {
            if let Scalar::Stated(letter, None) = &key.scalar {
                attributes.push(Attribute {
                    name: key.name.clone(),
                    kind: Kind::Stated(letter.clone(), None),
                    optional: false,
                });
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
            attributes.push(Attribute {
                name: field.stored.clone(),
                kind,
                optional,
            });
        }
        attributes
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

fn shown(attribute: &AttributeRef) -> TokenStream {
    match attribute {
        AttributeRef::Field(ident) => ident.to_token_stream(),
        AttributeRef::Name(name) => name.to_token_stream(),
    }
}
