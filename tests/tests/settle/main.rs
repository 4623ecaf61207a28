//! Doubts that a person settles: what a migration did, whether a text or a table is the same, and a holder who hangs.

mod ask;
mod beside;
mod crash;
mod each;
mod meanwhile;
mod restored;
mod unlock;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::history::Record;
use migrate_core::migration::{OnInterrupt, Version};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Resolution;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::{Error, Failure, MigrationContext};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, migration, migrator, sequence};

const NO_WAIT: Duration = Duration::ZERO;
const WHY: &str = "Ana looked at the data";

/// Counts in the table itself how often a migration ran.
async fn count(cx: &MigrationContext) -> Result<(), Failure> {
    let id = format!("runs of {}", cx.migration().version);
    let add = cx.client().update_item().table_name(cx.table_name::<Customers>()).key("id", AttributeValue::S(id));
    add.update_expression("ADD runs :one").expression_attribute_values(":one", AttributeValue::N("1".to_owned())).send().await?;
    Ok(())
}

/// A migration that does nothing but count.
fn counted(number: u32) -> &'static mut MigrationEntry {
    migration(number, "counted", |cx| Box::pin(async move { count(cx).await.map_err(Into::into) }))
}

/// The same, and a person is asked where it was interrupted.
fn asking(entry: &'static mut MigrationEntry) -> &'static mut MigrationEntry {
    entry.meta.on_interrupt = OnInterrupt::Ask;
    entry
}

/// How often each migration ran.
async fn runs(engine: &TestEngine) -> BTreeMap<u32, u32> {
    let scan = engine.client().scan().table_name(engine.table("customers")).consistent_read(true).send().await.expect("a scan");
    let number = |item: &std::collections::HashMap<String, AttributeValue>| {
        let id = item["id"].as_s().ok()?.strip_prefix("runs of ")?.parse().ok()?;
        Some((id, item["runs"].as_n().ok()?.parse().ok()?))
    };
    scan.items().iter().filter_map(number).collect()
}

fn shop(migrations: impl IntoIterator<Item = &'static mut MigrationEntry>) -> Sequence {
    sequence([customers()], migrations)
}

async fn up(engine: &TestEngine, code: Sequence) -> Result<Outcome, Error> {
    migrator(engine, engine.client(), code).up(Options::default()).await.map(|report| report.outcome)
}

async fn resolve(engine: &TestEngine, client: Client, code: Sequence, resolution: &Resolution) -> Result<(), Error> {
    migrator(engine, client, code).resolve(resolution, WHY, NO_WAIT).await.map(drop)
}

async fn records(engine: &TestEngine) -> Vec<Record> {
    migrator(engine, engine.client(), shop([])).history().await.expect("a history")
}

/// The last record in words, and by whom.
async fn last(engine: &TestEngine) -> (String, String) {
    let last = records(engine).await.pop().expect("a record");
    (last.text, last.run.who())
}

fn applied(number: u32) -> Resolution {
    Resolution::Applied { version: Version::new(number) }
}

fn rolled_back(number: u32) -> Resolution {
    Resolution::RolledBack { version: Version::new(number) }
}

fn reblessed(number: u32) -> Resolution {
    Resolution::Reblessed { version: Version::new(number) }
}
