//! The library over a vault: every error, event, report and `Debug` of it, and every span and field that it traces at the finest level.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;
use migrate_core::embedded::Engine;
use migrate_core::migration::Version;
use migrate_core::migrator::{DryRun, Options};
use migrate_core::registry::Sequence;
use migrate_core::schema::Prefix;
use migrate_core::{MigrationContext, Migrator};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

use super::app::TROUBLE;
use super::{TROUBLES, fill, keeps_keys_too, keeps_secrets, management_keeps_secrets};

/// Every span and event of the framework with every field, at every level. The SDK's own are the SDK's.
#[derive(Clone, Default)]
struct Traced {
    next: Arc<AtomicU64>,
    text: Arc<Mutex<String>>,
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Traced {
    fn add(&self, name: &str, record: impl FnOnce(&mut Fields<'_>)) {
        let mut text = self.text.lock().unwrap();
        text.push_str(&format!("\n{name}"));
        record(&mut Fields(&mut text));
    }
}

impl Subscriber for Traced {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("migrate")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.add(attributes.metadata().name(), |fields| attributes.record(fields));
        Id::from_u64(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.add("record", |fields| values.record(fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        self.add("event", |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A client whose credentials are canaries.
fn client(engine: &Engine) -> Client {
    let canary = Credentials::new("AKIACREDCANARY", "CREDCANARY/secret", Some("CREDCANARY-token".into()), None, "tests");
    Client::from_conf(engine.client().config().to_builder().credentials_provider(canary).build())
}

#[test]
fn nothing_that_the_library_says_shows_a_value() {
    // Twenty failures are one function, and unoptimised that is a large one.
    let large = std::thread::Builder::new().stack_size(32 * 1024 * 1024).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(fail_in_every_way());
    });
    large.expect("a thread").join().expect("it shows none");
}

async fn fail_in_every_way() {
    for (trouble, code) in TROUBLES {
        let engine = Engine::memory().expect("an engine");
        let said = Arc::new(Mutex::new(String::new()));
        let heard = said.clone();
        let sequence = Sequence::of(super::Migrations).expect("a sequence");
        let builder = Migrator::builder(sequence, client(&engine)).local_engine();
        let builder = builder.on_event(move |event| {
            let _ = writeln!(heard.lock().unwrap(), "{event:?}");
        });
        let mut told = format!("{builder:?} {engine:?}\n");
        let mut tell = |what: &dyn fmt::Debug| {
            let _ = writeln!(told, "{what:?}\n{what:#?}");
        };
        let migrator = builder.build().expect("a migrator");
        tell(&migrator);
        TROUBLE.set(trouble.to_owned());
        let first = Options { to: Some(Version::new(1)), ..Options::default() };
        tell(&migrator.up(first).await.expect("a table"));
        fill(&engine.client(), "vault").await;

        let traced = Traced::default();
        // With a second one around, who listens is asked of both, and not of the thread that comes by first.
        let _second = tracing::Dispatch::new(Traced::default());
        let watched = tracing::subscriber::set_default(traced.clone());
        let prepared = migrator.prepare(Options::default()).await.expect("a plan");
        tell(&prepared);
        let saved = prepared.save(&Default::default()).expect("a plan");
        keeps_keys_too(&format!("{trouble}: the saved plan"), &format!("{}{saved:?}", saved.encode()));
        tell(&migrator.dry_run(Options::default(), DryRun { items: None, show: 0 }).await);
        let error = migrator.up(Options::default()).await.expect_err("it fails");
        assert_eq!(error.kind().code(), code, "{trouble}: {error:?}");
        tell(&(&error, error.to_string(), error.help()));
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            tell(&cause.to_string());
            source = cause.source();
        }
        tell(&migrator.status().await.expect("a status"));
        tell(&migrator.history().await.expect("a history"));
        tell(&migrator.lock().await.expect("a lock"));
        tell(&migrator.dead_letters(Version::new(2)).await);
        tell(&migrator.retry_dead_letters(Version::new(2), Default::default()).await);
        drop(watched);

        let context = MigrationContext::detached(client(&engine), Prefix::default());
        keeps_secrets(trouble, &format!("{context:?} {context:#?}"));
        keeps_secrets(trouble, &told);
        keeps_secrets(trouble, &said.lock().unwrap());
        let traced = traced.text.lock().unwrap().clone();
        assert!(traced.contains("migration=0002 fail"), "{trouble}: nothing was traced: {traced}");
        keeps_keys_too(&format!("{trouble}: what was traced"), &traced);
        management_keeps_secrets(trouble, &engine.client(), "migrations").await;
    }
}

/// A test that returns an error prints its `Debug`, and the SDK's own would show the item that was in the way.
#[tokio::test]
async fn a_failure_shows_what_was_said_and_not_what_the_error_holds() {
    let engine = Engine::memory().expect("an engine");
    let migrator = Migrator::builder(Sequence::of(super::Migrations).expect("a sequence"), engine.client()).local_engine();
    let first = Options { to: Some(Version::new(1)), ..Options::default() };
    migrator.build().expect("a migrator").up(first).await.expect("a table");
    fill(&engine.client(), "vault").await;
    let item = engine.client().scan().table_name("vault").send().await.expect("a page").items()[0].clone();
    let put =
        engine.client().put_item().table_name("vault").set_item(Some(item)).condition_expression("attribute_not_exists(id)");
    let old = aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
    let error = put.return_values_on_condition_check_failure(old).send().await.expect_err("it is there");
    assert!(format!("{error:?}").contains("CANARY"), "or this tests nothing: {error:?}");
    let failure = format!("{:?}", migrate_core::Failure::from(error));
    keeps_keys_too("the failure", &failure);
    assert!(failure.contains("because: ") && failure.contains("ConditionalCheckFailed"), "{failure}");
}
