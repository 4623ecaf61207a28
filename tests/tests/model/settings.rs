//! Class, encryption, protection, stream, replicas, and what may share a call.

use super::*;
use aws_sdk_dynamodb::types::{
    CreateReplicationGroupMemberAction, DeleteReplicationGroupMemberAction, ReplicationGroupUpdate, SseSpecification, SseType,
    StreamSpecification, StreamViewType, TableClass,
};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const INFREQUENT: TableClass = TableClass::StandardInfrequentAccess;

fn stream(view: Option<StreamViewType>) -> StreamSpecification {
    StreamSpecification::builder().stream_enabled(view.is_some()).set_stream_view_type(view).build().unwrap()
}

fn key(name: &str) -> SseSpecification {
    SseSpecification::builder().enabled(true).sse_type(SseType::Kms).kms_master_key_id(name).build()
}

#[tokio::test]
async fn some_changes_come_alone() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    refused(update(&client).send().await, INVALID, "At least one");
    let with_stream = || update(&client).stream_specification(stream(Some(StreamViewType::NewImage)));
    let calls = [
        with_stream().table_class(INFREQUENT),
        with_stream().sse_specification(key("k")),
        with_stream().deletion_protection_enabled(true),
    ];
    for call in calls {
        refused(call.send().await, INVALID, "only operation");
    }
    let with_index = with_stream().set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("by_a", "a"));
    refused(with_index.send().await, INVALID, "while changing stream");
    let provision = update(&client).billing_mode(BillingMode::Provisioned).provisioned_throughput(units(1, 1));
    let with_billing = provision.clone().stream_specification(stream(Some(StreamViewType::NewImage)));
    refused(with_billing.send().await, INVALID, "modify stream status");
    let add_a = provision.set_attribute_definitions(pk_and(&["a"])).global_secondary_index_updates(add("by_a", "a"));
    refused(add_a.send().await, INVALID, "updating table IOPS");
    assert_eq!(model.violations().len(), 7);
    update(&client).table_class(INFREQUENT).send().await.unwrap();
    update(&client).sse_specification(key("k")).send().await.unwrap();
    update(&client).deletion_protection_enabled(true).send().await.unwrap();
    with_stream().send().await.unwrap();
    assert_eq!(model.violations().len(), 7);
}

#[tokio::test]
async fn the_class_changes_twice_in_30_days() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let class = |class| update(&client).table_class(class).send();
    assert!(describe(&client).await.table_class_summary.is_none(), "absent: STANDARD");
    class(INFREQUENT).await.unwrap();
    let summary = describe(&client).await.table_class_summary.unwrap();
    assert_eq!(summary.table_class(), Some(&INFREQUENT));
    assert_eq!(summary.last_update_date_time().unwrap().secs(), 1_767_225_600);
    model.clock().advance(10 * DAY);
    class(TableClass::Standard).await.unwrap();
    refused(class(INFREQUENT).await, LIMIT, "Next update can be made at 2026-01-31T00:00:00Z");
    model.clock().advance(20 * DAY);
    class(INFREQUENT).await.unwrap();
    assert!(model.violations().is_empty());
    class(INFREQUENT).await.unwrap();
    assert!(model.violations()[0].contains("changes nothing"));
}

#[tokio::test]
async fn encryption_changes_four_times_a_day_then_every_six_hours() {
    let model = Model::new();
    let client = model.once();
    create(&client).send().await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    let off = || SseSpecification::builder().enabled(false).build();
    let none = SseSpecification::builder().enabled(false).kms_master_key_id("k").build();
    refused(update(&client).sse_specification(none).send().await, INVALID, "only be specified");
    refused(update(&client).sse_specification(off()).send().await, INVALID, "already");
    model.forget();
    for (name, status) in [("alias/k1", "ENABLING"), ("k2", "UPDATING"), ("k3", "UPDATING"), ("arn:k4", "UPDATING")] {
        update(&client).sse_specification(key(name)).send().await.unwrap();
        assert_eq!(describe(&client).await.sse_description.unwrap().status().unwrap().as_str(), status);
        let settled = describe(&client).await.sse_description.unwrap();
        assert_eq!(settled.status().unwrap().as_str(), "ENABLED");
    }
    assert_eq!(describe(&client).await.sse_description.unwrap().kms_master_key_arn(), Some("arn:k4"));
    refused(update(&client).sse_specification(off()).send().await, LIMIT, "Next update can be made at 2026-01-01T06:00:00Z");
    model.clock().advance(DAY / 4);
    update(&client).sse_specification(off()).send().await.unwrap();
    assert_eq!(describe(&client).await.sse_description.unwrap().status().unwrap().as_str(), "DISABLING");
    assert!(describe(&client).await.sse_description.is_none());
    refused(update(&client).sse_specification(key("k")).send().await, LIMIT, "6 hours");
    assert!(model.violations().is_empty(), "{:?}", model.violations());
}

#[tokio::test]
async fn a_stream_is_switched_and_never_repeated() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let switch = |view| update(&client).stream_specification(stream(view)).send();
    refused(switch(None).await, INVALID, "no stream to disable");
    let view = StreamViewType::NewImage;
    let off = StreamSpecification::builder().stream_enabled(false).stream_view_type(view).build().unwrap();
    refused(update(&client).stream_specification(off).send().await, INVALID, "must not be specified");
    model.forget();
    switch(Some(StreamViewType::NewImage)).await.unwrap();
    let first = describe(&client).await.latest_stream_arn.unwrap();
    refused(switch(Some(StreamViewType::NewImage)).await, INVALID, "already has an enabled stream");
    refused(switch(Some(StreamViewType::KeysOnly)).await, INVALID, "already has an enabled stream");
    assert_eq!(model.violations().len(), 2);
    switch(None).await.unwrap();
    let table = describe(&client).await;
    assert!(table.stream_specification().is_none());
    assert_eq!(table.latest_stream_arn(), Some(first.as_str()), "the last one stays to be seen");
    switch(Some(StreamViewType::KeysOnly)).await.unwrap();
    assert_ne!(describe(&client).await.latest_stream_arn.unwrap(), first);
    assert_eq!(model.violations().len(), 2);
}

#[tokio::test]
async fn replicas_need_both_images_and_come_one_by_one() {
    let model = Model::new();
    let client = model.once();
    create(&client).send().await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    let add = |region: &str| {
        let action = CreateReplicationGroupMemberAction::builder().region_name(region).build().unwrap();
        ReplicationGroupUpdate::builder().create(action).build()
    };
    let drop = |region: &str| {
        let action = DeleteReplicationGroupMemberAction::builder().region_name(region).build().unwrap();
        ReplicationGroupUpdate::builder().delete(action).build()
    };
    let call = |update: ReplicationGroupUpdate| super::update(&client).replica_updates(update);
    let on = |view| update(&client).stream_specification(stream(view)).send();
    refused(call(add("eu-west-1")).send().await, INVALID, "NEW_AND_OLD_IMAGES");
    on(Some(StreamViewType::NewAndOldImages)).await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    refused(call(add("eu-west-1")).replica_updates(add("eu-west-2")).send().await, INVALID, "one replica action");
    refused(call(drop("eu-west-1")).send().await, INVALID, "does not exist");
    refused(call(add("eu-central-1")).send().await, INVALID, "local region");
    call(add("eu-west-1")).send().await.unwrap();
    refused(call(add("eu-west-2")).send().await, IN_USE, "UPDATING");
    let replica = |table: &TableDescription| table.replicas()[0].replica_status().unwrap().as_str().to_owned();
    assert_eq!(replica(&describe(&client).await), "CREATING");
    assert_eq!(replica(&describe(&client).await), "ACTIVE");
    refused(call(add("eu-west-1")).send().await, INVALID, "already exists");
    refused(on(None).await, INVALID, "replicas");
    assert_eq!(model.violations().len(), 7, "{:?}", model.violations());
    call(drop("eu-west-1")).send().await.unwrap();
    assert_eq!(replica(&describe(&client).await), "DELETING");
    assert!(describe(&client).await.replicas().is_empty());
    on(None).await.unwrap();
}

#[tokio::test]
async fn what_the_model_does_not_know_is_refused() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let strange = update(&client).multi_region_consistency(aws_sdk_dynamodb::types::MultiRegionConsistency::Strong);
    refused(strange.send().await, INVALID, "MultiRegionConsistency");
    refused(client.describe_limits().send().await, "UnknownOperationException", "DescribeLimits");
}
