//! Migrations that are taken back: what is left, what is refused, and what becomes of a rollback that is killed, troubled or stopped.

mod again;
mod crash;
mod refused;
mod shown;
mod there_and_back;
mod work;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, RollbackOptions, RollbackReport, RowState};
use migrate_core::registry::Sequence;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{items, migrator};

/// A whole rollback through a client.
async fn roll_back(
    engine: &TestEngine,
    client: Client,
    sequence: Sequence,
    to: u32,
) -> Result<RollbackReport, migrate_core::Error> {
    migrator(engine, client, sequence).rollback(Version::new(to), RollbackOptions::default()).await
}

async fn up(engine: &TestEngine, sequence: Sequence) {
    migrator(engine, engine.client(), sequence).up(Options::default()).await.expect("up");
}

/// The customers, in a form that compares.
async fn customers_of(engine: &TestEngine) -> BTreeMap<String, String> {
    items(&engine.client(), &engine.table("customers")).await
}

/// Where each migration stands, in a word.
async fn states(engine: &TestEngine, sequence: Sequence) -> Vec<String> {
    let status = migrator(engine, engine.client(), sequence).status().await.expect("a status");
    let word = |record: &RowState| match record {
        RowState::Pending => "Pending".to_owned(),
        RowState::Recorded(state) => {
            let text = format!("{:?}", state.status);
            text.split(' ').next().unwrap_or_default().to_owned()
        }
    };
    status.migrations.iter().map(|row| word(&row.record)).collect()
}

/// The sort keys of what is kept of jobs.
async fn kept(engine: &TestEngine) -> Vec<String> {
    let all = items(&engine.client(), &engine.table("migrations")).await;
    all.into_keys().filter(|key| key.contains("#data") && !key.contains("control")).collect()
}
