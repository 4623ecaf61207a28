//! Global indexes of a live table.

use super::*;

#[tokio::test]
async fn one_index_per_call_and_per_table() {
    let model = Model::new();
    let client = model.once();
    create(&client).send().await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    let two = update(&client).set_attribute_definitions(pk_and(&["a", "b"]));
    let two = two.global_secondary_index_updates(add("by_a", "a")).global_secondary_index_updates(add("by_b", "b"));
    refused(two.send().await, LIMIT, "simultaneously");
    let add_a = || update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("by_a", "a"));
    let add_b =
        || update(&client).set_attribute_definitions(pk_and(&["a", "b"])).global_secondary_index_updates(add("by_b", "b"));
    add_a().send().await.unwrap();
    refused(add_b().send().await, IN_USE, "UPDATING");
    assert_eq!(statuses(&client).await, "UPDATING CREATING");
    assert_eq!(statuses(&client).await, "ACTIVE CREATING+");
    assert_eq!(model.violations().len(), 2, "{:?}", model.violations());
    model.forget();
    assert_eq!(statuses(&client).await, "ACTIVE ACTIVE");
    add_b().send().await.unwrap();
    assert!(model.violations().is_empty());
}

#[tokio::test]
async fn a_backfilling_index_blocks_others_and_may_be_deleted() {
    let model = Model::with(Quirks { polls_index_creating: 3, polls_index_backfilling: 9, ..Quirks::default() });
    let client = model.once();
    create(&client).send().await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    let add_a = update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("by_a", "a"));
    add_a.send().await.unwrap();
    statuses(&client).await;
    assert_eq!(statuses(&client).await, "ACTIVE CREATING", "the table is active before its index backfills");
    let drop_a = || update(&client).global_secondary_index_updates(remove("by_a"));
    refused(drop_a().send().await, IN_USE, "index is created");
    refused(client.delete_table().table_name("tab").send().await, IN_USE, "Index");
    let provision = update(&client).billing_mode(BillingMode::Provisioned).provisioned_throughput(units(1, 1));
    refused(provision.send().await, IN_USE, "index is created");
    while statuses(&client).await != "ACTIVE CREATING+" {}
    let add_b = update(&client).set_attribute_definitions(pk_and(&["a", "b"])).global_secondary_index_updates(add("by_b", "b"));
    refused(add_b.send().await, LIMIT, "simultaneously");
    let ceiling = aws_sdk_dynamodb::types::OnDemandThroughput::builder().max_read_request_units(5).build();
    let action = UpdateGlobalSecondaryIndexAction::builder().index_name("by_a").on_demand_throughput(ceiling).build().unwrap();
    let change_a = GlobalSecondaryIndexUpdate::builder().update(action).build();
    refused(update(&client).global_secondary_index_updates(change_a).send().await, IN_USE, "Index is CREATING");
    assert_eq!(model.violations().len(), 5);
    drop_a().send().await.unwrap();
    assert_eq!(statuses(&client).await, "UPDATING DELETING");
    assert_eq!(statuses(&client).await, "ACTIVE");
    assert_eq!(describe(&client).await.attribute_definitions().len(), 1);
}

#[tokio::test]
async fn definitions_are_sent_whole() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let add_a = || update(&client).global_secondary_index_updates(add("by_a", "a"));
    refused(add_a().send().await, INVALID, "AttributeDefinitions must be given");
    refused(add_a().attribute_definitions(attribute("a")).send().await, INVALID, "not defined");
    refused(add_a().set_attribute_definitions(pk_and(&["a", "b"])).send().await, INVALID, "not used");
    let other_type = vec![typed("pk", ScalarAttributeType::N), attribute("a")];
    refused(add_a().set_attribute_definitions(Some(other_type)).send().await, INVALID, "another type");
    add_a().set_attribute_definitions(pk_and(&["a"])).send().await.unwrap();
    let provision = || update(&client).billing_mode(BillingMode::Provisioned).provisioned_throughput(units(1, 1));
    let provision = || provision().global_secondary_index_updates(super::provision("by_a", 1, 1));
    refused(provision().set_attribute_definitions(pk_and(&[])).send().await, INVALID, "those in use");
    refused(provision().set_attribute_definitions(pk_and(&["a", "b"])).send().await, INVALID, "not used");
    provision().set_attribute_definitions(pk_and(&["a"])).send().await.unwrap();
}

#[tokio::test]
async fn an_index_is_new_on_creation_and_there_on_deletion() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let add_a = || update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("by_a", "a"));
    refused(update(&client).global_secondary_index_updates(remove("by_a")).send().await, "ResourceNotFoundException", "by_a");
    add_a().send().await.unwrap();
    refused(add_a().send().await, INVALID, "already exists");
    let both = add_a().global_secondary_index_updates(remove("by_a"));
    refused(both.send().await, INVALID, "one action per index");
    let mut mixed = remove("by_a");
    mixed.create = add("by_a", "a").create;
    let mixed = update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(mixed);
    refused(mixed.send().await, INVALID, "Only one global");
    update(&client).global_secondary_index_updates(remove("by_a")).send().await.unwrap();
    assert_eq!(statuses(&client).await, "ACTIVE");
}

#[tokio::test]
async fn the_twenty_first_index_is_refused() {
    let model = instant();
    let client = model.once();
    let many = (0..20).fold(create(&client).attribute_definitions(attribute("a")), |call, number| {
        call.global_secondary_indexes(global(&format!("by_{number}"), "a"))
    });
    many.send().await.unwrap();
    let one_more = || update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("more", "a"));
    refused(one_more().send().await, LIMIT, "limit of 20");
    update(&client).global_secondary_index_updates(remove("by_0")).send().await.unwrap();
    one_more().send().await.unwrap();
}

#[tokio::test]
async fn an_index_is_read_when_it_is_active() {
    use aws_sdk_dynamodb::types::AttributeValue;
    let model = Model::with(Quirks { polls_index_creating: 1, polls_index_backfilling: 1, ..Quirks::default() });
    let client = model.once();
    create(&client).send().await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    let s = |text: &str| AttributeValue::S(text.to_owned());
    client.put_item().table_name("tab").item("pk", s("1")).item("a", s("x")).send().await.unwrap();
    let add_a = update(&client).set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("by_a", "a"));
    add_a.send().await.unwrap();
    let query = || {
        let query = client.query().table_name("tab").index_name("by_a").key_condition_expression("a = :a");
        query.expression_attribute_values(":a", s("x")).send()
    };
    refused(query().await, INVALID, "does not have the specified index");
    statuses(&client).await;
    refused(query().await, INVALID, "backfilling");
    statuses(&client).await;
    assert_eq!(query().await.unwrap().count(), 1);
    assert!(model.violations().is_empty());
}
