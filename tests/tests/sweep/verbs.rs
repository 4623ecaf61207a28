//! What `TestDb` does where a test asks for what is not so: it never says yes to what it did not do, nor blames a migration for it.

use std::process::Command;

use migrate_core::migration::{OnInterrupt, Version};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::{RunFn, Sequence};
use migrate_core::testing::{Fault, Past, Sweep, TestDb};
use migrate_core::{Error, ErrorKind};
use migrate_tests::scenario::{Customers, customers, migration, rollback, sequence};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Serialize, Deserialize)]
struct Email {
    id: String,
    email: String,
}

/// Two honest migrations.
fn shop() -> Sequence {
    let lower = migration(1, "lower", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
            Ok(())
        })
    });
    let second = migration(2, "second", |_| Box::pin(async { Ok(()) }));
    sequence([customers()], [lower, second])
}

fn db() -> TestDb {
    TestDb::with(shop()).unwrap()
}

async fn email(db: &TestDb) -> String {
    db.items::<Customers, Email>().await.unwrap().remove(0).email
}

async fn puts(db: &TestDb) {
    db.put::<Customers>(json!({"id": "1", "email": "A@X"})).await.unwrap();
}

#[tokio::test]
async fn up_to_runs_what_stands_below_a_later_one() {
    for past in [Past::RolledBack(1), Past::Started(1), Past::Failed(1)] {
        let db = db();
        db.given([past, Past::Applied(2)]).await.unwrap();
        puts(&db).await;
        let report = db.up_to(1).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{past:?}");
        assert_eq!(db.states().await.unwrap(), ["0001 lower: applied", "0002 second: applied"]);
        assert_eq!(email(&db).await, "a@x");
        assert_eq!(db.up_to(1).await.unwrap().outcome, Outcome::NothingToDo);
    }
}

#[tokio::test]
async fn up_to_nothing_is_refused_where_something_is_recorded() {
    let last = migration(1, "last", |_| Box::pin(async { Ok(()) }));
    // One that older binaries do not bear.
    last.meta.breaking = true;
    let db = TestDb::with(sequence([customers()], [last])).unwrap();
    db.given([Past::Applied(1)]).await.unwrap();
    let error = db.up_to(0).await.expect_err("a later migration is recorded");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("migration 0001 last is recorded here as applied"), "{error}");
    db.given([]).await.expect("the tables are there, whatever is recorded");
}

/// What a test that panics says.
fn panics(test: impl AsyncFnOnce(&TestDb) + Send + 'static) -> String {
    let test = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(test(&db()));
    };
    let panic = std::thread::spawn(test).join().expect_err("a refusal");
    *panic.downcast::<String>().expect("a message")
}

#[test]
fn only_what_ran_is_judged_as_idempotent() {
    let pending = panics(async |db| {
        db.up_to(0).await.unwrap();
        puts(db).await;
        db.assert_idempotent(1).await;
    });
    assert_eq!(pending, "migration 1 has not run here (it is pending): `up_to(1)` first");
    let nothing = panics(async |db| db.assert_idempotent(1).await);
    assert_eq!(nothing, pending, "also where no table is made yet");
    for (past, word) in [(Past::Baselined(1), "baselined"), (Past::Failed(1), "failed"), (Past::RolledBack(1), "rolled back")] {
        let why = panics(async move |db| {
            db.given([past]).await.unwrap();
            puts(db).await;
            db.assert_idempotent(1).await;
        });
        assert!(why.contains(&format!("migration 1 has not run here (it is {word}): ")), "{why}");
    }
}

#[tokio::test]
async fn what_is_given_as_applied_is_judged_too() {
    let db = db();
    db.given([Past::AppliedWithOtherText(1), Past::Applied(2)]).await.unwrap();
    db.put::<Customers>(json!({"id": "1", "email": "a@x"})).await.unwrap();
    db.assert_idempotent(1).await;
}

/// Another test of this file, with a case to repeat.
fn repeats(case: &str, test: &str) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env("MIGRATE_TEST_REPEAT", case).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_call_that_does_not_exist_cannot_be_repeated() {
    let test = "users::a_sweep_lets_a_migration_pass_that_is_safe_to_repeat";
    assert!(repeats("0/7:reply-lost", test).0);
    let (passes, said) = repeats("0:partial-batch", test);
    assert!(!passes && said.contains("MIGRATE_TEST_REPEAT: `0:partial-batch` befalls nothing: call 0 is "), "{said}");
    for case in ["999:reply-lost", "999/7:reply-lost"] {
        let (passes, said) = repeats(case, test);
        assert!(
            !passes && said.contains(&format!("MIGRATE_TEST_REPEAT: `{case}` begins at call 999, but there are only ")),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_past_without_its_earlier_migrations_is_refused() {
    for past in [Past::Applied(2), Past::Baselined(2), Past::Started(2), Past::RolledBack(2)] {
        let db = db();
        let error = db.given([past]).await.expect_err("no run leaves that");
        assert_eq!(error.kind(), ErrorKind::CorruptHistory);
        assert_eq!(error.to_string(), "migration 0002 second is given a past, but 0001 lower before it has none");
        assert_eq!(db.history().await.unwrap(), [""; 0], "nothing of it is recorded");
        db.given([Past::Applied(1)]).await.unwrap();
        db.given([past]).await.expect("what was given before counts");
    }
    // As after `resolve --rolled-back 1` and a run that died.
    db().given([Past::Applied(2), Past::Started(1)]).await.expect("the order is not judged");
    let twice = db().given([Past::Applied(1), Past::RolledBack(1)]).await.expect_err("it holds the run itself");
    assert_eq!(twice.kind(), ErrorKind::CorruptHistory);
    assert!(twice.help()[0].contains("`Past::RolledBack(1)` holds the run"), "{twice:?}");
}

#[tokio::test]
async fn a_table_that_is_not_made_yet_is_called_so() {
    let db = db();
    let put = db.put::<Customers>(json!({"id": "1"})).await.expect_err("no table");
    let read = db.items::<Customers, Email>().await.err().expect("no table");
    for error in [put, read] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.to_string(), "table customers is not made yet in this test's database");
        assert!(error.help()[0].starts_with("`db.up_to(0).await?` first"), "{error:?}");
    }
}

/// The second asks before it runs again.
fn asking() -> Sequence {
    let [first, second] = [1, 2].map(|number| {
        migration(number, "letters", |cx| {
            Box::pin(async move {
                cx.table::<Customers>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
                Ok(())
            })
        })
    });
    second.meta.on_interrupt = OnInterrupt::Ask;
    sequence([customers()], [first, second])
}

async fn given(db: &TestDb) -> migrate_core::Result {
    db.up_to(0).await?;
    db.put::<Customers>(json!({"id": "1", "email": "A@X"})).await?;
    Ok(())
}

#[test]
fn a_sweep_says_that_it_cannot_answer_for_a_person() {
    let sweep = || Sweep::with(asking()).only([Fault::ReplyLost, Fault::CrashAfter]);
    let panic = std::thread::spawn(move || sweep().run(given)).join().expect_err("a refusal");
    let why = *panic.downcast::<String>().expect("a message");
    assert!(why.starts_with("migration 0002 letters says `on_interrupt = ask`"), "{why}");
    assert!(why.contains("Options { to: Some(Version::new(1))") && why.contains("Past::Applied(2)"), "{why}");
    sweep().options(Options { to: Some(Version::new(1)), ..Options::default() }).run(given);
    Sweep::with(asking()).only([Fault::ReplyLost]).run(given);
}

#[tokio::test]
async fn migrations_are_taken_back() {
    let back = rollback(2, |cx| {
        Box::pin(async move {
            cx.note("back again");
            Ok(())
        })
    });
    let db = TestDb::with(shop().with_rollbacks([&*back])).unwrap();
    db.up_to(2).await.unwrap();
    let report = db.roll_back_to(1).await.unwrap();
    assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 1));
    assert_eq!(db.states().await.unwrap(), ["0001 lower: applied", "0002 second: rolled back"]);
    assert_eq!(db.roll_back_to(1).await.unwrap().outcome, Outcome::NothingToDo);
    assert_eq!(db.roll_back_to(0).await.expect_err("1 has none").kind(), ErrorKind::NoRollback);
    db.up().await.unwrap();
    assert_eq!(db.states().await.unwrap(), ["0001 lower: applied", "0002 second: applied"]);
}

/// How a database with one customer is brought up by one migration.
async fn fails(run: RunFn) -> Error {
    let db = TestDb::with(sequence([customers()], [migration(1, "one", run)])).unwrap();
    given(&db).await.unwrap();
    db.up().await.expect_err("it fails")
}

#[tokio::test]
async fn what_failed_is_told_by_its_kind_and_by_its_causes() {
    let error = fails(|cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|customer| customer.email.push('!')).await?;
            Ok(())
        })
    });
    assert_eq!(error.await.kind(), ErrorKind::NotRepeatable);
    let error = fails(|_| Box::pin(async move { Ok("x".parse::<u32>().map(|_| ())?) })).await;
    assert_eq!(error.kind(), ErrorKind::MigrationFailed);
    let cause = std::error::Error::source(&error).expect("a cause");
    assert!(cause.is::<std::num::ParseIntError>(), "{cause}");
}

/// One that is not safe to repeat, and says so.
fn adding() -> Sequence {
    let adds = migration(1, "adds", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().exactly_once().update(|customer| customer.email.push('!')).await?;
            Ok(())
        })
    });
    sequence([customers()], [adds])
}

#[tokio::test]
async fn what_is_done_exactly_once_is_idempotent_by_its_marks() {
    let db = TestDb::with(adding()).unwrap();
    given(&db).await.unwrap();
    db.up().await.unwrap();
    assert_eq!(email(&db).await, "A@X!");
    db.assert_idempotent(1).await;
}

#[test]
fn what_is_done_exactly_once_has_no_marks_where_it_is_given() {
    let why = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let db = TestDb::with(adding()).unwrap();
            db.given([Past::Applied(1)]).await.unwrap();
            puts(&db).await;
            db.assert_idempotent(1).await;
        });
    });
    let why = *why.join().expect_err("a refusal").downcast::<String>().expect("a message");
    assert!(why.contains("migration 1 changes its own result") && why.contains("A@X!"), "{why}");
}
