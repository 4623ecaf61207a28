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
        let of_it = table.clone();
        let recorder = Recorder::of(&engine.client()).failing(move |call| match call.operation.as_str() {
            // The lock is updated as well.
            "BatchExecuteStatement" | "UpdateItem" if String::from_utf8_lossy(&call.body).contains(&of_it) => {
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

/// Where copies go.
#[derive(Serialize, Deserialize)]
struct Elsewhere {
    code: String,
}

fn elsewhere() -> migrate_core::schema::TableSchema {
    use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableSchema};
    let key = PrimaryKey { partition: KeyElement::new("code", ScalarType::S), sort: None };
    TableSchema::new(migrate_tests::scenario::table_name("elsewhere"), key)
}

impl Table for Elsewhere {
    fn schema() -> migrate_core::schema::TableSchema {
        elsewhere()
    }
}

static FAILS: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);

#[tokio::test]
async fn copies_into_a_table_that_was_made_anew_begin_anew() {
    let engine = TestEngine::embedded();
    let _ = seeded(&engine).await;
    let run = || {
        let copy = migration(2, "copy", |cx| {
            Box::pin(async move {
                cx.table::<Customers>().of::<Email>().copy_to(|customer| Elsewhere { code: customer.id }).await?;
                if FAILS.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err("what comes after fails".into());
                }
                Ok(())
            })
        });
        let mut table = elsewhere();
        table.deletion_protection = Some(false);
        sequence([customers(), table], [migration(1, "seed", |_| Box::pin(async { Ok(()) })), copy])
    };
    migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap_err();
    let client = engine.client();
    let table = engine.table("elsewhere");
    assert_eq!(super::bench::everything(&client, &table).await.len(), 10);
    client.delete_table().table_name(&table).send().await.unwrap();
    super::bench::create(&client, &table, ("code", aws_sdk_dynamodb::types::ScalarAttributeType::S), None).await;
    FAILS.store(false, std::sync::atomic::Ordering::Relaxed);
    migrator(&engine, client.clone(), run()).adopt(&[], std::time::Duration::from_secs(9)).await.unwrap();
    migrator(&engine, client.clone(), run()).up(Default::default()).await.unwrap();
    assert_eq!(super::bench::everything(&client, &table).await.len(), 10, "applied, and nothing was copied");
}

#[tokio::test]
async fn an_item_that_is_no_longer_meant_is_left_alone_when_it_is_tried_again() {
    use migrate_core::transform::Filter;
    for engine in TestEngine::all() {
        let table = seeded(&engine).await;
        let run = || {
            mended(migration(2, "lower", |cx| {
                Box::pin(async move {
                    let meant = cx.table::<Customers>().of::<Email>().filter(Filter::missing("archived")).dead_letter();
                    let update = meant.try_update(|customer| {
                        if customer.email == "BAD" {
                            return Err(Failure::msg("no address"));
                        }
                        customer.email.make_ascii_lowercase();
                        Ok(())
                    });
                    update.await?;
                    Ok(())
                })
            }))
        };
        let error = migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadLetters, "{error:?}");
        let archived = item([("id", s("bad")), ("email", s("AS@IT.WAS")), ("archived", s("yes"))]);
        engine.client().put_item().table_name(&table).set_item(Some(archived)).send().await.unwrap();
        migrator(&engine, engine.client(), run()).up(Default::default()).await.unwrap();
        let found = items(&engine.client(), &table).await;
        assert!(found.values().any(|item| item.contains("AS@IT.WAS")), "{}: {found:?}", engine.name());
    }
}

#[derive(Deserialize, Serialize)]
struct Told {
    street: String,
}

#[derive(Deserialize, Serialize)]
struct Addressed {
    id: String,
    address: Told,
}

#[tokio::test]
async fn what_a_type_does_not_know_of_a_map_stays() {
    for engine in TestEngine::all() {
        let table = seeded(&engine).await;
        let client = engine.client();
        let address = super::bench::m([("street", s("MAIN")), ("floor", s("3"))]);
        let mut delete = client.scan().table_name(&table).into_paginator().items().send();
        while let Some(item) = delete.next().await {
            client.delete_item().table_name(&table).key("id", item.unwrap()["id"].clone()).send().await.unwrap();
        }
        let new = item([("id", s("1")), ("address", address)]);
        client.put_item().table_name(&table).set_item(Some(new)).send().await.unwrap();
        let run = mended(migration(2, "street", |cx| {
            Box::pin(async move {
                let update = cx.table::<Customers>().of::<Addressed>();
                update.update(|customer| customer.address.street.make_ascii_lowercase()).await?;
                Ok(())
            })
        }));
        migrator(&engine, client.clone(), run).up(Default::default()).await.unwrap();
        let found = items(&client, &table).await;
        assert!(found.values().all(|item| item.contains("floor") && item.contains("main")), "{found:?}");
    }
}

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

/// Two verbs that add, of which the second fails; then the text is mended (`was = ".."`), and both begin anew.
async fn adds_twice(cx: &MigrationContext, fails: bool) -> migrate_core::Result {
    cx.table::<Customers>().of::<Points>().exactly_once().update(|customer| customer.points += 1).await?;
    cx.table::<Customers>().of::<Points>().exactly_once().update(|customer| customer.points += 10).await?;
    if fails { Err(Failure::msg("what comes after fails")) } else { Ok(()) }
}

#[tokio::test]
async fn two_verbs_that_add_exactly_once_add_once_each() {
    let engine = TestEngine::embedded();
    let seed = || migration(1, "seed", |_| Box::pin(async { Ok(()) }));
    migrator(&engine, engine.client(), sequence([customers()], [seed()])).up(Default::default()).await.unwrap();
    let (client, table) = (engine.client(), engine.table("customers"));
    let new = item([("id", s("1")), ("points", super::bench::n("0"))]);
    client.put_item().table_name(&table).set_item(Some(new)).send().await.unwrap();
    let first = migration(2, "adds", |cx| Box::pin(async move { adds_twice(cx, true).await.map_err(Into::into) }));
    migrator(&engine, engine.client(), mended(first)).up(Default::default()).await.unwrap_err();
    let second = migration(2, "adds", |cx| Box::pin(async move { adds_twice(cx, false).await.map_err(Into::into) }));
    second.meta.fingerprint = "text-2";
    migrator(&engine, engine.client(), mended(second)).up(Default::default()).await.unwrap();
    let found = items(&engine.client(), &table).await;
    assert!(found.values().all(|item| item.contains("N(\"11\")")), "{found:?}");
}
