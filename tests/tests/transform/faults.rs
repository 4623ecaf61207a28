//! Whatever the engine does with requests, a run ends right, its counts are right, and nothing is done twice. All on a paused clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migrate_core::ErrorKind;
use migrate_tests::seam::{Call, Verdict};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::bench::{App, Bench, Item, delete, embedded_with, item, meanwhile, n, s, statements};
use super::copy::{ByDay, days};

const ITEMS: u64 = 300;

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

#[derive(Deserialize)]
struct Source {
    sk: u64,
}

fn refused(status: u16, error_type: &str) -> Verdict {
    Verdict::Error { status, error_type: error_type.to_owned(), message: "not now".to_owned() }
}

fn is_data(call: &Call) -> bool {
    ["Scan", "BatchExecuteStatement", "GetItem", "PutItem", "UpdateItem", "DeleteItem"].contains(&call.operation.as_str())
}

/// About every third data call meets the fault, in no rhythm that the calls themselves could have.
async fn bench(fault: Verdict) -> Bench {
    bench_where(fault, true).await
}

/// Where statements are forbidden, each item is written by itself.
async fn bench_where(fault: Verdict, statements: bool) -> Bench {
    let calls = AtomicU64::new(0);
    let bench = embedded_with(move |call, _, _| {
        if !statements && call.operation == "BatchExecuteStatement" {
            return refused(400, "AccessDeniedException");
        }
        let meets =
            is_data(call) && (calls.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33).is_multiple_of(3);
        if meets { fault.clone() } else { Verdict::Pass }
    })
    .await;
    // Some of them large, so that there are several pages.
    bench
        .fill(ITEMS, |number| {
            item([("points", n(&number.to_string())), ("large", s(&"x".repeat(if number < 40 { 60_000 } else { 0 })))])
        })
        .await;
    bench
}

fn faults() -> Vec<Verdict> {
    vec![
        Verdict::ResetBefore,
        Verdict::LoseReply,
        Verdict::Truncated,
        Verdict::ErrorAfter,
        Verdict::HangBefore,
        Verdict::HangAfter,
        refused(500, "InternalServerError"),
        refused(503, "ServiceUnavailable"),
        refused(400, "ThrottlingException"),
        refused(400, "ProvisionedThroughputExceededException"),
        refused(400, "RequestLimitExceeded"),
        refused(400, "TransactionConflictException"),
    ]
}

#[tokio::test(start_paused = true)]
async fn updates_that_add_exactly_once() {
    for fault in faults() {
        let bench = bench(fault.clone()).await;
        let update = bench.cx.table::<App>().of::<Points>().exactly_once().update(|item| item.points += 1_000);
        let counts = update.await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!((counts.scanned, counts.changed, counts.unchanged, counts.conflicts), (ITEMS, ITEMS, 0, 0), "{fault:?}");
        let items = bench.items().await;
        assert!(items.iter().all(|(number, item)| item["points"] == n(&(number + 1_000).to_string())), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn deletions() {
    for fault in faults() {
        let bench = bench(fault.clone()).await;
        let counts = bench.cx.table::<App>().of::<Points>().delete_where(|item| item.points > 100).await.unwrap();
        assert_eq!((counts.scanned, counts.deleted, counts.unchanged, counts.conflicts), (ITEMS, 200, 100, 0), "{fault:?}");
        assert_eq!(bench.items().await.len(), 100);
    }
}

/// A deletion that is asked for again meets its own work: nothing is there, and a condition fails.
#[tokio::test(start_paused = true)]
async fn deletions_one_by_one() {
    for fault in faults() {
        let bench = bench_where(fault.clone(), false).await;
        let counts = bench.cx.table::<App>().of::<Points>().delete_where(|item| item.points > 100).await.unwrap();
        assert_eq!((counts.scanned, counts.deleted, counts.unchanged, counts.conflicts), (ITEMS, 200, 100, 0), "{fault:?}");
        assert_eq!(bench.items().await.len(), 100);
    }
}

#[tokio::test(start_paused = true)]
async fn insertions_and_copies() {
    for fault in faults() {
        let bench = bench(fault.clone()).await;
        let new = |number: u64| item([("pk", s("new")), ("sk", n(&number.to_string()))]);
        let counts = bench.cx.items::<App>().put_all((0..ITEMS).map(new).collect::<Vec<_>>()).await.unwrap();
        assert_eq!((counts.inserted, counts.unchanged, counts.existing), (ITEMS, 0, 0), "{fault:?}");

        let table = days(&bench).await;
        for (number, version) in [(1_u64, "1"), (2, "9")] {
            let there = item([("day", s("d")), ("number", n(&number.to_string())), ("version", n(version))]);
            super::copy::put(&bench, &table, there).await;
        }
        let sources = bench.cx.table::<App>().of::<Source>().only(|key| key.partition_starts_with("item"));
        let copy = |source: Source| ByDay { day: "d".to_owned(), number: source.sk, text: String::new(), version: 5 };
        let counts = sources.copy_to(copy).await.unwrap();
        assert_eq!((counts.inserted, counts.changed, counts.existing, counts.unchanged), (ITEMS - 2, 1, 1, 0), "{fault:?}");
        assert_eq!(super::bench::everything(&bench.client, &table).await.len() as u64, ITEMS);
    }
}

/// Also the refusals of what was done when the first answer was cut, and more of them than the client asks again for.
#[tokio::test(start_paused = true)]
async fn refusals_that_are_cut_are_asked_for_again() {
    let (puts, cut) = (AtomicU64::new(0), Arc::new(AtomicU64::new(0)));
    let counted = cut.clone();
    let bench = embedded_with(move |call, _, _| {
        let cuts = call.operation == "PutItem" && puts.fetch_add(1, Ordering::Relaxed) < 12;
        counted.fetch_add(u64::from(cuts), Ordering::Relaxed);
        if cuts { Verdict::Truncated } else { Verdict::Pass }
    })
    .await;
    bench.fill(1, |number| item([("points", n(&number.to_string()))])).await;
    let table = days(&bench).await;
    super::copy::put(&bench, &table, item([("day", s("d")), ("number", n("1")), ("version", n("1"))])).await;
    let copy = |source: Source| ByDay { day: "d".to_owned(), number: source.sk, text: String::new(), version: 5 };
    let counts = bench.cx.table::<App>().of::<Source>().copy_to(copy).await.unwrap();
    assert_eq!((counts.inserted, counts.changed, counts.existing, counts.unchanged), (0, 1, 0, 0));
    assert_eq!(cut.load(Ordering::Relaxed), 12);
    assert_eq!(super::bench::everything(&bench.client, &table).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn statements_that_are_throttled_are_sent_again_and_those_alone() {
    for every in [1_u64, 2, 3, 7] {
        let (seen, through) = (AtomicU64::new(0), Arc::new(AtomicU64::new(0)));
        let counted = through.clone();
        let bench = embedded_with(move |call, _, _| {
            if call.operation != "BatchExecuteStatement" {
                return Verdict::Pass;
            }
            let many = statements(call);
            let from = seen.fetch_add(many as u64, Ordering::Relaxed);
            // With `every` = 1 a whole batch is throttled, every other time.
            let throttled = |place: &usize| match every {
                1 => call.index.is_multiple_of(2),
                _ => (from + *place as u64).is_multiple_of(every),
            };
            let at: Vec<usize> = (0..many).filter(throttled).collect();
            counted.fetch_add((many - at.len()) as u64, Ordering::Relaxed);
            Verdict::Statements {
                at,
                code: if from.is_multiple_of(2) { "ThrottlingError" } else { "ProvisionedThroughputExceeded" },
            }
        })
        .await;
        bench.fill(ITEMS, |number| item([("points", n(&number.to_string()))])).await;
        let counts = bench.cx.table::<App>().of::<Points>().update(|item| item.points = item.points.max(1_000)).await.unwrap();
        assert_eq!((counts.changed, counts.unchanged, counts.conflicts), (ITEMS, 0, 0), "{every}");
        assert_eq!(through.load(Ordering::Relaxed), ITEMS, "{every}: nothing twice");
        assert!(bench.items().await.values().all(|item| item["points"] == n("1000")));
    }
}

#[tokio::test(start_paused = true)]
async fn throttled_for_ten_minutes_it_waits_and_ends() {
    let begun = Instant::now();
    let requests = Arc::new(AtomicU64::new(0));
    let counted = requests.clone();
    let bench = embedded_with(move |call, _, _| {
        if is_data(call) && begun.elapsed() < Duration::from_secs(600) {
            counted.fetch_add(1, Ordering::Relaxed);
            return refused(400, "ProvisionedThroughputExceededException");
        }
        Verdict::Pass
    })
    .await;
    bench.fill(ITEMS, |number| item([("points", n(&number.to_string()))])).await;
    let counts = bench.cx.table::<App>().of::<Points>().update(|item| item.points = 0).await.unwrap();
    assert_eq!((counts.scanned, counts.changed), (ITEMS, ITEMS));
    assert!(begun.elapsed() >= Duration::from_secs(600), "{:?}", begun.elapsed());
    let requests = requests.load(Ordering::Relaxed);
    assert!((10..6_000).contains(&requests), "it neither gives up nor hammers: {requests} requests in ten minutes");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_never_works_is_given_up() {
    for (fault, operation) in [(refused(500, "InternalServerError"), "Scan"), (Verdict::Truncated, "BatchExecuteStatement")] {
        let bench = embedded_with({
            let fault = fault.clone();
            move |call, _, _| if call.operation == operation { fault.clone() } else { Verdict::Pass }
        })
        .await;
        bench.fill(30, |_| item([("points", n("1"))])).await;
        let error = bench.cx.table::<App>().of::<Points>().update(|item| item.points = 2).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service, "{error:?}");
        let tries = bench.recorder.operations().iter().filter(|name| *name == operation).count();
        assert!((5..=40).contains(&tries), "{operation}: {tries}");
    }
}

#[tokio::test(start_paused = true)]
async fn expired_credentials_are_a_safe_stop() {
    let batches = AtomicU64::new(0);
    let bench = embedded_with(move |call, _, _| {
        let ends = call.operation == "BatchExecuteStatement" && batches.fetch_add(1, Ordering::Relaxed) == 3;
        if ends { refused(400, "ExpiredTokenException") } else { Verdict::Pass }
    })
    .await;
    bench.fill(ITEMS, |number| item([("points", n(&number.to_string()))])).await;
    let update = || bench.cx.table::<App>().of::<Points>().update(|item| item.points = item.points.max(1_000));
    let error = update().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert!(error.help()[0].contains("renew"), "{error:?}");
    let written = bench.items().await.values().filter(|item: &&Item| item["points"] == n("1000")).count() as u64;
    assert!((1..ITEMS).contains(&written), "{written}");
    let counts = update().await.unwrap();
    assert_eq!((counts.changed, counts.unchanged), (ITEMS - written, written));
}

/// A transaction that goes on for long is waited for, too.
#[tokio::test(start_paused = true)]
async fn what_is_waited_for_is_not_asked_for_all_the_time() {
    for operation in ["Scan", "BatchExecuteStatement"] {
        let begun = Instant::now();
        let bench =
            embedded_with(move |call, _, _| match call.operation == operation && begun.elapsed() < Duration::from_secs(10) {
                true => refused(400, "TransactionConflictException"),
                false => Verdict::Pass,
            })
            .await;
        bench.fill(30, |_| item([("points", n("1"))])).await;
        let counts = bench.cx.table::<App>().of::<Points>().update(|item| item.points = 2).await.unwrap();
        assert_eq!((counts.changed, counts.conflicts), (30, 0));
        let tries = bench.recorder.operations().iter().filter(|name| *name == operation).count();
        assert!((5..2_000).contains(&tries), "{operation}: {tries}");
    }
}

/// An answer that does not fit to what was sent says nothing: it is asked for again, and the writes meet themselves.
#[tokio::test(start_paused = true)]
async fn an_answer_of_another_number_of_statements_is_no_answer() {
    let first = Arc::new(AtomicU64::new(0));
    let seen = first.clone();
    let bench = embedded_with(move |call, _, _| {
        match call.operation == "BatchExecuteStatement" && seen.fetch_add(1, Ordering::SeqCst) == 0 {
            true => Verdict::Replace { from: r#""Responses":["#, to: r#""Responses":[{"TableName":"another"},"# },
            false => Verdict::Pass,
        }
    })
    .await;
    bench.fill(10, |number| item([("points", n(&number.to_string()))])).await;
    let counts = bench.cx.table::<App>().of::<Points>().exactly_once().update(|item| item.points += 1_000).await.unwrap();
    assert_eq!((counts.changed, counts.conflicts, first.load(Ordering::SeqCst)), (10, 0, 2));
    assert!(bench.items().await.iter().all(|(number, item)| item["points"] == n(&(number + 1_000).to_string())));
}

/// Somebody deletes what is to be deleted: that was not us.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_deleted_counts_as_a_conflict() {
    let bench = embedded_with(|call, client, table| {
        match call.operation.as_str() {
            // Of a statement this engine says that it deleted what is not there.
            "BatchExecuteStatement" => return refused(400, "AccessDeniedException"),
            "DeleteItem" => meanwhile(delete(client, table, 1)),
            _ => {}
        }
        Verdict::Pass
    })
    .await;
    bench.fill(3, |number| item([("points", n(&number.to_string()))])).await;
    let counts = bench.cx.table::<App>().of::<Points>().delete_where(|_| true).await.unwrap();
    assert_eq!((counts.deleted, counts.conflicts), (2, 1));
    assert!(bench.items().await.is_empty());
}
