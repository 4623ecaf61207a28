//! The rules of indexes; never knows the table's own key.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::{CheckedIndex, CheckedProjection, Checker, Element};
use crate::names;
use crate::table::attr::{AttributeRef, Index, KeyRef, Projection};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
const MAX_GLOBAL_INDEXES: usize = 20;
const MAX_LOCAL_INDEXES: usize = 5;
const MAX_INDEX_KEY: usize = 4;
const MAX_INCLUDED: usize = 100;
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html
const MAX_INCLUDED_HERE: usize = 20;

impl<'a> Checker<'a, '_> {
    pub(super) fn limits(&mut self) {
        let options = &self.parsed.options;
        for index in options.global_indexes.iter().skip(MAX_GLOBAL_INDEXES) {
            self.errors.on(&index.word, format_args!("a table has at most {MAX_GLOBAL_INDEXES} global indexes"));
        }
        for index in options.local_indexes.iter().skip(MAX_LOCAL_INDEXES) {
            self.errors.on(&index.word, format_args!("a table has at most {MAX_LOCAL_INDEXES} local indexes"));
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

    pub(super) fn index_names(&mut self) {
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
                None => self
                    .errors
                    .on(&index.word, format_args!("the index's name is missing: `{}(name = \"by-email\", ..)`", index.word)),
            }
        }
    }

    fn missing(&mut self, index: &Index, key: &str) {
        if !index.seen.contains_key(key) {
            let what = key.replace('_', " ");
            self.errors.on(&index.word, format_args!("the index's {what} is missing: `{key} = field`"));
        }
    }

    pub(super) fn global_index(&mut self, index: &'a Index) -> Option<CheckedIndex<'a>> {
        let Some(partition_keys) = &index.partition_key else {
            self.missing(index, "partition_key");
            return None;
        };
        if partition_keys.is_empty() {
            self.errors.on(&index.word, "an index has at least one partition key attribute");
        }
        let sort_keys = index.sort_key.as_deref().unwrap_or_default();
        for (keys, what) in [(partition_keys.as_slice(), "partition key"), (sort_keys, "sort key")] {
            for key in keys.iter().skip(MAX_INDEX_KEY) {
                self.errors.on(key, format_args!("an index's {what} has at most {MAX_INDEX_KEY} attributes"));
            }
        }
        let partition = self.elements(partition_keys);
        let sort = self.elements(sort_keys);
        self.distinct(partition_keys.iter().chain(sort_keys), partition.iter().chain(&sort));
        self.checked_index(index, partition, sort)
    }

    pub(super) fn local_index(&mut self, index: &'a Index, has_sort_key: bool) -> Option<CheckedIndex<'a>> {
        let of_table =
            self.parsed.options.sort_key.is_some() || self.parsed.fields.iter().any(|field| field.options.sort_key.is_some());
        if !has_sort_key && !of_table {
            self.errors.on(
                &index.word,
                "a local index needs a table with a sort key: use `global_index`, or mark a field with `#[table(sort_key)]`",
            );
        }
        let Some(keys) = &index.sort_key else {
            self.missing(index, "sort_key");
            return None;
        };
        if keys.len() != 1 {
            self.errors.on(&index.word, "a local index has one sort key attribute; only a global index takes a list");
            return None;
        }
        let sort = self.elements(keys);
        self.checked_index(index, Vec::new(), sort)
    }

    fn elements(&mut self, keys: &'a [KeyRef]) -> Vec<Element<'a>> {
        keys.iter().filter_map(|key| self.element(key, true, "name the field instead of `key(..)`")).collect()
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
                self.errors.on(key, format_args!("`{}` is in this index's key twice", element.name));
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
                if let Some(attribute) = attributes.get(MAX_INCLUDED_HERE) {
                    let count = attributes.len();
                    self.errors.on(
                        &shown(attribute),
                        format_args!("an index includes at most {MAX_INCLUDED_HERE} attributes, and here are {count}; `projection = all` has them all"),
                    );
                }
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
        Some(CheckedIndex { name: index.name.clone()?, partition, sort, projection, settings: &index.settings })
    }
}

fn shown(attribute: &AttributeRef) -> TokenStream {
    match attribute {
        AttributeRef::Field(ident) => ident.to_token_stream(),
        AttributeRef::Name(name) => name.to_token_stream(),
    }
}
