//! Pages, segments and what a description shows.

use std::collections::BTreeSet;

use migrate_tests::engine::TestEngine;
use migrate_tests::simulated::{Simulated, SimulatedTable};

use super::{attribute, create, n, s};

#[tokio::test]
async fn every_item_lies_on_one_page_of_one_segment() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let simulated = Simulated::over(&engine.client()).table(SimulatedTable::new(&table)).start();
    let client = simulated.client();
    create(&client, &table, true).await;
    // Many sort keys below one partition key, and many partition keys.
    let few = (0..60).map(|sk| format!(r#"{{"pk":{{"S":"one"}},"sk":{{"N":"{sk}"}}}}"#));
    let many = (0..300).map(|pk| format!(r#"{{"pk":{{"S":"{pk}"}},"sk":{{"N":"0"}},"even":{{"N":"{}"}}}}"#, pk % 2));
    simulated.fill(&table, few.chain(many)).await;
    for (segments, limit) in [(1, 7), (1, 1000), (3, 4), (8, 40), (40, 5), (200, 2)] {
        let (mut seen, mut of_one) = (BTreeSet::new(), BTreeSet::new());
        for segment in 0..segments {
            let mut after = None;
            loop {
                let scan = client.scan().table_name(&table).segment(segment).total_segments(segments).limit(limit);
                let page = scan.set_exclusive_start_key(after).send().await.unwrap();
                assert!(page.count <= limit);
                for item in page.items() {
                    assert!(seen.insert(format!("{:?}{:?}", item["pk"], item["sk"])), "{segments} {limit}: twice");
                    if item["pk"] == attribute(&s("one")) {
                        of_one.insert(segment);
                    }
                }
                after = page.last_evaluated_key;
                if after.is_none() {
                    break;
                }
            }
        }
        assert_eq!((seen.len(), of_one.len()), (360, 1), "{segments} {limit}");
    }
}

#[tokio::test]
async fn a_page_ends_at_its_limit_or_at_a_megabyte_before_it_is_filtered() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let simulated = Simulated::over(&engine.client()).table(SimulatedTable::new(&table)).start();
    let client = simulated.client();
    create(&client, &table, false).await;
    let padding = "x".repeat(10_000 - 6);
    simulated.fill(&table, (0..300).map(|pk| format!(r#"{{"pk":{{"S":"{pk:03}"}},"v":{{"S":"{padding}"}}}}"#))).await;
    let all = client.scan().table_name(&table).consistent_read(true);
    let page = all.clone().return_consumed_capacity("TOTAL".into()).send().await.unwrap();
    assert_eq!(page.count, 105, "as many as make a megabyte");
    let units = page.consumed_capacity.unwrap().capacity_units.unwrap();
    assert_eq!(units, f64::from((105 * 10_000_u32).div_ceil(4096)));
    let filtered = all.filter_expression("pk = :one").expression_attribute_values(":one", attribute(&s("000")));
    let page = filtered.clone().limit(50).send().await.unwrap();
    assert_eq!(page.scanned_count, 50);
    assert!(page.last_evaluated_key.is_some());
    let mut pages = filtered.into_paginator().items().send();
    assert_eq!(pages.next().await.unwrap().unwrap()["pk"], attribute(&s("000")));
    assert!(pages.next().await.is_none());
    // The last item is met by the limit itself: where it ends is only known a page later.
    let page = client.scan().table_name(&table).limit(300).filter_expression("attribute_not_exists(v)");
    assert_eq!(page.send().await.unwrap().count, 0);
}

#[tokio::test]
async fn a_table_shows_what_it_was_told() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let other = engine.table("other");
    let setup =
        SimulatedTable::new(&table).provisioned(3000.0, 1000.0).shows_items(1_000_000).shows_warm_throughput(12_000, 4000);
    let simulated = Simulated::over(&engine.client()).table(setup).start();
    let client = simulated.client();
    for name in [&table, &other] {
        create(&client, name, false).await;
        client.put_item().table_name(name).item("pk", attribute(&s("a"))).item("n", attribute(&n(1))).send().await.unwrap();
    }
    let shown = client.describe_table().table_name(&table).send().await.unwrap().table.unwrap();
    assert_eq!((shown.item_count, shown.table_size_bytes), (Some(1_000_000), Some(6)));
    assert_eq!(shown.billing_mode_summary().unwrap().billing_mode().unwrap().as_str(), "PROVISIONED");
    let units = shown.provisioned_throughput().unwrap();
    assert_eq!((units.read_capacity_units, units.write_capacity_units), (Some(3000), Some(1000)));
    let warm = shown.warm_throughput().unwrap();
    assert_eq!((warm.read_units_per_second, warm.write_units_per_second), (Some(12_000), Some(4000)));
    let shown = client.describe_table().table_name(&other).send().await.unwrap().table.unwrap();
    assert_eq!(shown.item_count, Some(1), "a table that is not simulated");
    // The items are in the simulation and not below it, and go with the table.
    let below = |name: &str| engine.client().scan().table_name(name).send();
    assert_eq!((below(&table).await.unwrap().count, below(&other).await.unwrap().count), (0, 1));
    client.delete_table().table_name(&table).send().await.unwrap();
    assert!(simulated.is_empty(&table));
    assert!(client.scan().table_name(&table).send().await.unwrap_err().into_service_error().is_resource_not_found_exception());
}
