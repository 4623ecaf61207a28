//! What a database looks like, line by line: everything but who did it, when, and in how many attempts.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use migrate_core::Migrator;
use migrate_core::history::{Entry, History, Record};
use migrate_core::registry::Sequence;
use migrate_core::schema::Prefix;
use migrate_tests::scenario::{customers, indexes, items};

/// How many parcels were collected.
const PARCELS: u64 = 24;

#[derive(Debug)]
pub struct Dump(BTreeSet<String>);

/// A label as it was once, or as it is today: half of it is neither.
fn label(number: u64, today: bool) -> String {
    let label = format!("handle parcel {number:02} with care. ").repeat(150);
    if today { label.to_uppercase() } else { label }
}

/// An item without the test's prefix, and with its label in a word if it is whole.
fn legible(item: &str, prefix: &str) -> String {
    let labels = (0..PARCELS).flat_map(|number| [(number, false), (number, true)]);
    labels.fold(item.replace(&format!(" {prefix}"), " "), |text, (number, today)| {
        text.replace(&label(number, today), if today { "TODAY" } else { "yesterday" })
    })
}

/// A migrator that looks at the post office's history.
fn reader(client: &Client, prefix: &str) -> Migrator {
    let sequence = Sequence::of_tables("post", [customers()]).expect("a sequence");
    let builder = Migrator::builder(sequence, client.clone()).prefix(Prefix::new(prefix).expect("a prefix"));
    builder.local_engine().build().expect("a migrator")
}

/// The post office's history.
pub async fn records(client: &Client, prefix: &str) -> Vec<Record> {
    reader(client, prefix).history().await.expect("a history")
}

/// Whether the lock was given back.
pub async fn lock_is_free(client: &Client, prefix: &str) -> bool {
    reader(client, prefix).status().await.expect("a status").lock.is_none_or(|lock| lock.released)
}

/// How often each migration was recorded as applied.
pub fn applied(records: &[Record]) -> BTreeMap<u32, usize> {
    let mut applied = BTreeMap::new();
    for record in records {
        if let Entry::MigrationApplied { migration, .. } = &record.entry {
            *applied.entry(migration.version.get()).or_default() += 1;
        }
    }
    applied
}

/// Every parcel is as a migration left it, and nothing of it as another one did; and it is as the last one left it that was recorded.
pub async fn are_whole(client: &Client, prefix: &str, context: &str) {
    let applied = applied(&records(client, prefix).await);
    let mut pages = client.scan().table_name(format!("{prefix}parcels")).consistent_read(true).into_paginator().items().send();
    let mut seen = 0;
    while let Some(item) = pages.next().await {
        let item = item.unwrap_or_else(|error| panic!("{context}: {error:?}"));
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str);
        let id = text("id").expect("an id");
        let number: u64 = id["parcel-".len()..].parse().expect("a number");
        let weight: u64 = item["weight"].as_n().expect("a weight").parse().expect("a number");
        let town = format!("town{}", number % 5);
        let labelled = text("depot").is_some();
        assert_eq!(text("town"), Some(&*town), "{context}: {id}");
        assert!(text("depot").is_none_or(|depot| depot == format!("depot of {town}")), "{context}: {id}");
        assert_eq!(text("label"), Some(&*label(number, labelled)), "{context}: {id} is half written");
        assert!(weight == number || (labelled && weight == number + 100), "{context}: {id} weighs {weight}");
        assert!(labelled || !applied.contains_key(&2), "{context}: {id} was labelled by what is recorded as applied");
        assert!(weight > number || !applied.contains_key(&3), "{context}: {id} was weighed by what is recorded as applied");
        seen += 1;
    }
    if applied.contains_key(&4) {
        let delivered = items(client, &format!("{prefix}delivered")).await.len() as u64;
        assert_eq!(delivered, PARCELS, "{context}: what is recorded as applied has delivered less");
    } else {
        assert_eq!(seen, PARCELS, "{context}: none may be forgotten yet");
    }
}

impl Dump {
    pub async fn of(client: &Client, prefix: &str) -> Self {
        let (mut pages, mut names) = (client.list_tables().into_paginator().send(), Vec::new());
        while let Some(page) = pages.next().await {
            names.extend(page.expect("a list").table_names.unwrap_or_default());
        }
        let mut lines = BTreeSet::new();
        for name in names {
            let Some(short) = name.strip_prefix(prefix).filter(|name| *name != "migrations") else { continue };
            let described = client.describe_table().table_name(&name).send().await.expect("a table").table.expect("a table");
            let streams = described.stream_specification.is_some_and(|stream| stream.stream_enabled);
            let ttl = client.describe_time_to_live().table_name(&name).send().await.expect("a setting");
            let ttl = ttl.time_to_live_description.and_then(|ttl| ttl.attribute_name).unwrap_or_default();
            let indexes = indexes(client, &name).await;
            lines.insert(format!("table {short}: indexes {indexes:?}, stream {streams}, expires by {ttl}"));
            let items = items(client, &name).await;
            lines.extend(items.iter().map(|(key, item)| format!("{short} {key}: {}", legible(item, prefix))));
        }
        let records = records(client, prefix).await;
        lines.extend(applied(&records).iter().map(|(version, times)| format!("applied {version}, {times} times")));
        let history = History::from_records(records).expect("a history that follows");
        let owned = history.tables().keys().map(|name| name.as_str().strip_prefix(prefix).unwrap_or(name.as_str()));
        lines.extend(owned.map(|name| format!("owned {name}")));
        Self(lines)
    }

    /// What only one of two has.
    pub fn is(&self, wanted: &Self, context: &str) {
        let (more, less): (Vec<_>, Vec<_>) = (self.0.difference(&wanted.0).collect(), wanted.0.difference(&self.0).collect());
        assert!(more.is_empty() && less.is_empty(), "{context}\nmore: {more:#?}\nless: {less:#?}");
    }

    /// It is what the fixture is to make, or the suite would compare nothing with nothing.
    pub fn is_today(&self) {
        let has = |line: &str| assert!(self.0.contains(line), "no «{line}» in {:#?}", self.0);
        has("table parcels: indexes [\"by-depot\"], stream true, expires by expires");
        has("table delivered: indexes [], stream false, expires by ");
        (1..=5).for_each(|version| has(&format!("applied {version}, 1 times")));
        let count = |start: &str| self.0.iter().filter(|line| line.starts_with(start)).count();
        assert_eq!((count("parcels "), count("delivered "), count("owned "), count("table ")), (18, 24, 2, 2));
        assert!(self.0.iter().all(|line| !line.contains("WITH CARE") && !line.contains("yesterday")), "{:#?}", self.0);
    }
}
