//! The whole pipeline, on every engine: what `up` makes, records and refuses.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::history::MigrationStatus;
use migrate_core::migration::{OnFresh, Version};
use migrate_core::migrator::{Options, Outcome, RowState};
use migrate_core::plan::{Droppable, Phase};
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::{Hazard, Management, Setting, StreamView};
use migrate_core::{ErrorKind, Failure, MigrationContext};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{
    Customers, customers, index_name, indexes, items, migration, migrator, put_customer, sequence, table_name, with_index, words,
};
use migrate_tests::seam::Recorder;

type Entry = &'static mut MigrationEntry;

async fn seed(cx: &MigrationContext) -> Result<(), Failure> {
    for (id, email) in [("1", "ANNA@example.com"), ("2", "BO@example.com")] {
        let put = cx.client().put_item().table_name(cx.table_name::<Customers>());
        let put = put.item("id", AttributeValue::S(id.into())).item("email", AttributeValue::S(email.into()));
        put.send().await?;
    }
    Ok(())
}

async fn lowercase(cx: &MigrationContext) -> Result<(), Failure> {
    let lower = |item: &mut migrate_core::transform::Item| {
        if let Some(AttributeValue::S(email)) = item.get_mut("email") {
            email.make_ascii_lowercase();
        }
    };
    cx.items::<Customers>().update(lower).await?;
    Ok(())
}

fn m1() -> Entry {
    migration(1, "seed", |cx| Box::pin(async move { seed(cx).await.map_err(Into::into) }))
}

fn m2() -> Entry {
    migration(2, "lowercase", |cx| Box::pin(async move { lowercase(cx).await.map_err(Into::into) }))
}

fn m3_fails() -> Entry {
    migration(3, "fails", |_| Box::pin(async { Err("the moon is full".into()) }))
}

fn m3_mended() -> Entry {
    let entry = migration(3, "fails", |_| Box::pin(async { Ok(()) }));
    entry.meta.fingerprint = "text-2";
    entry
}

fn shop() -> Sequence {
    sequence([customers()], [m1(), m2()])
}

async fn up(engine: &TestEngine, client: Client, sequence: Sequence) -> migrate_core::migrator::Report {
    migrator(engine, client, sequence).up(Options::default()).await.unwrap_or_else(|error| panic!("{}: {error:?}", engine.name()))
}

async fn refused(engine: &TestEngine, sequence: Sequence, options: Options) -> migrate_core::Error {
    let recorder = Recorder::of(&engine.client());
    let error = migrator(engine, recorder.attach(&engine.client()), sequence).up(options).await.expect_err("a refusal");
    assert_eq!(recorder.writes().len(), 0, "{}: refused only after writing: {:?}", engine.name(), recorder.operations());
    error
}

#[tokio::test]
async fn creates_migrates_records_and_then_has_nothing_to_do() {
    for engine in TestEngine::all() {
        let report = up(&engine, engine.client(), shop()).await;
        assert_eq!(report.outcome, Outcome::Done);
        assert_eq!(report.migrations.iter().map(|m| m.migration.version.get()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(report.migrations[1].counts.changed, 2, "{}", engine.name());

        let found = items(&engine.client(), &engine.table("customers")).await;
        assert_eq!(found.len(), 2);
        assert!(found.values().all(|item| item.contains("@example.com") && !item.contains("ANNA")), "{found:?}");

        let history = migrator(&engine, engine.client(), shop()).history().await.unwrap();
        let table = engine.table("customers");
        assert_eq!(
            words(&history),
            [
                "started on a fresh database, up to 2".to_owned(),
                format!("creating table {table}"),
                format!("created table {table}"),
                "started migration 0001 seed".to_owned(),
                "applied migration 0001 seed".to_owned(),
                "started migration 0002 lowercase".to_owned(),
                "applied migration 0002 lowercase".to_owned(),
                history.last().unwrap().text.clone(),
            ],
            "{}",
            engine.name()
        );

        let recorder = Recorder::of(&engine.client());
        let again = up(&engine, recorder.attach(&engine.client()), shop()).await;
        assert_eq!(again.outcome, Outcome::NothingToDo);
        assert_eq!(recorder.operations(), ["Query", "DescribeTable"], "{}: one read and one per table", engine.name());
    }
}

#[tokio::test]
async fn plan_status_and_history_write_nothing_not_even_on_an_empty_database() {
    for engine in TestEngine::all() {
        let recorder = Recorder::of(&engine.client());
        let migrator = migrator(&engine, recorder.attach(&engine.client()), shop());
        let plan = migrator.plan(Options::default()).await.unwrap();
        assert_eq!((plan.expand.len(), plan.due().count()), (1, 2));
        let status = migrator.status().await.unwrap();
        assert!(!status.managed);
        assert_eq!(status.pending().count(), 2);
        assert!(migrator.history().await.unwrap().is_empty());
        assert!(recorder.count() >= 3 && recorder.writes().is_empty(), "{:?}", recorder.operations());
    }
}

#[tokio::test]
async fn a_client_of_a_reading_command_refuses_to_write() {
    let engine = TestEngine::embedded();
    up(&engine, engine.client(), shop()).await;
    // The same code path, forced to write: a migration is pending, and only `up` may run it.
    let recorder = Recorder::of(&engine.client());
    let more = sequence([with_index(customers(), "by-email", "email")], [m1(), m2()]);
    migrator(&engine, recorder.attach(&engine.client()), more).plan(Options::default()).await.unwrap();
    assert!(recorder.writes().is_empty());
    assert!(indexes(&engine.client(), &engine.table("customers")).await.is_empty());
}

#[tokio::test]
async fn on_a_fresh_database_migrations_are_recorded_and_not_run() {
    for engine in TestEngine::all() {
        let skipped = |entry: Entry| {
            entry.meta.on_fresh = Some(OnFresh::Skip);
            entry
        };
        let shop = sequence([customers()], [skipped(m1()), skipped(m2())]);
        let report = up(&engine, engine.client(), shop.clone()).await;
        assert!(report.migrations.iter().all(|migration| migration.skipped));
        assert!(items(&engine.client(), &engine.table("customers")).await.is_empty(), "{}", engine.name());
        // What comes later runs: the database is fresh no more.
        let later = sequence([customers()], [skipped(m1()), skipped(m2()), skipped(m3_mended())]);
        let report = up(&engine, engine.client(), later).await;
        assert_eq!(report.migrations.iter().map(|m| (m.migration.version.get(), m.skipped)).collect::<Vec<_>>(), [(3, false)]);
    }
}

#[tokio::test]
async fn an_index_is_added_and_another_dropped_only_with_consent() {
    for engine in TestEngine::all() {
        let table = engine.table("customers");
        up(&engine, engine.client(), sequence([with_index(customers(), "by-email", "email")], [m1()])).await;
        assert_eq!(indexes(&engine.client(), &table).await, ["by-email"]);

        // The code lets go of one and brings another: the old one stays, and is told of.
        let today = || sequence([with_index(customers(), "by-town", "town")], [m1()]);
        let report = up(&engine, engine.client(), today()).await;
        assert_eq!(indexes(&engine.client(), &table).await, ["by-email", "by-town"], "{}", engine.name());
        assert!(report.notices.iter().any(|notice| notice.what.contains("by-email")), "{:?}", report.notices);

        // In the phase before the deploy a consent is kept for later.
        let index = Droppable::Index(table_name(&table), index_name("by-email"));
        let consent = || [index.clone()].into();
        let before = Options { phase: Phase::Before, consent: consent(), ..Options::default() };
        let report = migrator(&engine, engine.client(), today()).up(before).await.unwrap();
        assert_eq!((report.outcome, report.later.len()), (Outcome::NothingToDo, 1));
        let after = Options { phase: Phase::After, consent: consent(), ..Options::default() };
        migrator(&engine, engine.client(), today()).up(after).await.unwrap();
        assert_eq!(indexes(&engine.client(), &table).await, ["by-town"], "{}", engine.name());
    }
}

#[tokio::test]
async fn settings_are_switched_on_and_off_and_left_alone_where_the_code_is_silent() {
    for engine in TestEngine::all() {
        let table = engine.table("customers");
        let with = |stream, ttl, protection| {
            let mut table = customers();
            (table.stream, table.ttl, table.deletion_protection) = (stream, ttl, protection);
            table.handling.accept.insert(Hazard::StreamOff);
            sequence([table], [m1()])
        };
        let settings = async || {
            let client = engine.client();
            let described = client.describe_table().table_name(&table).send().await.unwrap().table.unwrap();
            let ttl = client.describe_time_to_live().table_name(&table).send().await.unwrap();
            let ttl = ttl.time_to_live_description.and_then(|ttl| ttl.attribute_name);
            let stream =
                described.stream_specification.filter(|stream| stream.stream_enabled).and_then(|stream| stream.stream_view_type);
            (stream.map(|view| view.as_str().to_owned()), ttl, described.deletion_protection_enabled)
        };
        up(&engine, engine.client(), with(Setting::Set(StreamView::KeysOnly), Setting::Set("expires".into()), Some(false))).await;
        let on = (Some("KEYS_ONLY".to_owned()), Some("expires".to_owned()));
        let (stream, ttl, protected) = settings().await;
        assert_eq!((stream, ttl), on, "{}", engine.name());

        // Silence changes nothing.
        let report = up(&engine, engine.client(), with(Setting::Unmanaged, Setting::Unmanaged, None)).await;
        assert_eq!(report.outcome, Outcome::NothingToDo);
        assert_eq!(settings().await, (on.0, on.1, protected));

        up(&engine, engine.client(), with(Setting::Off, Setting::Off, Some(false))).await;
        let (stream, ttl, _) = settings().await;
        assert_eq!((stream, ttl), (None, None), "{}", engine.name());
    }
}

#[tokio::test]
async fn a_dropped_table_needs_consent_and_its_record() {
    for engine in TestEngine::all() {
        let orders = || {
            let mut table = customers();
            table.name = table_name("orders");
            table
        };
        up(&engine, engine.client(), sequence([customers(), orders()], [m1()])).await;
        let without = || sequence([customers()], [m1()]);
        let report = up(&engine, engine.client(), without()).await;
        assert_eq!(report.outcome, Outcome::NothingToDo, "an undeclared table is a notice");
        assert!(report.notices.iter().any(|notice| notice.what.contains("orders")));

        let consent =
            || Options { consent: [Droppable::Table(table_name(&engine.table("orders")))].into(), ..Options::default() };
        migrator(&engine, engine.client(), without()).up(consent()).await.unwrap();
        let gone = engine.client().describe_table().table_name(engine.table("orders")).send().await;
        assert!(gone.unwrap_err().as_service_error().unwrap().is_resource_not_found_exception(), "{}", engine.name());

        // A table of somebody else is never dropped, whoever consents.
        let foreign = engine.table("foreign");
        let client = engine.client();
        create_foreign(&client, &foreign).await;
        let consent = Options { consent: [Droppable::Table(table_name(&foreign))].into(), ..Options::default() };
        let error = refused(&engine, without(), consent).await;
        assert_eq!(error.kind(), ErrorKind::NotOwned, "{error:?}");
        client.describe_table().table_name(&foreign).send().await.expect("it is still there");
    }
}

async fn create_foreign(client: &Client, table: &str) {
    use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
    let definition = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S).build().unwrap();
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap();
    let create = client.create_table().table_name(table).attribute_definitions(definition).key_schema(key);
    create.billing_mode(BillingMode::PayPerRequest).send().await.expect("a table");
}

#[tokio::test]
async fn a_declared_table_that_is_not_ours_is_refused_and_can_be_adopted() {
    for engine in TestEngine::all() {
        let table = engine.table("customers");
        create_foreign(&engine.client(), &table).await;
        let today = || sequence([with_index(customers(), "by-email", "email")], [m2()].map(first));
        let error = refused(&engine, today(), Options::default()).await;
        assert_eq!(error.kind(), ErrorKind::NotOwned, "{error:?}");
        assert!(error.to_string().contains(&table), "{error}");
        assert!(error.help().iter().any(|help| help.contains("adopt customers")), "{error:?}");

        put_customer(&engine.client(), &table, "7", "EVE@example.com").await;
        let error = refused(&engine, today(), Options::default()).await;
        assert!(error.to_string().contains("hold"), "data without history is named too: {error}");

        let migrator = migrator(&engine, engine.client(), today());
        let shown = migrator.plan_baseline(Version::new(1)).await.unwrap();
        assert_eq!((shown.migrations.len(), shown.tables.len(), shown.tables[0].differences.len()), (1, 1, 1), "{shown:?}");
        migrator.baseline(Version::new(1), std::time::Duration::ZERO).await.unwrap();
        assert!(migrator.plan_baseline(Version::new(1)).await.unwrap().is_empty());
        up(&engine, engine.client(), today()).await;
        assert_eq!(indexes(&engine.client(), &table).await, ["by-email"]);
        let found = items(&engine.client(), &table).await;
        assert!(found.values().any(|item| item.contains("EVE")), "a baselined migration does not run: {found:?}");
    }
}

fn first(entry: Entry) -> Entry {
    entry.meta.version = Version::new(1);
    entry
}

#[tokio::test]
async fn a_failed_migration_is_recorded_and_the_next_run_resumes_at_it() {
    for engine in TestEngine::all() {
        let failing = sequence([customers()], [m1(), m2(), m3_fails()]);
        let error = migrator(&engine, engine.client(), failing).up(Options::default()).await.expect_err("a failure");
        assert_eq!(error.kind(), ErrorKind::MigrationFailed);
        assert!(format!("{error:?}").contains("the moon is full"), "{error:?}");

        let mended = || sequence([customers()], [m1(), m2(), m3_mended()]);
        let status = migrator(&engine, engine.client(), mended()).status().await.unwrap();
        let RowState::Recorded(state) = &status.migrations[2].record else { panic!("{status:?}") };
        assert_eq!(state.status, MigrationStatus::Failed { error: "the moon is full".into() });
        assert!(status.lock.as_ref().is_some_and(|lock| lock.released), "a failure gives the lock back");

        let report = up(&engine, engine.client(), mended()).await;
        assert_eq!(report.migrations.iter().map(|m| m.migration.version.get()).collect::<Vec<_>>(), [3], "{}", engine.name());
    }
}

#[tokio::test]
async fn a_panic_is_caught_recorded_and_gives_the_lock_back() {
    let engine = TestEngine::embedded();
    let panics = migration(1, "panics", |_| Box::pin(async { panic!("index out of cheese") }));
    let shop = sequence([customers()], [panics]);
    let error = migrator(&engine, engine.client(), shop.clone()).up(Options::default()).await.expect_err("a panic");
    assert_eq!(error.kind(), ErrorKind::MigrationPanicked);
    let status = migrator(&engine, engine.client(), shop).status().await.unwrap();
    let RowState::Recorded(state) = &status.migrations[0].record else { panic!("{status:?}") };
    assert!(matches!(&state.status, MigrationStatus::Failed { error } if error.contains("index out of cheese")), "{state:?}");
    assert!(status.lock.is_some_and(|lock| lock.released));
}

#[tokio::test]
async fn conflicts_of_the_history_are_refused_all_at_once() {
    for engine in TestEngine::all() {
        up(&engine, engine.client(), sequence([customers()], [m1(), m2(), m3_mended()])).await;
        // Gone: 2. Too late, and out of order: nothing else can be told from numbers alone.
        let gone = Sequence::of_tables("shop", [customers()]).unwrap().with_migrations([&*m1(), &*m3_mended()]);
        let error = refused(&engine, gone, Options::default()).await;
        assert_eq!(error.kind(), ErrorKind::MissingMigration, "{error:?}");

        let edited = || {
            let entry = m2();
            entry.meta.fingerprint = "text-9";
            sequence([customers()], [m1(), entry, m3_mended()])
        };
        let report = up(&engine, engine.client(), edited()).await;
        assert!(report.notices.iter().any(|notice| notice.what.contains("lowercase")), "{:?}", report.notices);

        // An older binary: a prefix of the history. Nothing is done, and that is no failure.
        let older = up(&engine, engine.client(), sequence([with_index(customers(), "by-email", "email")], [m1(), m2()])).await;
        assert!(matches!(older.outcome, Outcome::Ahead(_)), "{older:?}");
        assert!(indexes(&engine.client(), &engine.table("customers")).await.is_empty(), "an older binary changes no table");
    }
}

#[tokio::test]
async fn a_breaking_migration_stops_older_binaries() {
    let engine = TestEngine::embedded();
    let breaking = m2();
    breaking.meta.breaking = true;
    up(&engine, engine.client(), sequence([customers()], [m1(), breaking])).await;
    let error = refused(&engine, sequence([customers()], [m1()]), Options::default()).await;
    assert_eq!(error.kind(), ErrorKind::Ahead, "{error:?}");
}

/// The same clean-up once more, as migration 2.
#[tokio::test]
async fn a_newer_migration_with_the_text_of_an_older_one_is_no_renumbered_one() {
    let engine = TestEngine::embedded();
    let clean_up = |number: u32| migration(number, "clean_up", |_| Box::pin(async { Ok(()) }));
    up(&engine, engine.client(), sequence([customers()], [clean_up(1), clean_up(2)])).await;
    let older = up(&engine, engine.client(), sequence([customers()], [clean_up(1)])).await;
    assert!(matches!(older.outcome, Outcome::Ahead(_)), "{older:?}");
}

#[tokio::test]
async fn the_phases_keep_what_old_code_still_needs() {
    for engine in TestEngine::all() {
        let deploy = || {
            let clean = m2();
            clean.meta.after_deploy = true;
            sequence([customers()], [m1(), clean])
        };
        let phase = |phase| Options { phase, ..Options::default() };
        let after = refused(&engine, deploy(), phase(Phase::After)).await;
        assert_eq!(after.kind(), ErrorKind::PhaseOrder, "{after:?}");
        let run = async |which| migrator(&engine, engine.client(), deploy()).up(phase(which)).await.unwrap();
        let numbers = |report: &migrate_core::migrator::Report| {
            report.migrations.iter().map(|m| m.migration.version.get()).collect::<Vec<_>>()
        };
        let before = run(Phase::Before).await;
        assert_eq!((numbers(&before), before.waiting.len()), (vec![1], 1), "{}", engine.name());
        assert_eq!(numbers(&run(Phase::After).await), [2]);
        assert_eq!(run(Phase::All).await.outcome, Outcome::NothingToDo);
    }
}

#[tokio::test]
async fn ensure_at_least_reads_once() {
    let engine = TestEngine::embedded();
    let recorder = Recorder::of(&engine.client());
    let application = migrator(&engine, recorder.attach(&engine.client()), shop());
    let error = application.ensure_at_least(Version::new(2)).await.expect_err("nothing is there");
    assert!(error.to_string().contains("none was ever applied"), "{error}");
    up(&engine, engine.client(), shop()).await;
    recorder.reset();
    application.ensure_at_least(Version::new(2)).await.unwrap();
    assert_eq!(recorder.operations(), ["Query"]);
    let error = application.ensure_at_least(Version::new(3)).await.expect_err("there is no third");
    assert!(error.to_string().contains("is at 2"), "{error}");
}

#[tokio::test]
async fn a_table_that_was_restored_from_a_backup_can_be_adopted_as_its_refusal_says() {
    let engine = TestEngine::embedded();
    let table = engine.table("customers");
    let shop = || {
        let mut table = customers();
        table.deletion_protection = Some(false);
        sequence([table], [m1()])
    };
    up(&engine, engine.client(), shop()).await;
    // A restore makes a table of the same name with another id.
    engine.client().delete_table().table_name(&table).send().await.expect("a deletion");
    create_foreign(&engine.client(), &table).await;
    let error = refused(&engine, shop(), Options::default()).await;
    assert_eq!(error.kind(), ErrorKind::NotOwned, "{error:?}");
    assert!(error.help().iter().any(|help| help.contains("`migrate adopt customers`")), "{error:?}");

    let migrator = migrator(&engine, engine.client(), shop());
    let adopted = migrator.adopt(&[table_name("customers")], std::time::Duration::ZERO).await.expect("an adoption");
    assert_eq!(adopted.len(), 1, "the very command that the refusal names must adopt it: {adopted:?}");
    up(&engine, engine.client(), shop()).await;
}

#[tokio::test]
async fn a_table_that_was_made_again_can_be_adopted_and_what_is_only_verified_cannot() {
    let engine = TestEngine::embedded();
    let table = engine.table("customers");
    let shop = || {
        let mut table = customers();
        table.deletion_protection = Some(false);
        sequence([table], [m1()])
    };
    up(&engine, engine.client(), shop()).await;
    engine.client().delete_table().table_name(&table).send().await.expect("a deletion");
    create_foreign(&engine.client(), &table).await;
    let migrator = |sequence| migrator(&engine, engine.client(), sequence);
    let adopted = migrator(shop()).adopt(&[], std::time::Duration::ZERO).await.expect("an adoption");
    assert_eq!(adopted.len(), 1, "it is another table under the old name: {adopted:?}");
    up(&engine, engine.client(), shop()).await;

    let mut verified = customers();
    verified.handling.management = Management::Verify;
    let only_verified = || Sequence::of_tables("shop", [verified.clone()]).unwrap().with_migrations([&*m1()]);
    let error = migrator(only_verified()).plan_adopt(&[customers().name]).await.expect_err("it belongs to somebody else");
    assert_eq!(error.kind(), ErrorKind::Usage, "{error:?}");
    assert!(error.to_string().contains("only verified"), "{error}");
    assert_eq!(migrator(only_verified()).plan_adopt(&[]).await.expect("nothing to adopt"), []);
}

#[tokio::test]
async fn what_a_migrator_shows_of_itself_holds_no_credentials() {
    use aws_sdk_dynamodb::config::Credentials;
    let engine = TestEngine::embedded();
    let canary = Credentials::new("canary-key", "canary-secret", Some("canary-token".into()), None, "tests");
    let client = Client::from_conf(engine.client().config().to_builder().credentials_provider(canary).build());
    let builder = migrate_core::Migrator::builder(shop(), client.clone());
    let builder = format!("{builder:?}");
    let migrator = migrator(&engine, client, shop());
    let prepared = migrator.prepare(Options::default()).await.unwrap();
    let shown = format!("{builder} {migrator:?} {prepared:?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn a_table_of_another_sequence_is_named_and_not_taken() {
    for engine in TestEngine::all() {
        up(&engine, engine.client(), shop()).await;
        let renamed = || Sequence::of_tables("store", [customers()]).unwrap().with_migrations([&*m1()]);
        let error = refused(&engine, renamed(), Options::default()).await;
        assert_eq!(error.kind(), ErrorKind::NotOwned, "{error:?}");
        assert!(error.to_string().contains("belongs to sequence `shop`"), "{error}");
        assert!(error.help().iter().any(|help| help.contains("migrations!(name = \"shop\")")), "{error:?}");
        let taken = migrator(&engine, engine.client(), renamed()).baseline(Version::new(1), std::time::Duration::ZERO).await;
        assert_eq!(taken.expect_err("it is not ours to take").kind(), ErrorKind::NotOwned);
        for names in [&[][..], &[customers().name]] {
            let taken = migrator(&engine, engine.client(), renamed()).adopt(names, std::time::Duration::ZERO).await;
            let error = taken.expect_err("nor so");
            assert_eq!(error.kind(), ErrorKind::NotOwned, "{error:?}");
            assert!(error.to_string().contains("belongs to sequence `shop`"), "{error}");
        }
    }
}

#[tokio::test]
async fn start_up_is_refused_after_a_migration_that_breaks_older_binaries() {
    let engine = TestEngine::embedded();
    let breaking = || {
        let entry = m2();
        entry.meta.breaking = true;
        sequence([customers()], [m1(), entry])
    };
    up(&engine, engine.client(), breaking()).await;
    let older = migrator(&engine, engine.client(), sequence([customers()], [m1()]));
    let error = older.ensure_at_least(Version::new(1)).await.expect_err("it must not start");
    assert_eq!(error.kind(), ErrorKind::Ahead, "{error:?}");
    migrator(&engine, engine.client(), breaking()).ensure_at_least(Version::new(2)).await.expect("its own binary starts");
}

#[tokio::test]
async fn what_the_library_says_of_a_failure_keeps_its_code_help_and_place() {
    let engine = TestEngine::embedded();
    let grows = migration(2, "grows", |cx| {
        Box::pin(async move {
            let more = |item: &mut migrate_core::transform::Item| {
                let email = item.get("email").and_then(|email| email.as_s().ok()).cloned().unwrap_or_default();
                item.insert("email", AttributeValue::S(format!("{email}!")));
            };
            cx.items::<Customers>().update(more).await?;
            Ok(())
        })
    });
    let error = migrator(&engine, engine.client(), sequence([customers()], [m1(), grows])).up(Options::default()).await;
    let error = error.expect_err("it changes its own output");
    assert_eq!(error.kind(), ErrorKind::NotRepeatable, "{error:?}");
    assert!(error.to_string().contains("migration 0002 grows failed (scenario:1)"), "{error}");
    assert!(error.help().iter().any(|help| help.contains("own output")), "{error:?}");
}

#[tokio::test]
async fn a_text_that_never_ran_may_change() {
    let engine = TestEngine::embedded();
    let written = |fingerprint| {
        let entry = m1();
        entry.meta.on_fresh = Some(OnFresh::Skip);
        entry.meta.fingerprint = fingerprint;
        sequence([customers()], [entry])
    };
    up(&engine, engine.client(), written("text-1")).await;
    let report = up(&engine, engine.client(), written("text-2")).await;
    assert!(report.notices.is_empty(), "it was skipped on a fresh database: {:?}", report.notices);
}

#[tokio::test]
async fn a_test_sees_its_migration_run_on_yesterdays_data() {
    let engine = TestEngine::embedded();
    let today = sequence(
        [customers()],
        [migration(1, "lowercase", |cx| Box::pin(async move { lowercase(cx).await.map_err(Into::into) }))],
    );
    up(&engine, engine.client(), today.clone().up_to(Version::new(0))).await;
    put_customer(&engine.client(), &engine.table("customers"), "1", "ANNA@example.com").await;
    let report = up(&engine, engine.client(), today).await;
    assert_eq!(report.migrations.iter().map(|m| (m.skipped, m.counts.changed)).collect::<Vec<_>>(), [(false, 1)]);
}

#[tokio::test]
async fn a_table_of_somebody_else_under_the_management_tables_name_is_told() {
    for engine in TestEngine::all() {
        create_foreign(&engine.client(), &engine.table("migrations")).await;
        let error = refused(&engine, shop(), Options::default()).await;
        assert_eq!(error.kind(), ErrorKind::NotOwned, "{}: {error:?}", engine.name());
        assert!(error.to_string().contains(&engine.table("migrations")), "{error}");
        assert!(error.help().iter().any(|help| help.contains("--prefix")), "{error:?}");
    }
}
