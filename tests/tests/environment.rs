//! Names, settings and the memory of an environment, through the library and on every engine.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::history::Environment;
use migrate_core::migration::Version;
use migrate_core::migrator::{Builder, Options, Outcome};
use migrate_core::plan::Droppable;
use migrate_core::registry::Sequence;
use migrate_core::schema::{Naming, Overrides, Setting, StreamView};
use migrate_core::{Error, Migrator};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, index_name, indexes, migration, sequence, table_name, with_index};
use migrate_tests::seam::{Recorder, Verdict};

fn environment(name: &str, account: Option<&str>) -> Environment {
    Environment { name: name.to_owned(), account: account.map(str::to_owned), region: Some("eu-west-1".to_owned()) }
}

fn shop() -> Sequence {
    let seed = migration(1, "seed", |cx| {
        Box::pin(async move {
            let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
            put.item("id", AttributeValue::S("1".into())).send().await?;
            Ok(())
        })
    });
    sequence([customers()], [seed])
}

fn naming(engine: &TestEngine) -> Naming {
    Naming::template(&format!("{}{{name}}-x", engine.prefix())).expect("a template")
}

fn builder(engine: &TestEngine, client: Client, sequence: Sequence) -> Builder {
    Migrator::builder(sequence, client).naming(naming(engine)).local_engine()
}

fn built(builder: Builder) -> Migrator {
    builder.build().expect("a migrator")
}

fn refused(built: Result<Migrator, Error>) -> Error {
    built.expect_err("a refusal")
}

#[tokio::test]
async fn tables_get_their_names_and_migrations_know_them() {
    for engine in TestEngine::all() {
        let legacy = table_name(&engine.table("Kunden.2019"));
        let named = naming(&engine).with_table(table_name("customers"), legacy.clone()).unwrap();
        let history = table_name(&engine.table("Chronik"));
        let migrator = built(builder(&engine, engine.client(), shop()).naming(named.with_management_table(history.clone())));
        migrator.up(Options::default()).await.unwrap();
        assert_eq!(migrator.management_table(), &history);
        let item = engine.client().get_item().table_name(legacy.as_str()).key("id", AttributeValue::S("1".into()));
        assert!(item.send().await.unwrap().item.is_some(), "{}: the migration wrote there", engine.name());
        let templated = built(builder(&engine, engine.client(), shop()));
        assert_eq!(templated.management_table().as_str(), format!("{}migrations-x", engine.prefix()));
    }
}

#[test]
fn two_tables_of_one_name_are_refused() {
    let engine = TestEngine::embedded();
    let mut invoices = customers();
    invoices.name = table_name("invoices");
    let both = sequence([customers(), invoices], []);
    let named = naming(&engine).with_table(table_name("invoices"), table_name(&format!("{}customers-x", engine.prefix())));
    let error = refused(builder(&engine, engine.client(), both).naming(named.unwrap()).build());
    assert_eq!(error.kind(), ErrorKind::InvalidName);
    assert!(error.to_string().contains("`customers` and `invoices` would both be"), "{error}");
}

#[tokio::test]
async fn settings_of_the_environment_count() {
    for engine in TestEngine::all() {
        let stream = Overrides { stream: Some(Setting::Set(StreamView::NewImage)), ..Overrides::default() };
        let overrides = BTreeMap::from([(table_name("customers"), stream.clone())]);
        let migrator = built(builder(&engine, engine.client(), shop()).overrides(overrides));
        migrator.up(Options::default()).await.unwrap();
        let table = format!("{}customers-x", engine.prefix());
        let live = engine.client().describe_table().table_name(&table).send().await.unwrap().table.unwrap();
        let view = live.stream_specification.and_then(|stream| stream.stream_view_type);
        assert_eq!(view.map(|view| view.to_string()).as_deref(), Some("NEW_IMAGE"), "{}", engine.name());
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::NothingToDo);

        let slip = BTreeMap::from([(table_name("custmers"), stream)]);
        let error = refused(builder(&engine, engine.client(), shop()).overrides(slip).build());
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("`custmers`") && error.to_string().contains("`customers`"), "{error}");

        let nothing = Overrides { ttl: Some(Setting::Set(String::new())), ..Overrides::default() };
        let nothing = BTreeMap::from([(table_name("customers"), nothing)]);
        let error = refused(builder(&engine, engine.client(), shop()).overrides(nothing).build());
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    }
}

#[tokio::test]
async fn the_management_table_remembers_and_refuses_another_environment() {
    for engine in TestEngine::all() {
        let prod = environment("prod", Some("123456789012"));
        let of = |environment: &Environment, client| built(builder(&engine, client, shop()).environment(environment.clone()));
        of(&prod, engine.client()).up(Options::default()).await.unwrap();
        assert_eq!(of(&prod, engine.client()).status().await.unwrap().environment, Some(prod.clone()));

        // It costs no call.
        let recorder = Recorder::of(&engine.client());
        let again = of(&prod, recorder.attach(&engine.client())).up(Options::default()).await.unwrap();
        assert_eq!(again.outcome, Outcome::NothingToDo);
        assert_eq!(recorder.operations(), ["Query", "DescribeTable"], "{}", engine.name());

        let elsewhere = Environment { region: Some("us-east-1".to_owned()), ..prod.clone() };
        for other in [environment("staging", None), environment("prod", Some("999999999999")), elsewhere] {
            let recorder = Recorder::of(&engine.client());
            let migrator = of(&other, recorder.attach(&engine.client()));
            let all = [
                migrator.up(Options::default()).await.map(drop),
                migrator.plan(Options::default()).await.map(drop),
                migrator.baseline(Version::new(1), Options::default().lock_wait).await.map(drop),
                migrator.status().await.map(drop),
                migrator.history().await.map(drop),
                migrator.lock().await.map(drop),
                migrator.ensure_at_least(Version::new(1)).await,
                migrator.pause().await.map(drop),
                migrator.resume().await.map(drop),
                migrator.throttle(None, None).await.map(drop),
                migrator.dead_letters(Version::new(1)).await.map(drop),
            ];
            for error in all.map(|outcome| outcome.expect_err("a refusal")) {
                assert_eq!(error.kind(), ErrorKind::OtherEnvironment, "{}: {error:?}", engine.name());
                let text = error.to_string();
                assert!(text.contains(&prod.to_string()) && text.contains(&other.to_string()), "{text}");
            }
            assert!(recorder.operations().iter().all(|operation| operation == "Query"), "{:?}", recorder.operations());
        }

        let nameless = built(builder(&engine, engine.client(), shop()));
        assert_eq!(nameless.up(Options::default()).await.expect_err("a refusal").kind(), ErrorKind::OtherEnvironment);
        assert_eq!(nameless.plan(Options::default()).await.expect_err("a refusal").kind(), ErrorKind::OtherEnvironment);
        assert_eq!(nameless.pause().await.expect_err("a refusal").kind(), ErrorKind::OtherEnvironment);
        nameless.status().await.unwrap();
        nameless.ensure_at_least(Version::new(1)).await.unwrap();
    }
}

#[tokio::test]
async fn another_sequence_of_the_table_meets_the_same_memory() {
    for engine in TestEngine::all() {
        let prod = environment("prod", None);
        built(builder(&engine, engine.client(), shop()).environment(prod.clone())).up(Options::default()).await.unwrap();
        let mut bills = customers();
        bills.name = table_name("bills");
        let billing = Sequence::of_tables("billing", [bills]).unwrap();
        let billing = |environment: Option<&Environment>| {
            let builder = builder(&engine, engine.client(), billing.clone());
            built(match environment {
                Some(environment) => builder.environment(environment.clone()),
                None => builder,
            })
        };
        for other in [None, Some(&environment("staging", None))] {
            let error = billing(other).up(Options::default()).await.expect_err("a refusal");
            assert_eq!(error.kind(), ErrorKind::OtherEnvironment, "{}: {error:?}", engine.name());
        }
        billing(Some(&prod)).up(Options::default()).await.unwrap();
        assert_eq!(billing(Some(&prod)).status().await.unwrap().environment, Some(prod));
    }
}

#[tokio::test]
async fn a_database_from_before_learns_its_environment_with_the_next_write() {
    for engine in TestEngine::all() {
        built(builder(&engine, engine.client(), shop())).up(Options::default()).await.unwrap();
        let prod = environment("prod", None);
        let of = |sequence| built(builder(&engine, engine.client(), sequence).environment(prod.clone()));
        of(shop()).up(Options::default()).await.unwrap();
        assert_eq!(of(shop()).status().await.unwrap().environment, None, "nothing was to be done, so nothing was written");
        let more = shop().with_tables([with_index(customers(), "by-email", "email")]);
        of(more.clone()).up(Options::default()).await.unwrap();
        assert_eq!(of(more).status().await.unwrap().environment, Some(prod.clone()));
    }
}

#[tokio::test]
async fn a_lost_reply_or_a_crash_while_remembering_harms_nothing() {
    for engine in TestEngine::all() {
        let prod = environment("prod", None);
        for (at, lost) in [(0, true), (1, true), (0, false), (1, false)] {
            let names = Naming::template(&format!("{}{{name}}-{at}{lost}", engine.prefix())).unwrap();
            let run = |client| built(builder(&engine, client, shop()).naming(names.clone()).environment(prod.clone()));
            let seen = std::sync::atomic::AtomicUsize::new(0);
            let recorder = Recorder::of(&engine.client()).failing(move |call| {
                let is_memory = call.operation == "PutItem" && String::from_utf8_lossy(&call.body).contains("\"since\"");
                let is_memory = is_memory && String::from_utf8_lossy(&call.body).contains("\"environment\"");
                let number = is_memory.then(|| seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
                match number {
                    Some(number) if number == at && lost => Verdict::LoseReply,
                    Some(number) if number == at => Verdict::Error {
                        status: 400,
                        error_type: "ValidationException".to_owned(),
                        message: "a test says so".to_owned(),
                    },
                    Some(_) | None => Verdict::Pass,
                }
            });
            let outcome = run(recorder.attach(&engine.client())).up(Options::default()).await;
            assert!(outcome.is_ok() || !lost, "{}: {outcome:?}", engine.name());
            run(engine.client()).up(Options::default()).await.unwrap();
            assert_eq!(run(engine.client()).status().await.unwrap().environment, Some(prod.clone()), "{}", engine.name());
        }
    }
}

#[tokio::test]
async fn where_nothing_is_dropped_no_consent_counts() {
    for engine in TestEngine::all() {
        let indexed = sequence([with_index(customers(), "by-email", "email")], []);
        built(builder(&engine, engine.client(), indexed)).up(Options::default()).await.unwrap();
        let table = format!("{}customers-x", engine.prefix());
        let consent = [Droppable::Index(table_name(&table), index_name("by-email"))].into();
        let bare = || sequence([customers()], []);
        let options = Options { consent, ..Options::default() };
        let error = built(builder(&engine, engine.client(), bare()).no_drops()).up(options.clone()).await.expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::ConsentMissing);
        assert!(error.to_string().contains("by-email"), "{error}");
        assert_eq!(indexes(&engine.client(), &table).await, ["by-email"]);
        built(builder(&engine, engine.client(), bare())).up(options).await.unwrap();
        assert!(indexes(&engine.client(), &table).await.is_empty());
    }
}
