use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use migrate_core::ErrorKind;
use migrate_tests::seam::Verdict;
use serde::Serialize;

use super::bench::{App, NULL, benches, benches_with, embedded_with, item, n, s, ss};

#[derive(Serialize, Clone)]
struct Region {
    pk: &'static str,
    sk: u32,
    name: String,
    note: Option<String>,
    #[serde(with = "serde_dynamo::string_set")]
    codes: Vec<&'static str>,
}

fn region(sk: u32, name: &str) -> Region {
    Region { pk: "item", sk, name: name.to_owned(), note: None, codes: vec!["b", "a"] }
}

#[tokio::test]
async fn items_are_inserted_once_and_never_overwritten() {
    for bench in benches().await {
        let regions: Vec<Region> = (1..=60).map(|number| region(number, &format!("region {number}"))).collect();
        let put = || bench.cx.table::<App>().of::<Region>().put_all(regions.clone());
        let first = put().await.unwrap();
        assert_eq!((first.inserted, first.unchanged, first.existing), (60, 0, 0));
        let stored = bench.items().await;
        let wanted = item([("name", s("region 7")), ("note", NULL), ("codes", ss(&["a", "b"]))]);
        assert_eq!(stored[&7]["name"], wanted["name"]);
        assert_eq!(stored[&7]["note"], wanted["note"]);

        let again = put().await.unwrap();
        assert_eq!((again.inserted, again.unchanged, again.existing), (0, 60, 0));
        assert_eq!(bench.items().await, stored);

        super::bench::set(&bench.client, &bench.table, 7, "name", s("another")).await;
        super::bench::delete(&bench.client, &bench.table, 8).await;
        let mut wanted = stored.clone();
        wanted.get_mut(&7).unwrap().insert("name".to_owned(), s("another"));
        let third = put().await.unwrap();
        assert_eq!((third.inserted, third.unchanged, third.existing), (1, 58, 1));
        assert_eq!(bench.items().await, wanted);
    }
}

#[tokio::test]
async fn of_two_with_one_key_the_first_counts() {
    for bench in benches().await {
        let regions = (0..50).map(|number| region(number / 10 + 1, if number % 10 == 9 { "last" } else { "first" }));
        let counts = bench.cx.table::<App>().of::<Region>().put_all(regions).await.unwrap();
        assert_eq!((counts.inserted, counts.unchanged, counts.existing), (5, 40, 5));
        assert!(bench.items().await.values().all(|item| item["name"] == s("first")));

        let one = |sk: &str, x: &str| item([("pk", s("number")), ("sk", n(sk)), ("x", n(x))]);
        let numbers = [one("100", "1"), one("100.0", "1.0"), one("1e2", "2")];
        let counts = bench.cx.items::<App>().put_all(numbers).await.unwrap();
        assert_eq!((counts.inserted, counts.unchanged, counts.existing), (1, 1, 1));
    }
}

#[tokio::test]
async fn only_some() {
    for bench in benches().await {
        let table = bench.cx.table::<App>().of::<Region>();
        let odd = table.only(|key| key.sort().and_then(|sort| sort.as_number()).is_some_and(|digits| digits != "2"));
        let counts = odd.put_all([region(1, "a"), region(2, "b"), region(3, "c")]).await.unwrap();
        assert_eq!((counts.inserted, counts.skipped), (2, 1));
    }
}

#[tokio::test]
async fn what_cannot_be_an_item_is_told_by_its_place() {
    #[derive(Serialize)]
    struct Keyless {
        pk: &'static str,
        sk: Option<&'static str>,
    }
    for bench in benches().await {
        for sk in [None, Some("canary")] {
            let error = bench.cx.table::<App>().of::<Keyless>().put_all([Keyless { pk: "canary", sk }]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Encode);
            assert_eq!(
                error.to_string(),
                format!(
                    "item number 1 given to `put_all` for table `{}` has no `sk` of type N, which is part of the key",
                    bench.table
                )
            );
        }
        let error = bench.cx.table::<App>().of::<u64>().put_all([1]).await.unwrap_err();
        assert!(error.to_string().ends_with("cannot be written as `u64`: it is not a struct or a map"), "{error}");
        assert_eq!(bench.writes(), 0);
    }
}

#[tokio::test]
async fn a_lost_reply_inserts_once() {
    let lost = Arc::new(AtomicBool::new(false));
    let judge = move |call: &migrate_tests::seam::Call, _: &_, _: &str| {
        let first = call.operation == "BatchExecuteStatement" && !lost.swap(true, Ordering::Relaxed);
        if first { Verdict::LoseReply } else { Verdict::Pass }
    };
    for bench in benches_with(judge).await.into_iter().take(1) {
        let counts = bench.cx.table::<App>().of::<Region>().put_all([region(1, "a")]).await.unwrap();
        assert_eq!(counts.inserted + counts.unchanged, 1);
        assert_eq!(counts.existing, 0);
        assert_eq!(bench.only_item().await["name"], s("a"));
    }
}

/// What the caller brings is asked for by the page, not all before the first of it is written.
#[tokio::test]
async fn no_more_than_a_page_is_asked_for_before_it_is_written() {
    let (asked, at_first) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (asked.clone(), at_first.clone());
    let bench = embedded_with(move |call, _, _| {
        if call.operation == "BatchExecuteStatement" {
            let _ = seen.compare_exchange(0, counted.load(Ordering::SeqCst), Ordering::SeqCst, Ordering::SeqCst);
        }
        Verdict::Pass
    })
    .await;
    let regions = (0..1_200).map(move |number| {
        asked.fetch_add(1, Ordering::SeqCst);
        region(number, "r")
    });
    assert_eq!(bench.cx.table::<App>().of::<Region>().put_all(regions).await.unwrap().inserted, 1_200);
    assert_eq!(at_first.load(Ordering::SeqCst), 500);
    assert_eq!(bench.writes(), 48, "in batches of 25");
}
