//! CreateTable.

use super::*;
use aws_sdk_dynamodb::types::{LocalSecondaryIndex, OnDemandThroughput, StreamSpecification, Tag, WarmThroughput};

fn local(name: &str, by: &str) -> LocalSecondaryIndex {
    let index = LocalSecondaryIndex::builder().index_name(name).key_schema(hash("pk")).key_schema(range(by));
    index.projection(all()).build().unwrap()
}

fn include(count: usize) -> Projection {
    let names = (0..count).map(|number| format!("n{number}")).collect();
    Projection::builder().projection_type(ProjectionType::Include).set_non_key_attributes(Some(names)).build()
}

#[tokio::test]
async fn a_table_has_a_name_once() {
    let model = instant();
    let client = model.once();
    for name in ["ab", "a b", "a/b:c", &"n".repeat(256)] {
        refused(create(&client).table_name(name).send().await, INVALID, "tableName");
    }
    assert_eq!(model.violations().len(), 4);
    model.forget();
    create(&client).table_name("a_.-").send().await.unwrap();
    refused(create(&client).table_name("a_.-").send().await, IN_USE, "already exists");
    assert!(model.violations().is_empty(), "somebody else may have been faster");
}

#[tokio::test]
async fn definitions_are_exactly_the_keys() {
    let model = instant();
    let client = model.once();
    let extra = attribute("more");
    refused(create(&client).attribute_definitions(extra.clone()).send().await, INVALID, "not used");
    refused(create(&client).key_schema(range("sk")).send().await, INVALID, "not defined");
    refused(create(&client).attribute_definitions(attribute("pk")).send().await, INVALID, "Duplicate");
    refused(create(&client).key_schema(hash("more")).attribute_definitions(extra.clone()).send().await, INVALID, "KeySchema");
    refused(create(&client).key_schema(range("pk")).send().await, INVALID, "same name");
    create(&client).key_schema(range("more")).attribute_definitions(extra).send().await.unwrap();
}

#[tokio::test]
async fn members_are_of_their_kinds() {
    let model = instant();
    let client = model.once();
    let class = aws_sdk_dynamodb::types::TableClass::from("GLACIER");
    refused(create(&client).table_class(class).send().await, INVALID, "enum value set");
    refused(plain(&client).billing_mode("FREE".into()).send().await, INVALID, "enum value set");
    let boolean = plain(&client).set_attribute_definitions(Some(vec![typed("pk", "BOOL".into())]));
    refused(boolean.billing_mode(BillingMode::PayPerRequest).send().await, INVALID, "enum value set");
    let long = "n".repeat(256);
    let long = client.create_table().table_name("tab").attribute_definitions(attribute(&long)).key_schema(hash(&long));
    refused(long.billing_mode(BillingMode::PayPerRequest).send().await, INVALID, "1 to 255 bytes");
    let standard = aws_sdk_dynamodb::types::TableClass::Standard;
    create(&client).table_class(standard).send().await.unwrap();
}

#[tokio::test]
async fn indexes_have_limits() {
    let model = instant();
    let client = model.once();
    let sorted = |names: &[&str]| {
        let mut call = create(&client).key_schema(range("sk")).attribute_definitions(attribute("sk"));
        for name in names {
            call = call.attribute_definitions(attribute(name)).local_secondary_indexes(local(&format!("by_{name}"), name));
        }
        call
    };
    refused(create(&client).local_secondary_indexes(local("abc", "pk")).send().await, INVALID, "range key");
    let mut other_hash = local("by_a", "a");
    other_hash.key_schema = vec![hash("sk"), range("a")];
    let other_hash = sorted(&[]).attribute_definitions(attribute("a")).local_secondary_indexes(other_hash);
    refused(other_hash.send().await, INVALID, "the table's hash key");
    refused(sorted(&["a", "b", "c", "d", "e", "f"]).send().await, INVALID, "limit of 5");
    let globals = |count| {
        (0..count).fold(create(&client).attribute_definitions(attribute("a")), |call, number| {
            call.global_secondary_indexes(global(&format!("by_{number}"), "a"))
        })
    };
    refused(globals(21).send().await, LIMIT, "limit of 20");
    assert_eq!(model.violations().len(), 4, "{:?}", model.violations());
    refused(globals(1).global_secondary_indexes(global("by_0", "a")).send().await, INVALID, "Duplicate index");
    globals(20).table_name("globals").send().await.unwrap();
    sorted(&["a", "b", "c", "d", "e"]).table_name("locals").send().await.unwrap();
}

#[tokio::test]
async fn keys_of_indexes_have_up_to_four_and_four_attributes() {
    let model = instant();
    let client = model.once();
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let wide = |hashes: usize, ranges: usize| {
        let mut index = GlobalSecondaryIndex::builder().index_name("wide").projection(all());
        let mut call = create(&client);
        for (number, name) in names.iter().take(hashes + ranges).enumerate() {
            index = index.key_schema(if number < hashes { hash(name) } else { range(name) });
            call = call.attribute_definitions(attribute(name));
        }
        call.global_secondary_indexes(index.build().unwrap())
    };
    refused(wide(5, 4).send().await, INVALID, "KeySchema");
    refused(wide(4, 5).send().await, INVALID, "KeySchema");
    wide(4, 4).send().await.unwrap();
}

#[tokio::test]
async fn included_attributes_are_counted() {
    let model = instant();
    let client = model.once();
    let call = |counts: &[usize]| {
        counts.iter().enumerate().fold(create(&client).attribute_definitions(attribute("a")), |call, (number, count)| {
            let mut index = global(&format!("by_{number}"), "a");
            index.projection = Some(include(*count));
            call.global_secondary_indexes(index)
        })
    };
    refused(call(&[21]).send().await, INVALID, "nonKeyAttributes");
    refused(call(&[0]).send().await, INVALID, "nonKeyAttributes");
    let mut all_and_more = global("by_a", "a");
    all_and_more.projection.as_mut().unwrap().non_key_attributes = Some(vec!["n".to_owned()]);
    let all_and_more = create(&client).attribute_definitions(attribute("a")).global_secondary_indexes(all_and_more);
    refused(all_and_more.send().await, INVALID, "NonKeyAttributes is specified");
    refused(call(&[20, 20, 20, 20, 20, 1]).send().await, INVALID, "exceeds the limit of 100");
    call(&[20, 20, 20, 20, 20]).send().await.unwrap();
}

#[tokio::test]
async fn capacity_fits_the_billing_mode() {
    let model = instant();
    let client = model.once();
    refused(plain(&client).send().await, INVALID, "must both be specified");
    refused(plain(&client).provisioned_throughput(units(0, 1)).send().await, INVALID, "equal to 1");
    refused(create(&client).provisioned_throughput(units(1, 1)).send().await, INVALID, "PAY_PER_REQUEST");
    let ceiling = |units| OnDemandThroughput::builder().max_read_request_units(units).build();
    let provisioned = || plain(&client).provisioned_throughput(units(5, 4));
    refused(provisioned().on_demand_throughput(ceiling(5)).send().await, INVALID, "PAY_PER_REQUEST");
    refused(create(&client).on_demand_throughput(ceiling(0)).send().await, INVALID, "valid range");
    let warm = |read| WarmThroughput::builder().read_units_per_second(read).build();
    refused(create(&client).warm_throughput(warm(11_999)).send().await, INVALID, "lower");
    let by_a = global("by_a", "a");
    let index_without = provisioned().attribute_definitions(attribute("a")).global_secondary_indexes(by_a);
    refused(index_without.send().await, INVALID, "by_a");

    provisioned().send().await.unwrap();
    let table = describe(&client).await;
    assert!(table.billing_mode_summary().is_none(), "absent: provisioned");
    assert_eq!(table.provisioned_throughput().unwrap().read_capacity_units(), Some(5));
    let other = create(&client).table_name("other").on_demand_throughput(ceiling(1)).warm_throughput(warm(12_001));
    let table = other.send().await.unwrap().table_description.unwrap();
    assert_eq!(table.billing_mode_summary().unwrap().billing_mode(), Some(&BillingMode::PayPerRequest));
    assert_eq!(table.provisioned_throughput().unwrap().read_capacity_units(), Some(0), "a placeholder");
    assert_eq!(table.on_demand_throughput().unwrap().max_read_request_units(), Some(1));
    assert_eq!(table.warm_throughput().unwrap().read_units_per_second(), Some(12_001));
}

#[tokio::test]
async fn streams_tags_and_policies_may_come_along() {
    let model = instant();
    let client = model.once();
    let on = StreamSpecification::builder().stream_enabled(true).build().unwrap();
    refused(create(&client).stream_specification(on.clone()).send().await, INVALID, "UpdateViewType is required");
    let tag = |key: &str| Tag::builder().key(key).value("v").build().unwrap();
    refused(create(&client).tags(tag("aws:x")).send().await, INVALID, "reserved");
    refused(create(&client).resource_policy("{}").send().await, INVALID, "policy");
    let view = aws_sdk_dynamodb::types::StreamViewType::NewImage;
    let on = StreamSpecification::builder().stream_enabled(true).stream_view_type(view).build().unwrap();
    let call = create(&client).tags(tag("x")).resource_policy(r#"{"Statement":[]}"#).stream_specification(on);
    call.send().await.unwrap();
    let table = model.table("tab");
    assert_eq!(table["tags"]["x"], "v");
    assert_eq!(table["policy"]["Policy"], r#"{"Statement":[]}"#);
    assert!(describe(&client).await.latest_stream_arn().is_some());
}
