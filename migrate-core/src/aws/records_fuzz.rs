//! Items of the management table that somebody damaged, read by all that reads them: told as damaged, or as good as whole, and never a panic.
//!
//! Cases: 256 of each; `PROPTEST_CASES=100000 cargo test -p migrate-core records_fuzz` for a night.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::fake;
use super::jobs::{Job, JobStore, Position};
use super::store::{Item, Store};
use super::wire::from_sdk;
use crate::error::{Error, ErrorKind};
use crate::history::{Counts, Entry, Environment, LockInfo, Record, RunInfo, Turn};
use crate::migration::{MigrationId, Version};
use crate::schema::TableName;

const PLACE: &str = "update orders 1";

/// What is done to an item.
#[derive(Clone, Debug)]
enum Damage {
    /// An attribute, or what stands in it where that is a map, becomes another value.
    Replace(Index, Index, AttributeValue),
    Remove(Index),
    /// What a newer version may write.
    Add(String, AttributeValue),
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Values that fit badly: of a wrong type, beyond a type's end, too long, too deep; among them some that only an engine with a fault gives.
fn value() -> impl Strategy<Value = AttributeValue> {
    value_with(&["NaN", ""])
}

/// What a table can hold, which has no number that is none.
fn held_value() -> impl Strategy<Value = AttributeValue> {
    value_with(&[])
}

fn value_with(no_numbers: &[&'static str]) -> impl Strategy<Value = AttributeValue> {
    let mut numbers = vec![
        "-1",
        "0",
        "1",
        "1.5",
        "1e3",
        "2",
        "1000000",
        "1000001",
        "4294967295",
        "4294967296",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "1e400",
        "12345678901234567890123456789012345678",
    ];
    numbers.extend(no_numbers);
    let texts = vec![
        "",
        "end",
        "after",
        "#",
        "\u{1b}[2J\u{202e}",
        r#"{"id":{"S":"a"}}"#,
        r#"{"id":{"M":{}}}"#,
        "9999-12-31T23:59:59Z",
        "-009999-01-01T00:00:00Z",
        "2026-01-02T03:04:05Z",
        "migration_applied",
        "sequence_started",
        "orders",
        "a/b",
    ];
    let leaf = prop_oneof![
        select(numbers).prop_map(|digits| AttributeValue::N(digits.to_owned())),
        select(texts).prop_map(text),
        any::<String>().prop_map(AttributeValue::S),
        Just(text(&"x".repeat(70_000))),
        Just((0..40).fold(text("deep"), |inner, _| AttributeValue::L(vec![inner]))),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        vec(any::<u8>(), 0..3).prop_map(|bytes| AttributeValue::B(Blob::new(bytes))),
        Just(AttributeValue::Ss(vec!["a".to_owned()])),
        Just(AttributeValue::Ns(vec!["1".to_owned()])),
    ];
    let key =
        || select(vec!["after", "end", "version", "name", "number", "by", "at", "changed", "event", "x"]).prop_map(str::to_owned);
    leaf.prop_recursive(2, 8, 3, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(AttributeValue::L),
            proptest::collection::hash_map(key(), inner, 0..3).prop_map(AttributeValue::M),
        ]
    })
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        6 => (any::<Index>(), any::<Index>(), value()).prop_map(|(at, inside, value)| Damage::Replace(at, inside, value)),
        2 => any::<Index>().prop_map(Damage::Remove),
        1 => ("[a-z_]{3,12}", held_value()).prop_map(|(name, value)| Damage::Add(format!("new_{name}"), value)),
    ]
}

/// Damages an item, but for its key: by that it is found.
fn harm(item: &mut Item, damage: Damage) {
    let mut names: Vec<String> = item.keys().filter(|name| !["pk", "sk"].contains(&&***name)).cloned().collect();
    names.sort();
    match damage {
        Damage::Replace(at, inside, value) => match item.get_mut(at.get(&names)) {
            Some(AttributeValue::M(map)) if !map.is_empty() && inside.index(3) > 0 => {
                let mut names: Vec<String> = map.keys().cloned().collect();
                names.sort();
                map.insert(inside.get(&names).clone(), value);
            }
            Some(place) => *place = value,
            None => {}
        },
        Damage::Remove(at) => drop(item.remove(at.get(&names))),
        Damage::Add(name, value) => drop(item.insert(name, value)),
    }
}

fn json_of(item: &Item) -> Value {
    let member = |(name, value): (&String, &AttributeValue)| {
        let mut text = String::new();
        from_sdk(value, &mut text);
        (name.clone(), serde_json::from_str(&text).unwrap())
    };
    Value::Object(item.iter().map(member).collect())
}

/// A table that holds these items and takes every write without keeping it.
#[derive(Clone, Default)]
struct Table(Arc<Mutex<Vec<Item>>>);

impl Table {
    fn hold(&self, items: &[Item]) {
        items.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn store(&self) -> Store {
        let table = self.clone();
        let client = fake::client(move |operation, body| fake::json(200, &table.answer(operation, body).to_string()));
        Store::new(client, TableName::checked("migrations"), "shop")
    }

    fn answer(&self, operation: &str, body: &str) -> Value {
        let body: Value = serde_json::from_str(body).unwrap();
        let values = &body["ExpressionAttributeValues"];
        let wanted = |item: &&Item| {
            let of = |name: &str| item[name].as_s().unwrap().clone();
            match operation {
                "GetItem" => body["Key"]["pk"]["S"] == of("pk") && body["Key"]["sk"]["S"] == of("sk"),
                _ => {
                    let part = values[":pk"]["S"].as_str().or(values[":sequence"]["S"].as_str());
                    let prefix = values[":prefix"]["S"].as_str().unwrap_or_default();
                    let exact = values[":sk"]["S"].as_str();
                    part == Some(&of("pk")) && of("sk").starts_with(prefix) && exact.is_none_or(|sort| sort == of("sk"))
                }
            }
        };
        let items = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found: Vec<Value> = items.iter().filter(wanted).map(json_of).collect();
        match operation {
            "GetItem" => found.into_iter().next().map_or(json!({}), |item| json!({"Item": item})),
            "Query" => json!({"Items": found, "Count": found.len(), "ScannedCount": found.len()}),
            _ => json!({}),
        }
    }
}

fn kept(of: impl serde::Serialize, part: &str, sort: &str) -> Item {
    let mut item: Item = serde_dynamo::to_item(of).unwrap();
    item.extend([("pk".to_owned(), text(part)), ("sk".to_owned(), text(sort))]);
    item
}

fn run() -> RunInfo {
    let some = |text: &str| Some(text.to_owned());
    RunInfo {
        run_id: "r".to_owned(),
        caller: some("ana"),
        host: some("box"),
        commit: some("0123"),
        ci: some("url"),
        ..RunInfo::default()
    }
}

/// The lock, an environment, a guest's mark and a history, in which whatever was damaged still has what comes before and after it.
fn history() -> Vec<Item> {
    let (table, table_id) = (TableName::checked("orders"), Some("id-1".to_owned()));
    let (migration, fingerprint) = (MigrationId { version: Version::new(1), name: "load".to_owned() }, "f".to_owned());
    let counts = Counts { changed: 7, ..Counts::default() };
    let entries = [
        Entry::SequenceStarted { fresh_up_to: Some(Version::new(0)) },
        Entry::TableCreating { table: table.clone() },
        Entry::TableCreated { table, table_id },
        Entry::MigrationStarted { migration: migration.clone(), fingerprint: fingerprint.clone() },
        Entry::MigrationFailed { migration: migration.clone(), fingerprint: fingerprint.clone(), error: "no".to_owned() },
        Entry::MigrationStarted { migration: migration.clone(), fingerprint: fingerprint.clone() },
        Entry::MigrationApplied {
            migration,
            fingerprint,
            breaking: false,
            duration_ms: 3,
            counts,
            tables: vec!["orders".to_owned()],
        },
        Entry::SchemaApplied { revision: "r-1".to_owned(), last: Some(Version::new(1)) },
    ];
    let at = "2026-01-02T03:04:05Z".parse().unwrap();
    let records = (1u64..).zip(entries).map(|(number, entry)| {
        let record = Record { number, at, epoch: 3, run: run(), text: entry.to_string(), entry };
        kept(record, "shop", &format!("history#{number:010}"))
    });
    let lock =
        LockInfo { epoch: 3, beat: 1, released: true, lease_ms: 30_000, since: at, doing: "done".to_owned(), holder: run() };
    let environment = Environment { name: "prod".to_owned(), account: Some("1".to_owned()), region: None };
    let guest = BTreeMap::from([("table", "orders"), ("guest", "reports")]);
    let others =
        [kept(lock, "shop", "lock"), kept(environment, "shop", "environment"), kept(guest, "shop", "guest#orders#reports")];
    records.chain(others).collect()
}

/// A job's head, two of its segments, an item that it put aside, and what a person says.
fn progress() -> Vec<Item> {
    let place = format!("0001/{PLACE}");
    let at = "2026-01-02T03:04:05Z";
    let job = json!({"place": PLACE, "table": "orders", "table_id": "t-1", "fingerprint": "f"});
    let with = |more: Value| {
        let members = [&job, &more].into_iter().flat_map(|value| value.as_object().unwrap().clone());
        Value::Object(members.collect())
    };
    let head = with(
        json!({"segments": 4, "sweep": 1, "finished": false, "counts": Counts { changed: 7, ..Counts::default() }, "begun": at}),
    );
    let letter = with(json!({"key": r#"{"id":{"S":"a"}}"#, "error": "no", "at": at}));
    let control = json!({"paused": {"by": "ana", "at": at}, "write": {"per_second": 5}, "throttled": {"by": "ben", "at": at}});
    vec![
        kept(head, "shop#data", &place),
        kept(json!({"sweep": 1, "position": {"after": r#"{"id":{"S":"o-1"}}"#}}), "shop#data", &format!("{place}/seg/0000001")),
        kept(json!({"sweep": 1, "position": "end"}), "shop#data", &format!("{place}/seg/0000002")),
        kept(letter, "shop#data", &format!("{place}/dead/00")),
        kept(control, "shop#data", "control"),
    ]
}

/// Runs `read` on the items, one or two of them damaged.
fn damaged(items: Vec<Item>, read: impl AsyncFn(&Store) -> Result<(), Error>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let table = Table::default();
    let store = table.store();
    table.hold(&items);
    runtime.block_on(read(&store)).expect("whole, they are read");
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let done = runner.run(&vec((any::<Index>(), damage()), 1..3), |damages| {
        let mut items = items.clone();
        let is_newer = damages.iter().all(|(_, damage)| matches!(damage, Damage::Add(..)));
        for (at, damage) in damages {
            let at = at.index(items.len());
            harm(&mut items[at], damage);
        }
        table.hold(&items);
        if let Err(error) = runtime.block_on(read(&store)) {
            prop_assert_eq!(error.kind(), ErrorKind::CorruptHistory, "{:?}", error);
            prop_assert!(!is_newer, "what is not known is passed over: {:?}", error);
            prop_assert!(!error.help().is_empty(), "{:?}", error);
        }
        Ok(())
    });
    if let Err(failure) = done {
        panic!("{failure}");
    }
}

#[test]
fn a_damaged_history_is_told() {
    damaged(history(), async |store| {
        let mut found = store.read().await?;
        let entry = Entry::MigrationSkipped {
            migration: MigrationId { version: Version::new(9), name: "next".to_owned() },
            fingerprint: String::new(),
            breaking: false,
        };
        // One that runs goes on from there: under the next epoch, with the next record.
        let epoch = found.lock.map_or(0, |lock| lock.epoch) + 1;
        store.append(&mut found.history, epoch, &run(), vec![entry]).await
    });
}

#[test]
fn damaged_progress_is_told() {
    damaged(progress(), async |store| {
        let jobs = JobStore::new(store, Version::new(1), Turn::default(), 3);
        let job = Job {
            place: PLACE.to_owned(),
            table: "orders".to_owned(),
            table_id: Some("t-1".to_owned()),
            fingerprint: "f".to_owned(),
        };
        jobs.control().await?;
        for aside in jobs.all_aside().await? {
            aside.letter.attributes()?;
            let _ = aside.shown(None);
        }
        let kept = jobs.open(&job, 4).await?;
        // Room for each of them is made.
        assert!((1..=1_000_000).contains(&kept.segments) && kept.positions.keys().all(|number| *number < kept.segments));
        let mut counts = kept.counts;
        counts += Counts { changed: 1, scanned: 1, ..counts };
        let _ = counts.since(kept.counts);
        jobs.save(PLACE, &BTreeMap::from([(0, Position::End)]), counts).await?;
        jobs.next_sweep(PLACE, kept.sweep + 1, counts).await
    });
}
