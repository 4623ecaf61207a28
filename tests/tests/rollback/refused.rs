//! What a rollback refuses before its first write, and what leaves nothing to do.

use migrate_core::Table;
use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::Outcome;
use migrate_core::schema::{Setting, StreamView};
use migrate_tests::scenario::{Customers, customers, migration, migrator, sequence};
use migrate_tests::seam::Recorder;

use super::work::{counted, filled, joined, nothing, shop, split, uncounted, whole};
use super::*;

/// Tries it, sees that nothing is written, and gives back the error as a person reads it.
async fn refusal(engine: &TestEngine, sequence: Sequence, to: u32) -> (ErrorKind, String) {
    let (items, states) = (customers_of(engine).await, states(engine, sequence.clone()).await);
    let recorder = Recorder::of(&engine.client());
    let error = roll_back(engine, recorder.attach(&engine.client()), sequence.clone(), to).await.expect_err("a refusal");
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    assert_eq!((customers_of(engine).await, super::states(engine, sequence).await), (items, states));
    (error.kind(), format!("{error}\n{}", error.help().join("\n")))
}

#[tokio::test]
async fn without_its_function_nothing_is_begun_and_all_are_named() {
    for engine in TestEngine::all() {
        filled(&engine).await;
        up(&engine, whole()).await;
        let (kind, text) = refusal(&engine, shop([uncounted()]), 1).await;
        assert_eq!(kind, ErrorKind::NoRollback);
        assert!(text.contains("migration 0002 split has no rollback in this binary"), "{text}");
        assert!(text.contains("#[rollback(2)]") && text.contains("`migrate resolve --rolled-back 2 --reason"), "{text}");
        let (_, text) = refusal(&engine, shop([]), 0).await;
        assert!(text.contains("migrations 0003 counted, 0002 split, 0001 nothing have no rollback"), "{text}");
        // What stays needs none.
        let report = roll_back(&engine, engine.client(), shop([uncounted()]), 2).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done);
    }
}

#[tokio::test]
async fn a_number_that_the_code_lacks_is_a_slip() {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    up(&engine, whole()).await;
    let (kind, text) = refusal(&engine, whole(), 9).await;
    assert_eq!(kind, ErrorKind::Usage);
    assert!(text.contains("`--to 9`: the code has no migration 9; there are 1 to 3; 0 takes all back"), "{text}");
}

#[tokio::test]
async fn behind_the_last_one_there_is_nothing_to_do() {
    for engine in TestEngine::all() {
        // Not even a management table.
        let recorder = Recorder::of(&engine.client());
        let report = roll_back(&engine, recorder.attach(&engine.client()), whole(), 0).await.unwrap();
        assert_eq!((report.outcome, recorder.writes().len()), (Outcome::NothingToDo, 0));
        filled(&engine).await;
        for to in [1, 2, 3] {
            let recorder = Recorder::of(&engine.client());
            let report = roll_back(&engine, recorder.attach(&engine.client()), whole(), to).await.unwrap();
            assert_eq!((report.outcome, recorder.writes().len()), (Outcome::NothingToDo, 0), "--to {to}");
        }
    }
}

#[tokio::test]
async fn what_a_newer_binary_did_only_that_one_takes_back() {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    up(&engine, whole()).await;
    let (kind, text) = refusal(&engine, whole().up_to(Version::new(2)), 1).await;
    assert_eq!(kind, ErrorKind::Ahead);
    assert!(text.contains("the database is ahead: it is at migration 3"), "{text}");
}

#[tokio::test]
async fn history_and_code_must_agree_as_for_up() {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    up(&engine, whole()).await;
    let renamed = migration(2, "another", |_| Box::pin(async { Ok(()) }));
    renamed.meta.fingerprint = "text-9";
    let missing = sequence([customers()], [nothing(), renamed, counted()]).with_rollbacks([&*joined(), &*uncounted()]);
    let (kind, text) = refusal(&engine, missing, 1).await;
    assert_eq!(kind, ErrorKind::MissingMigration);
    assert!(text.contains("migration 0002 split was applied, but the code has another one"), "{text}");
    // An edited one is a remark.
    let edited = || {
        let split = split();
        split.meta.fingerprint = "text-2";
        sequence([customers()], [nothing(), split, counted()]).with_rollbacks([&*joined(), &*uncounted()])
    };
    let plan =
        migrator(&engine, engine.client(), edited()).plan_rollback(Version::new(1), &RollbackOptions::default()).await.unwrap();
    assert!(plan.refusals.is_empty() && plan.notices[0].what.contains("was edited"), "{plan:?}");
}

/// The table's stream is read by somebody: that is known before the first write.
#[tokio::test]
async fn records_in_a_stream_are_consented_to_before() {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    up(&engine, whole().up_to(Version::new(2))).await;
    let streamed = |accept: bool| {
        let mut table = customers();
        table.stream = Setting::Set(StreamView::KeysOnly);
        let back = joined();
        back.tables = &[Customers::schema];
        back.accept = if accept { &[migrate_core::schema::Hazard::StreamRecords] } else { &[] };
        sequence([table], [nothing(), split()]).with_rollbacks([&*back])
    };
    up(&engine, streamed(false)).await;
    let (kind, text) = refusal(&engine, streamed(false), 1).await;
    assert_eq!(kind, ErrorKind::ConsentMissing);
    assert!(text.contains("the rollback of migration 0002 split goes through table"), "{text}");
    assert!(text.contains("`#[rollback(2, accept(H114))]`") && !text.contains("--accept"), "{text}");
    // Where the plan was not told of the table, the rollback itself is refused there, and says which attribute takes it.
    let untold = sequence([customers()], [nothing(), split()]).with_rollbacks([&*joined()]);
    let error = roll_back(&engine, engine.client(), untold, 1).await.expect_err("a refusal");
    assert!(error.help().join("\n").contains("`#[rollback(.., accept(H114))]`"), "{error:?}");
    let report = roll_back(&engine, engine.client(), streamed(true), 1).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done);
}
