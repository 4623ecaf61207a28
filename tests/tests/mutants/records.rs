//! Records, progress and what is remembered: written late, by a runner whose lock is somebody else's by then.

use std::collections::BTreeSet;
use std::sync::Mutex;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::history::Environment;
use migrate_core::migrator::Options;
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::{Prefix, TableSchema};
use migrate_core::{MigrationContext, Migrator};
use migrate_tests::blank::Blank;
use migrate_tests::scenario::{Customers, customers, items, migration, migrator, put_customer, sequence, table_name, words};
use migrate_tests::seam::{Recorder, Verdict};

use super::bench::{Bench, shop};
use super::conditions::{EPOCH_HOLDS, NOTHING_REMEMBERED, PLACE_IS_FREE};
use super::gate::Gate;
use super::is_needed;

/// Somebody takes the lock over while a migration runs.
async fn taken_over(cx: &MigrationContext) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let table = cx.table_name::<Customers>().replace("customers", "migrations");
    let edit = Client::from_conf(cx.client().config().clone()).update_item().table_name(table);
    let edit = edit.key("pk", AttributeValue::S("shop".into())).key("sk", AttributeValue::S("lock".into()));
    let edit =
        edit.update_expression("SET epoch = epoch + :one").expression_attribute_values(":one", AttributeValue::N("1".into()));
    edit.send().await.expect("a take-over");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_record_under_an_epoch_that_is_over() {
    let scenario = async |blank: Blank| {
        let bench = Bench::new(&blank);
        let replaced = migration(1, "replaced", |cx| Box::pin(taken_over(cx)));
        let _ = bench.up(&bench.client, sequence([customers()], [replaced])).await;
        let history = migrator(&bench.engine, bench.engine.client(), shop(0)).history().await.expect("a history");
        words(&history).into_iter().find(|text| text.starts_with("applied"))
    };
    is_needed(EPOCH_HOLDS, scenario).await;
}

#[tokio::test(start_paused = true)]
async fn progress_under_an_epoch_that_is_over() {
    let scenario = async |blank: Blank| {
        let bench = Bench::new(&blank);
        bench.up(&bench.client, shop(1)).await.expect("a first run");
        put_customer(&bench.client, &bench.engine.table("customers"), "1", "A@X").await;
        let replaced = migration(2, "replaced", |cx| {
            Box::pin(async move {
                taken_over(cx).await?;
                cx.items::<Customers>().update(|item| drop(item.insert("email", AttributeValue::S("a@x".into())))).await?;
                Ok(())
            })
        });
        let first = migration(1, "nothing", |_| Box::pin(async { Ok(()) }));
        let gate = Gate::before(|operation, body| operation == "TransactWriteItems" && body.contains("applied migration 0002"));
        let client = gate.attach(&bench.client);
        let run = bench.up(&client, sequence([customers()], [first, replaced]));
        let kept = async { items(&bench.engine.client(), &bench.engine.table("migrations")).await };
        // With the condition it does not come as far as to the record of its end.
        tokio::select! {
            kept = gate.meanwhile(kept) => kept.into_keys().find(|key| key.contains("/seg/")).map(|_| "it kept its progress".to_owned()),
            outcome = run => outcome.is_ok().then(|| "it did not hear that it was replaced".to_owned()),
        }
    };
    is_needed(EPOCH_HOLDS, scenario).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_where_one_is_after_the_lock_was_deleted_by_hand() {
    let scenario = async |blank: Blank| {
        let bench = Bench::new(&blank);
        let gate = Gate::before(|operation, body| operation == "TransactWriteItems" && body.contains("applied migration 0002"));
        let late = gate.attach(&bench.client);
        let others = gate.meanwhile(async {
            bench.delete_lock().await;
            bench.up(&bench.client, shop(2)).await.expect("the other run");
            migrator(&bench.engine, bench.engine.client(), shop(0)).history().await.expect("a history")
        });
        let (_, before) = tokio::join!(bench.up(&late, shop(2)), others);
        match migrator(&bench.engine, bench.engine.client(), shop(0)).history().await {
            Err(error) => Some(error.to_string()),
            Ok(after) => (after[..before.len()] != before).then(|| "a record was overwritten".to_owned()),
        }
    };
    is_needed(PLACE_IS_FREE, scenario).await;
}

/// The client asks again by itself, and meets the records that it wrote: they are read back and known for its own.
#[tokio::test(start_paused = true)]
async fn records_whose_reply_is_lost_are_known_for_ours_where_no_token_tells() {
    let blank = Blank::tokens();
    let bench = Bench::new(&blank);
    let asked: Mutex<BTreeSet<String>> = Mutex::default();
    let losing = Recorder::of(&bench.client).failing(move |call| {
        let is_first = call.operation == "TransactWriteItems" && asked.lock().unwrap().insert(call.request.clone());
        if is_first { Verdict::LoseReply } else { Verdict::Pass }
    });
    bench.up(&losing.attach(&bench.client), shop(2)).await.expect("a run that knows its own records");
    let transactions = losing.operations().into_iter().filter(|operation| operation == "TransactWriteItems").count();
    assert!(transactions >= 4 && blank.count() == transactions, "{transactions}");
    let texts = words(&migrator(&bench.engine, bench.engine.client(), shop(0)).history().await.expect("a history"));
    assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), 8, "none twice and none missing: {texts:?}");
    assert_eq!(texts.len(), 8, "{texts:?}");
}

fn billing() -> Sequence {
    let first = migration(1, "first", |_| Box::pin(async { Ok(()) }));
    let first: &'static MigrationEntry = Box::leak(Box::new(MigrationEntry { sequence: "billing", ..*first }));
    let invoices = TableSchema { name: table_name("invoices"), ..customers() };
    Sequence::of_tables("billing", [invoices]).expect("a sequence").with_migrations([first])
}

#[tokio::test(start_paused = true)]
async fn another_environment_in_the_same_table() {
    let scenario = async |blank: Blank| {
        let bench = Bench::new(&blank);
        let of = |name: &str, client: &Client, sequence| -> Migrator {
            let environment = Environment { name: name.to_owned(), account: None, region: None };
            let prefix = Prefix::new(bench.engine.prefix()).expect("a prefix");
            let builder = Migrator::builder(sequence, client.clone()).prefix(prefix).local_engine().beat_on_callers_runtime();
            builder.environment(environment).build().expect("a migrator")
        };
        let gate = Gate::before(|operation, body| operation == "PutItem" && body.contains(r##"{"S":"#environment"}"##));
        let (prod, staging) = (of("prod", &gate.attach(&bench.client), shop(1)), of("staging", &bench.client, billing()));
        let (mine, theirs) = tokio::join!(prod.up(Options::default()), gate.meanwhile(staging.up(Options::default())));
        theirs.expect("the other run");
        mine.is_ok().then(|| "one table is that of two environments".to_owned())
    };
    is_needed(NOTHING_REMEMBERED, scenario).await;
}
