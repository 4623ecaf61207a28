//! Items that fail: no later run goes past them, and none of them is forgotten.

use migrate_core::registry::MigrationEntry;
use migrate_core::{ErrorKind, Failure, MigrationContext, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, items, migration, migrator, put_customer, sequence};
use migrate_tests::seam::{Recorder, Verdict};
use serde::{Deserialize, Serialize};

use super::bench::{item, s};

type Entry = &'static mut MigrationEntry;

#[derive(Serialize, Deserialize)]
struct Email {
    id: String,
    email: String,
}

/// Customers who are done already but for one, who fails.
async fn seeded(engine: &TestEngine) -> String {
    let seed = migration(1, "seed", |cx| {
        Box::pin(async move {
            let row = |number: u64| item([("id", s(&number.to_string())), ("email", s(&format!("a{number}@x")))]);
            cx.items::<Customers>().put_all((1..=9).map(row).collect::<Vec<_>>()).await?;
            Ok(())
        })
    });
    migrator(engine, engine.client(), sequence([customers()], [seed])).up(Default::default()).await.unwrap();
    let table = engine.table("customers");
    put_customer(&engine.client(), &table, "bad", "BAD").await;
    table
}

fn mended(entry: Entry) -> migrate_core::registry::Sequence {
    sequence([customers()], [migration(1, "seed", |_| Box::pin(async { Ok(()) })), entry])
}

async fn lower(cx: &MigrationContext) -> migrate_core::Result {
    let update = cx.table::<Customers>().of::<Email>().try_update(|customer| {
        if !customer.email.contains('@') {
            return Err(Failure::msg("no address"));
        }
        customer.email.make_ascii_lowercase();
        Ok(())
    });
    update.await?;
    Ok(())
}

#[tokio::test]
async fn a_run_that_goes_on_does_not_go_past_the_item_that_failed() {
    for engine in TestEngine::all() {
        let table = seeded(&engine).await;
        let run = || mended(migration(2, "lower", |cx| Box::pin(async move { lower(cx).await.map_err(Into::into) })));
        let error = migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MigrationFailed, "{error:?}");
        put_customer(&engine.client(), &table, "bad", "MENDED@X").await;
        migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap();
        let found = items(&engine.client(), &table).await;
        assert!(
            found.values().any(|item| item.contains("mended@x")),
            "{}: applied, and one is not done: {found:?}",
            engine.name()
        );
    }
}

#[tokio::test]
async fn a_run_that_goes_on_does_not_go_past_the_item_that_was_refused() {
    for engine in TestEngine::all() {
        let table = seeded(&engine).await;
        // Somebody forbids this one item's writes for a while.
        let run = || {
            mended(migration(2, "at", |cx| {
                Box::pin(async move {
                    let update = cx.table::<Customers>().of::<Email>();
                    let update = update.update(|customer| {
                        if !customer.email.contains('@') {
                            customer.email.push_str("@x");
                        }
                    });
                    update.await?;
                    Ok(())
                })
            }))
        };
        let recorder = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
            "BatchExecuteStatement" | "UpdateItem" => {
                Verdict::Error { status: 400, error_type: "ValidationException".to_owned(), message: "not this one".to_owned() }
            }
            _ => Verdict::Pass,
        });
        migrator(&engine, recorder.attach(&engine.client()), run()).up(Default::default()).await.unwrap_err();
        migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap();
        let found = items(&engine.client(), &table).await;
        assert!(found.values().any(|item| item.contains("BAD@x")), "{}: applied, and one is not done: {found:?}", engine.name());
    }
}

/// What is made of a customer: another customer, who may be too large.
#[derive(Serialize, Deserialize)]
struct Copied {
    id: String,
    email: String,
}

impl Table for Copied {
    fn schema() -> migrate_core::schema::TableSchema {
        customers()
    }
}

async fn copies(cx: &MigrationContext) -> migrate_core::Result {
    let source = cx.table::<Customers>().of::<Email>().only(|key| !key.partition_starts_with("copy")).dead_letter();
    let copy = source.copy_to(|customer| {
        let large = if customer.email == "BAD" { 450_000 } else { 1 };
        Copied { id: format!("copy {}", customer.id), email: "e".repeat(large) }
    });
    copy.await?;
    Ok(())
}

#[tokio::test]
async fn a_copy_in_the_same_table_that_is_refused_is_not_forgotten() {
    for engine in TestEngine::all() {
        let table = seeded(&engine).await;
        let run = || mended(migration(2, "copy", |cx| Box::pin(async move { copies(cx).await.map_err(Into::into) })));
        for _ in 0..2 {
            let error = migrator(&engine, engine.client(), run()).up(Default::default()).await.expect_err("one is too large");
            assert_eq!(error.kind(), ErrorKind::DeadLetters, "{error:?}");
        }
        put_customer(&engine.client(), &table, "bad", "small").await;
        migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap();
        let found = items(&engine.client(), &table).await;
        assert_eq!(found.values().filter(|item| item.contains("copy")).count(), 10, "{}: {found:?}", engine.name());
    }
}
