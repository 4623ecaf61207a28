use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use migrate_core::migrator::Options;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

use super::*;

/// Keeps the fields of each span of this framework.
#[derive(Clone, Default)]
struct Spans {
    next: Arc<AtomicU64>,
    all: Arc<Mutex<BTreeMap<u64, BTreeMap<String, String>>>>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("migrate_core")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = BTreeMap::from([("name".to_owned(), attributes.metadata().name().to_owned())]);
        attributes.record(&mut Fields(&mut fields));
        self.all.lock().unwrap().insert(id, fields);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if let Some(fields) = self.all.lock().unwrap().get_mut(&span.into_u64()) {
            values.record(&mut Fields(fields));
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = BTreeMap::from([("name".to_owned(), "event".to_owned())]);
        event.record(&mut Fields(&mut fields));
        self.all.lock().unwrap().insert(self.next.fetch_add(1, Ordering::Relaxed) + 1, fields);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn spans_have_counters_and_nothing_of_an_item() {
    let engine = TestEngine::embedded();
    with_customers(&engine, &["A@CANARY", "bad", "c@canary"]).await;
    let spans = Spans::default();
    // With a second one around, who listens is asked of all of them, and not of the thread that comes by first: other tests run meanwhile.
    let _second = tracing::Dispatch::new(Spans::default());
    let watched = tracing::subscriber::set_default(spans.clone());
    let one = migration(1, "careful", |cx| Box::pin(async move { Ok(careful(cx, 0).await?) }));
    let (migrator, _) = heard(&engine, engine.client(), shop([one]));
    migrator.up(Options::default()).await.unwrap_err();
    drop(watched);

    let all = spans.all.lock().unwrap();
    let named = |name: &str| all.values().find(|fields| fields["name"] == name).unwrap_or_else(|| panic!("no {name}: {all:?}"));
    let (migration, pass) = (named("migration"), named("pass"));
    assert_eq!(migration["migration"], "0001 careful");
    assert_eq!(pass["job"], format!("{:?}", format!("update {} 1", engine.table("customers"))));
    for (field, value) in [("items", "3"), ("changed", "1"), ("failed", "1"), ("conflicts", "0")] {
        assert_eq!((&*migration[field], &*pass[field]), (value, value), "{field}: {all:?}");
    }
    assert_eq!((&*pass["sweep"], &*pass["throttled"]), ("1", "0"));
    assert_ne!(pass["read_units"], "0");
    let text = format!("{all:?}").to_lowercase();
    assert!(!text.contains("canary") && !text.contains("key-0") && !text.contains("it is bad"), "{text}");
}
