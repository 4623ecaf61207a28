//! Under which terms an item is written: what it depends on, its version, and marks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use migrate_core::schema::TableSchema;
use migrate_core::{ErrorKind, Table};
use migrate_tests::seam::Verdict;
use serde::{Deserialize, Serialize};

use super::bench::{App, benches, benches_with, embedded_with, item, meanwhile, n, s, set};

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

/// The same table, whose writers raise `v`.
struct Versioned;

impl Table for Versioned {
    const VERSION: Option<&'static str> = Some("v");

    fn schema() -> TableSchema {
        App::schema()
    }
}

/// The mark of a context outside of any run.
const MARK: &str = "_migration_detached";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_function_does_not_depend_on_may_change() {
    for (touched, conflicts) in [("hits", 0), ("email", 1), ("lower", 1)] {
        let benches = benches_with(move |call, client, table| {
            if call.operation == "BatchExecuteStatement" {
                meanwhile(set(client, table, 1, touched, s("B")));
            }
            Verdict::Pass
        });
        for bench in benches.await {
            bench.put([item([("email", s("A")), ("hits", s("0")), ("more", n("1"))])]).await;
            let items = bench.cx.items::<App>().depends_on(["email"]).update(|item| {
                let lower = item["email"].as_s().unwrap().to_lowercase();
                item.insert("lower", s(&lower));
            });
            let counts = items.await.unwrap();
            assert_eq!((counts.changed, counts.conflicts), (1, conflicts), "{touched}");
            let statement = bench.recorder.writes()[0].json()["Statements"][0]["Statement"].as_str().unwrap().to_owned();
            assert!(!statement.contains("\"more\"") && statement.contains("\"email\"=?"), "{statement}");
            let mut wanted = item([("email", s("A")), ("hits", s("0")), ("more", n("1")), ("lower", s("a"))]);
            // What was written after all was settled stays as it was written.
            if touched == "email" {
                wanted.extend([("email".to_owned(), s("B")), ("lower".to_owned(), s("b"))]);
            } else if touched == "hits" {
                wanted.insert("hits".to_owned(), s("B"));
            }
            assert_eq!(bench.only_item().await, wanted, "{touched}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_too_depend_only_on_what_is_named() {
    for (touched, left) in [("hits", 0), ("kind", 1)] {
        let benches = benches_with(move |call, client, table| {
            if call.operation == "BatchExecuteStatement" {
                meanwhile(set(client, table, 1, touched, s("new")));
            }
            Verdict::Pass
        });
        for bench in benches.await {
            bench.put([item([("kind", s("old")), ("hits", s("0"))])]).await;
            let items = bench.cx.items::<App>().depends_on(["kind"]);
            let counts = items.delete_where(|item| item["kind"] == s("old")).await.unwrap();
            assert_eq!((counts.deleted, counts.conflicts), (1 - left, left));
            assert_eq!(bench.items().await.len() as u64, left);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_is_the_only_condition_and_is_raised() {
    for (touched, value, conflicts) in [("points", n("7"), 0), ("v", n("8"), 1)] {
        let judged = value.clone();
        let benches = benches_with(move |call, client, table| {
            if call.operation == "BatchExecuteStatement" && statement(call).contains("\"sk\"=?") {
                meanwhile(set(client, table, 1, touched, judged.clone()));
            }
            Verdict::Pass
        });
        for bench in benches.await {
            bench.put([item([("points", n("1")), ("v", n("41"))])]).await;
            let update = bench.cx.table::<Versioned>().of::<Points>().update(|item| item.points = item.points.max(100));
            let result = update.await;
            let sent = statement(&bench.recorder.writes()[0]);
            assert!(sent.ends_with("WHERE \"pk\"=? AND \"sk\"=? AND \"v\"=?"), "{sent}");
            if conflicts == 0 {
                assert_eq!(result.unwrap().conflicts, 0);
                // Whoever writes without raising the version is not seen.
                assert_eq!(bench.only_item().await, item([("points", n("100")), ("v", n("42"))]));
            } else {
                // The version stays at 8, and the second attempt knows it.
                assert_eq!(result.unwrap().conflicts, 1);
                assert_eq!(bench.only_item().await, item([("points", n("100")), ("v", n("9"))]));
            }
        }
    }
}

fn statement(call: &migrate_tests::seam::Call) -> String {
    call.json()["Statements"][0]["Statement"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_item_without_a_version_is_watched_as_any_other_and_gets_none() {
    for bench in benches().await {
        bench
            .put([
                item([("points", n("1"))]),
                item([("points", n("1")), ("v", s("text"))]),
                item([("points", n("1")), ("v", n("1.5"))]),
            ])
            .await;
        let counts = bench.cx.table::<Versioned>().of::<Points>().update(|item| item.points = 2).await.unwrap();
        assert_eq!(counts.changed, 3);
        assert!(statement(&bench.recorder.writes()[0]).ends_with("AND \"points\"=?"));
        let items = bench.items().await;
        assert_eq!(items[&1], item([("points", n("2"))]));
        assert_eq!(items[&2], item([("points", n("2")), ("v", s("text"))]));
        assert_eq!(items[&3], item([("points", n("2")), ("v", n("1.5"))]));
    }
}

#[tokio::test]
async fn what_is_written_is_marked_and_what_is_not_is_not() {
    for bench in benches().await {
        bench.put([item([("points", n("1"))]), item([("points", n("100"))])]).await;
        let update = || bench.cx.table::<App>().of::<Points>().marked().update(|item| item.points = item.points.max(100));
        assert_eq!(update().await.unwrap().changed, 1);
        let items = bench.items().await;
        let mark = items[&1][MARK].as_s().unwrap().clone();
        assert_eq!(mark, format!("0000/update {} 1", bench.table));
        assert_eq!(items[&2], item([("points", n("100"))]));
        assert_eq!((update().await.unwrap().changed, bench.writes()), (0, 1), "a rerun writes nothing");

        // Marks alone do not make a function safe to repeat.
        let error = bench.cx.table::<App>().of::<Points>().marked().update(|item| item.points += 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotRepeatable);
    }
}

#[tokio::test]
async fn a_rerun_of_what_is_done_exactly_once_changes_nothing() {
    for bench in benches().await {
        bench.fill(60, |number| item([("points", n(&number.to_string()))])).await;
        let add = async |cx: &migrate_core::MigrationContext| {
            cx.table::<App>().of::<Points>().exactly_once().update(|item| item.points += 100).await.unwrap()
        };
        let counts = add(&bench.cx).await;
        assert_eq!((counts.changed, bench.writes()), (60, 3), "the mark costs no write of its own");
        let counts = add(&bench.again()).await;
        assert_eq!((counts.changed, counts.unchanged), (0, 60));
        let items = bench.items().await;
        assert!(items.iter().all(|(number, item)| item["points"] == n(&(number + 100).to_string())), "{items:?}");
        assert!(items.values().all(|item| item.contains_key(MARK)));
    }
}

/// A batch is not carried out, or it is and nobody hears of it; the run ends there.
#[tokio::test]
async fn an_interrupted_run_goes_on_and_adds_to_each_item_once() {
    for stop_at in 0..8 {
        for hang in [Verdict::HangBefore, Verdict::HangAfter] {
            let batches = Arc::new(AtomicUsize::new(0));
            let bench = embedded_with({
                let hang = hang.clone();
                move |call, _, _| {
                    let stops = call.operation == "BatchExecuteStatement" && batches.fetch_add(1, Ordering::Relaxed) == stop_at;
                    if stops { hang.clone() } else { Verdict::Pass }
                }
            })
            .await;
            bench.fill(200, |number| item([("points", n(&number.to_string()))])).await;
            tokio::select! {
                counts = bench.cx.table::<App>().of::<Points>().exactly_once().update(|item| item.points += 1_000) => panic!("{counts:?}"),
                () = bench.recorder.hung() => {}
            }
            let cx = bench.again();
            let counts = cx.table::<App>().of::<Points>().exactly_once().update(|item| item.points += 1_000).await.unwrap();
            assert_eq!(counts.changed + counts.unchanged, 200);
            assert!(counts.changed > 0 || hang == Verdict::HangAfter);
            let items = bench.items().await;
            assert!(items.iter().all(|(number, item)| item["points"] == n(&(number + 1_000).to_string())), "{stop_at} {hang:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_once_meets_a_writer_and_still_adds_once() {
    let lost = Arc::new(AtomicUsize::new(0));
    // The reply is lost, and before the second attempt the application adds too.
    let benches = benches_with(move |call, client, table| {
        if call.operation != "BatchExecuteStatement" {
            return Verdict::Pass;
        }
        match lost.fetch_add(1, Ordering::Relaxed) % 2 {
            0 => Verdict::LoseReply,
            _ => {
                meanwhile(set(client, table, 1, "points", n("1007")));
                Verdict::Pass
            }
        }
    });
    for bench in benches.await {
        bench.put([item([("points", n("7"))])]).await;
        let counts = bench.cx.table::<App>().of::<Points>().exactly_once().update(|item| item.points += 100).await.unwrap();
        assert_eq!(counts.conflicts, 1);
        assert_eq!(bench.only_item().await["points"], n("1007"), "the mark says that it is done");
    }
}

/// Also outside of any run, where nothing can be put aside for later.
#[tokio::test]
async fn items_that_fail_are_counted_and_allowed_or_not() {
    for bench in benches().await {
        bench.fill(60, |number| item([("points", if number % 20 == 0 { s("none") } else { n("1") })])).await;
        let table = || bench.cx.table::<App>().of::<Points>();
        let counts = table().allow_failures(3).update(|item| item.points = 2).await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.failed), (60, 57, 3));
        let error = table().allow_failures(2).update(|item| item.points = 3).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadLetters);
        assert!(error.to_string().contains("3 items"), "{error}");
        let items = bench.items().await;
        assert_eq!(items.values().filter(|item| item["points"] == n("3")).count(), 57, "the rest goes on");
        // What would fail for every item is not put aside.
        let error = table().dead_letter().update(|item| item.points += 1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotRepeatable);
    }
}
