//! A table that was deleted and came back from a backup: ours again by its record, and what it has not seen runs again.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::Outcome;
use migrate_core::plan::Resolution;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::TableSchema;
use migrate_core::{Failure, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, migration, put_customer, sequence, table_name};

use super::each::{email, fails, lowers};
use super::{WHY, counted, last, resolve, rolled_back, runs, up};

type Items = Vec<HashMap<String, AttributeValue>>;

struct Orders;

impl Table for Orders {
    fn schema() -> TableSchema {
        TableSchema { name: table_name("orders"), ..customers() }
    }
}

/// A migration that touches another table, and counts there.
fn elsewhere(number: u32) -> &'static mut MigrationEntry {
    migration(number, "elsewhere", |cx| {
        Box::pin(async move {
            let add =
                cx.client().update_item().table_name(cx.table_name::<Orders>()).key("id", AttributeValue::S("runs".to_owned()));
            let add =
                add.update_expression("ADD runs :one").expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
            add.send().await.map_err(Failure::from)?;
            Ok(())
        })
    })
}

fn shop(migrations: impl IntoIterator<Item = &'static mut MigrationEntry>) -> Sequence {
    sequence([customers(), Orders::schema()], migrations)
}

fn code() -> Sequence {
    shop([counted(1), lowers(2), elsewhere(3)])
}

fn restored(at: u32) -> Resolution {
    Resolution::Restored { table: table_name("customers"), at: Version::new(at) }
}

async fn backup(engine: &TestEngine) -> Items {
    let scan = engine.client().scan().table_name(engine.table("customers")).consistent_read(true).send().await;
    scan.expect("a scan").items.unwrap_or_default()
}

/// Deletes the table and makes it anew with what it held once, as a restore does. Tells whether it has another id then.
async fn restore(engine: &TestEngine, items: Items) -> bool {
    let (client, table) = (engine.client(), engine.table("customers"));
    let old = client.describe_table().table_name(&table).send().await.unwrap().table.unwrap();
    client.update_table().table_name(&table).deletion_protection_enabled(false).send().await.unwrap();
    client.delete_table().table_name(&table).send().await.unwrap();
    let create = client.create_table().table_name(&table).billing_mode("PAY_PER_REQUEST".into());
    let create = create.set_key_schema(old.key_schema).set_attribute_definitions(old.attribute_definitions);
    let new = create.deletion_protection_enabled(true).send().await.unwrap().table_description.unwrap();
    for item in items {
        client.put_item().table_name(&table).set_item(Some(item)).send().await.expect("an item");
    }
    assert_eq!(new.table_id.is_some(), engine.name() == "embedded", "which engines have ids");
    new.table_id.is_some()
}

/// How often the migration ran that touches only the other table.
async fn ran_elsewhere(engine: &TestEngine) -> String {
    let scan = engine.client().scan().table_name(engine.table("orders")).send().await.expect("a scan");
    scan.items()[0]["runs"].as_n().expect("a number").clone()
}

#[tokio::test]
async fn what_touched_it_later_runs_again_and_nothing_else() {
    for engine in TestEngine::all() {
        up(&engine, shop([counted(1)])).await.expect("a first run");
        put_customer(&engine.client(), &engine.table("customers"), "1", "ANA@example.org").await;
        let as_of_one = backup(&engine).await;
        up(&engine, code()).await.expect("the rest");
        assert!(email(&engine).await.contains("ana@"));
        let has_ids = restore(&engine, as_of_one).await;
        if has_ids {
            let error = up(&engine, code()).await.expect_err("it is another table");
            assert_eq!(error.kind(), ErrorKind::NotOwned);
            assert!(
                error.help().join("\n").contains("`migrate resolve --restored customers --at N --reason TEXT`"),
                "{:?}",
                error.help()
            );
        }
        resolve(&engine, engine.client(), code(), &restored(1)).await.expect("a record");
        let table = engine.table("customers");
        assert_eq!(last(&engine).await.0, format!("table {table} was restored as of migration 1: {WHY}"));
        assert!(email(&engine).await.contains("ANA@"), "nothing is run by it");
        assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::Done, "{}", engine.name());
        assert!(email(&engine).await.contains("ana@"), "{}", engine.name());
        assert_eq!((runs(&engine).await, ran_elsewhere(&engine).await), ([(1, 1)].into(), "1".to_owned()));
        assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::NothingToDo);
        if has_ids {
            let error = resolve(&engine, engine.client(), code(), &restored(1)).await.expect_err("it is the one that is ours");
            assert!(error.kind() == ErrorKind::Usage && error.to_string().contains("did not come back"), "{error}");
        }
    }
}

#[tokio::test]
async fn what_was_kept_of_its_progress_is_not_taken_up() {
    for engine in TestEngine::all() {
        up(&engine, shop([counted(1)])).await.expect("a first run");
        put_customer(&engine.client(), &engine.table("customers"), "1", "ANA@example.org").await;
        let as_of_one = backup(&engine).await;
        // Its work is done and kept, and then it fails.
        up(&engine, shop([counted(1), fails(2)])).await.expect_err("it fails");
        assert!(email(&engine).await.contains("ana@"));
        let has_ids = restore(&engine, as_of_one).await;
        let said = resolve(&engine, engine.client(), shop([counted(1), lowers(2)]), &restored(0)).await;
        if !has_ids {
            let error = said.expect_err("nothing tells one table from the other");
            assert!(error.kind() == ErrorKind::Usage && error.to_string().contains("gives tables no id"), "{error}");
            resolve(&engine, engine.client(), shop([counted(1), lowers(2)]), &rolled_back(2)).await.expect("a record");
            resolve(&engine, engine.client(), shop([counted(1), lowers(2)]), &restored(0)).await.expect("a record");
        }
        assert_eq!(up(&engine, shop([counted(1), lowers(2)])).await.expect("a run"), Outcome::Done);
        assert!(email(&engine).await.contains("ana@"), "{}: {}", engine.name(), email(&engine).await);
        assert_eq!(runs(&engine).await, [(1, 2)].into(), "what its data has not seen ran again");
    }
}

#[tokio::test]
async fn a_table_that_is_not_there_or_has_another_key_did_not_come_back() {
    for engine in TestEngine::all() {
        up(&engine, code()).await.expect("a run");
        let (client, table) = (engine.client(), engine.table("customers"));
        client.update_table().table_name(&table).deletion_protection_enabled(false).send().await.unwrap();
        client.delete_table().table_name(&table).send().await.unwrap();
        let error = resolve(&engine, client.clone(), code(), &restored(1)).await.expect_err("it is gone");
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        let gone = up(&engine, code()).await.expect_err("it is gone");
        assert!(gone.help().join("\n").contains("`migrate resolve --restored customers --at N"), "{:?}", gone.help());
        let key = aws_sdk_dynamodb::types::KeySchemaElement::builder().attribute_name("number").key_type("HASH".into());
        let number = aws_sdk_dynamodb::types::AttributeDefinition::builder().attribute_name("number").attribute_type("N".into());
        let create = client.create_table().table_name(&table).billing_mode("PAY_PER_REQUEST".into());
        create.key_schema(key.build().unwrap()).attribute_definitions(number.build().unwrap()).send().await.unwrap();
        let error = resolve(&engine, client, code(), &restored(1)).await.expect_err("it is another one");
        assert!(error.kind() == ErrorKind::NotOwned && error.to_string().contains("has the key (number N)"), "{error}");
    }
}
