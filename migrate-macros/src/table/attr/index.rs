//! The options of `global_index(..)` and `local_index(..)`; never knows the table.

use proc_macro2::Ident;
use syn::LitStr;

use super::capacity;
use super::key::{AttributeRef, KeyRef, PARTITION_KEY, SORT_KEY, attribute, keys};
use super::setting::{self, Settings};
use crate::errors::Errors;
use crate::options::{self, Entry, Row, Seen, Value, put};

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
    pub settings: Settings,
    /// What was given, even if wrongly: that is not missing.
    pub seen: Seen,
}

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
pub(super) const GLOBAL_INDEX: &[Row<Index>] = &[
    INDEX_NAME,
    Row {
        name: "partition_key",
        form: PARTITION_KEY,
        many: false,
        set: |to, entry, errors| put(&mut to.partition_key, keys(entry, errors)),
    },
    INDEX_SORT,
    INDEX_PROJECTION,
    Row {
        name: "billing",
        form: capacity::BILLING,
        many: false,
        set: |to, entry, errors| to.settings.state(entry, capacity::billing(entry, errors)),
    },
    Row {
        name: "warm_throughput",
        form: capacity::WARM_THROUGHPUT,
        many: false,
        set: |to, entry, errors| to.settings.state(entry, capacity::warm_throughput(entry, errors)),
    },
    Row {
        name: "contributor_insights",
        form: setting::CONTRIBUTOR_INSIGHTS,
        many: false,
        set: |to, entry, _| to.settings.state(entry, setting::contributor_insights(entry)),
    },
];
pub(super) const LOCAL_INDEX: &[Row<Index>] = &[INDEX_NAME, INDEX_SORT, INDEX_PROJECTION];

fn projection(entry: &Entry) -> Option<Projection> {
    if let Some(is_all) = entry.one_of(&[("all", true), ("keys_only", false)]) {
        return Some(if is_all { Projection::All } else { Projection::KeysOnly });
    }
    let parts = options::split(entry.call("include")?);
    let attributes: Option<Vec<AttributeRef>> = parts.iter().map(|part| attribute(options::tokens_of(part))).collect();
    attributes.filter(|attributes| !attributes.is_empty()).map(Projection::Include)
}

pub(super) fn index(entry: &Entry, rows: &[Row<Index>], errors: &mut Errors) -> Option<Index> {
    let Value::List(tokens) = &entry.value else { return None };
    let mut index = Index {
        word: entry.key.clone(),
        name: None,
        partition_key: None,
        sort_key: None,
        projection: Projection::default(),
        settings: Settings::default(),
        seen: Seen::new(),
    };
    let mut seen = Seen::new();
    options::read(rows, tokens.clone(), &mut index, &mut seen, errors);
    index.seen = seen;
    Some(index)
}
