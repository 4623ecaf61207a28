//! What a run as a whole makes of jobs: dead letters, old items that still come, and readers of a stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::{Hazard, Setting, StreamView};
use migrate_core::{Error, ErrorKind, MigrationContext};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, items, migration, migrator, put_customer, sequence};
use migrate_tests::seam::{Recorder, Verdict};
use serde::{Deserialize, Serialize};

use super::bench::{item, meanwhile, n, s};

type Entry = &'static mut MigrationEntry;

#[derive(Serialize, Deserialize)]
struct Email {
    id: String,
    email: String,
}

/// 40 customers.
fn seed() -> Entry {
    migration(1, "seed", |cx| {
        Box::pin(async move {
            let row = |number: u64| item([("id", s(&number.to_string())), ("email", s(&format!("A{number}@X")))]);
            cx.items::<Customers>().put_all((1..=40).map(row).collect::<Vec<_>>()).await?;
            Ok(())
        })
    })
}

/// Fails for each customer whose e-mail has no `@`.
async fn lower(cx: &MigrationContext, allowed: Option<u64>) -> migrate_core::Result {
    let table = cx.table::<Customers>().of::<Email>();
    let table = match allowed {
        None => table,
        Some(0) => table.dead_letter(),
        Some(allowed) => table.allow_failures(allowed),
    };
    let update = table.try_update(|customer| {
        if !customer.email.contains('@') {
            return Err(migrate_core::Failure::msg("no address"));
        }
        customer.email.make_ascii_lowercase();
        Ok(())
    });
    update.await?;
    Ok(())
}

fn stops() -> Entry {
    migration(2, "lower", |cx| Box::pin(async move { lower(cx, None).await.map_err(Into::into) }))
}

fn puts_aside() -> Entry {
    migration(2, "lower", |cx| Box::pin(async move { lower(cx, Some(0)).await.map_err(Into::into) }))
}

fn allows_two() -> Entry {
    migration(2, "lower", |cx| Box::pin(async move { lower(cx, Some(2)).await.map_err(Into::into) }))
}

async fn up(engine: &TestEngine, sequence: Sequence) -> Result<Report, Error> {
    migrator(engine, engine.client(), sequence).up(Options::default()).await
}

async fn seeded(engine: &TestEngine, more: Entry, bad: &[&str]) -> Sequence {
    let table = engine.table("customers");
    up(engine, sequence([customers()], [seed()])).await.unwrap();
    for id in bad {
        put_customer(&engine.client(), &table, id, "BAD").await;
    }
    sequence([customers()], [seed(), more])
}

/// How many are done.
async fn lowered(engine: &TestEngine) -> usize {
    let items = items(&engine.client(), &engine.table("customers")).await;
    items.values().filter(|item| item.contains("@x")).count()
}

#[tokio::test]
async fn an_item_that_fails_stops_all_unless_it_is_put_aside() {
    for engine in TestEngine::all() {
        let error = up(&engine, seeded(&engine, stops(), &["7"]).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MigrationFailed, "{error:?}");
        assert!(format!("{error:?}").contains("item \"7\" of"), "{error:?}");
        assert!(lowered(&engine).await < 39);
    }
}

#[tokio::test]
async fn the_rest_goes_on_and_those_put_aside_are_tried_again_alone() {
    for engine in TestEngine::all() {
        let table = engine.table("customers");
        let again = seeded(&engine, puts_aside(), &["7", "9", "11"]).await;
        let error = up(&engine, again.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadLetters, "{error:?}");
        assert!(format!("{error:?}").contains("3 items") && format!("{error:?}").contains("no address"), "{error:?}");
        assert!(!format!("{error:?}").contains("BAD"), "no value is told: {error:?}");
        assert_eq!(lowered(&engine).await, 37, "{}", engine.name());

        // One is mended, one deleted, and a new one that nobody judges comes after the end.
        put_customer(&engine.client(), &table, "7", "MENDED@X").await;
        engine.client().delete_item().table_name(&table).key("id", s("9")).send().await.unwrap();
        put_customer(&engine.client(), &table, "99", "NEW@X").await;
        let recorder = Recorder::of(&engine.client());
        let error = migrator(&engine, recorder.attach(&engine.client()), again.clone()).up(Options::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadLetters, "{error:?}");
        assert!(error.to_string().contains("1 items") || format!("{error:?}").contains("1 items"), "{error:?}");
        assert!(!recorder.operations().contains(&"Scan".to_owned()), "{:?}", recorder.operations());
        assert_eq!(lowered(&engine).await, 38);

        put_customer(&engine.client(), &table, "11", "TOO@X").await;
        let report = up(&engine, again.clone()).await.unwrap();
        assert_eq!(report.migrations.len(), 1);
        let found = items(&engine.client(), &table).await;
        assert!(found.values().filter(|item| item.contains("NEW@X")).count() == 1 && lowered(&engine).await == 39, "{found:?}");
        assert_eq!(up(&engine, again).await.unwrap().outcome, Outcome::NothingToDo);
    }
}

#[tokio::test]
async fn as_many_as_are_allowed_may_fail() {
    for engine in TestEngine::all() {
        let report = up(&engine, seeded(&engine, allows_two(), &["7", "9"]).await).await.unwrap();
        let counts = report.migrations[0].counts;
        assert_eq!((counts.scanned, counts.changed, counts.failed), (40, 38, 2), "{}", engine.name());
    }
    for engine in TestEngine::all() {
        let error = up(&engine, seeded(&engine, allows_two(), &["7", "9", "11"]).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadLetters, "{error:?}");
    }
}

fn cleans_up() -> Entry {
    let entry = migration(2, "clean", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
            Ok(())
        })
    });
    entry.meta.after_deploy = true;
    entry
}

/// Before each batch, old code puts one more old item, up to so many.
fn old_code(engine: &TestEngine, most: usize) -> (Recorder, Arc<AtomicBool>) {
    let (client, table) = (engine.client(), engine.table("customers"));
    let (count, stopped) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let gone = stopped.clone();
    let recorder = Recorder::of(&engine.client()).failing(move |call| {
        if call.operation == "BatchExecuteStatement" && !gone.load(Ordering::Relaxed) {
            let number = count.fetch_add(1, Ordering::Relaxed);
            if number < most {
                let (client, table) = (client.clone(), table.clone());
                meanwhile(async move { put_customer(&client, &table, &format!("old {number}"), "OLD@X").await });
            }
        }
        Verdict::Pass
    });
    (recorder, stopped)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_deployment_it_sweeps_until_nothing_old_is_found() {
    for engine in TestEngine::all() {
        let again = seeded(&engine, cleans_up(), &[]).await;
        let (recorder, _) = old_code(&engine, 5);
        let report = migrator(&engine, recorder.attach(&engine.client()), again).up(Options::default()).await.unwrap();
        assert_eq!(report.migrations[0].counts.changed, 45, "{}", engine.name());
        assert_eq!(lowered(&engine).await, 45);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_items_that_keep_coming_are_told_and_the_next_run_looks_again() {
    for engine in TestEngine::all() {
        let again = seeded(&engine, cleans_up(), &[]).await;
        let (recorder, stopped) = old_code(&engine, usize::MAX);
        let client = recorder.attach(&engine.client());
        let error = migrator(&engine, client.clone(), again.clone()).up(Options::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OldShape, "{error:?}");
        let found = items(&engine.client(), &engine.table("customers")).await;
        assert!(found.values().any(|item| item.contains("OLD@X")), "{found:?}");

        stopped.store(true, Ordering::Relaxed);
        let report = migrator(&engine, client, again).up(Options::default()).await.unwrap();
        assert_eq!(report.migrations.len(), 1);
        let found = items(&engine.client(), &engine.table("customers")).await;
        assert!(!found.values().any(|item| item.contains("OLD@X")), "{}: {found:?}", engine.name());
    }
}

fn streamed(accept: &'static [Hazard]) -> Sequence {
    let entry = migration(2, "lower", |cx| Box::pin(async move { lower(cx, None).await.map_err(Into::into) }));
    entry.accept = accept;
    let first = seed();
    first.accept = accept;
    let mut table = customers();
    table.stream = Setting::Set(StreamView::KeysOnly);
    sequence([table], [first, entry])
}

#[tokio::test]
async fn readers_of_a_stream_must_be_thought_of() {
    for engine in TestEngine::all() {
        up(&engine, sequence([customers()], [seed()])).await.unwrap();
        let table = engine.table("customers");
        let before = items(&engine.client(), &table).await;
        let recorder = Recorder::of(&engine.client());
        let error = migrator(&engine, recorder.attach(&engine.client()), streamed(&[])).up(Options::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConsentMissing, "{error:?}");
        assert!(format!("{error:?}").contains("H114") && format!("{error:?}").contains(&table), "{error:?}");
        assert_eq!(items(&engine.client(), &table).await, before, "{}", engine.name());
        assert!(!recorder.operations().contains(&"BatchExecuteStatement".to_owned()));

        let report = up(&engine, streamed(&[Hazard::StreamRecords])).await.unwrap();
        assert_eq!(report.migrations[0].counts.changed, 40);
    }
}

/// To read is nobody's business.
#[tokio::test]
async fn readers_of_a_stream_do_not_keep_a_migration_from_reading() {
    for engine in TestEngine::all() {
        up(&engine, streamed(&[Hazard::StreamRecords])).await.unwrap();
        let reads = migration(3, "reads", |cx| {
            Box::pin(async move {
                let counts = cx.items::<Customers>().verify(|item| item.len() == 2).await?;
                assert_eq!((counts.scanned, n(&counts.scanned.to_string())), (40, n("40")));
                Ok(())
            })
        });
        let sequence = Sequence::of_tables("shop", streamed(&[]).tables().cloned().collect::<Vec<_>>()).unwrap();
        let entries: [&'static MigrationEntry; 3] = [seed(), stops(), reads];
        up(&engine, sequence.with_migrations(entries)).await.unwrap();
    }
}

/// As on AWS: several segments, each a part of its own, and not faster than is allowed.
#[tokio::test(start_paused = true)]
async fn segments_share_the_work_and_the_budget() {
    const ITEMS: u64 = 3_000;
    let engine = TestEngine::embedded();
    let table = engine.table("customers");
    up(&engine, sequence([customers()], [seed()])).await.unwrap();
    for number in 0..ITEMS - 40 {
        put_customer(&engine.client(), &table, &format!("more {number}"), "MORE@X").await;
    }
    let calls = Arc::new(AtomicUsize::new(0));
    let recorder = Recorder::of(&engine.client()).failing(move |call| match call.operation.as_str() {
        // Now and then it is too much.
        "Scan" | "BatchExecuteStatement" if calls.fetch_add(1, Ordering::Relaxed) % 10 == 9 => Verdict::Error {
            status: 400,
            error_type: "ProvisionedThroughputExceededException".to_owned(),
            message: "slower".to_owned(),
        },
        _ => Verdict::Pass,
    });
    let begun = tokio::time::Instant::now();
    let migrator = migrate_core::Migrator::builder(sequence([customers()], [seed(), stops()]), recorder.attach(&engine.client()))
        .prefix(migrate_core::schema::Prefix::new(engine.prefix()).unwrap())
        .beat_on_callers_runtime()
        .build()
        .unwrap();
    let report = migrator.up(Options::default()).await.unwrap();
    let counts = report.migrations[0].counts;
    assert_eq!((counts.scanned, counts.changed, counts.conflicts), (ITEMS, ITEMS, 0));
    assert_eq!(lowered(&engine).await as u64, ITEMS);
    // 500 units a second is what it takes unless more is allowed.
    let took = begun.elapsed().as_secs_f64();
    assert!((4.0..60.0).contains(&took), "{took} s");
    let scans = recorder.calls().into_iter().filter(|call| call.operation == "Scan" && call.json()["TableName"] == *table);
    let segments: std::collections::BTreeSet<u64> = scans.filter_map(|call| call.json()["Segment"].as_u64()).collect();
    assert_eq!(segments, (0..8).collect());
}
