//! Slow, late and busy: states between, answers that lag, refusals that are nobody's fault, and hands from outside.

use super::*;
use aws_sdk_dynamodb::types::{AttributeValue, StreamSpecification, StreamViewType, TableClass, Tag};
use migrate_tests::model::Fault;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

#[tokio::test]
async fn a_table_is_used_when_it_is_active() {
    let model = Model::with(Quirks { polls_creating: 2, polls_updating: 2, ..Quirks::default() });
    let client = model.once();
    create(&client).send().await.unwrap();
    let put = || client.put_item().table_name("tab").item("pk", AttributeValue::S("1".into())).send();
    refused(put().await, "ResourceNotFoundException", "not found");
    refused(update(&client).table_class(TableClass::Standard).send().await, IN_USE, "CREATING");
    assert_eq!((statuses(&client).await, statuses(&client).await), ("CREATING".to_owned(), "CREATING".to_owned()));
    assert_eq!(statuses(&client).await, "ACTIVE");
    put().await.unwrap();
    assert_eq!(model.violations().len(), 1);
    update(&client).deletion_protection_enabled(true).send().await.unwrap();
    refused(update(&client).deletion_protection_enabled(false).send().await, IN_USE, "UPDATING");
    put().await.unwrap();
    assert_eq!((statuses(&client).await, statuses(&client).await), ("UPDATING".to_owned(), "UPDATING".to_owned()));
    assert_eq!(statuses(&client).await, "ACTIVE");
}

#[tokio::test]
async fn descriptions_lag_as_often_as_one_likes() {
    let lag = BTreeMap::from([("DescribeTable".to_owned(), 2), ("ListTagsOfResource".to_owned(), 1)]);
    let model = Model::with(Quirks { lag, ..Quirks::instant() });
    let client = model.once();
    create(&client).send().await.unwrap();
    for _ in 0..2 {
        refused(client.describe_table().table_name("tab").send().await, "ResourceNotFoundException", "tab");
    }
    let arn = describe(&client).await.table_arn.unwrap();
    let listed = || async {
        let answer = client.list_tags_of_resource().resource_arn(&arn).send().await;
        answer.map(|answer| answer.tags().len())
    };
    refused(listed().await, "ResourceNotFoundException", "tab");
    client.tag_resource().resource_arn(&arn).tags(Tag::builder().key("k").value("v").build().unwrap()).send().await.unwrap();
    assert_eq!(listed().await.unwrap(), 0);
    assert_eq!(listed().await.unwrap(), 1);
    model.quirk(|quirks| quirks.lag.clear());
    update(&client).table_class(TableClass::StandardInfrequentAccess).send().await.unwrap();
    assert!(model.violations().is_empty());
}

#[tokio::test]
async fn first_tries_are_refused_for_no_fault() {
    let model = instant();
    let client = model.once();
    model.inject("CreateTable", 1, Fault::Busy);
    model.inject("UpdateTable", 2, Fault::InUse);
    model.inject("DescribeTable", 1, Fault::Throttled);
    refused(create(&client).send().await, LIMIT, "500 concurrent");
    create(&client).send().await.unwrap();
    let class = || update(&client).table_class(TableClass::StandardInfrequentAccess).send();
    refused(class().await, IN_USE, "in use");
    refused(class().await, IN_USE, "in use");
    class().await.unwrap();
    refused(client.describe_table().table_name("tab").send().await, "ThrottlingException", "Rate");
    describe(&client).await;
    assert!(model.violations().is_empty());
    let calls = model.changes();
    assert_eq!(calls.len(), 5);
    assert_eq!(calls[4], r#"UpdateTable {"TableClass":"STANDARD_INFREQUENT_ACCESS","TableName":"tab"}"#);
}

#[tokio::test]
async fn the_sdks_own_retries_are_one_mistake() {
    let model = instant();
    let client = model.client();
    create(&client).send().await.unwrap();
    let two = update(&client).set_attribute_definitions(pk_and(&["a", "b"]));
    let two = two.global_secondary_index_updates(add("by_a", "a")).global_secondary_index_updates(add("by_b", "b"));
    two.send().await.unwrap_err();
    assert!(model.changes().len() > 2, "the SDK tries again after LimitExceededException");
    assert_eq!(model.violations().len(), 1);
}

#[tokio::test]
async fn hands_from_outside_change_anything() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    model.edit(|state| {
        let table = state.tables.get_mut("tab").unwrap();
        table.description["VectorIndexes"] = json!([{ "IndexName": "near" }]);
        table.description["DisassociationProtectionEnabled"] = json!(true);
        table.description["NobodyKnowsThis"] = json!(7);
        table.tags.insert("aws:cloudformation:stack-name".to_owned(), "shop".to_owned());
    });
    update(&client).table_class(TableClass::StandardInfrequentAccess).send().await.unwrap();
    let described = describe(&client).await;
    assert_eq!(described.vector_indexes()[0].index_name(), Some("near"));
    let table = model.table("tab");
    assert_eq!(table["description"]["NobodyKnowsThis"], 7);
    assert_eq!(table["description"]["DisassociationProtectionEnabled"], true);
    assert_eq!(table["tags"]["aws:cloudformation:stack-name"], "shop");
    assert!(model.table("none").is_null());
}

#[tokio::test]
async fn counts_are_six_hours_old() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    client.put_item().table_name("tab").item("pk", AttributeValue::S("1".into())).send().await.unwrap();
    assert_eq!(describe(&client).await.item_count(), Some(0));
    model.clock().advance(Duration::from_secs(6 * 3600));
    assert_eq!(describe(&client).await.item_count(), Some(1));
}

#[tokio::test]
async fn items_survive_every_change_of_the_table() {
    let model = instant();
    let client = model.once();
    plain(&client).provisioned_throughput(units(1, 1)).send().await.unwrap();
    let item = || client.put_item().table_name("tab").item("pk", AttributeValue::S("1".into()));
    item().item("a", AttributeValue::S("x".into())).send().await.unwrap();
    let mut add_a = add("by_a", "a");
    add_a.create.as_mut().unwrap().provisioned_throughput = Some(units(1, 1));
    let call = update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add_a);
    call.send().await.unwrap();
    let on = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage).build().unwrap();
    update(&client).stream_specification(on.clone()).send().await.unwrap();
    update(&client)
        .stream_specification(StreamSpecification::builder().stream_enabled(false).build().unwrap())
        .send()
        .await
        .unwrap();
    update(&client).stream_specification(on).send().await.unwrap();
    update(&client).global_secondary_index_updates(remove("by_a")).send().await.unwrap();
    assert_eq!(client.scan().table_name("tab").send().await.unwrap().count(), 1);
    let statement = client.execute_statement().statement(r#"SELECT * FROM "tab""#).send().await.unwrap();
    assert_eq!(statement.items().len(), 1);
    client.delete_table().table_name("tab").send().await.unwrap();
    create(&client).send().await.unwrap();
    assert_eq!(client.scan().table_name("tab").send().await.unwrap().count(), 0);
    assert!(model.violations().is_empty(), "{:?}", model.violations());
}
