//! A database as text that compares: all that a run leaves, and nothing of who, when, how often and under which ids. It never knows what
//! should be there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

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

    /// The lines that only one of the two has: `-` this one, `+` the other.
    pub fn difference(&self, other: &Self) -> String {
        let missing = self.0.iter().filter(|line| !other.0.contains(line)).map(|line| format!("- {}", line.trim_start()));
        let added = other.0.iter().filter(|line| !self.0.contains(line)).map(|line| format!("+ {}", line.trim_start()));
        missing.chain(added).collect::<Vec<_>>().join("\n")
    }
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
    let of = |item: &HashMap<String, AttributeValue>, attribute: &str| match item.get(attribute) {
        Some(AttributeValue::N(digits)) => (digits.parse().unwrap_or(f64::NAN), String::new()),
        Some(AttributeValue::S(text)) => (0.0, text.clone()),
        other => (0.0, format!("{other:?}")),
    };
    items.sort_by(|a, b| {
        let order = key.attributes().map(|attribute| {
            let (a, b) = (of(a, &attribute.name), of(b, &attribute.name));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        });
        order.fold(Ordering::Equal, Ordering::then)
    });
    Ok(items)
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
