//! What DynamoDB would refuse of a declared schema, found before it is asked: schemas may be made by hand; knows no live table.

mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{AttributeKind, IndexName, KeyElement, Projection, ScalarType, Setting, TableName, TableSchema};

/// A rule of DynamoDB's that a declared schema breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The table.
    pub table: TableName,
    /// The rule's short name.
    pub rule: &'static str,
    /// What breaks it, in one sentence.
    pub what: String,
    /// Where DynamoDB states the rule.
    pub link: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table {}: {} ({})", self.table, self.what, self.link)
    }
}

struct Rule {
    name: &'static str,
    link: &'static str,
    broken: fn(&TableSchema) -> Vec<String>,
}

const CREATE: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html";
const ELEMENT: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KeySchemaElement.html";
const INDEX_QUOTAS: &str =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-secondary-indexes";
const PROJECTION: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html";
const TTL: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TimeToLiveSpecification.html";
const MULTI_KEY: &str =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html";

const RULES: &[Rule] = &[
    Rule { name: "one-type-per-attribute", link: CREATE, broken: one_type_per_attribute },
    Rule { name: "key-name-length", link: ELEMENT, broken: key_name_length },
    Rule { name: "key-attributes-differ", link: ELEMENT, broken: key_attributes_differ },
    Rule { name: "index-key-size", link: MULTI_KEY, broken: index_key_size },
    Rule { name: "index-names-differ", link: CREATE, broken: index_names_differ },
    Rule { name: "global-index-limit", link: INDEX_QUOTAS, broken: |schema| limit("global", schema.global_indexes.len(), 20) },
    Rule { name: "local-index-limit", link: INDEX_QUOTAS, broken: |schema| limit("local", schema.local_indexes.len(), 5) },
    Rule { name: "local-index-needs-sort-key", link: CREATE, broken: local_index_needs_sort_key },
    Rule { name: "projection-names", link: PROJECTION, broken: projection_names },
    Rule { name: "projection-size", link: PROJECTION, broken: projection_size },
    Rule { name: "projection-limit", link: INDEX_QUOTAS, broken: projection_limit },
    Rule { name: "ttl-attribute", link: TTL, broken: ttl_attribute },
];

/// Everything in a declared schema that DynamoDB would refuse, rule by rule; names are checked by their types.
pub fn check(schema: &TableSchema) -> Vec<Problem> {
    let problem = |rule: &Rule, what| Problem { table: schema.name.clone(), rule: rule.name, what, link: rule.link };
    RULES
        .iter()
        .chain(settings::RULES)
        .flat_map(|rule| (rule.broken)(schema).into_iter().map(move |what| problem(rule, what)))
        .collect()
}

fn one_type_per_attribute(schema: &TableSchema) -> Vec<String> {
    let mut types: BTreeMap<&str, BTreeSet<ScalarType>> = BTreeMap::new();
    for element in schema.key_elements() {
        types.entry(&element.name).or_default().insert(element.scalar);
    }
    types
        .into_iter()
        .filter(|(_, types)| types.len() > 1)
        .map(|(name, types)| {
            let types: Vec<&str> = types.into_iter().map(ScalarType::as_str).collect();
            format!("key attribute `{name}` is used as {}; a table has one type for an attribute", types.join(" and "))
        })
        .collect()
}

fn key_name_length(schema: &TableSchema) -> Vec<String> {
    let wrong = |name: &str| name.is_empty() || name.len() > 255;
    let names: BTreeSet<&str> = schema.key_elements().into_iter().map(|element| element.name.as_str()).collect();
    names
        .into_iter()
        .filter(|name| wrong(name))
        .map(|name| format!("the key attribute `{name}` has {} bytes; DynamoDB takes 1 to 255", name.len()))
        .collect()
}

/// Each key of the table with what it is called.
fn keys(schema: &TableSchema) -> Vec<(String, Vec<&KeyElement>)> {
    let table = ("the table's key".to_owned(), schema.key.attributes().collect());
    let global =
        schema.global_indexes.iter().map(|(name, index)| (format!("global index `{name}`"), index.key.attributes().collect()));
    let local = schema
        .local_indexes
        .iter()
        .map(|(name, index)| (format!("local index `{name}`"), vec![&schema.key.partition, &index.sort]));
    std::iter::once(table).chain(global).chain(local).collect()
}

fn key_attributes_differ(schema: &TableSchema) -> Vec<String> {
    let mut broken = Vec::new();
    for (key, elements) in keys(schema) {
        let mut seen = BTreeSet::new();
        for element in elements {
            if !seen.insert(&element.name) {
                broken.push(format!("{key} names `{}` twice", element.name));
            }
        }
    }
    broken
}

fn index_key_size(schema: &TableSchema) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, index) in &schema.global_indexes {
        let (partition, sort) = (index.key.partition.len(), index.key.sort.len());
        if !(1..=4).contains(&partition) {
            broken.push(format!("global index `{name}` has {partition} partition attributes; DynamoDB takes 1 to 4"));
        }
        if sort > 4 {
            broken.push(format!("global index `{name}` has {sort} sort attributes; DynamoDB takes up to 4"));
        }
    }
    broken
}

fn index_names_differ(schema: &TableSchema) -> Vec<String> {
    let both = schema.global_indexes.keys().filter(|name| schema.local_indexes.contains_key(*name));
    both.map(|name| format!("`{name}` is both a global and a local index")).collect()
}

fn limit(kind: &str, count: usize, max: usize) -> Vec<String> {
    if count > max { vec![format!("{count} {kind} indexes; a table takes up to {max}")] } else { Vec::new() }
}

fn local_index_needs_sort_key(schema: &TableSchema) -> Vec<String> {
    if schema.local_indexes.is_empty() || schema.key.sort.is_some() {
        return Vec::new();
    }
    vec!["a table with local indexes needs a sort key of its own".to_owned()]
}

fn projections(schema: &TableSchema) -> impl Iterator<Item = (&IndexName, &BTreeSet<String>)> {
    let global = schema.global_indexes.iter().map(|(name, index)| (name, &index.projection));
    let local = schema.local_indexes.iter().map(|(name, index)| (name, &index.projection));
    global.chain(local).filter_map(|(name, projection)| match projection {
        Projection::Include(attributes) => Some((name, attributes)),
        Projection::All | Projection::KeysOnly => None,
    })
}

fn projection_names(schema: &TableSchema) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, attributes) in projections(schema) {
        if attributes.is_empty() {
            broken.push(format!("index `{name}` includes no attribute; say `keys_only`"));
        }
        for attribute in attributes.iter().filter(|attribute| attribute.is_empty() || attribute.len() > 255) {
            broken.push(format!("index `{name}` includes `{attribute}`, of {} bytes; DynamoDB takes 1 to 255", attribute.len()));
        }
    }
    broken
}

// None at all is told by `projection_names`.
fn projection_size(schema: &TableSchema) -> Vec<String> {
    let too_many = projections(schema).filter(|(_, attributes)| attributes.len() > 20);
    too_many
        .map(|(name, attributes)| format!("index `{name}` includes {} attributes; DynamoDB takes 1 to 20", attributes.len()))
        .collect()
}

// The same attribute in two indexes counts twice.
fn projection_limit(schema: &TableSchema) -> Vec<String> {
    let count: usize = projections(schema).map(|(_, attributes)| attributes.len()).sum();
    if count > 100 {
        vec![format!("the indexes include {count} attributes; a table takes up to 100 over all of them")]
    } else {
        Vec::new()
    }
}

fn ttl_attribute(schema: &TableSchema) -> Vec<String> {
    let Setting::Set(name) = &schema.ttl else { return Vec::new() };
    let mut broken = Vec::new();
    if name.is_empty() || name.len() > 255 {
        broken.push(format!("the time-to-live attribute `{name}` has {} bytes; DynamoDB takes 1 to 255", name.len()));
    }
    let declared = schema.attributes.iter().find(|attribute| attribute.name == *name).map(|attribute| attribute.kind);
    let number = matches!(declared, None | Some(AttributeKind::N | AttributeKind::Unknown));
    if !number || schema.scalar_of(name).is_some_and(|scalar| scalar != ScalarType::N) {
        broken.push(format!("the time-to-live attribute `{name}` is not a number, so nothing would ever expire"));
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::super::{GlobalIndex, IndexKey, LocalIndex, PrimaryKey};
    use super::*;

    fn table() -> TableSchema {
        let key = PrimaryKey { partition: element("id", ScalarType::S), sort: Some(element("at", ScalarType::N)) };
        TableSchema::new(TableName::checked("customers"), key)
    }

    fn element(name: &str, scalar: ScalarType) -> KeyElement {
        KeyElement::new(name, scalar)
    }

    fn name(name: String) -> IndexName {
        IndexName::new(name).unwrap()
    }

    fn global(partition: Vec<KeyElement>, sort: Vec<KeyElement>, projection: Projection) -> GlobalIndex {
        GlobalIndex::new(IndexKey { partition, sort }, projection)
    }

    fn local(sort: KeyElement) -> LocalIndex {
        LocalIndex { sort, projection: Projection::All }
    }

    fn include(count: usize) -> Projection {
        Projection::Include((0..count).map(|n| format!("a{n}")).collect())
    }

    type Spoil = Box<dyn Fn(&mut TableSchema)>;

    #[test]
    fn each_rule_is_broken_once() {
        let email = || element("email", ScalarType::S);
        let cases: Vec<(&str, Spoil, &str)> = vec![
            (
                "one-type-per-attribute",
                Box::new(move |t| {
                    t.global_indexes
                        .insert(name("by-at".into()), global(vec![element("at", ScalarType::S)], vec![], Projection::All));
                }),
                "key attribute `at` is used as S and N; a table has one type for an attribute",
            ),
            (
                "key-name-length",
                Box::new(|t| t.key.partition.name = String::new()),
                "the key attribute `` has 0 bytes; DynamoDB takes 1 to 255",
            ),
            (
                "key-attributes-differ",
                Box::new(|t| {
                    t.local_indexes.insert(name("by-id".into()), local(element("id", ScalarType::S)));
                }),
                "local index `by-id` names `id` twice",
            ),
            (
                "index-key-size",
                Box::new(|t| {
                    t.global_indexes.insert(name("by-none".into()), global(vec![], vec![], Projection::All));
                }),
                "global index `by-none` has 0 partition attributes; DynamoDB takes 1 to 4",
            ),
            (
                "index-names-differ",
                Box::new(move |t| {
                    t.global_indexes.insert(name("by-email".into()), global(vec![email()], vec![], Projection::All));
                    t.local_indexes.insert(name("by-email".into()), local(email()));
                }),
                "`by-email` is both a global and a local index",
            ),
            (
                "global-index-limit",
                Box::new(move |t| {
                    let index = || global(vec![email()], vec![], Projection::All);
                    t.global_indexes = (0..21).map(|n| (name(format!("by-{n}")), index())).collect();
                }),
                "21 global indexes; a table takes up to 20",
            ),
            (
                "local-index-limit",
                Box::new(move |t| t.local_indexes = (0..6).map(|n| (name(format!("by-{n}")), local(email()))).collect()),
                "6 local indexes; a table takes up to 5",
            ),
            (
                "local-index-needs-sort-key",
                Box::new(move |t| {
                    t.key.sort = None;
                    t.local_indexes.insert(name("by-email".into()), local(email()));
                }),
                "a table with local indexes needs a sort key of its own",
            ),
            (
                "projection-names",
                Box::new(move |t| {
                    t.global_indexes.insert(name("by-email".into()), global(vec![email()], vec![], include(0)));
                }),
                "index `by-email` includes no attribute; say `keys_only`",
            ),
            (
                "projection-size",
                Box::new(move |t| {
                    t.global_indexes.insert(name("by-email".into()), global(vec![email()], vec![], include(21)));
                }),
                "index `by-email` includes 21 attributes; DynamoDB takes 1 to 20",
            ),
            (
                "projection-limit",
                Box::new(move |t| {
                    for n in 0..6 {
                        let includes = include(if n == 5 { 1 } else { 20 });
                        t.global_indexes.insert(name(format!("by-{n}")), global(vec![email()], vec![], includes));
                    }
                }),
                "the indexes include 101 attributes; a table takes up to 100 over all of them",
            ),
            (
                "ttl-attribute",
                Box::new(|t| t.ttl = Setting::Set("id".to_owned())),
                "the time-to-live attribute `id` is not a number, so nothing would ever expire",
            ),
        ];
        assert_eq!(cases.iter().map(|case| case.0).collect::<Vec<_>>(), RULES.iter().map(|rule| rule.name).collect::<Vec<_>>());
        assert_eq!(check(&table()), []);
        for (rule, spoil, what) in cases {
            let mut schema = table();
            spoil(&mut schema);
            let found: Vec<(&str, String)> = check(&schema).into_iter().map(|problem| (problem.rule, problem.what)).collect();
            assert_eq!(found, [(rule, what.to_owned())]);
        }
    }

    #[test]
    fn an_included_attribute_has_a_name_of_up_to_255_bytes() {
        let found = |attribute: String| {
            let mut schema = table();
            let includes = Projection::Include([attribute].into());
            schema
                .global_indexes
                .insert(name("by-email".into()), global(vec![element("email", ScalarType::S)], vec![], includes));
            check(&schema).into_iter().map(|problem| problem.rule).collect::<Vec<_>>()
        };
        assert_eq!(found("x".repeat(255)), [""; 0]);
        assert_eq!((found(String::new()), found("x".repeat(256))), (vec!["projection-names"], vec!["projection-names"]));
    }
}
