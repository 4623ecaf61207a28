//! What an application gets for its own tests: each helper says yes to a migration that is right, and no, by name, to one that is not.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::migrator::Outcome;
use migrate_core::registry::{MigrationEntry, RunFn, Sequence};
use migrate_core::testing::{Fault, Past, Sweep, TestDb};
use migrate_core::{ErrorKind, Failure, MigrationContext};
use migrate_tests::scenario::{Customers, customers, migration, sequence};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Email {
    id: String,
    email: String,
}

fn lower(number: u32) -> &'static mut MigrationEntry {
    migration(number, "lower", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
            Ok(())
        })
    })
}

/// What is easily written and wrong: a counter that goes up at every attempt.
async fn count(cx: &MigrationContext) -> Result<(), Failure> {
    let add = cx.client().update_item().table_name(cx.table_name::<Customers>()).key("id", AttributeValue::S("1".to_owned()));
    let add = add.update_expression("ADD runs :one").expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
    add.send().await?;
    Ok(())
}

/// What changes nothing, and writes all the same.
async fn touch(cx: &MigrationContext) -> Result<(), Failure> {
    let set = cx.client().update_item().table_name(cx.table_name::<Customers>()).key("id", AttributeValue::S("1".to_owned()));
    let set = set.update_expression("SET seen = :yes").expression_attribute_values(":yes", AttributeValue::Bool(true));
    set.send().await?;
    Ok(())
}

fn shop(second: RunFn) -> Sequence {
    sequence([customers()], [lower(1), migration(2, "second", second)])
}

fn counting() -> Sequence {
    shop(|cx| Box::pin(async move { count(cx).await.map_err(Into::into) }))
}

fn good() -> Sequence {
    shop(|cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().put_all([Email { id: "us".to_owned(), email: "us@x".to_owned() }]).await?;
            Ok(())
        })
    })
}

async fn puts(db: &TestDb, id: &str, email: &str) {
    db.put::<Customers>(json!({"id": id, "email": email, "points": 7})).await.unwrap();
}

async fn emails(db: &TestDb) -> Vec<String> {
    let items: Vec<Email> = db.items::<Customers, _>().await.unwrap();
    items.into_iter().map(|item| item.email).collect()
}

fn refusal(test: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(AssertUnwindSafe(test)).expect_err("a refusal");
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[tokio::test]
async fn migrations_run_on_what_was_put_between_them() {
    let db = TestDb::with(good()).unwrap();
    db.up_to(0).await.unwrap();
    puts(&db, "1", "A@X").await;
    let report = db.up_to(1).await.unwrap();
    assert!(!report.migrations[0].skipped);
    puts(&db, "2", "B@X").await;
    db.up().await.unwrap();
    assert_eq!(emails(&db).await, ["a@x", "B@X", "us@x"], "migration 1 does not run a second time");
    let raw: Vec<Value> = db.items::<Customers, _>().await.unwrap();
    assert_eq!(raw[0], json!({"id": "1", "email": "a@x", "points": 7}));
    assert_eq!(db.up().await.unwrap().outcome, Outcome::NothingToDo);
    assert_eq!(db.states().await.unwrap(), ["0001 lower: applied", "0002 second: applied"]);
    assert_eq!(db.up_to(3).await.expect_err("there is none").kind(), ErrorKind::Usage);
}

#[tokio::test]
async fn a_database_where_nothing_was_done_is_a_fresh_one() {
    let lower = lower(1);
    lower.meta.on_fresh = None;
    let db = TestDb::with(sequence([customers()], [lower])).unwrap();
    assert!(db.up().await.unwrap().migrations[0].skipped);
    assert_eq!(db.states().await.unwrap(), ["0001 lower: skipped"]);
}

#[tokio::test]
async fn a_past_that_is_given_is_gone_on_from() {
    let db = TestDb::with(good()).unwrap();
    db.given([Past::Applied(1), Past::Started(2)]).await.unwrap();
    puts(&db, "1", "A@X").await;
    assert_eq!(db.states().await.unwrap(), ["0001 lower: applied", "0002 second: started"]);
    db.up().await.unwrap();
    assert_eq!(emails(&db).await, ["A@X", "us@x"], "what is given as applied does not run");
    let told = ["started migration 0001 lower", "applied migration 0001 lower", "started migration 0002 second"];
    assert_eq!(db.history().await.unwrap()[..3], told);
    assert_eq!(db.history().await.unwrap()[3..], ["started migration 0002 second", "applied migration 0002 second"]);
}

#[tokio::test]
async fn every_past_is_one_that_a_run_could_have_left() {
    let pasts = [
        (Past::Applied(1), "applied"),
        (Past::AppliedWithOtherText(1), "applied"),
        (Past::Started(1), "started"),
        (Past::Failed(1), "failed"),
        (Past::Skipped(1), "skipped"),
        (Past::Baselined(1), "baselined"),
        (Past::RollingBack(1), "rolling back"),
        (Past::RollbackFailed(1), "rollback failed"),
        (Past::RolledBack(1), "rolled back"),
    ];
    for (past, word) in pasts {
        let db = TestDb::with(good()).unwrap();
        db.given([past]).await.unwrap();
        assert_eq!(db.states().await.unwrap(), [format!("0001 lower: {word}"), "0002 second: pending".to_owned()]);
        let edited = db.migrator().unwrap().status().await.unwrap().migrations[0].edited;
        assert_eq!(edited, matches!(past, Past::AppliedWithOtherText(_)), "{past:?}");
    }
    let db = TestDb::with(good()).unwrap();
    let twice = db.given([Past::Applied(1), Past::Applied(1)]).await.expect_err("no run does that");
    assert_eq!(twice.kind(), ErrorKind::CorruptHistory);
    assert_eq!(db.given([Past::Applied(3)]).await.expect_err("there is none").kind(), ErrorKind::Usage);
}

#[tokio::test]
async fn a_migration_that_is_safe_to_repeat_is_idempotent() {
    let db = TestDb::with(good()).unwrap();
    db.up_to(0).await.unwrap();
    puts(&db, "1", "A@X").await;
    db.up().await.unwrap();
    let before = db.dump().await.unwrap();
    db.assert_idempotent(1).await;
    db.assert_idempotent(2).await;
    db.assert_idempotent(2).await;
    assert_eq!(db.dump().await.unwrap(), before, "nothing is left of the asking");
}

fn idempotent(sequence: Sequence) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = TestDb::with(sequence).unwrap();
        db.up_to(2).await.unwrap();
        db.assert_idempotent(2).await;
    });
}

#[test]
fn a_migration_that_counts_its_runs_is_not_idempotent() {
    let why = refusal(|| idempotent(counting()));
    assert!(why.contains("migration 2 changes its own result"), "{why}");
    let lines = ["table customers", r#"- item {"id":{"S":"1"},"runs":{"N":"1"}}"#, r#"+ item {"id":{"S":"1"},"runs":{"N":"2"}}"#];
    assert!(why.contains(&lines.join("\n")), "{why}");
}

#[test]
fn a_migration_that_writes_what_is_there_is_not_idempotent() {
    let why = refusal(|| idempotent(shop(|cx| Box::pin(async move { touch(cx).await.map_err(Into::into) }))));
    assert!(why.contains("UpdateItem of customers wrote what was there"), "{why}");
}

async fn given(db: &TestDb) -> migrate_core::Result {
    db.up_to(1).await?;
    db.put::<Customers>(json!({"id": "1", "email": "A@X"})).await?;
    Ok(())
}

#[test]
fn a_sweep_lets_a_migration_pass_that_is_safe_to_repeat() {
    Sweep::with(good()).only([Fault::ReplyLost, Fault::Late, Fault::PartialBatch, Fault::CrashAfter]).run(given);
}

#[test]
fn a_sweep_finds_a_migration_that_counts_its_runs_and_says_how_to_see_it_again() {
    for fault in [Fault::ReplyLost, Fault::Duplicate, Fault::ErrorAfter, Fault::Late, Fault::CrashAfter, Fault::CrashInFlight] {
        let why = refusal(|| Sweep::with(counting()).only([fault]).run(given));
        assert!(why.contains(&format!(" UpdateItem, {fault}: what is left is not what an undisturbed run leaves")), "{why}");
        assert!(why.contains("seed 1") && why.contains(r#""runs":{"N":"2"}"#), "{why}");
        let case = why.split("MIGRATE_TEST_REPEAT='").nth(1).and_then(|rest| rest.split('\'').next()).expect("a line to repeat");
        assert!(case.ends_with(&format!(":{fault}")), "{case}");
        let test = "a_sweep_finds_a_migration_that_counts_its_runs_and_says_how_to_see_it_again";
        assert!(why.contains(&format!("cargo test -p migrate-tests users::{test}")), "{why}");
    }
}

#[test]
fn a_panic_under_a_fault_names_its_case() {
    let times = AtomicUsize::new(0);
    let why = refusal(|| {
        Sweep::with(good()).only([Fault::CrashAfter]).run(async |db| {
            // The first is the undisturbed run.
            assert!(times.fetch_add(1, Ordering::Relaxed) != 2, "a bug of the library's");
            given(db).await
        });
    });
    assert!(why.contains("crash-after: it panicked: a bug of the library's\n  repeat it: MIGRATE_TEST_REPEAT='"), "{why}");
}

#[test]
fn a_sweep_over_nothing_is_no_sweep() {
    let why = refusal(|| {
        Sweep::with(good()).run(async |db| {
            db.up().await?;
            Ok(())
        });
    });
    assert!(why.contains("there is nothing to do"), "{why}");
}
