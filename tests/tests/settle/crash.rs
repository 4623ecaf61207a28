//! A `resolve` and an `unlock` that are killed or troubled at every call: the record is there or it is not, and nothing else is.

use aws_sdk_dynamodb::Client;
use migrate_core::Error;
use migrate_core::history::Entry;
use migrate_core::migrator::{Options, Outcome};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::migrator;
use migrate_tests::seam::{Call, Recorder, Verdict};

use super::{NO_WAIT, WHY, counted, records, resolve, rolled_back, runs, shop, up};

fn at(k: usize, verdict: Verdict) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
    move |call| if call.index == k { verdict.clone() } else { Verdict::Pass }
}

fn code() -> migrate_core::registry::Sequence {
    shop([counted(1), counted(2)])
}

/// An engine on which everything was applied.
async fn prepared() -> (TestEngine, usize) {
    let engine = TestEngine::embedded();
    up(&engine, code()).await.expect("a first run");
    let records = records(&engine).await.len();
    (engine, records)
}

async fn say(engine: &TestEngine, client: Client) -> Result<(), Error> {
    resolve(engine, client, code(), &rolled_back(2)).await
}

/// How many calls a `resolve` makes that nothing befalls.
async fn calls() -> usize {
    let (engine, _) = prepared().await;
    let recorder = Recorder::of(&engine.client());
    say(&engine, recorder.attach(&engine.client())).await.expect("a record");
    recorder.count()
}

/// Whatever befell it: one record or none, and with one the migration runs once more.
async fn is_whole(engine: &TestEngine, before: usize, context: &str) -> bool {
    let found = records(engine).await;
    let is_there = match &found[before..] {
        [] => false,
        [record] => matches!(record.entry, Entry::ResolvedRolledBack { .. }),
        more => panic!("{context}: {more:?}"),
    };
    let again = up(engine, code()).await.unwrap_or_else(|error| panic!("{context}: {error:?}"));
    assert_eq!(again, if is_there { Outcome::Done } else { Outcome::NothingToDo }, "{context}");
    assert_eq!(runs(engine).await, [(1, 1), (2, 1 + u32::from(is_there))].into(), "{context}");
    is_there
}

#[tokio::test(start_paused = true)]
async fn a_resolve_that_is_killed_at_any_call_leaves_its_record_or_nothing() {
    let calls = calls().await;
    assert!(calls >= 6, "{calls} calls are too few to mean anything");
    let mut recorded = 0;
    for k in 0..calls {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter] {
            let (engine, before) = prepared().await;
            let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            let client = recorder.attach(&engine.client());
            tokio::select! {
                outcome = say(&engine, client) => panic!("call {k} {verdict:?} should hang: {outcome:?}"),
                () = recorder.hung() => {}
            }
            let context = format!("killed at call {k} {verdict:?} {:?}", recorder.operations().pop());
            recorded += usize::from(is_whole(&engine, before, &context).await);
        }
    }
    assert!((1..calls * 2).contains(&recorded), "some have it and some have not: {recorded} of {}", calls * 2);
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_call_of_a_resolve_leaves_one_record_where_it_says_so() {
    let error = |status, kind: &str| Verdict::Error { status, error_type: kind.to_owned(), message: "injected".to_owned() };
    let faults = [
        Verdict::ResetBefore,
        Verdict::LoseReply,
        Verdict::ErrorAfter,
        error(500, "InternalServerError"),
        error(400, "AccessDeniedException"),
    ];
    for k in 0..calls().await {
        for verdict in &faults {
            let (engine, before) = prepared().await;
            let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            let said = say(&engine, recorder.attach(&engine.client())).await;
            let context = format!("call {k} {verdict:?} {:?}: {said:?}", recorder.operations().get(k));
            let is_there = is_whole(&engine, before, &context).await;
            assert_eq!(said.is_ok(), is_there, "{context}");
        }
    }
}

/// The lock, held by a process that was killed.
async fn held() -> (TestEngine, usize) {
    let (engine, _) = prepared().await;
    let table = engine.table("migrations");
    super::unlock::hold(&engine.client(), &table).await;
    let records = records(&engine).await.len();
    (engine, records)
}

#[tokio::test(start_paused = true)]
async fn an_unlock_that_is_killed_at_any_call_is_no_obstacle() {
    let (engine, _) = held().await;
    let recorder = Recorder::of(&engine.client());
    let unlocks = |engine: &TestEngine, client: Client| migrator(engine, client, code());
    unlocks(&engine, recorder.attach(&engine.client())).unlock(1, WHY).await.expect("it is taken");
    for k in 0..recorder.count() {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter] {
            let (engine, before) = held().await;
            let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            let dies = unlocks(&engine, recorder.attach(&engine.client()));
            let context = format!("killed at call {k} {verdict:?}");
            tokio::select! {
                // Beats are calls too, and the last ones may come after the end.
                _ = dies.unlock(1, WHY) => {}
                () = recorder.hung() => {}
            }
            let found = records(&engine).await;
            assert!(found.len() <= before + 1, "{context}: {found:?}");
            assert!(found[before..].iter().all(|record| matches!(record.entry, Entry::LockForced { ended: 1, .. })), "{context}");
            let next = migrator(&engine, engine.client(), code());
            next.resolve(&rolled_back(2), WHY, NO_WAIT).await.unwrap_or_else(|error| panic!("{context}: {error:?}"));
            assert_eq!(next.up(Options::default()).await.expect("a run").outcome, Outcome::Done, "{context}");
        }
    }
}
