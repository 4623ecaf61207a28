//! Tables that several sequences declare: one owns the table, the others name that one and own single indexes. Knows no database.

use std::collections::BTreeMap;

use super::check::RegistryError;
use crate::migration::Location;
use crate::schema::{IndexName, TableName, TableSchema};

/// A table as one sequence declares it.
pub(super) type Declared = (&'static str, Location, TableSchema);

/// Holds what different sequences say of one table against each other. An owner that is not linked is told by the database.
pub(super) fn check(mut declared: Vec<Declared>, problems: &mut Vec<RegistryError>) {
    declared.sort_by_key(|(sequence, location, _)| (*sequence, location.file, location.line));
    let mut tables: BTreeMap<&TableName, Vec<&Declared>> = BTreeMap::new();
    for table in &declared {
        tables.entry(&table.2.name).or_default().push(table);
    }
    for (table, declared) in tables {
        one_owner(table, &declared, problems);
        one_owner_of_each_index(table, &declared, problems);
    }
}

fn one_owner(table: &TableName, declared: &[&Declared], problems: &mut Vec<RegistryError>) {
    let owner = declared.iter().find(|(.., schema)| schema.handling.owner.is_none());
    let mut named: Option<(&str, &Location)> = None;
    for (sequence, location, schema) in declared {
        let wrong = match (&schema.handling.owner, owner) {
            (None, Some((first, at, _))) => {
                // Twice in one sequence is told where that is collected.
                if first != sequence {
                    problems.push(RegistryError::TableTwice { table: table.clone(), first: *at, second: *location });
                }
                continue;
            }
            (None, None) => continue,
            // Told where one sequence is checked.
            (Some(name), _) if name == sequence => continue,
            (Some(name), Some((owner, at, _))) if name != owner => Some(format!("sequence `{owner}` owns it ({at})")),
            (Some(name), None) => match named {
                Some((other, at)) if other != name => Some(format!("with `owner = \"{other}\"` at {at}")),
                _ => {
                    named = Some((name, location));
                    None
                }
            },
            (Some(_), Some(_)) => None,
        };
        if let (Some(owner), Some(named)) = (wrong, &schema.handling.owner) {
            let (table, named) = (table.clone(), named.clone());
            problems.push(RegistryError::WrongOwner { table, named, location: *location, owner });
        }
    }
}

fn one_owner_of_each_index(table: &TableName, declared: &[&Declared], problems: &mut Vec<RegistryError>) {
    let mut seen: BTreeMap<&IndexName, (&str, Location)> = BTreeMap::new();
    for (sequence, location, schema) in declared {
        for index in schema.global_indexes.keys().chain(schema.local_indexes.keys()) {
            match seen.get(index) {
                Some((first, at)) if first != sequence => {
                    let (table, index) = (table.clone(), index.clone());
                    problems.push(RegistryError::IndexTwice { table, index, first: *at, second: *location });
                }
                Some(_) => {}
                None => {
                    seen.insert(index, (sequence, *location));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{GlobalIndex, IndexKey, KeyElement, PrimaryKey, Projection, ScalarType};

    fn table(sequence: &'static str, line: u32, owner: Option<&str>, indexes: &[&'static str]) -> Declared {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        let mut schema = TableSchema::new(TableName::checked("orders"), key);
        schema.handling.owner = owner.map(str::to_owned);
        for index in indexes {
            let key = IndexKey { partition: vec![KeyElement::new("day", ScalarType::S)], sort: Vec::new() };
            schema.global_indexes.insert(IndexName::checked(index), GlobalIndex::new(key, Projection::All));
        }
        (sequence, Location { file: "tables.rs", line }, schema)
    }

    fn problems(declared: Vec<Declared>) -> Vec<String> {
        let mut problems = Vec::new();
        check(declared, &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_owner_and_guests_that_name_it_are_fine() {
        let shop = || table("shop", 1, None, &["by-email"]);
        assert_eq!(problems(vec![shop()]), [""; 0]);
        assert_eq!(problems(vec![shop(), table("reports", 2, Some("shop"), &["by-day"])]), [""; 0]);
        assert_eq!(problems(vec![table("a", 1, Some("shop"), &["by-day"]), table("b", 2, Some("shop"), &["x"])]), [""; 0]);
    }

    #[test]
    fn each_other_case_names_both_places() {
        let shop = || table("shop", 1, None, &["by-email"]);
        assert_eq!(
            problems(vec![shop(), table("reports", 2, None, &[])]),
            ["table `orders` is declared twice: tables.rs:2 and tables.rs:1"]
        );
        assert_eq!(
            problems(vec![shop(), table("reports", 2, Some("stock"), &[])]),
            ["table `orders` is declared with `owner = \"stock\"` (tables.rs:2), but sequence `shop` owns it (tables.rs:1)"]
        );
        assert_eq!(
            problems(vec![table("a", 1, Some("shop"), &[]), table("b", 2, Some("stock"), &[])]),
            ["table `orders` is declared with `owner = \"stock\"` (tables.rs:2), but with `owner = \"shop\"` at tables.rs:1"]
        );
        assert_eq!(
            problems(vec![shop(), table("reports", 2, Some("shop"), &["by-email"])]),
            ["index `orders/by-email` is declared twice: tables.rs:2 and tables.rs:1"]
        );
    }
}
