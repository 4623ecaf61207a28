//! Billing mode, throughput, ceilings and warmth.

use super::*;
use aws_sdk_dynamodb::types::{OnDemandThroughput, WarmThroughput};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn provisioned(client: &Client, read: i64, write: i64) -> UpdateTableFluentBuilder {
    update(client).provisioned_throughput(units(read, write))
}

#[tokio::test]
async fn the_same_throughput_is_refused() {
    let model = instant();
    let client = model.once();
    plain(&client).provisioned_throughput(units(5, 5)).send().await.unwrap();
    refused(provisioned(&client, 5, 5).send().await, INVALID, "will not change");
    refused(provisioned(&client, 0, 5).send().await, INVALID, "equal to 1");
    assert_eq!(model.violations().len(), 2);
    provisioned(&client, 5, 6).send().await.unwrap();
    assert_eq!(model.violations().len(), 2);
    assert_eq!(describe(&client).await.warm_throughput().unwrap().write_units_per_second(), Some(6), "raised by itself");
}

#[tokio::test]
async fn throughput_goes_down_four_times_then_hourly_27_times_a_day() {
    let model = instant();
    let client = model.once();
    plain(&client).provisioned_throughput(units(100, 100)).send().await.unwrap();
    for read in [99, 98, 97, 96] {
        provisioned(&client, read, 100).send().await.unwrap();
    }
    refused(provisioned(&client, 95, 100).send().await, LIMIT, "decreases today: 4");
    provisioned(&client, 97, 100).send().await.unwrap();
    let described = describe(&client).await.provisioned_throughput.unwrap();
    assert_eq!(described.number_of_decreases_today(), Some(4));
    assert_eq!(described.last_decrease_date_time().unwrap().secs(), 1_767_225_600);
    model.clock().advance(HOUR);
    provisioned(&client, 96, 100).send().await.unwrap();
    refused(provisioned(&client, 95, 100).send().await, LIMIT, "decreases today: 5");
    for read in (74..96).rev() {
        model.clock().advance(HOUR);
        provisioned(&client, read, 100).send().await.unwrap();
    }
    // 23 h passed: 27 decreases are not only the limit, but all that fit into a day.
    assert_eq!(describe(&client).await.provisioned_throughput.unwrap().number_of_decreases_today(), Some(27));
    model.clock().advance(HOUR);
    assert_eq!(describe(&client).await.provisioned_throughput.unwrap().number_of_decreases_today(), Some(0));
    for read in [70, 69, 68, 67] {
        provisioned(&client, read, 100).send().await.unwrap();
    }
    assert!(model.violations().is_empty(), "{:?}", model.violations());
}

#[tokio::test]
async fn an_index_counts_its_decreases_alone() {
    let model = instant();
    let client = model.once();
    let mut by_a = global("by_a", "a");
    by_a.provisioned_throughput = Some(units(50, 50));
    let call = plain(&client).provisioned_throughput(units(50, 50)).attribute_definitions(attribute("a"));
    call.global_secondary_indexes(by_a).send().await.unwrap();
    for read in [49, 48, 47, 46] {
        provisioned(&client, read, 50).send().await.unwrap();
    }
    let index = |read| update(&client).global_secondary_index_updates(provision("by_a", read, 50));
    refused(index(50).send().await, INVALID, "index: by_a will not change");
    for read in [49, 48, 47, 46] {
        index(read).send().await.unwrap();
    }
    refused(index(45).send().await, LIMIT, "decreases");
}

#[tokio::test]
async fn to_provisioned_carries_every_index() {
    let model = instant();
    let client = model.once();
    let ceiling = OnDemandThroughput::builder().max_read_request_units(9).build();
    let mut by_a = global("by_a", "a");
    by_a.on_demand_throughput = Some(ceiling.clone());
    let call = create(&client).attribute_definitions(attribute("a")).global_secondary_indexes(by_a);
    call.on_demand_throughput(ceiling).send().await.unwrap();
    let switch = || update(&client).billing_mode(BillingMode::Provisioned);
    refused(switch().send().await, INVALID, "must both be specified");
    refused(switch().provisioned_throughput(units(1, 1)).send().await, INVALID, "index: by_a");
    refused(provisioned(&client, 1, 1).send().await, INVALID, "PAY_PER_REQUEST");
    let whole = switch().provisioned_throughput(units(1, 1)).global_secondary_index_updates(provision("by_a", 2, 2));
    whole.send().await.unwrap();
    let table = describe(&client).await;
    assert_eq!(table.billing_mode_summary().unwrap().billing_mode(), Some(&BillingMode::Provisioned));
    assert!(table.on_demand_throughput().is_none());
    let index = &table.global_secondary_indexes()[0];
    assert!(index.on_demand_throughput().is_none());
    assert_eq!(index.provisioned_throughput().unwrap().read_capacity_units(), Some(2));
    let ceiling = OnDemandThroughput::builder().max_read_request_units(9).build();
    refused(update(&client).on_demand_throughput(ceiling.clone()).send().await, INVALID, "needs the BillingMode");
    let of_index = UpdateGlobalSecondaryIndexAction::builder().index_name("by_a").on_demand_throughput(ceiling).build().unwrap();
    let of_index = GlobalSecondaryIndexUpdate::builder().update(of_index).build();
    refused(update(&client).global_secondary_index_updates(of_index).send().await, INVALID, "needs the BillingMode");
    update(&client).billing_mode(BillingMode::PayPerRequest).send().await.unwrap();
    let of_index = update(&client).global_secondary_index_updates(provision("by_a", 3, 3));
    refused(of_index.send().await, INVALID, "index: by_a when BillingMode is PAY_PER_REQUEST");
}

#[tokio::test]
async fn to_on_demand_four_times_a_day() {
    let model = instant();
    let client = model.once();
    plain(&client).provisioned_throughput(units(1, 1)).send().await.unwrap();
    let there = || update(&client).billing_mode(BillingMode::PayPerRequest);
    let back = || update(&client).billing_mode(BillingMode::Provisioned).provisioned_throughput(units(1, 1));
    refused(there().provisioned_throughput(units(1, 1)).send().await, INVALID, "PAY_PER_REQUEST");
    model.forget();
    for _ in 0..4 {
        there().send().await.unwrap();
        assert_eq!(describe(&client).await.provisioned_throughput.unwrap().read_capacity_units(), Some(0));
        back().send().await.unwrap();
        model.clock().advance(HOUR);
    }
    refused(there().send().await, LIMIT, "Next update can be made at 2026-01-02T00:00:00Z");
    model.clock().advance(20 * HOUR);
    there().send().await.unwrap();
    assert!(model.violations().is_empty(), "{:?}", model.violations());
    there().send().await.unwrap();
    assert!(model.violations()[0].contains("changes nothing"), "taken, and noted");
}

#[tokio::test]
async fn ceilings_are_positive_or_none() {
    let model = instant();
    let client = model.once();
    create(&client).attribute_definitions(attribute("a")).global_secondary_indexes(global("by_a", "a")).send().await.unwrap();
    let ceiling =
        |units| update(&client).on_demand_throughput(OnDemandThroughput::builder().max_read_request_units(units).build());
    refused(ceiling(0).send().await, INVALID, "valid range");
    refused(ceiling(-2).send().await, INVALID, "valid range");
    refused(ceiling(5).table_class(aws_sdk_dynamodb::types::TableClass::Standard).send().await, INVALID, "only operation");
    let warm = WarmThroughput::builder().read_units_per_second(20_000).build();
    refused(ceiling(5).warm_throughput(warm).send().await, INVALID, "only be combined");
    ceiling(5).send().await.unwrap();
    assert_eq!(describe(&client).await.on_demand_throughput.unwrap().max_read_request_units(), Some(5));
    ceiling(-1).send().await.unwrap();
    assert!(describe(&client).await.on_demand_throughput.is_none());
    model.quirk(|quirks| quirks.shows_no_ceiling = true);
    ceiling(-1).send().await.unwrap();
    assert_eq!(describe(&client).await.on_demand_throughput.unwrap().max_read_request_units(), Some(-1));

    let index = |units| {
        let action = UpdateGlobalSecondaryIndexAction::builder().index_name("by_a");
        let action = action.on_demand_throughput(OnDemandThroughput::builder().max_write_request_units(units).build());
        update(&client)
            .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().update(action.build().unwrap()).build())
    };
    refused(index(0).send().await, INVALID, "index by_a");
    index(7).send().await.unwrap();
    let described = describe(&client).await;
    assert_eq!(described.global_secondary_indexes()[0].on_demand_throughput().unwrap().max_write_request_units(), Some(7));
}

#[tokio::test]
async fn warmth_only_rises() {
    let model = Model::new();
    let client = model.once();
    create(&client).attribute_definitions(attribute("a")).global_secondary_indexes(global("by_a", "a")).send().await.unwrap();
    while statuses(&client).await != "ACTIVE ACTIVE" {}
    let warm = |read| WarmThroughput::builder().read_units_per_second(read).build();
    let table = |read| update(&client).warm_throughput(warm(read));
    refused(table(11_000).send().await, INVALID, "lower");
    refused(table(12_000).send().await, INVALID, "equals");
    table(13_000).send().await.unwrap();
    assert_eq!(describe(&client).await.warm_throughput.unwrap().status().unwrap().as_str(), "UPDATING");
    assert_eq!(describe(&client).await.warm_throughput.unwrap().status().unwrap().as_str(), "ACTIVE");
    let index = |read| {
        let action = UpdateGlobalSecondaryIndexAction::builder().index_name("by_a").warm_throughput(warm(read));
        update(&client)
            .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().update(action.build().unwrap()).build())
    };
    refused(index(11_000).send().await, INVALID, "index by_a");
    index(14_000).send().await.unwrap();
    assert_eq!(statuses(&client).await, "UPDATING UPDATING");
    let described = describe(&client).await;
    assert_eq!(described.global_secondary_indexes()[0].warm_throughput().unwrap().read_units_per_second(), Some(14_000));
}
