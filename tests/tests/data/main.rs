//! Migrations of data through the library: tried without writing, run within what was allowed, tried again, and watched.

mod dry_run;
mod retry;
mod run;
mod spans;

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use migrate_core::event::Event;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::Prefix;
use migrate_core::{Failure, MigrationContext, Migrator};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, items, migration, put_customer, sequence};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

/// Lower-cases every e-mail address.
fn lower() -> &'static mut MigrationEntry {
    migration(1, "lower", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|item| item.email.make_ascii_lowercase()).await?;
            Ok(())
        })
    })
}

async fn careful(cx: &MigrationContext, allowed: u64) -> migrate_core::Result {
    let handle = cx.table::<Customers>().of::<Email>().dead_letter().allow_failures(allowed);
    handle
        .try_update(|item| match item.email.as_str() {
            "bad" => Err(Failure::msg("it is bad")),
            _ => {
                item.email.make_ascii_lowercase();
                Ok(())
            }
        })
        .await?;
    Ok(())
}

fn shop(migrations: impl IntoIterator<Item = &'static mut MigrationEntry>) -> Sequence {
    sequence([customers()], migrations)
}

type Heard = Arc<Mutex<Vec<Event>>>;

/// A migrator that is listened to.
fn heard(engine: &TestEngine, client: Client, sequence: Sequence) -> (Migrator, Heard) {
    let heard = Heard::default();
    let listener = heard.clone();
    let builder = Migrator::builder(sequence, client).prefix(Prefix::new(engine.prefix()).expect("a prefix")).local_engine();
    let builder = builder.on_event(move |event| listener.lock().expect("a list").push(event));
    (builder.build().expect("a migrator"), heard)
}

/// An engine with a table of customers that no migration has seen.
async fn with_customers(engine: &TestEngine, emails: &[&str]) {
    let (migrator, _) = heard(engine, engine.client(), shop([]));
    migrator.up(Default::default()).await.expect("a table");
    for (number, email) in emails.iter().enumerate() {
        put_customer(&engine.client(), &engine.table("customers"), &format!("key-{number:02}"), email).await;
    }
}

/// The sort keys of what is kept of jobs.
async fn kept(engine: &TestEngine) -> Vec<String> {
    let all = items(&engine.client(), &engine.table("migrations")).await;
    all.into_keys().filter(|key| key.contains("#data") && !key.contains("control")).collect()
}
