//! Data that is throttled for a minute costs nobody the lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Failure;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::RunFn;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, items, migration, migrator, put_customer};
use migrate_tests::seam::{Recorder, Verdict};
use tokio::time::Instant;

use super::seam::{Beats, of_lock};
use super::{shop, shop_and};

const STORM: Duration = Duration::from_secs(60);
const CUSTOMERS: u32 = 8;

fn throttled() -> Verdict {
    Verdict::Error { status: 400, error_type: "ThrottlingException".to_owned(), message: "slower".to_owned() }
}

/// A minute in which every request but the lock's is throttled, begins with the first that this migration makes; of each beat the first
/// attempt is throttled too. The migration then comes to its end.
async fn survives(run: RunFn) {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("yesterday");
    for number in 0..CUSTOMERS {
        put_customer(&engine.client(), &engine.table("customers"), &number.to_string(), "A@EXAMPLE.COM").await;
    }
    let (begun, of_data, beats) = (Arc::new(std::sync::OnceLock::new()), Arc::new(AtomicUsize::new(0)), Beats::default());
    let recorder = Recorder::of(&engine.client()).failing({
        let (begun, of_data, table) = (begun.clone(), of_data.clone(), engine.table("customers"));
        move |call| {
            if let Some((_, is_first)) = beats.number(call) {
                return if is_first { throttled() } else { Verdict::Pass };
            }
            // What is put or looked through first is the migration's.
            let text = String::from_utf8_lossy(&call.body);
            let its = ["Scan", "PutItem"].contains(&call.operation.as_str()) && text.contains(&table);
            let begun = if its { Some(begun.get_or_init(Instant::now)) } else { begun.get() };
            match begun {
                Some(begun) if !of_lock(&call.operation, &call.body) && begun.elapsed() < STORM => {
                    of_data.fetch_add(1, Ordering::Relaxed);
                    throttled()
                }
                Some(_) | None => Verdict::Pass,
            }
        }
    });
    let migrator = migrator(&engine, recorder.attach(&engine.client()), shop_and(migration(2, "lower", run)));
    assert_eq!(migrator.up(Options::default()).await.expect("the lock is kept").outcome, Outcome::Done);
    assert!(begun.get().expect("a storm").elapsed() >= STORM, "the storm was over first");
    assert!(of_data.load(Ordering::Relaxed) > 20, "{of_data:?}");
    let found = items(&engine.client(), &engine.table("customers")).await;
    assert!(found.len() == CUSTOMERS as usize && found.values().all(|item| item.contains("a@example.com")), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn a_minute_of_throttling_is_waited_for_under_the_lock() {
    survives(|cx| {
        Box::pin(async move {
            let lower = |item: &mut migrate_core::transform::Item| {
                item.insert("email", AttributeValue::S("a@example.com".to_owned()));
            };
            cx.items::<Customers>().update(lower).await?;
            Ok(())
        })
    })
    .await;
}

/// Puts one item, for as long as it takes.
async fn put(client: Client, table: String, number: u32) -> Result<(), Failure> {
    loop {
        let put = client.put_item().table_name(&table).item("id", AttributeValue::S(number.to_string()));
        match put.item("email", AttributeValue::S("a@example.com".to_owned())).send().await {
            Ok(_) => return Ok(()),
            Err(error) if error.code() == Some("ThrottlingException") => tokio::time::sleep(Duration::from_millis(500)).await,
            Err(error) => return Err(error.into()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retries_of_data_use_up_none_of_the_beats() {
    survives(|cx| {
        Box::pin(async move {
            // Whoever tries on and on, many at once, takes all retry tokens of the client that they use.
            let table = cx.table_name::<Customers>();
            let all: Vec<_> =
                (0..CUSTOMERS).map(|number| tokio::spawn(put(cx.client().clone(), table.clone(), number))).collect();
            for one in all {
                one.await??;
            }
            Ok(())
        })
    })
    .await;
}
