//! Saved plans, as a program uses them: what makes one stale, before the lock and under it, and that nothing beyond it is done.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Tag, TimeToLiveSpecification};
use migrate_core::event::Event;
use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::plan::{Droppable, Place, SavedPlan};
use migrate_core::registry::{MigrationEntry, Sequence};
use migrate_core::schema::{Hazard, Prefix, Setting, StreamView, TableSchema};
use migrate_core::{Error, ErrorKind, Migrator};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, index_name, migration, migrator, put_customer, sequence, table_name, with_index};
use migrate_tests::seam::Recorder;

fn m(number: u32) -> &'static mut MigrationEntry {
    migration(number, "nothing", |_| Box::pin(async { Ok(()) }))
}

/// The table with time to live managed, and streams left alone.
fn with_ttl(attribute: &str) -> TableSchema {
    let mut table = customers();
    table.ttl = Setting::Set(attribute.to_owned());
    table.handling.accept.insert(Hazard::TtlOn);
    table
}

/// What is declared today and was planned: an index more, and a migration.
fn today() -> Sequence {
    sequence([with_index(with_ttl("until"), "by-email", "email")], [m(1), m(2)])
}

/// A database as yesterday's code left it.
async fn yesterday() -> TestEngine {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), sequence([with_ttl("until")], [m(1)])).up(Options::default()).await.expect("a run");
    engine
}

async fn save(engine: &TestEngine, sequence: Sequence, options: Options) -> SavedPlan {
    let recorder = Recorder::of(&engine.client());
    let migrator = migrator(engine, recorder.attach(&engine.client()), sequence);
    let saved = migrator.prepare(options).await.expect("a plan").save(&Place::default()).expect("no refusal");
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    // As it comes from a file.
    SavedPlan::decode(saved.encode().as_bytes()).expect("a plan")
}

async fn carry_out(engine: &TestEngine, client: Client, sequence: Sequence, saved: &SavedPlan) -> Result<Report, Error> {
    let migrator = migrator(engine, client, sequence);
    migrator.prepare_saved(saved.clone(), &Place::default(), Options::default()).await?.apply().await
}

/// It is stale, says why, and nothing was written.
async fn stale(engine: &TestEngine, sequence: Sequence, saved: &SavedPlan, parts: &[&str]) {
    let recorder = Recorder::of(&engine.client());
    let outcome = carry_out(engine, recorder.attach(&engine.client()), sequence, saved).await;
    let error = outcome.expect_err("a stale plan");
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    parts.iter().for_each(|part| assert!(error.to_string().contains(part), "no «{part}»: {error:?}"));
    assert!(error.help().iter().any(|help| help.contains("plan --out")), "{error:?}");
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
}

async fn set_ttl(engine: &TestEngine, attribute: &str, on: bool) {
    let ttl = TimeToLiveSpecification::builder().attribute_name(attribute).enabled(on).build().expect("a setting");
    let update = engine.client().update_time_to_live().table_name(engine.table("customers")).time_to_live_specification(ttl);
    update.send().await.expect("a change by hand");
}

#[tokio::test]
async fn it_is_carried_out_once() {
    for engine in TestEngine::all() {
        let made = || sequence([with_index(with_ttl("until"), "by-email", "email")], [m(1)]);
        let saved = save(&engine, made(), Options::default()).await;
        let report = carry_out(&engine, engine.client(), made(), &saved)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", engine.name()));
        assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 1), "{}", engine.name());
        stale(&engine, made(), &saved, &["the history was empty"]).await;
        let saved = save(&engine, today(), Options::default()).await;
        carry_out(&engine, engine.client(), today(), &saved).await.unwrap_or_else(|error| panic!("{}: {error:?}", engine.name()));
        stale(&engine, today(), &saved, &["the history was at record"]).await;
    }
}

#[tokio::test]
async fn a_managed_setting_that_was_changed_by_hand_is_named() {
    let engine = yesterday().await;
    let saved = save(&engine, today(), Options::default()).await;
    set_ttl(&engine, "until", false).await;
    stale(&engine, today(), &saved, &["table `", "customers` was found as declared, and is «time to live: off → until»"]).await;
    // And back again: nothing differs any more.
    set_ttl(&engine, "until", true).await;
    carry_out(&engine, engine.client(), today(), &saved).await.expect("it fits again");
}

#[tokio::test]
async fn what_is_not_managed_may_change() {
    let engine = yesterday().await;
    let saved = save(&engine, today(), Options::default()).await;
    let (client, table) = (engine.client(), engine.table("customers"));
    let described = client.describe_table().table_name(&table).send().await.expect("a table").table.expect("a table");
    let tag = Tag::builder().key("cost").value("web").build().expect("a tag");
    client.tag_resource().resource_arn(described.table_arn.expect("an ARN")).tags(tag).send().await.expect("a tag");
    let update = client.update_table().table_name(&table).deletion_protection_enabled(false);
    update.send().await.expect("a change by hand");
    put_customer(&client, &table, "1", "anna@example.com").await;
    carry_out(&engine, client, today(), &saved).await.expect("nobody manages that");
}

#[tokio::test]
async fn another_table_another_history_other_code() {
    let engine = yesterday().await;
    let saved = save(&engine, today(), Options::default()).await;
    let edited = m(2);
    edited.meta.fingerprint = "text-9";
    let table = || with_index(with_ttl("until"), "by-email", "email");
    stale(&engine, sequence([table()], [m(1), edited]), &saved, &["migration 0002 nothing was edited"]).await;
    let mut other = table();
    other.stream = Setting::Set(StreamView::KeysOnly);
    stale(&engine, sequence([other], [m(1), m(2)]), &saved, &["declares table `", "otherwise: stream"]).await;
    let place = Place { account: Some("1".to_owned()), ..Place::default() };
    let elsewhere = migrator(&engine, engine.client(), today());
    let error = elsewhere.prepare_saved(saved.clone(), &place, Options::default()).await.expect_err("another account");
    assert!(error.to_string().contains("account: the plan is for none, and this is `1`"), "{error:?}");

    // Deleted and made again under its name, with all it had.
    let (client, name) = (engine.client(), engine.table("customers"));
    client.update_table().table_name(&name).deletion_protection_enabled(false).send().await.expect("no protection");
    client.delete_table().table_name(&name).send().await.expect("a deletion");
    stale(&engine, today(), &saved, &["customers` is gone"]).await;
}

#[tokio::test]
async fn a_run_between_looking_and_locking_is_seen_under_the_lock() {
    let engine = yesterday().await;
    let saved = save(&engine, today(), Options::default()).await;
    let recorder = Recorder::of(&engine.client());
    let ours = migrator(&engine, recorder.attach(&engine.client()), today());
    let prepared = ours.prepare_saved(saved, &Place::default(), Options::default()).await.expect("it fits");
    migrator(&engine, engine.client(), today()).up(Options::default()).await.expect("somebody was quicker");
    recorder.reset();
    let error = prepared.apply().await.expect_err("a stale plan");
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    assert!(error.to_string().contains("the history was at record"), "{error:?}");
    let writes: Vec<String> = recorder.writes().into_iter().map(|call| call.operation).collect();
    assert_eq!(writes, ["PutItem", "UpdateItem"], "the lock is taken and given back, and nothing else");
    let status = ours.status().await.expect("a status");
    assert!(status.lock.is_some_and(|lock| lock.released), "and it is given back");
}

#[tokio::test]
async fn after_a_failure_it_is_used_up() {
    let engine = yesterday().await;
    let fails = || {
        let entry = migration(2, "fails", |_| Box::pin(async { Err("the moon is full".into()) }));
        sequence([with_index(with_ttl("until"), "by-email", "email")], [m(1), entry])
    };
    let saved = save(&engine, fails(), Options::default()).await;
    let error = carry_out(&engine, engine.client(), fails(), &saved).await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::MigrationFailed, "{error:?}");
    assert!(error.help().iter().any(|help| help.contains("used up") && help.contains("plan --out")), "{error:?}");
    stale(&engine, fails(), &saved, &["the history was at record"]).await;
}

#[tokio::test]
async fn it_consents_to_what_it_shows() {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), sequence([with_index(customers(), "by-email", "email")], [m(1)]))
        .up(Options::default())
        .await
        .expect("a run");
    let index = Droppable::Index(table_name(&engine.table("customers")), index_name("by-email"));
    let without = || sequence([customers()], [m(1)]);
    let saved = save(&engine, without(), Options { consent: [index].into(), ..Options::default() }).await;
    let report = carry_out(&engine, engine.client(), without(), &saved).await.expect("a run");
    assert_eq!(report.steps.len(), 1, "the consent is in the plan: {report:?}");
}

/// Somebody changes a setting while an index is built: to put it right was never looked at.
#[tokio::test]
async fn nothing_beyond_it_is_done() {
    let engine = yesterday().await;
    let mut table = with_index(with_ttl("until"), "by-email", "email");
    table.deletion_protection = Some(true);
    let shop = || sequence([table.clone()], [m(1), m(2)]);
    let saved = save(&engine, shop(), Options::default()).await;
    let (client, name) = (engine.client(), engine.table("customers"));
    let meddle = move |event| {
        if let Event::StepDone { .. } = event {
            let update = client.update_table().table_name(&name).deletion_protection_enabled(false).send();
            let elsewhere = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(update).expect("a change by hand");
            });
            elsewhere.join().expect("a change by hand");
        }
    };
    let migrator = Migrator::builder(shop(), engine.client())
        .prefix(Prefix::new(engine.prefix()).expect("a prefix"))
        .local_engine()
        .on_event(meddle)
        .build()
        .expect("a migrator");
    let prepared = migrator.prepare_saved(saved, &Place::default(), Options::default()).await.expect("it fits");
    let error = prepared.apply().await.expect_err("something that is not in the plan");
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    assert!(error.to_string().contains("deletion protection: off → on; what was done so far stands"), "{error:?}");
    let status = migrator.status().await.expect("a status");
    assert!(status.lock.is_some_and(|lock| lock.released));
}

#[tokio::test]
async fn no_key_and_no_item_is_in_it() {
    let engine = yesterday().await;
    // An item that does not fit the new index, and one that would expire: both are told of by `plan`.
    let put = engine.client().put_item().table_name(engine.table("customers"));
    let (text, number) = (aws_sdk_dynamodb::types::AttributeValue::S, aws_sdk_dynamodb::types::AttributeValue::N);
    put.item("id", text("canary-key".to_owned())).item("email", number("4711".to_owned())).send().await.expect("a put");
    let mut table = with_index(with_ttl("until"), "by-email", "email");
    table.handling.accept.insert(Hazard::MisfitsLeftOut);
    let shop = sequence([table], [m(1), m(2)]);
    let migrator = migrator(&engine, engine.client(), shop);
    let prepared = migrator.prepare(Options::default()).await.expect("a plan");
    assert!(
        format!("{:?}", prepared.plan().hazards().collect::<Vec<_>>()).contains("MisfitsLeftOut"),
        "or the test tests nothing: {:?}",
        prepared.plan()
    );
    assert!(format!("{prepared:?}").contains("canary-key"), "or the test tests nothing");
    let text = prepared.save(&Place::default()).expect("a plan").encode();
    assert!(text.contains("\"H113\"") && !text.contains("canary") && !text.contains("4711"), "{text}");
}
