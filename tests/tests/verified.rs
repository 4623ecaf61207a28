//! Tables that somebody else makes (`schema = verify`), and a management table made elsewhere: migrations run, and nothing is made or changed.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use migrate_core::error::ErrorKind;
use migrate_core::history::Ownership;
use migrate_core::migration::Version;
use migrate_core::migrator::{Builder, Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_core::schema::{Management, Naming, Overrides, Setting, StreamView, TableSchema};
use migrate_core::{Migrator, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, index_name, indexes, items, migration, put_customer, sequence, table_name, with_index};
use migrate_tests::seam::Recorder;

fn verified(mut table: TableSchema) -> TableSchema {
    table.handling.management = Management::Verify;
    table
}

struct Customers;

impl Table for Customers {
    fn schema() -> TableSchema {
        verified(customers())
    }
}

fn shop(tables: impl IntoIterator<Item = TableSchema>) -> Sequence {
    let seed = migration(1, "seed", |cx| {
        Box::pin(async move {
            let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
            put.item("id", AttributeValue::S("9".into())).item("email", AttributeValue::S("x@y".into())).send().await?;
            Ok(())
        })
    });
    sequence(tables, [seed])
}

fn builder(engine: &TestEngine, client: Client, sequence: Sequence) -> Builder {
    let naming = Naming::template(&format!("{}{{name}}", engine.prefix())).expect("a template");
    Migrator::builder(sequence, client).naming(naming).local_engine()
}

/// As somebody with a tool of their own makes a table.
async fn made(client: &Client, table: &str, keys: &[&str]) {
    let mut making = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for (key, kind) in keys.iter().zip([KeyType::Hash, KeyType::Range]) {
        let element = KeySchemaElement::builder().attribute_name(*key).key_type(kind).build().expect("an element");
        let definition =
            AttributeDefinition::builder().attribute_name(*key).attribute_type(ScalarAttributeType::S).build().expect("one");
        making = making.key_schema(element).attribute_definitions(definition);
    }
    making.send().await.expect("a table");
    while status(client, table).await != "ACTIVE" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

async fn status(client: &Client, table: &str) -> String {
    let live = client.describe_table().table_name(table).send().await.expect("a description").table.expect("a table");
    live.table_status.expect("a status").to_string()
}

/// Calls that make or change a table.
fn control(recorder: &Recorder) -> Vec<String> {
    let items = ["PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem", "DeleteItem"];
    recorder.writes().into_iter().map(|call| call.operation).filter(|name| !items.contains(&name.as_str())).collect()
}

#[tokio::test]
async fn migrations_run_on_a_table_that_is_never_made_changed_or_owned() {
    for engine in TestEngine::all() {
        let (client, table) = (engine.client(), engine.table("customers"));
        let run = |client, tables: TableSchema| {
            let elsewhere = builder(&engine, client, shop([tables])).management(Management::Verify);
            elsewhere.build().expect("a migrator")
        };
        let recorder = Recorder::of(&client);
        let error = run(recorder.attach(&client), verified(customers())).up(Options::default()).await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::MadeElsewhere, "{}", engine.name());
        assert!(error.to_string().contains("is not there") && recorder.writes().is_empty(), "{error}");

        made(&client, &table, &["id"]).await;
        made(&client, &engine.table("migrations"), &["pk", "sk"]).await;
        let recorder = Recorder::of(&client);
        let mut wanted = verified(customers());
        wanted.deletion_protection = Some(true);
        let migrator = run(recorder.attach(&client), wanted.clone());
        let report = migrator.up(Options::default()).await.unwrap_or_else(|error| panic!("{}: {error:?}", engine.name()));
        assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 1));
        assert!(report.notices.iter().any(|notice| notice.what.contains("deletion protection")), "{:?}", report.notices);
        assert_eq!(control(&recorder), Vec::<String>::new(), "{}", engine.name());
        assert_eq!(items(&client, &table).await.len(), 1);
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::NothingToDo);
        let plan = migrator.plan(Options::default()).await.unwrap();
        assert!(plan.is_empty() && plan.records.is_empty());
        let owners = migrate_core::history::History::from_records(migrator.history().await.unwrap()).unwrap();
        assert!(owners.tables().is_empty(), "nobody's here");

        let wants_more = with_index(wanted.clone(), "by-email", "email");
        let recorder = Recorder::of(&client);
        let error = run(recorder.attach(&client), wants_more).up(Options::default()).await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::MadeElsewhere);
        assert!(error.to_string().contains("by-email") && recorder.writes().is_empty(), "{error}");
        assert!(indexes(&client, &table).await.is_empty());
    }
}

#[tokio::test]
async fn data_that_was_there_is_baselined_without_coming_under_ownership() {
    for engine in TestEngine::all() {
        let (client, table) = (engine.client(), engine.table("customers"));
        made(&client, &table, &["id"]).await;
        put_customer(&client, &table, "1", "a@b").await;
        let migrator = || builder(&engine, client.clone(), shop([verified(customers())])).build().expect("a migrator");
        let error = migrator().up(Options::default()).await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::DataWithoutHistory, "{}", engine.name());
        let baseline = migrator().baseline(Version::new(0), Options::default().lock_wait).await.unwrap();
        assert!(baseline.is_empty() && baseline.tables.is_empty());
        let baseline = migrator().baseline(Version::new(1), Options::default().lock_wait).await.unwrap();
        assert_eq!((baseline.migrations.len(), baseline.tables.len()), (1, 0), "{}", engine.name());
        assert_eq!(migrator().up(Options::default()).await.unwrap().outcome, Outcome::NothingToDo);
    }
}

#[tokio::test]
async fn one_that_was_ours_is_let_go_and_taken_back() {
    for engine in TestEngine::all() {
        let client = engine.client();
        let up = |table| {
            let migrator = builder(&engine, client.clone(), shop([table])).build().expect("a migrator");
            async move { (migrator.up(Options::default()).await.unwrap(), migrator.history().await.unwrap()) }
        };
        up(customers()).await;
        let (_, history) = up(with_index(verified(customers()), "by-email", "email")).await.clone();
        drop(history);
    }
}

#[tokio::test]
async fn another_sequence_may_lean_on_a_table_that_is_not_its_own() {
    for engine in TestEngine::all() {
        let client = engine.client();
        builder(&engine, client.clone(), shop([customers()])).build().unwrap().up(Options::default()).await.unwrap();
        let billing = Sequence::of_tables("billing", [verified(customers())]).unwrap();
        let recorder = Recorder::of(&client);
        let billing = builder(&engine, recorder.attach(&client), billing).build().unwrap();
        assert_eq!(billing.up(Options::default()).await.unwrap().outcome, Outcome::NothingToDo, "{}", engine.name());
        assert!(!recorder.operations().contains(&"Scan".to_owned()) || recorder.writes().is_empty());
    }
}
