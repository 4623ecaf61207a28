//! A rollback is killed or troubled at every call it makes, and run again: the same items, history and nothing kept, as if nothing had befallen it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use migrate_core::migrator::Outcome;
use migrate_tests::seam::{Call, Recorder, Verdict};

use super::work::{filled, whole};
use super::*;

/// What a database looks like: everything but who, when and how often.
#[derive(Debug, PartialEq)]
struct Dump {
    customers: BTreeMap<String, String>,
    states: Vec<String>,
    kept: Vec<String>,
}

async fn prepared() -> TestEngine {
    let engine = TestEngine::embedded();
    filled(&engine).await;
    up(&engine, whole()).await;
    engine
}

async fn run(engine: &TestEngine, client: Client) -> Result<Outcome, migrate_core::Error> {
    roll_back(engine, client, whole(), 1).await.map(|report| report.outcome)
}

async fn dump(engine: &TestEngine) -> Dump {
    let mut kept = kept(engine).await;
    // Whoever is killed between the last record and the tidying up leaves what nobody needs.
    kept.retain(|key| !key.contains(" back"));
    // A mark names the table, and each engine gives it another name.
    let customers = customers_of(engine).await.into_iter().map(|(key, item)| (key, item.replace(engine.prefix(), "")));
    Dump { customers: customers.collect(), states: states(engine, whole()).await, kept }
}

/// The calls of a rollback that nothing befalls, and what it leaves.
async fn reference() -> (usize, Dump) {
    let engine = prepared().await;
    let recorder = Recorder::of(&engine.client());
    assert_eq!(run(&engine, recorder.attach(&engine.client())).await.expect("the reference"), Outcome::Done);
    let dump = dump(&engine).await;
    assert_eq!(dump.states, ["Applied", "RolledBack", "RolledBack"]);
    assert!(dump.customers.values().all(|item| item.contains("@example.com")), "{dump:?}");
    (recorder.count(), dump)
}

fn at(k: usize, verdict: Verdict) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
    move |call| if call.index == k { verdict.clone() } else { Verdict::Pass }
}

/// It goes on, and what comes forward afterwards is whole too.
async fn finished(engine: &TestEngine, wanted: &Dump, context: &str) {
    let again = run(engine, engine.client()).await;
    assert!(again.is_ok(), "{context}: {again:?}");
    assert_eq!(dump(engine).await, *wanted, "{context}");
    let recorder = Recorder::of(&engine.client());
    assert_eq!(run(engine, recorder.attach(&engine.client())).await.unwrap(), Outcome::NothingToDo, "{context}");
    assert!(recorder.writes().is_empty(), "{context}");
    up(engine, whole()).await;
    let forward = customers_of(engine).await;
    assert!(forward.values().all(|item| item.contains("\"user\"") && !item.contains("@")), "{context}: {forward:?}");
    assert!(kept(engine).await.is_empty(), "{context}: {:?}", kept(engine).await);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_killed_at_any_call_is_finished_by_the_next_one() {
    let (calls, wanted) = reference().await;
    assert!(calls > 40, "{calls} calls are too few to mean anything");
    for k in 0..calls {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter] {
            let engine = prepared().await;
            let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
            let client = recorder.attach(&engine.client());
            let killed = tokio::select! {
                outcome = run(&engine, client) => panic!("call {k} {verdict:?} should hang: {outcome:?}"),
                () = recorder.hung() => recorder.operations().pop(),
            };
            finished(&engine, &wanted, &format!("killed at call {k} {verdict:?} {killed:?}")).await;
        }
    }
    println!("killed before and after each of {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_call_changes_nothing_in_the_end() {
    let (calls, wanted) = reference().await;
    let error = |status, kind: &str| Verdict::Error { status, error_type: kind.to_owned(), message: "injected".to_owned() };
    // What befalls a request on its way is the forward run's to prove; here it is what ends the run, and by turns what is done and not heard of.
    let (denied, unheard) = (error(400, "AccessDeniedException"), [Verdict::LoseReply, Verdict::ErrorAfter]);
    for (k, verdict) in (0..calls).flat_map(|k| [(k, &denied), (k, &unheard[k % 2])]) {
        let engine = prepared().await;
        let recorder = Recorder::of(&engine.client()).failing(at(k, verdict.clone()));
        let troubled = run(&engine, recorder.attach(&engine.client())).await;
        let context = format!("call {k} {verdict:?} {:?}, first run {troubled:?}", recorder.operations().get(k));
        if let Err(error) = &troubled {
            assert!(matches!(verdict, Verdict::Error { status: 400, .. }), "retries hide this: {context}: {error:?}");
        }
        finished(&engine, &wanted, &context).await;
    }
}
