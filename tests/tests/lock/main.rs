//! The lock: one runner at a time, a dead one is replaced, a stale one changes nothing any more.

mod app_name;
mod beats;
mod fence;

mod seam;
mod storm;
mod thread;
mod turns;

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Migrator;
use migrate_core::event::Event;
use migrate_core::migrator::Options;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{builder, customers, migration, migrator, sequence};

pub fn nothing(number: u32) -> &'static mut MigrationEntry {
    migration(number, "nothing", |_| Box::pin(async { Ok(()) }))
}

pub fn shop() -> Sequence {
    sequence([customers()], [nothing(1)])
}

pub fn shop_and(entry: &'static mut MigrationEntry) -> Sequence {
    sequence([customers()], [nothing(1), entry])
}

/// Changes the lock as a runner on another machine would.
pub async fn edit_lock(client: &Client, table: &str, update: &str, values: &[(&str, AttributeValue)]) {
    let mut edit = client.update_item().table_name(table).update_expression(update);
    edit = edit.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
    for (name, value) in values {
        edit = edit.expression_attribute_values(*name, value.clone());
    }
    edit.send().await.expect("an edit of the lock");
}

/// Leaves the lock held by a runner that is gone, or alive if somebody beats it.
pub async fn held(engine: &TestEngine) -> String {
    migrator(engine, engine.client(), shop()).up(Options::default()).await.expect("a first run");
    let table = engine.table("migrations");
    let values = [(":false", AttributeValue::Bool(false)), (":doing", AttributeValue::S("migration 0007 slow".into()))];
    edit_lock(&engine.client(), &table, "SET released = :false, doing = :doing", &values).await;
    table
}

pub type Events = Arc<Mutex<Vec<Event>>>;

pub fn listening(engine: &TestEngine, client: Client, sequence: Sequence) -> (Migrator, Events) {
    let events = Events::default();
    let list = events.clone();
    let migrator = builder(engine, client, sequence).on_event(move |event| list.lock().unwrap().push(event)).build().unwrap();
    (migrator, events)
}
