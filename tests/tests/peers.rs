//! Faults of other tools with tables, each shown not to be ours: named after the tool, over the model of DynamoDB's control plane.

use std::time::Duration;

use migrate_core::ErrorKind;
use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::registry::Sequence;
use migrate_core::schema::{Hazard, KeyElement, ScalarType, Setting, TableSchema, Throughput};
use migrate_tests::engine::TestEngine;
use migrate_tests::model::{Model, Quirks};
use migrate_tests::scenario::{customers, migrator, sequence, with_index};
use migrate_tests::seam::Recorder;

struct Shop {
    model: Model,
    engine: TestEngine,
}

impl Shop {
    async fn with(table: TableSchema) -> Self {
        let model = Model::with(Quirks::default());
        let engine = TestEngine::over("model", model.client());
        let shop = Self { model, engine };
        shop.up(table).await;
        shop.model.forget();
        shop
    }

    async fn up(&self, table: TableSchema) -> Report {
        let migrator = migrator(&self.engine, self.engine.client(), one(table));
        let report = migrator.up(Options::default()).await.unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(self.model.violations(), Vec::<String>::new());
        report
    }

    async fn refused(&self, table: TableSchema) -> migrate_core::Error {
        let recorder = Recorder::of(&self.engine.client());
        let migrator = migrator(&self.engine, recorder.attach(&self.engine.client()), one(table));
        let error = migrator.up(Options::default()).await.expect_err("a refusal");
        assert_eq!(recorder.writes().len(), 0, "refused after writing");
        error
    }

    fn id(&self) -> String {
        let table = self.model.table(&self.engine.table("customers"));
        table["description"]["TableId"].as_str().expect("an id").to_owned()
    }

    /// The calls of the control plane that change something, by name.
    fn changes(&self, operation: &str) -> usize {
        self.model.changes().iter().filter(|call| call.starts_with(operation)).count()
    }
}

fn one(table: TableSchema) -> Sequence {
    sequence([table], [])
}

#[tokio::test(start_paused = true)]
async fn dynamoose_deletes_a_changed_index_and_makes_it_again_only_at_the_next_start() {
    let shop = Shop::with(with_index(customers(), "by-email", "email")).await;
    let mut changed = with_index(customers(), "by-email", "town");
    let error = shop.refused(changed.clone()).await;
    assert_eq!(error.kind(), ErrorKind::ImpossibleInPlace);
    changed.handling.accept.insert(Hazard::IndexReplaced);
    let report = shop.up(changed.clone()).await;
    assert_eq!(report.steps.len(), 2, "deleted and made in one run: {:?}", report.steps);
    assert_eq!(shop.up(changed).await.outcome, Outcome::NothingToDo);
}

#[tokio::test(start_paused = true)]
async fn amplify_renames_time_to_live_in_one_call() {
    let with_ttl = |attribute: &str| {
        let mut table = customers();
        table.ttl = Setting::Set(attribute.to_owned());
        table
    };
    let shop = Shop::with(with_ttl("expires")).await;
    shop.model.clock().advance(Duration::from_hours(2));
    let first = shop.up(with_ttl("until")).await;
    assert_eq!((first.steps.len(), first.not_now.len()), (1, 1), "off now, on later: {first:?}");
    let ttl = shop.model.table(&shop.engine.table("customers"))["ttl"].to_string();
    assert!(!ttl.contains("until"), "the other attribute was not named while the first was on: {ttl}");
    shop.model.clock().advance(Duration::from_hours(2));
    let second = shop.up(with_ttl("until")).await;
    assert_eq!((second.steps.len(), second.not_now.len()), (1, 0), "{second:?}");
    assert_eq!(shop.up(with_ttl("until")).await.outcome, Outcome::NothingToDo);
}

#[tokio::test(start_paused = true)]
async fn terraform_replaces_a_table_whose_warm_throughput_is_declared_lower() {
    let warm = |read, write| {
        let mut table = customers();
        table.warm_throughput = Setting::Set(Throughput { read, write });
        table
    };
    let shop = Shop::with(warm(20_000, 8_000)).await;
    let id = shop.id();
    assert_eq!(shop.up(warm(15_000, 5_000)).await.outcome, Outcome::NothingToDo);
    assert_eq!(shop.id(), id);
}

#[tokio::test(start_paused = true)]
async fn terraform_ignores_that_a_key_has_another_type() {
    let shop = Shop::with(customers()).await;
    let mut retyped = customers();
    retyped.key.partition = KeyElement::new("id", ScalarType::N);
    let error = shop.refused(retyped).await;
    assert_eq!(error.kind(), ErrorKind::ImpossibleInPlace);
    assert!(error.to_string().contains("(id S) → (id N)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn toasty_drops_and_makes_a_table_again_to_change_it() {
    let shop = Shop::with(customers()).await;
    let id = shop.id();
    let mut other = customers();
    other.key.sort = Some(KeyElement::new("at", ScalarType::N));
    let error = shop.refused(other).await;
    assert_eq!(error.kind(), ErrorKind::ImpossibleInPlace);
    assert!(error.help().iter().any(|help| help.contains("customers-2")), "the way that keeps the data: {error:?}");
    assert_eq!((shop.id(), shop.changes("DeleteTable")), (id, 0));
}

#[tokio::test(start_paused = true)]
async fn atlas_and_sqlx_write_in_a_dry_run() {
    let shop = Shop::with(customers()).await;
    let mut wanted = with_index(customers(), "by-email", "email");
    wanted.ttl = Setting::Set("expires".to_owned());
    let recorder = Recorder::of(&shop.engine.client());
    let migrator = migrator(&shop.engine, recorder.attach(&shop.engine.client()), one(wanted));
    let plan = migrator.plan(Options::default()).await.expect("a plan");
    assert_eq!(plan.expand.len(), 2, "{:?}", plan.expand);
    migrator.status().await.expect("a status");
    assert_eq!(recorder.writes().len(), 0, "{:?}", recorder.operations());
}
