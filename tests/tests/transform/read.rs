//! Reading: every item once, nothing written, what does not fit is named.

use migrate_core::{ErrorKind, Failure};
use serde::Deserialize;

use super::bench::{App, benches, item, n, s};

#[derive(Deserialize)]
struct Total {
    cents: u64,
}

#[tokio::test]
async fn every_item_is_given_once_and_nothing_is_written() {
    for bench in benches().await {
        bench.put([item([("cents", n("3"))]), item([("cents", n("4"))]), item([("cents", n("5"))])]).await;
        let writes = bench.writes();
        let mut sum = 0;
        let orders = bench.cx.table::<App>().of::<Total>().only(|key| key.sort().is_some_and(|sort| sort.to_string() != "2"));
        let counts = orders
            .for_each(|order| {
                sum += order.cents;
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!((sum, counts.scanned, counts.skipped, counts.unchanged), (8, 3, 1, 0));
        assert_eq!(bench.writes(), writes);
    }
}

#[tokio::test]
async fn what_does_not_fit_and_what_fails_is_named() {
    for bench in benches().await {
        bench.put([item([("cents", s("free"))])]).await;
        let read = || bench.cx.table::<App>().of::<Total>();
        let error = read().for_each(|_| Ok(())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("(\"item\", 1)") && error.to_string().contains("`cents`"), "{error}");
        assert!(!error.to_string().contains("free"), "no value is told: {error}");

        bench.put([item([("cents", n("1"))])]).await;
        let error = read().for_each(|_| Err(Failure::msg("enough"))).await.unwrap_err();
        assert!(format!("{error:?}").contains("enough") && error.to_string().contains("(\"item\", 1)"), "{error:?}");
    }
}

#[tokio::test]
async fn verify_passes_or_names_those_that_do_not() {
    for bench in benches().await {
        bench.fill(30, |number| item([("cents", n(&number.to_string()))])).await;
        let table = || bench.cx.table::<App>().of::<Total>();
        let counts = table().verify(|total| total.cents > 0).await.unwrap();
        assert_eq!((counts.scanned, counts.unchanged, bench.writes()), (30, 0, 0));

        let error = table().verify(|total| total.cents % 15 != 0).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unverified);
        let text = error.to_string();
        assert!(text.starts_with(&format!("2 of 30 items of table `{}`", bench.table)), "{text}");
        assert!(text.contains("(\"item\", 15)") && text.contains("(\"item\", 30)") && !text.contains('…'), "{text}");

        // Raw, and of many only some are named.
        let error = bench.cx.items::<App>().only(|key| key.sort().is_some_and(|sort| sort.to_string() != "1")).verify(|_| false);
        let text = error.await.unwrap_err().to_string();
        assert!(text.starts_with("29 of 30 items") && text.ends_with(", …"), "{text}");

        // One that is not even of the type does not pass.
        bench.put([item([("cents", s("free"))])]).await;
        let text = table().verify(|_| true).await.unwrap_err().to_string();
        assert!(text.contains("1 of 30 items") && text.contains("(\"item\", 1)") && !text.contains("free"), "{text}");
        assert_eq!(bench.writes(), 0);
    }
}

#[tokio::test]
async fn raw_items_are_given_whole() {
    for bench in benches().await {
        bench.fill(30, |number| item([("cents", n(&number.to_string())), ("more", s(""))])).await;
        let mut seen = std::collections::BTreeMap::new();
        let counts = bench.cx.items::<App>().for_each(|mut item| {
            item.remove("pk");
            let number: u64 = item.remove("sk").unwrap().as_n().unwrap().parse()?;
            assert!(seen.insert(number, std::collections::HashMap::from(item)).is_none(), "once");
            Ok(())
        });
        assert_eq!(counts.await.unwrap().scanned, 30);
        assert_eq!((seen, bench.writes()), (bench.items().await, 0));
    }
}
