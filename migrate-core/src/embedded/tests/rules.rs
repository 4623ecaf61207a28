//! Each rule of the strict layer, in the words of AWS.

use super::{attribute, key, refusal, s, table};
use crate::embedded::Engine;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    BillingMode, CreateGlobalSecondaryIndexAction, DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, KeyType, OnDemandThroughput, Projection, ProjectionType, ProvisionedThroughput, SseSpecification,
    StreamSpecification, StreamViewType, TableClass, TimeToLiveSpecification, UpdateGlobalSecondaryIndexAction, WarmThroughput,
};

const VALIDATION: &str = "ValidationException";
const LIMIT: &str = "LimitExceededException";
const UNKNOWN: &str = "UnknownOperationException";

async fn things() -> Client {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").send().await.unwrap();
    client
}

fn update(client: &Client) -> UpdateTableFluentBuilder {
    client.update_table().table_name("things")
}

fn throughput() -> ProvisionedThroughput {
    ProvisionedThroughput::builder().read_capacity_units(1).write_capacity_units(1).build().unwrap()
}

fn all() -> Projection {
    Projection::builder().projection_type(ProjectionType::All).build()
}

fn create(name: &str, partition_key: &str) -> GlobalSecondaryIndexUpdate {
    let create = CreateGlobalSecondaryIndexAction::builder()
        .index_name(name)
        .key_schema(key(partition_key, KeyType::Hash))
        .projection(all())
        .build()
        .unwrap();
    GlobalSecondaryIndexUpdate::builder().create(create).build()
}

fn delete(name: &str) -> GlobalSecondaryIndexUpdate {
    let delete = DeleteGlobalSecondaryIndexAction::builder().index_name(name).build().unwrap();
    GlobalSecondaryIndexUpdate::builder().delete(delete).build()
}

fn stream(view: Option<StreamViewType>) -> StreamSpecification {
    StreamSpecification::builder().stream_enabled(view.is_some()).set_stream_view_type(view).build().unwrap()
}

fn index(name: &str) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder().index_name(name).key_schema(key("a", KeyType::Hash)).projection(all()).build().unwrap()
}

#[tokio::test]
async fn one_index_at_a_time() {
    let client = things().await;
    let both = update(&client)
        .attribute_definitions(attribute("a"))
        .attribute_definitions(attribute("b"))
        .global_secondary_index_updates(create("by-a", "a"))
        .global_secondary_index_updates(create("by-b", "b"));
    assert_eq!(refusal(both.send().await).0, LIMIT);
    let one = update(&client).attribute_definitions(attribute("a")).global_secondary_index_updates(create("by-a", "a"));
    one.send().await.unwrap();
    let swap = update(&client)
        .attribute_definitions(attribute("b"))
        .global_secondary_index_updates(create("by-b", "b"))
        .global_secondary_index_updates(delete("by-a"));
    assert_eq!(refusal(swap.send().await).0, LIMIT);
    update(&client).global_secondary_index_updates(delete("by-a")).send().await.unwrap();
}

#[tokio::test]
async fn no_more_than_twenty_indexes() {
    let client = Engine::memory().unwrap().client();
    let mut wanted = table(&client, "things").attribute_definitions(attribute("a"));
    for n in 0..20 {
        wanted = wanted.global_secondary_indexes(index(&format!("index-{n}")));
    }
    let more = wanted.clone().global_secondary_indexes(index("index-20"));
    assert_eq!(refusal(more.send().await).0, VALIDATION);
    wanted.send().await.unwrap();
    let more = update(&client).attribute_definitions(attribute("a")).global_secondary_index_updates(create("index-20", "a"));
    assert_eq!(refusal(more.send().await).0, LIMIT);
}

#[tokio::test]
async fn changes_that_need_a_call_of_their_own() {
    let client = things().await;
    let with_stream = update(&client)
        .attribute_definitions(attribute("a"))
        .global_secondary_index_updates(create("by-a", "a"))
        .stream_specification(stream(Some(StreamViewType::KeysOnly)));
    let with_throughput = update(&client)
        .attribute_definitions(attribute("a"))
        .global_secondary_index_updates(create("by-a", "a"))
        .billing_mode(BillingMode::Provisioned)
        .provisioned_throughput(throughput());
    let stream_and_throughput = update(&client)
        .stream_specification(stream(Some(StreamViewType::KeysOnly)))
        .billing_mode(BillingMode::Provisioned)
        .provisioned_throughput(throughput());
    let class = update(&client)
        .table_class(TableClass::StandardInfrequentAccess)
        .stream_specification(stream(Some(StreamViewType::KeysOnly)));
    let protection =
        update(&client).deletion_protection_enabled(true).stream_specification(stream(Some(StreamViewType::KeysOnly)));
    let ceiling = update(&client)
        .on_demand_throughput(OnDemandThroughput::builder().max_read_request_units(5).build())
        .stream_specification(stream(Some(StreamViewType::KeysOnly)));
    for together in [with_stream, with_throughput, stream_and_throughput, class, protection, ceiling] {
        assert_eq!(refusal(together.send().await).0, VALIDATION);
    }
    let described = client.describe_table().table_name("things").send().await.unwrap();
    assert!(described.table.unwrap().stream_specification.is_none());
}

#[tokio::test]
async fn a_stream_is_neither_enabled_nor_disabled_twice() {
    let client = things().await;
    let off = || update(&client).stream_specification(stream(None));
    let on = |view| update(&client).stream_specification(stream(Some(view)));
    let (code, message) = refusal(off().send().await);
    assert_eq!((code.as_str(), message.as_str()), (VALIDATION, "Table has no stream to disable: TableName: things"));
    on(StreamViewType::KeysOnly).send().await.unwrap();
    for view in [StreamViewType::KeysOnly, StreamViewType::NewImage] {
        let (code, message) = refusal(on(view).send().await);
        assert_eq!(code, VALIDATION);
        assert_eq!(message, "Table already has an enabled stream: TableName: things");
    }
    off().send().await.unwrap();
    on(StreamViewType::NewImage).send().await.unwrap();
}

#[tokio::test]
async fn a_view_type_goes_with_an_enabled_stream_only() {
    let client = things().await;
    let spec = |enabled, view: Option<&str>| {
        StreamSpecification::builder()
            .stream_enabled(enabled)
            .set_stream_view_type(view.map(StreamViewType::from))
            .build()
            .unwrap()
    };
    for spec in [spec(true, None), spec(true, Some("NONSENSE")), spec(false, Some("KEYS_ONLY"))] {
        let result = update(&client).stream_specification(spec.clone()).send().await;
        assert_eq!(refusal(result).0, VALIDATION, "{spec:?}");
        let result = table(&client, "others").stream_specification(spec.clone()).send().await;
        assert_eq!(refusal(result).0, VALIDATION, "{spec:?}");
    }
}

#[tokio::test]
async fn time_to_live_is_not_idempotent() {
    let client = things().await;
    let ttl = |enabled, attribute: &str| {
        let spec = TimeToLiveSpecification::builder().enabled(enabled).attribute_name(attribute).build().unwrap();
        client.update_time_to_live().table_name("things").time_to_live_specification(spec)
    };
    assert_eq!(refusal(ttl(false, "x").send().await).1, "TimeToLive is already disabled");
    ttl(true, "x").send().await.unwrap();
    assert_eq!(refusal(ttl(true, "x").send().await).1, "TimeToLive is already enabled");
    let other = "TimeToLive is active on a different AttributeName: current AttributeName is x";
    assert_eq!(refusal(ttl(true, "y").send().await).1, other);
    assert_eq!(refusal(ttl(false, "y").send().await).1, other);
    ttl(false, "x").send().await.unwrap();
    assert_eq!(refusal(ttl(false, "x").send().await).1, "TimeToLive is already disabled");
}

#[tokio::test]
async fn throughput_belongs_to_provisioned_tables() {
    let client = things().await;
    let on_demand = table(&client, "others").provisioned_throughput(throughput());
    assert_eq!(refusal(on_demand.send().await).0, VALIDATION);
    let bare_index = table(&client, "others")
        .billing_mode(BillingMode::Provisioned)
        .provisioned_throughput(throughput())
        .attribute_definitions(attribute("a"))
        .global_secondary_indexes(index("by-a"));
    assert_eq!(refusal(bare_index.send().await).0, VALIDATION);
    let mut action = create("by-a", "a");
    if let Some(create) = action.create.as_mut() {
        create.provisioned_throughput = Some(throughput());
    }
    let dear_index = update(&client).attribute_definitions(attribute("a")).global_secondary_index_updates(action.clone());
    assert_eq!(refusal(dear_index.send().await).0, VALIDATION);
    let provisioned = update(&client).billing_mode(BillingMode::Provisioned).provisioned_throughput(throughput());
    provisioned.send().await.unwrap();
    let same = update(&client).provisioned_throughput(throughput());
    assert_eq!(refusal(same.send().await).0, VALIDATION);
    let bare_index = update(&client).attribute_definitions(attribute("a")).global_secondary_index_updates(create("by-a", "a"));
    assert_eq!(refusal(bare_index.send().await).0, VALIDATION);
    update(&client).attribute_definitions(attribute("a")).global_secondary_index_updates(action).send().await.unwrap();
}

#[tokio::test]
async fn a_table_with_indexes_becomes_provisioned_with_all_of_them() {
    let client = Engine::memory().unwrap().client();
    table(&client, "things").attribute_definitions(attribute("a")).global_secondary_indexes(index("by-a")).send().await.unwrap();
    let provisioned = update(&client).billing_mode(BillingMode::Provisioned).provisioned_throughput(throughput());
    let (code, message) = refusal(provisioned.send().await);
    assert_eq!(code, VALIDATION);
    assert!(message.ends_with("must be specified for index: by-a"), "{message}");
}

/// The engine below makes these by itself; they stay tested here, since its behaviour moves between releases.
#[tokio::test]
async fn what_the_engine_below_refuses_by_itself() {
    let client = things().await;
    table(&client, "kept").deletion_protection_enabled(true).send().await.unwrap();
    let protected = client.delete_table().table_name("kept").send().await;
    assert_eq!(refusal(protected).0, VALIDATION);
    for name in ["ab", &"a".repeat(256), "a b c", "a:b/c"] {
        assert_eq!(refusal(table(&client, name).send().await).0, VALIDATION, "{name}");
    }
    let unused = table(&client, "others").attribute_definitions(attribute("z"));
    assert_eq!(refusal(unused.send().await).0, VALIDATION);
    let unused = table(&client, "others")
        .attribute_definitions(attribute("a"))
        .attribute_definitions(attribute("z"))
        .global_secondary_indexes(index("by-a"));
    assert_eq!(refusal(unused.send().await).0, VALIDATION);
    let undefined = table(&client, "others").global_secondary_indexes(index("by-a"));
    assert_eq!(refusal(undefined.send().await).0, VALIDATION);
    let empty_key = client.put_item().table_name("things").item("pk", s(""));
    assert_eq!(refusal(empty_key.send().await).0, VALIDATION);
}

#[tokio::test]
async fn settings_that_the_engine_cannot_hold_are_refused_and_not_dropped() {
    let client = things().await;
    let warm = || WarmThroughput::builder().read_units_per_second(15_000).build();
    let result = table(&client, "others").warm_throughput(warm()).send().await;
    assert_eq!(refusal(result).0, UNKNOWN);
    let result = table(&client, "others").resource_policy("{}").send().await;
    assert_eq!(refusal(result).0, UNKNOWN);
    let result = update(&client).warm_throughput(warm()).send().await;
    assert_eq!(refusal(result).0, UNKNOWN);
    let encryption = SseSpecification::builder().enabled(true).build();
    let result = update(&client).sse_specification(encryption).send().await;
    assert_eq!(refusal(result).0, UNKNOWN);
    let action =
        UpdateGlobalSecondaryIndexAction::builder().index_name("by-a").provisioned_throughput(throughput()).build().unwrap();
    let action = GlobalSecondaryIndexUpdate::builder().update(action).build();
    let result = update(&client).global_secondary_index_updates(action).send().await;
    assert_eq!(refusal(result).0, UNKNOWN);
}
