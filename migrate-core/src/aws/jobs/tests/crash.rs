//! Runs that stop anywhere, lose replies, meet the heartbeat, or lose their lock.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::*;
use crate::aws::fake::{Reply, json};
use crate::aws::layer::{Fate, layered};

const WRITE: &str = "TransactWriteItems";

fn cut() -> Reply {
    Err(ConnectorError::io("the connection is cut".into()))
}

fn cancelled(codes: [&str; 2]) -> Reply {
    let reasons = codes.map(|code| format!(r#"{{"Code":"{code}"}}"#)).join(",");
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    json(400, &format!(r#"{{"__type":"{kind}","Message":"cancelled","CancellationReasons":[{reasons}]}}"#))
}

fn no_retries(store: &Store) -> Client {
    Client::from_conf(store.client().config().to_builder().retry_config(RetryConfig::disabled()).build())
}

#[tokio::test]
async fn a_run_that_lost_its_lock_writes_nothing() {
    let store = store().await;
    let (stale, key) = (jobs(&store, 1), r#"{"id":{"S":"a"}}"#);
    stale.open(&job("f"), 4).await.unwrap();
    stale.save(PLACE, &positions(0..2), changed(2)).await.unwrap();
    stale.put_aside(PLACE, &[letter(key, "no")]).await.unwrap();
    lock(&store, 2).await;
    let before = content(&store).await;
    let (of_one, aside) = (BTreeMap::from([(1, Position::End)]), [letter(r#"{"id":{"S":"b"}}"#, "no")]);
    let outcomes = [
        stale.save(PLACE, &of_one, changed(3)).await,
        stale.save(PLACE, &BTreeMap::new(), changed(3)).await,
        stale.next_sweep(PLACE, 2, changed(3)).await,
        stale.finish(PLACE, changed(3)).await,
        stale.put_aside(PLACE, &aside).await,
        stale.settle(PLACE, key).await,
        stale.forget().await,
        stale.open(&job("g"), 4).await.map(|_| ()),
        stale.open(&Job { place: "other orders 1".to_owned(), ..job("f") }, 4).await.map(|_| ()),
        jobs(&store, 0).finish(PLACE, changed(3)).await,
    ];
    for (number, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::LockLost, "{number}");
    }
    assert_eq!(content(&store).await, before);
}

/// It was written, and the SDK asks again.
#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_asked_for_again() {
    let store = store().await;
    let retrying = store.client().config().to_builder().retry_config(RetryConfig::standard()).build();
    let (client, calls) = layered(&Client::from_conf(retrying), |operation, before| match (operation, before % 2) {
        (WRITE, 0) => Fate::Afterwards(cut()),
        _ => Fate::Pass,
    });
    let first = through(&store, client);
    first.open(&job("f"), 4).await.unwrap();
    first.save(PLACE, &positions(0..2), changed(2)).await.unwrap();
    assert_eq!(calls.count(WRITE), 4);
    let found = jobs(&store, 1).open(&job("f"), 4).await.unwrap();
    assert_eq!((found.positions, found.counts), (positions(0..2), changed(2)));
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_in_the_way_is_waited_for() {
    let store = store().await;
    jobs(&store, 1).open(&job("f"), 4).await.unwrap();
    for codes in [["TransactionConflict", "None"], ["None", "TransactionConflict"], ["None", "ThrottlingError"]] {
        let (client, calls) = layered(&no_retries(&store), move |operation, before| match (operation, before) {
            (WRITE, 0..5) => Fate::Instead(cancelled(codes)),
            _ => Fate::Pass,
        });
        through(&store, client).save(PLACE, &positions(0..1), changed(1)).await.unwrap();
        assert_eq!(calls.count(WRITE), 6);
    }
    let (client, calls) = layered(&no_retries(&store), |operation, _| match operation {
        WRITE => Fate::Instead(cancelled(["TransactionConflict", "None"])),
        _ => Fate::Pass,
    });
    let error = through(&store, client).save(PLACE, &positions(0..1), changed(1)).await.unwrap_err();
    assert_eq!((error.kind(), calls.count(WRITE)), (ErrorKind::Service, 21), "not for ever");
}

/// An old job with everything is replaced, and the run ends at each of its writes, before it or after it. What the next run finds is begun
/// anew; and who goes back to the old job finds all of it or begins that anew.
#[tokio::test]
async fn beginning_anew_can_stop_anywhere() {
    let mut stopped = 0;
    for (at, done, back) in (0..5).flat_map(|at| [(at, false, false), (at, true, false), (at, false, true), (at, true, true)]) {
        let store = store().await;
        let old = jobs(&store, 1);
        old.open(&job("f"), 60).await.unwrap();
        old.save(PLACE, &positions(0..60), changed(9)).await.unwrap();
        let aside: Vec<DeadLetter> = (0..60).map(|n| letter(&format!(r#"{{"id":{{"N":"{n}"}}}}"#), "no")).collect();
        old.put_aside(PLACE, &aside).await.unwrap();
        let (client, _) = layered(&no_retries(&store), move |operation, before| match operation {
            WRITE if before == at && done => Fate::Afterwards(cut()),
            WRITE if before == at => Fate::Instead(cut()),
            _ => Fate::Pass,
        });
        stopped += u32::from(through(&store, client).open(&job("g"), 2).await.is_err());
        let next = jobs(&store, 1);
        if back {
            let found = next.open(&job("f"), 60).await.unwrap();
            let whole = found.positions.len() == 60 && next.aside(PLACE).await.unwrap().len() == 60;
            assert!(whole || found.positions.is_empty(), "{at} {done}");
        } else {
            let found = next.open(&job("g"), 2).await.unwrap();
            assert_eq!((found.positions.len(), found.segments), (0, 2), "{at} {done}");
            assert_eq!(kept(&store).await, [format!("0001/{PLACE}")], "{at} {done}");
        }
    }
    // One for the old head, two for what belongs to it, one for the new one.
    assert_eq!(stopped, 4 * 4);
}

/// Between the transactions of one save: every position that is there is true, and the counts come last.
#[tokio::test]
async fn a_save_can_stop_in_the_middle() {
    let store = store().await;
    jobs(&store, 1).open(&job("f"), 300).await.unwrap();
    let (client, _) = layered(&no_retries(&store), |operation, before| match (operation, before) {
        (WRITE, 2) => Fate::Instead(cut()),
        _ => Fate::Pass,
    });
    let error = through(&store, client).save(PLACE, &positions(0..250), changed(250)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    let found = jobs(&store, 1).open(&job("f"), 300).await.unwrap();
    assert_eq!((found.positions, found.counts), (positions(0..198), Counts::default()));
}

/// A head that is forgotten leaves nothing that counts, wherever it stopped.
#[tokio::test]
async fn forgetting_can_stop_anywhere() {
    for at in 0..3 {
        let store = store().await;
        let old = jobs(&store, 1);
        old.open(&job("f"), 200).await.unwrap();
        old.save(PLACE, &positions(0..200), changed(9)).await.unwrap();
        let (client, _) = layered(&no_retries(&store), move |operation, before| match operation {
            WRITE if before == at => Fate::Instead(cut()),
            _ => Fate::Pass,
        });
        assert_eq!(through(&store, client).forget().await.unwrap_err().kind(), ErrorKind::Unreachable);
        let found = jobs(&store, 1).open(&job("f"), 200).await.unwrap();
        assert_eq!(found.positions.len(), if at == 0 { 200 } else { 0 });
        jobs(&store, 1).forget().await.unwrap();
        assert!(kept(&store).await.is_empty());
    }
}
