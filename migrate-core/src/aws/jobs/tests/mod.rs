//! What is kept of jobs, on the embedded engine: taken up by the next run, begun anew where it must be, never written by a run that lost its lock.

mod aside;
mod control;
mod crash;
mod damage;
mod resume;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use super::*;
use crate::aws::apply::{Wait, apply};
use crate::aws::store;
use crate::embedded::Engine;
use crate::history::{LockInfo, RunInfo};
use crate::schema::Naming;
use crate::step::Step;

const PLACE: &str = "update orders 1";

/// A sequence's part of a management table, whose lock has epoch 1.
async fn store() -> Store {
    let client = Engine::memory().unwrap().client();
    let schema = store::schema(&Naming::default()).unwrap();
    let store = Store::new(client.clone(), schema.name.clone(), "shop");
    apply(&client, &Step::CreateTable { schema }, &Wait::default(), false, &mut |_, _| {}).await.unwrap();
    lock(&store, 1).await;
    store
}

/// The lock as its holder of this epoch wrote it.
async fn lock(store: &Store, epoch: u64) {
    let (doing, holder) = (String::new(), RunInfo::default());
    let lock = LockInfo { epoch, beat: 0, released: false, lease_ms: 1, since: now(), doing, holder };
    put(store, store::LOCK, serde_dynamo::to_item(lock).unwrap()).await;
}

async fn put(store: &Store, sort: &str, mut item: Item) {
    item.extend(store.key(sort));
    let put = store.client().put_item().table_name(store.table().as_str()).set_item(Some(item));
    put.send().await.unwrap();
}

async fn delete(store: &Store, sort: &str) {
    let delete = store.client().delete_item().table_name(store.table().as_str()).set_key(Some(store.key(sort)));
    delete.send().await.unwrap();
}

/// The jobs of migration 1.
fn jobs(store: &Store, epoch: u64) -> JobStore {
    JobStore::new(store, Version::new(1), Turn::default(), epoch)
}

/// The same through another client.
fn through(store: &Store, client: Client) -> JobStore {
    jobs(&store.with_client(client), 1)
}

fn job(fingerprint: &str) -> Job {
    let table_id = Some("t-1".to_owned());
    Job { place: PLACE.to_owned(), table: "orders".to_owned(), table_id, fingerprint: fingerprint.to_owned() }
}

fn at(number: u32) -> Position {
    Position::After(format!(r#"{{"id":{{"S":"o-{number}"}}}}"#))
}

fn letter(key: &str, error: &str) -> DeadLetter {
    DeadLetter { key: key.to_owned(), error: error.to_owned() }
}

fn changed(changed: u64) -> Counts {
    Counts { changed, scanned: changed + 1, ..Counts::default() }
}

fn positions(numbers: std::ops::Range<u32>) -> BTreeMap<u32, Position> {
    numbers.map(|number| (number, at(number))).collect()
}

/// The sort keys in the jobs' part.
async fn kept(store: &Store) -> Vec<String> {
    jobs(store, 0).keys("0").await.unwrap()
}

/// Its whole content.
async fn content(store: &Store) -> Vec<(String, Item)> {
    jobs(store, 0).query("0").await.unwrap()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
