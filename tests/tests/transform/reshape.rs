use migrate_core::ErrorKind;
use serde::{Deserialize, Serialize};

use super::bench::{App, benches, item, n, s, ss};

#[derive(Serialize, Deserialize)]
struct Old {
    pk: String,
    place: String,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct New {
    region: String,
    distance: Option<u64>,
    note: Option<String>,
}

fn split(old: Old) -> migrate_core::Result<New> {
    let (distance, region) = old.place.split_once(" km of ").ok_or_else(|| migrate_core::Failure::msg("no distance"))?;
    Ok(New { region: region.to_owned(), distance: Some(distance.parse()?), note: old.note })
}

#[tokio::test]
async fn attributes_move_and_the_rest_survives() {
    for bench in benches().await {
        bench
            .put([
                item([("place", s("5 km of Alaska")), ("more", ss(&["b", "a"])), ("note", s("n"))]),
                item([("region", s("Hawaii"))]),
                item([("place", s("7 km of Chile")), ("region", s("old"))]),
            ])
            .await;
        let more = bench.items().await[&1]["more"].clone();
        let transform = || bench.cx.table::<App>().of::<New>().try_transform::<Old>(split);
        let counts = transform().await.unwrap();
        assert_eq!((counts.scanned, counts.changed, counts.unchanged), (3, 2, 1));
        let items = bench.items().await;
        assert_eq!(items[&1], item([("region", s("Alaska")), ("distance", n("5")), ("more", more), ("note", s("n"))]));
        assert_eq!(items[&2], item([("region", s("Hawaii"))]));
        assert_eq!(items[&3], item([("region", s("Chile")), ("distance", n("7"))]));

        let writes = bench.writes();
        let again = transform().await.unwrap();
        assert_eq!((again.changed, again.unchanged), (0, 3));
        assert_eq!(bench.writes(), writes, "a rerun writes nothing");
    }
}

#[tokio::test]
async fn an_item_of_neither_type_is_told() {
    for bench in benches().await {
        bench.put([item([("place", n("4444")), ("region", n("4444"))])]).await;
        let error = bench.cx.table::<App>().of::<New>().try_transform::<Old>(split).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(
            error.to_string(),
            format!(
                "item (\"item\", 1) of table `{}` fits neither `Old` (`place` is N, expected a string) nor `New` (`region` is N, \
                 expected a string)",
                bench.table
            )
        );
    }
}

#[tokio::test]
async fn types_that_cannot_be_told_apart_are_found_before_they_harm() {
    #[derive(Serialize, Deserialize)]
    struct Euros {
        price: f64,
    }
    #[derive(Serialize, Deserialize)]
    struct Cents {
        price: u64,
    }
    for bench in benches().await {
        bench.put([item([("price", n("1"))])]).await;
        let cents = bench.cx.table::<App>().of::<Cents>();
        let error = cents.transform::<Euros>(|old| Cents { price: (old.price * 100.0) as u64 }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotRepeatable);
        assert_eq!(bench.writes(), 0);
    }
}

#[tokio::test]
async fn futures_of_all_verbs_may_be_sent() {
    fn sent<F: Future + Send>(_: F) {}
    for bench in benches().await {
        let table = || bench.cx.table::<App>().of::<New>().only(|_| true);
        sent(table().update(|_| ()));
        sent(table().try_update(|_| Ok(())));
        sent(table().try_transform::<Old>(split));
        sent(table().put_all(Vec::new()));
        sent(bench.cx.items::<App>().only(|_| true).try_update(|_| Ok(())));
        sent(bench.cx.items::<App>().put_all(Vec::<migrate_core::transform::Item>::new()));
        let boxed: std::pin::Pin<Box<dyn Future<Output = migrate_core::Result> + Send + '_>> = Box::pin(async {
            let suffix = String::from("x");
            bench.cx.table::<App>().of::<New>().update(|item| item.region.push_str(&suffix)).await?;
            bench.cx.table::<App>().of::<New>().put_all(std::iter::empty()).await?;
            Ok(())
        });
        boxed.await.unwrap();
    }
}
