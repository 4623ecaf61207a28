//! An engine whose clients lack a condition, runs on it, and what people do to its lock by hand.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Error;
use migrate_core::migrator::{Options, Report};
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_tests::blank::Blank;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, migration, migrator, sequence};

/// An engine whose clients lack a condition.
pub struct Bench {
    pub engine: TestEngine,
    pub client: Client,
}

impl Bench {
    pub fn new(blank: &Blank) -> Self {
        let engine = TestEngine::embedded();
        let client = blank.attach(&engine.client());
        Self { engine, client }
    }

    pub async fn up(&self, client: &Client, sequence: Sequence) -> Result<Report, Error> {
        migrator(&self.engine, client.clone(), sequence).up(Options::default()).await
    }

    /// The runs that wrote records, by epoch: an epoch is one run's.
    pub async fn shared_epochs(&self) -> Option<String> {
        let history = migrator(&self.engine, self.engine.client(), shop(0)).history().await.expect("a history");
        let mut runs: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        for record in history {
            runs.entry(record.epoch).or_default().insert(record.run.run_id);
        }
        let shared = runs.iter().find(|(_, runs)| runs.len() > 1);
        shared.map(|(epoch, runs)| format!("epoch {epoch} is that of {} runs", runs.len()))
    }

    pub async fn edit_lock(&self, update: &str, values: &[(&str, AttributeValue)]) {
        let mut edit = self.engine.client().update_item().table_name(self.engine.table("migrations")).update_expression(update);
        edit = edit.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
        for (name, value) in values {
            edit = edit.expression_attribute_values(*name, value.clone());
        }
        edit.send().await.expect("an edit of the lock");
    }

    pub async fn delete_lock(&self) {
        let delete = self.engine.client().delete_item().table_name(self.engine.table("migrations"));
        let delete = delete.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
        delete.send().await.expect("a deletion by hand");
    }
}

/// So many migrations that do nothing.
pub fn shop(migrations: u32) -> Sequence {
    sequence([customers()], (1..=migrations).map(nothing))
}

pub fn nothing(number: u32) -> &'static mut MigrationEntry {
    migration(number, "nothing", |_| Box::pin(async { Ok(()) }))
}
