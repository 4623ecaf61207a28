//! Each thing that can be said of a migration: one record, and what the next run does then.

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::error::ErrorKind;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::MigrationEntry;
use migrate_core::transform::Item;
use migrate_core::{Failure, MigrationContext};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, items, migration, migrator, put_customer};
use migrate_tests::seam::{Recorder, Verdict};

use super::{NO_WAIT, WHY, applied, counted, last, reblessed, records, resolve, rolled_back, runs, shop, up};

#[tokio::test]
async fn what_counts_as_applied_is_not_run() {
    for engine in TestEngine::all() {
        let code = || shop([counted(1), counted(2), counted(3)]);
        up(&engine, shop([counted(1)])).await.expect("a first run");
        let before = records(&engine).await.len();
        resolve(&engine, engine.client(), code(), &applied(2)).await.expect("a record");
        assert_eq!(records(&engine).await.len(), before + 1, "one record");
        let (text, who) = last(&engine).await;
        assert_eq!(text, format!("migration 0002 counted counts as applied: {WHY}"));
        assert!(who.contains("process"), "{who}");
        assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::Done);
        assert_eq!(runs(&engine).await, [(1, 1), (3, 1)].into(), "{}", engine.name());
        let status = migrator(&engine, engine.client(), code()).status().await.expect("a status");
        assert!(status.pending().next().is_none());
    }
}

#[tokio::test]
async fn what_counts_as_rolled_back_runs_again_behind_later_ones() {
    for engine in TestEngine::all() {
        let code = || shop([counted(1), counted(2)]);
        up(&engine, code()).await.expect("a first run");
        resolve(&engine, engine.client(), code(), &rolled_back(1)).await.expect("a record");
        assert_eq!(last(&engine).await.0, format!("migration 0001 counted counts as rolled back: {WHY}"));
        let status = migrator(&engine, engine.client(), code()).status().await.expect("a status");
        assert_eq!(status.pending().map(|row| row.id.version.get()).collect::<Vec<_>>(), [1]);
        assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::Done);
        assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::NothingToDo);
        assert_eq!(runs(&engine).await, [(1, 2), (2, 1)].into(), "{}", engine.name());
    }
}

/// It stands below a settled one then, begun or failed, and is gone on with all the same.
#[tokio::test(start_paused = true)]
async fn what_runs_again_behind_later_ones_may_fail_or_be_killed_and_is_gone_on_with() {
    let engine = TestEngine::embedded();
    let code = || shop([counted(1), counted(2)]);
    up(&engine, code()).await.expect("a first run");
    resolve(&engine, engine.client(), code(), &rolled_back(1)).await.expect("a record");
    let fails = migration(1, "counted", |_| Box::pin(async { Err("not today".into()) }));
    let error = up(&engine, shop([fails, counted(2)])).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::MigrationFailed, "{error:?}");
    let killed = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
        "UpdateItem" if call.json()["UpdateExpression"].as_str().is_some_and(|text| text.starts_with("ADD runs")) => {
            Verdict::HangBefore
        }
        _ => Verdict::Pass,
    });
    let run = migrator(&engine, killed.attach(&engine.client()), code());
    tokio::select! {
        outcome = run.up(Options::default()) => panic!("should hang: {outcome:?}"),
        () = killed.hung() => {}
    }
    assert_eq!(up(&engine, code()).await.expect("the next run goes on"), Outcome::Done);
    assert_eq!(up(&engine, code()).await.expect("a run"), Outcome::NothingToDo);
    assert_eq!(runs(&engine).await, [(1, 2), (2, 1)].into());
}

async fn lower(cx: &MigrationContext) -> Result<(), Failure> {
    let lower = |item: &mut Item| {
        if let Some(email) = item.get("email").and_then(|email| email.as_s().ok()).map(|email| email.to_lowercase()) {
            item.insert("email", AttributeValue::S(email));
        }
    };
    cx.items::<Customers>().update(lower).await?;
    Ok(())
}

/// Lower-cases every e-mail address.
pub fn lowers(number: u32) -> &'static mut MigrationEntry {
    migration(number, "lower", |cx| Box::pin(async move { lower(cx).await.map_err(Into::into) }))
}

/// The same, and then it fails.
pub fn fails(number: u32) -> &'static mut MigrationEntry {
    migration(number, "lower", |cx| {
        Box::pin(async move {
            lower(cx).await?;
            Err("the printer is on fire".into())
        })
    })
}

/// The e-mail address of the one customer.
pub async fn email(engine: &TestEngine) -> String {
    let found = items(&engine.client(), &engine.table("customers")).await;
    found.into_values().find(|item| item.contains("@")).expect("a customer")
}

#[tokio::test]
async fn what_counts_as_rolled_back_begins_at_its_beginning() {
    for engine in TestEngine::all() {
        let table = engine.table("customers");
        up(&engine, shop([counted(1)])).await.expect("a first run");
        put_customer(&engine.client(), &table, "1", "ANA@example.org").await;
        up(&engine, shop([counted(1), fails(2)])).await.expect_err("it fails behind its work");
        assert!(email(&engine).await.contains("ana@"));
        // Somebody takes back by hand what it did, and says so: what is kept of its progress is then wrong.
        put_customer(&engine.client(), &table, "1", "ANA@example.org").await;
        resolve(&engine, engine.client(), shop([counted(1), lowers(2)]), &rolled_back(2)).await.expect("a record");
        assert_eq!(up(&engine, shop([counted(1), lowers(2)])).await.expect("a run"), Outcome::Done);
        assert!(email(&engine).await.contains("ana@"), "{}: {}", engine.name(), email(&engine).await);
    }
}

#[tokio::test]
async fn a_reblessed_text_is_edited_no_more() {
    for engine in TestEngine::all() {
        let edited = || {
            let entry = counted(1);
            entry.meta.fingerprint = "text-2";
            shop([entry])
        };
        up(&engine, shop([counted(1)])).await.expect("a first run");
        let today = migrator(&engine, engine.client(), edited());
        assert_eq!(today.plan(Options::default()).await.expect("a plan").notices.len(), 1);
        assert!(today.status().await.expect("a status").migrations[0].edited);
        today.resolve(&reblessed(1), WHY, NO_WAIT).await.expect("a record");
        assert_eq!(last(&engine).await.0, format!("the text of migration 0001 counted is accepted: {WHY}"));
        assert_eq!(today.plan(Options::default()).await.expect("a plan").notices.len(), 0);
        assert!(!today.status().await.expect("a status").migrations[0].edited);
        assert_eq!(up(&engine, edited()).await.expect("a run"), Outcome::NothingToDo);
        let again = today.resolve(&reblessed(1), WHY, NO_WAIT).await.expect_err("it is not edited any more");
        assert!(again.kind() == ErrorKind::Usage && again.to_string().contains("is not edited"), "{again}");
        assert_eq!(runs(&engine).await, [(1, 1)].into(), "nothing ran for it");
    }
}

#[tokio::test]
async fn what_is_refused_takes_no_lock_and_writes_nothing() {
    for engine in TestEngine::all() {
        up(&engine, shop([counted(1)])).await.expect("a first run");
        let recorder = Recorder::of(&engine.client());
        let today = migrator(&engine, recorder.attach(&engine.client()), shop([counted(1), counted(2), counted(3)]));
        for (resolution, reason, kind, part) in [
            (applied(1), WHY, ErrorKind::Usage, "settled already"),
            (applied(3), WHY, ErrorKind::OutOfOrder, "0002 counted, which comes before it, is not settled"),
            (applied(4), WHY, ErrorKind::Usage, "there is no migration 4: there are 1 to 3"),
            (rolled_back(2), WHY, ErrorKind::Usage, "nothing of a migration 2 is recorded"),
            (reblessed(1), WHY, ErrorKind::Usage, "is not edited"),
            (applied(2), " ", ErrorKind::Usage, "a reason is missing"),
            (applied(2), &"x".repeat(2_001), ErrorKind::Usage, "has 2001 bytes"),
        ] {
            for error in [
                today.plan_resolve(&resolution, reason).await.expect_err("a refusal"),
                today.resolve(&resolution, reason, NO_WAIT).await.expect_err("a refusal"),
            ] {
                assert_eq!(error.kind(), kind, "{resolution:?}: {error}");
                assert!(error.to_string().contains(part), "{resolution:?}: {error}");
            }
        }
        let plan = today.plan_resolve(&applied(2), WHY).await.expect("a settlement");
        assert_eq!(plan.before.as_deref(), Some("pending"));
        assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    }
}
