//! Tables that somebody else makes (`schema = verify`), and a management table made elsewhere: migrations run, and nothing is made or changed.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::{Builder, Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_core::schema::{Management, Naming, Overrides, Setting, TableSchema};
use migrate_core::{Migrator, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, indexes, items, migration, put_customer, sequence, table_name, with_index};
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
        let of = |table| builder(&engine, client.clone(), shop([table])).build().expect("a migrator");
        of(customers()).up(Options::default()).await.unwrap();
        let streamed = |mut table: TableSchema| {
            table.tags.insert("team".to_owned(), Setting::Set("orders".to_owned()));
            table
        };
        let plan = of(verified(streamed(customers()))).plan(Options::default()).await.unwrap();
        assert!(plan.is_empty() && plan.refusals.is_empty(), "{}: {plan:?}", engine.name());
        assert!(plan.notices.iter().any(|notice| notice.what.contains("only verified now")), "{:?}", plan.notices);
        let overrides = Overrides { schema: Some(Management::Manage), ..Overrides::default() };
        let back = builder(&engine, client.clone(), shop([verified(with_index(customers(), "by-email", "email"))]));
        let back = back.overrides([(table_name("customers"), overrides)].into()).build().unwrap();
        assert_eq!(back.up(Options::default()).await.unwrap().outcome, Outcome::Done);
        assert_eq!(indexes(&client, &engine.table("customers")).await, ["by-email"], "{}", engine.name());
    }
}

#[tokio::test]
async fn a_management_table_made_elsewhere_is_asked_for_and_never_made() {
    for engine in TestEngine::all() {
        let client = engine.client();
        made(&client, &engine.table("customers"), &["id"]).await;
        put_customer(&client, &engine.table("customers"), "1", "a@b").await;
        let history = engine.table("migrations");
        let recorder = Recorder::of(&client);
        let of = |management: Management| {
            let builder = builder(&engine, recorder.attach(&client), shop([verified(customers())]));
            builder.management(management).build().expect("a migrator")
        };
        let errors = [
            of(Management::Verify).up(Options::default()).await.map(drop),
            of(Management::Verify).baseline(Version::new(1), Options::default().lock_wait).await.map(drop),
        ];
        for error in errors.map(|outcome| outcome.expect_err("a refusal")) {
            assert!(error.to_string().contains(&format!("table `{history}`, where the history is kept")), "{error}");
            let help = error.help().join("\n");
            assert!(
                help.contains(&format!("create-table --table-name {history} ")) && help.contains("aws_dynamodb_table"),
                "{help}"
            );
        }
        let plan = of(Management::Verify).plan(Options::default()).await.unwrap();
        assert!(plan.refusals.iter().any(|refusal| refusal.kind == ErrorKind::MadeElsewhere), "{:?}", plan.refusals);
        assert!(recorder.writes().is_empty(), "{}: {:?}", engine.name(), recorder.operations());
        // Anything that has its key will do.
        made(&client, &history, &["pk", "sk"]).await;
        of(Management::Verify).baseline(Version::new(1), Options::default().lock_wait).await.unwrap();
        assert_eq!(of(Management::Verify).up(Options::default()).await.unwrap().outcome, Outcome::NothingToDo);
        assert_eq!(control(&recorder), Vec::<String>::new());
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
