//! What serde's attributes make of a field's name and form: declared and stored names cannot differ; never knows keys.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Attribute, LitStr, Meta};

use crate::errors::Errors;
use crate::options::{self, Entry, Value};

/// serde's `rename_all` rules, as they apply to fields.
#[derive(Clone, Copy, Default)]
enum Case {
    #[default]
    AsIs,
    Upper,
    Pascal,
    Camel,
    Kebab,
    ScreamingKebab,
}

const CASES: &[(&str, Case)] = &[
    ("lowercase", Case::AsIs),
    ("snake_case", Case::AsIs),
    ("UPPERCASE", Case::Upper),
    ("SCREAMING_SNAKE_CASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    fn apply(self, field: &str) -> String {
        match self {
            Self::AsIs => field.to_owned(),
            Self::Upper => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => {
                let name = pascal(field);
                let mut letters = name.chars();
                letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
            }
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    let mut upper = true;
    let mut name = String::new();
    for letter in field.chars() {
        if letter == '_' {
            upper = true;
        } else {
            name.push(if upper { letter.to_ascii_uppercase() } else { letter });
            upper = false;
        }
    }
    name
}

/// What serde is told about the struct.
#[derive(Default)]
pub struct Container {
    case: Case,
    /// `tag = ".."`: an attribute that serde adds.
    pub tag: Option<LitStr>,
    /// `default`: every attribute may be missing.
    pub default: bool,
}

/// What serde is told about a field.
#[derive(Default)]
pub struct Field {
    rename: Option<LitStr>,
    /// `skip`: it is no attribute at all.
    pub skip: Option<Span>,
    /// `flatten`: its fields are attributes, which the derive cannot see.
    pub flatten: Option<Span>,
    /// `with` and its halves: the stored form is not the type's own.
    pub with: Option<Span>,
    /// One of serde_dynamo's set helpers.
    pub set: Option<&'static str>,
    /// `skip_serializing_if`
    pub skip_if: Option<Span>,
    /// `default`
    pub default: bool,
}

const SETS: &[(&str, &str)] = &[
    ("serde_dynamo::string_set", "StringSet"),
    ("serde_dynamo::number_set", "NumberSet"),
    ("serde_dynamo::binary_set", "BinarySet"),
];

fn serde_entries(attributes: &[Attribute]) -> Vec<Entry> {
    let lists = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("serde") => Some(list.tokens.clone()),
        _ => None,
    });
    // what serde cannot read it says itself
    lists.flat_map(|tokens| options::entries(tokens, &mut Errors::default())).collect()
}

/// `rename = "a"` or `rename(serialize = "a", deserialize = "a")`; two different names are refused.
fn rename(entry: &Entry, errors: &mut Errors) -> Option<LitStr> {
    let Value::List(tokens) = &entry.value else {
        return entry.text();
    };
    let halves = options::entries(tokens.clone(), errors);
    let half = |word: &str| halves.iter().find(|half| half.key == word).and_then(Entry::text);
    match (half("serialize"), half("deserialize")) {
        (Some(write), Some(read)) if write.value() == read.value() => Some(write),
        _ => {
            errors.on(
                &entry.key,
                format_args!(
                    "`{0}` gives different names for writing and reading: an attribute has one name, `{0} = \"..\"`",
                    entry.key
                ),
            );
            None
        }
    }
}

/// Reads the struct's `#[serde(..)]`.
pub fn container(attributes: &[Attribute], errors: &mut Errors) -> Container {
    let mut found = Container::default();
    for entry in serde_entries(attributes) {
        let key = entry.key.to_string();
        match key.as_str() {
            "rename_all" => {
                let case = rename(&entry, errors).map(|rule| rule.value());
                found.case = case.and_then(|rule| CASES.iter().find(|(name, _)| *name == rule)).map(|&(_, case)| case).unwrap_or_default();
            }
            "tag" => found.tag = entry.text(),
            "default" => found.default = true,
            "transparent" => errors.on(&entry.key, "`transparent` stores the inner value alone, and an item is a map: take it away, or derive `Table` on the inner type"),
            "from" | "try_from" | "into" => errors.on(
                &entry.key,
                format_args!("`{key}` stores another type than this one: derive `Table` on that type, which has the attributes"),
            ),
            "remote" => errors.on(&entry.key, "`remote` describes another type: derive `Table` on a struct of your own"),
            _ => {}
        }
    }
    found
}

/// Reads a field's `#[serde(..)]`.
pub fn field(attributes: &[Attribute], errors: &mut Errors) -> Field {
    let mut found = Field::default();
    let (mut write, mut read) = (None, None);
    for entry in serde_entries(attributes) {
        let span = Some(entry.key.span());
        match entry.key.to_string().as_str() {
            "rename" => found.rename = rename(&entry, errors),
            "skip" => found.skip = span,
            "skip_serializing" => write = Some(entry.key),
            "skip_deserializing" => read = Some(entry.key),
            "flatten" => found.flatten = span,
            "with" => {
                found.with = span;
                let path = entry.text().map(|path| path.value().replace(' ', ""));
                let path = path.as_deref().map(|path| path.trim_start_matches("::"));
                found.set = SETS.iter().find(|(name, _)| Some(*name) == path).map(|&(_, kind)| kind);
            }
            "serialize_with" | "deserialize_with" => found.with = span,
            "skip_serializing_if" => found.skip_if = span,
            "default" => found.default = true,
            _ => {}
        }
    }
    match (write, read) {
        (Some(write), Some(_)) => found.skip = Some(write.span()),
        (Some(write), None) => half_skip(&write, "every write would lose the attribute", errors),
        (None, Some(read)) => half_skip(&read, "every change would overwrite the attribute by its default", errors),
        (None, None) => {}
    }
    found
}

fn half_skip(word: &Ident, harm: &str, errors: &mut Errors) {
    errors.on(word, format_args!("with `{word}` alone {harm}: use `skip` for a field that is no attribute, or nothing"));
}

impl Field {
    /// The attribute's name.
    pub fn stored_name(&self, field: &Ident, container: &Container) -> String {
        match &self.rename {
            Some(name) => name.value(),
            None => container.case.apply(&field.unraw().to_string()),
        }
    }

    /// What to show when the name is wrong.
    pub fn name_tokens(&self, field: &Ident) -> TokenStream {
        match &self.rename {
            Some(name) => quote::quote!(#name),
            None => quote::quote!(#field),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_serde() {
        // https://serde.rs/container-attrs.html#rename_all; `serde_names` in tests/ holds them against serde itself
        let all = |field: &str| CASES.iter().map(|(_, case)| case.apply(field)).collect::<Vec<_>>();
        assert_eq!(all("a_field"), ["a_field", "a_field", "A_FIELD", "A_FIELD", "AField", "aField", "a-field", "A-FIELD"]);
        assert_eq!(all("x"), ["x", "x", "X", "X", "X", "x", "x", "X"]);
        assert_eq!(all("_id"), ["_id", "_id", "_ID", "_ID", "Id", "id", "-id", "-ID"]);
    }
}
