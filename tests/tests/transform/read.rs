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
