//! Forward and back: the same items, in the right order, and forward again.

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::history::Freshness;
use migrate_core::migration::{OnFresh, Version};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Action;
use migrate_tests::scenario::{customers, migrator, put_customer, rollback, sequence, words};
use migrate_tests::seam::Recorder;

use super::work::{counted, filled, joined, nothing, shop, split, whole};
use super::*;

#[tokio::test]
async fn there_and_back_every_item_is_as_it_was_byte_for_byte() {
    for engine in TestEngine::all() {
        let split_only = || whole().up_to(Version::new(2));
        filled(&engine).await;
        let before = customers_of(&engine).await;
        up(&engine, split_only()).await;
        let after = customers_of(&engine).await;
        assert_ne!(after, before);

        let recorder = Recorder::of(&engine.client());
        let report = roll_back(&engine, recorder.attach(&engine.client()), split_only(), 1).await.unwrap();
        assert_eq!((report.outcome, report.migrations.len(), report.left.len()), (Outcome::Done, 1, 0), "{}", engine.name());
        assert_eq!((report.migrations[0].counts.changed, report.migrations[0].counts.scanned), (5, 5));
        assert_eq!(customers_of(&engine).await, before, "{}", engine.name());
        assert_eq!(states(&engine, split_only()).await, ["Applied", "RolledBack"]);
        assert!(kept(&engine).await.is_empty(), "{:?}", kept(&engine).await);
        let shapes = |operation: &&String| ["Table", "TimeToLive"].iter().any(|what| operation.ends_with(what));
        let operations = recorder.operations();
        let changes: Vec<&String> = operations.iter().filter(shapes).filter(|name| !name.starts_with("Describe")).collect();
        assert!(changes.is_empty(), "no table is changed: {changes:?}");

        // It is pending, and the next run begins it anew.
        let plan = migrator(&engine, engine.client(), split_only()).plan(Options::default()).await.unwrap();
        let due: Vec<_> = plan.due().map(|planned| (planned.migration.version.get(), planned.action)).collect();
        assert_eq!(due, [(2, Action::Run)]);
        up(&engine, split_only()).await;
        assert_eq!(customers_of(&engine).await, after, "{}", engine.name());
        assert_eq!(states(&engine, split_only()).await, ["Applied", "Applied"]);
    }
}

#[tokio::test]
async fn they_are_taken_back_newest_first_and_each_is_recorded() {
    for engine in TestEngine::all() {
        filled(&engine).await;
        up(&engine, whole()).await;
        let back = migrator(&engine, engine.client(), whole());
        let plan = back.plan_rollback(Version::new(1), &RollbackOptions::default()).await.unwrap();
        let planned: Vec<(u32, bool)> =
            plan.migrations.iter().map(|planned| (planned.migration.version.get(), planned.has_function)).collect();
        assert_eq!((planned, plan.refusals.len()), (vec![(3, true), (2, true)], 0));
        let known = back.history().await.unwrap().len();
        roll_back(&engine, engine.client(), whole(), 1).await.unwrap();
        let history = back.history().await.unwrap();
        assert_eq!(
            words(&history[known..]),
            [
                "rolling back migration 0003 counted",
                "rolled back migration 0003 counted",
                "rolling back migration 0002 split",
                "rolled back migration 0002 split",
            ]
        );
        let tables = history.iter().filter_map(|record| match &record.entry {
            migrate_core::history::Entry::MigrationRolledBack { counts, tables, .. } => Some((counts.changed, tables.len())),
            _ => None,
        });
        assert_eq!(tables.collect::<Vec<_>>(), [(10, 1), (5, 1)]);
    }
}

/// Without a count of turns the marks of the first time say that all is done.
#[tokio::test]
async fn what_is_done_exactly_once_is_done_once_in_each_turn() {
    let points = |all: &BTreeMap<String, String>| -> Vec<String> {
        let after =
            |item: &String| item.split("\"points\": N(\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        all.values().map(after).collect()
    };
    for engine in TestEngine::all() {
        filled(&engine).await;
        for turn in 0..3 {
            up(&engine, whole()).await;
            let there = customers_of(&engine).await;
            assert_eq!(points(&there), ["2", "4", "6", "8", "10"], "there, turn {turn}, {}", engine.name());
            roll_back(&engine, engine.client(), whole(), 2).await.unwrap();
            let back = customers_of(&engine).await;
            assert_eq!(points(&back), ["0", "1", "2", "3", "4"], "back, turn {turn}, {}", engine.name());
            assert!(kept(&engine).await.is_empty(), "{:?}", kept(&engine).await);
        }
    }
}

#[tokio::test]
async fn what_was_skipped_on_a_fresh_database_is_taken_back_and_then_runs() {
    for engine in TestEngine::all() {
        let skipping = || {
            let split = split();
            split.meta.on_fresh = Some(OnFresh::Skip);
            let first = nothing();
            first.meta.on_fresh = Some(OnFresh::Skip);
            sequence([customers()], [first, split]).with_rollbacks([&*joined()])
        };
        up(&engine, skipping()).await;
        assert_eq!(states(&engine, skipping()).await, ["Skipped", "Skipped"]);
        // Data of the newer code.
        let put = engine.client().put_item().table_name(engine.table("customers")).item("id", AttributeValue::S("a".to_owned()));
        let put = put.item("user", AttributeValue::S("anna".to_owned())).item("domain", AttributeValue::S("b.de".to_owned()));
        put.send().await.unwrap();
        roll_back(&engine, engine.client(), skipping(), 1).await.unwrap();
        assert!(customers_of(&engine).await.values().all(|item| item.contains("anna@b.de")), "{}", engine.name());
        let plan = migrator(&engine, engine.client(), skipping()).plan(Options::default()).await.unwrap();
        assert!(matches!(plan.freshness, Freshness::Fresh { .. }));
        assert_eq!(plan.due().map(|planned| planned.action).collect::<Vec<_>>(), [Action::Run]);
        up(&engine, skipping()).await;
        assert_eq!(states(&engine, skipping()).await, ["Skipped", "Applied"]);
        assert!(customers_of(&engine).await.values().all(|item| item.contains("\"anna\"")));
    }
}

#[tokio::test]
async fn what_was_baselined_is_taken_back() {
    for engine in TestEngine::all() {
        up(&engine, whole().up_to(Version::new(1))).await;
        put_customer(&engine.client(), &engine.table("customers"), "a", "x@y").await;
        let two = || whole().up_to(Version::new(2));
        migrator(&engine, engine.client(), two()).baseline(Version::new(2), Options::default().lock_wait).await.unwrap();
        assert_eq!(states(&engine, two()).await, ["Applied", "Baselined"]);
        // The item was never split: it is left as it is.
        let before = customers_of(&engine).await;
        let report = roll_back(&engine, engine.client(), two(), 1).await.unwrap();
        assert_eq!((report.migrations[0].counts.changed, customers_of(&engine).await), (0, before));
        assert_eq!(states(&engine, two()).await, ["Applied", "RolledBack"]);
    }
}

#[tokio::test]
async fn all_of_it_can_be_taken_back() {
    let engine = TestEngine::embedded();
    let all = || shop([rollback(1, |_| Box::pin(async { Ok(()) })), joined(), super::work::uncounted()]);
    filled(&engine).await;
    up(&engine, all()).await;
    roll_back(&engine, engine.client(), all(), 0).await.unwrap();
    assert_eq!(states(&engine, all()).await, ["RolledBack"; 3]);
    // A rolled back migration may be edited, since nothing of it is left.
    let edited = counted();
    edited.meta.fingerprint = "text-2";
    let edited = sequence([customers()], [nothing(), split(), edited]);
    up(&engine, edited.clone()).await;
    assert_eq!(states(&engine, edited).await, ["Applied"; 3]);
}
