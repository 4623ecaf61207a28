//! The framework itself over the model: a careful client breaks none of the rules.

use super::*;
use migrate_core::migrator::Options;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, items, migrator, put_customer, sequence, with_index};

#[tokio::test(start_paused = true)]
async fn tables_are_made_and_indexed_without_a_violation() {
    let model =
        Model::with(Quirks { polls_creating: 3, polls_index_creating: 3, polls_index_backfilling: 3, ..Quirks::default() });
    let engine = TestEngine::over("model", model.client());
    let client = engine.client();
    let table = engine.table("customers");
    migrator(&engine, client.clone(), sequence([customers()], [])).up(Options::default()).await.expect("a table");
    put_customer(&client, &table, "1", "a@b").await;
    let indexed = with_index(with_index(customers(), "by-email", "email"), "by-town", "town");
    migrator(&engine, client.clone(), sequence([indexed], [])).up(Options::default()).await.expect("two indexes");
    assert_eq!(items(&client, &table).await.len(), 1);
    let live = model.table(&table);
    let statuses: Vec<_> = ["by-email", "by-town"]
        .iter()
        .map(|name| live["description"]["GlobalSecondaryIndexes"].as_array().unwrap().iter().any(|it| it["IndexName"] == *name))
        .collect();
    assert_eq!(statuses, [true, true]);
    assert_eq!(model.violations(), Vec::<String>::new());
}
