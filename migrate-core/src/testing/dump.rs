//! A database as text that compares: all that a run leaves, and nothing of who, when, how often and under which ids. It never knows what
//! should be there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use super::decimal;
use crate::aws::fault::explain;
use crate::aws::inspect;
use crate::aws::wire::{from_sdk, push_string};
use crate::error::{Error, ErrorKind};
use crate::history::{History, MigrationStatus, Ownership};
use crate::iam::Action;
use crate::schema::{Aspect, PrimaryKey, TableName};

/// A database in its canonical form: its tables with all settings, every item, who owns which table and where each migration stands.
///
/// Two databases that cannot be told apart by an application have the same. It displays as lines, for a snapshot or a diff.
#[derive(Clone, PartialEq, Eq)]
pub struct Dump(Vec<String>);

impl Dump {
    /// Its lines.
    pub fn lines(&self) -> &[String] {
        &self.0
    }

    /// The lines that only one of the two has, under the table that they are of: `-` this one, `+` the other. A line that is there twice counts
    /// twice.
    pub fn difference(&self, other: &Self) -> String {
        let (ours, theirs) = (self.sections(), other.sections());
        let headings: BTreeSet<&str> = ours.keys().chain(theirs.keys()).copied().collect();
        let mut shown = Vec::new();
        for heading in headings {
            let sign = match (ours.contains_key(heading), theirs.contains_key(heading)) {
                (true, false) => "- ",
                (false, true) => "+ ",
                _ => "",
            };
            let [ours, theirs] = [&ours, &theirs].map(|all| all.get(heading).map_or(&[][..], Vec::as_slice));
            let lines = [only(ours, theirs, "-"), only(theirs, ours, "+")].concat();
            if !(lines.is_empty() && sign.is_empty()) {
                shown.push(format!("{sign}{heading}"));
                shown.extend(lines);
            }
        }
        shown.join("\n")
    }

    /// What stands under each heading: a table, or the history.
    fn sections(&self) -> BTreeMap<&str, Vec<&str>> {
        let (mut sections, mut heading) = (BTreeMap::<_, Vec<_>>::new(), "");
        for line in &self.0 {
            match line.strip_prefix("  ") {
                Some(line) => sections.entry(heading).or_default().push(line),
                None => {
                    heading = line;
                    sections.entry(heading).or_default();
                }
            }
        }
        sections
    }
}

/// The lines of which the first has more than the second.
fn only(lines: &[&str], others: &[&str], sign: &str) -> Vec<String> {
    let mut others = others.to_vec();
    let mut only = Vec::new();
    for line in lines {
        match others.iter().position(|other| other == line) {
            Some(found) => drop(others.swap_remove(found)),
            None => only.push(format!("{sign} {line}")),
        }
    }
    only
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Lines read better than a quoted list.
impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Every table whose name begins with `prefix`, but for those in `without`, and a history.
pub(super) async fn dump(client: &Client, prefix: &str, without: &[&str], history: Option<&History>) -> Result<Dump, Error> {
    let mut lines = Vec::new();
    for table in tables(client, prefix).await? {
        if !without.contains(&table.as_str()) {
            describe(client, prefix, &table, &mut lines).await?;
        }
    }
    if let Some(history) = history {
        lines.push("history".to_owned());
        for state in history.migrations().values() {
            lines.push(format!("  {}: {}", state.migration, words(&state.status)));
        }
        for (table, ownership) in history.tables() {
            let whose = match ownership {
                Ownership::Creating => "its creation was begun",
                Ownership::Owned { .. } => "ours",
                Ownership::Dropping { .. } => "its removal was begun",
            };
            lines.push(format!("  table {}: {whose}", logical(table.as_str(), prefix)));
        }
    }
    Ok(Dump(lines))
}

/// The physical names of the tables that begin so, in order.
pub(super) async fn tables(client: &Client, prefix: &str) -> Result<BTreeSet<String>, Error> {
    let listed = client.list_tables().into_paginator().items().send().try_collect().await;
    let all = listed.map_err(|error| explain(Action::ListTables, "the tables", error))?;
    Ok(all.into_iter().filter(|name| name.starts_with(prefix)).collect())
}

fn logical<'a>(table: &'a str, prefix: &str) -> &'a str {
    table.strip_prefix(prefix).unwrap_or(table)
}

async fn describe(client: &Client, prefix: &str, table: &str, lines: &mut Vec<String>) -> Result<(), Error> {
    let name = TableName::new(table.to_owned()).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
    let apart = BTreeSet::from([Aspect::Ttl, Aspect::Tags]);
    let Some(live) = inspect::describe(client, &name, &apart).await? else { return Ok(()) };
    lines.push(format!("table {}", logical(table, prefix)));
    let encode = |error| Error::new(ErrorKind::Encode, error);
    let schema = serde_json::to_value(&live.schema).map_err(encode)?;
    if let serde_json::Value::Object(settings) = schema {
        let settings = settings.iter().filter(|(setting, value)| *setting != "name" && !value.is_null());
        lines.extend(settings.map(|(setting, value)| format!("  {setting}: {value}")));
    }
    lines.extend(live.index_status.iter().map(|(index, status)| format!("  index {index}: {status:?}")));
    lines.extend(items(client, table, &live.schema.key).await?.iter().map(|item| format!("  item {}", text(item))));
    Ok(())
}

/// Every item of a table, in the order of their keys.
pub(super) async fn items(client: &Client, table: &str, key: &PrimaryKey) -> Result<Vec<HashMap<String, AttributeValue>>, Error> {
    let scan = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
    let mut items = scan.try_collect().await.map_err(|error| explain(Action::Scan, table, error))?;
    items.sort_by(|a, b| {
        let order = key.attributes().map(|attribute| by_key(a.get(&attribute.name), b.get(&attribute.name)));
        order.fold(Ordering::Equal, Ordering::then)
    });
    Ok(items)
}

/// In DynamoDB's own order. A key has one type, which the table says.
fn by_key(a: Option<&AttributeValue>, b: Option<&AttributeValue>) -> Ordering {
    match (a, b) {
        (Some(AttributeValue::N(a)), Some(AttributeValue::N(b))) => decimal::compare(a, b),
        (Some(AttributeValue::B(a)), Some(AttributeValue::B(b))) => a.as_ref().cmp(b.as_ref()),
        (Some(AttributeValue::S(a)), Some(AttributeValue::S(b))) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

fn text(item: &HashMap<String, AttributeValue>) -> String {
    let sorted: BTreeMap<_, _> = item.iter().collect();
    let mut text = String::from("{");
    for (name, value) in sorted {
        if text.len() > 1 {
            text.push(',');
        }
        push_string(name, &mut text);
        text.push(':');
        from_sdk(&settled(value), &mut text);
    }
    text.push('}');
    text
}

/// A set has no order, and each engine another one.
fn settled(value: &AttributeValue) -> AttributeValue {
    let sorted = |list: &Vec<String>| {
        let mut list = list.clone();
        list.sort();
        list
    };
    match value {
        AttributeValue::Ss(set) => AttributeValue::Ss(sorted(set)),
        AttributeValue::Ns(set) => AttributeValue::Ns(sorted(set)),
        AttributeValue::Bs(set) => {
            let mut set = set.clone();
            set.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
            AttributeValue::Bs(set)
        }
        AttributeValue::L(list) => AttributeValue::L(list.iter().map(settled).collect()),
        AttributeValue::M(map) => AttributeValue::M(map.iter().map(|(name, value)| (name.clone(), settled(value))).collect()),
        _ => value.clone(),
    }
}

/// Where a migration stands, in a word or two.
pub(super) fn words(status: &MigrationStatus) -> &'static str {
    match status {
        MigrationStatus::Started => "started",
        MigrationStatus::Failed { .. } => "failed",
        MigrationStatus::Applied { .. } => "applied",
        MigrationStatus::Skipped => "skipped",
        MigrationStatus::Baselined => "baselined",
        MigrationStatus::Resolved { .. } => "resolved",
        MigrationStatus::RollingBack => "rolling back",
        MigrationStatus::RollbackFailed { .. } => "rollback failed",
        MigrationStatus::RolledBack => "rolled back",
        MigrationStatus::Reopened { .. } => "reopened",
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;

    fn dump(lines: &[&str]) -> Dump {
        Dump(lines.iter().map(|line| (*line).to_owned()).collect())
    }

    #[test]
    fn what_one_table_lacks_is_not_hidden_by_another() {
        let whole = dump(&["table a", "  item 1", "  item 2", "table b", "  item 1", "history", "  0001 one: applied"]);
        let lost = dump(&["table a", "  item 2", "table b", "  item 1", "history", "  0001 one: applied"]);
        assert_eq!(whole.difference(&lost), "table a\n- item 1");
        assert_eq!(lost.difference(&whole), "table a\n+ item 1");
        assert_eq!(whole.difference(&whole), "");
    }

    #[test]
    fn a_table_that_one_lacks_is_shown_whole_and_a_line_counts_as_often_as_it_is_there() {
        let (one, two) = (dump(&["table a", "  item 1", "  item 1"]), dump(&["table a", "  item 1", "table b", "  item 1"]));
        assert_eq!(one.difference(&two), "table a\n- item 1\n+ table b\n+ item 1");
    }

    #[test]
    fn bytes_are_ordered_as_bytes() {
        let [a, b] = [&[2_u8][..], &[10]].map(|bytes| AttributeValue::B(Blob::new(bytes)));
        assert_eq!(by_key(Some(&a), Some(&b)), Ordering::Less);
    }

    #[test]
    fn large_numbers_side_by_side_are_told_apart() {
        let [a, b] = ["9007199254740992", "9007199254740993"].map(|digits| AttributeValue::N(digits.to_owned()));
        assert_eq!(by_key(Some(&a), Some(&b)), Ordering::Less);
    }

    #[test]
    fn sets_are_sorted_wherever_they_stand() {
        let set = |of: [&str; 2]| AttributeValue::Ss(of.map(str::to_owned).to_vec());
        let holders: [fn(AttributeValue) -> AttributeValue; 2] =
            [|value| AttributeValue::L(vec![value]), |value| AttributeValue::M(HashMap::from([("in".to_owned(), value)]))];
        for holder in holders {
            assert_eq!(settled(&holder(set(["b", "a"]))), holder(set(["a", "b"])));
        }
    }
}
