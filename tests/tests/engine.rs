//! The engines behave alike: what a migration does to items, and what DynamoDB refuses.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BatchStatementRequest, BillingMode, CreateGlobalSecondaryIndexAction,
    GlobalSecondaryIndex, GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection, ProjectionType,
    ProvisionedThroughput, ReturnValuesOnConditionCheckFailure, ScalarAttributeType, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};
use migrate_tests::engine::TestEngine;
use migrate_tests::proxy::Proxy;
use migrate_tests::seam::{Recorder, Verdict, is_write};

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn attribute(name: &str) -> AttributeDefinition {
    let definition = AttributeDefinition::builder().attribute_name(name);
    definition.attribute_type(ScalarAttributeType::S).build().unwrap()
}

fn partition_key(name: &str) -> KeySchemaElement {
    let element = KeySchemaElement::builder().attribute_name(name);
    element.key_type(KeyType::Hash).build().unwrap()
}

fn table(client: &Client, name: &str) -> CreateTableFluentBuilder {
    client
        .create_table()
        .table_name(name)
        .attribute_definitions(attribute("pk"))
        .key_schema(partition_key("pk"))
        .billing_mode(BillingMode::PayPerRequest)
}

fn code<T: std::fmt::Debug, E: ProvideErrorMetadata, R>(result: Result<T, SdkError<E, R>>) -> String {
    let error = result.expect_err("a refusal");
    error.code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn items_are_written_scanned_and_changed_on_conditions() {
    for engine in TestEngine::all() {
        let (client, name) = (engine.client(), engine.table("things"));
        table(&client, &name).send().await.unwrap();
        for n in 0..5 {
            let put = client.put_item().table_name(&name).item("pk", s(&n.to_string()));
            put.item("v", s("old")).item("dotted.name", AttributeValue::Null(true)).send().await.unwrap();
        }
        let mut pages = client.scan().table_name(&name).limit(2).into_paginator().items().send();
        let mut seen = 0;
        while let Some(item) = pages.next().await {
            assert_eq!(item.unwrap()["v"], s("old"), "{}", engine.name());
            seen += 1;
        }
        assert_eq!(seen, 5, "{}", engine.name());

        let statement = |pk: &str, old: &str| {
            BatchStatementRequest::builder()
                .statement(format!(
                    r#"UPDATE "{name}" SET "v"=? REMOVE "dotted.name" WHERE "pk"=? AND "v"=? AND "dotted.name"=? AND "x" IS MISSING"#
                ))
                .parameters(s("new"))
                .parameters(s(pk))
                .parameters(s(old))
                .parameters(AttributeValue::Null(true))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .build()
                .unwrap()
        };
        let answer = client
            .batch_execute_statement()
            .statements(statement("0", "old"))
            .statements(statement("1", "stale"))
            .statements(statement("missing", "old"))
            .send()
            .await
            .unwrap();
        let errors: Vec<_> = answer.responses().iter().map(|one| one.error()).collect();
        let codes: Vec<_> = errors.iter().map(|error| error.and_then(|e| e.code()).map(|c| c.as_str())).collect();
        let failed = Some("ConditionalCheckFailed");
        assert_eq!(codes, [None, failed, failed], "{}", engine.name());
        // DynamoDB Local 1.25.1 is older than the item beside a failed statement.
        if engine.name() == "embedded" {
            let item = errors[1].unwrap().item().expect("the item as it is");
            assert_eq!(item["v"], s("old"));
        }
        let back = client.get_item().table_name(&name).key("pk", s("0")).send().await.unwrap();
        let item = back.item.unwrap();
        assert_eq!(item["v"], s("new"), "{}", engine.name());
        assert!(!item.contains_key("dotted.name"), "{}", engine.name());
        assert_eq!(client.scan().table_name(&name).send().await.unwrap().count, 5, "{}", engine.name());
    }
}

#[tokio::test]
async fn the_same_changes_of_tables_are_refused() {
    const VALIDATION: &str = "ValidationException";
    for engine in TestEngine::all() {
        let (client, name) = (engine.client(), engine.table("things"));
        table(&client, &name).send().await.unwrap();
        let at = engine.name();

        let ttl = |enabled, attribute: &str| {
            let spec = TimeToLiveSpecification::builder().enabled(enabled).attribute_name(attribute);
            client.update_time_to_live().table_name(&name).time_to_live_specification(spec.build().unwrap())
        };
        assert_eq!(code(ttl(false, "x").send().await), VALIDATION, "{at}");
        ttl(true, "x").send().await.unwrap();
        for again in [ttl(true, "x"), ttl(true, "y"), ttl(false, "y")] {
            assert_eq!(code(again.send().await), VALIDATION, "{at}");
        }

        let stream = |view: Option<StreamViewType>| {
            let spec = StreamSpecification::builder().stream_enabled(view.is_some());
            let spec = spec.set_stream_view_type(view).build().unwrap();
            client.update_table().table_name(&name).stream_specification(spec)
        };
        assert_eq!(code(stream(None).send().await), VALIDATION, "{at}");
        stream(Some(StreamViewType::KeysOnly)).send().await.unwrap();
        for view in [StreamViewType::KeysOnly, StreamViewType::NewImage] {
            assert_eq!(code(stream(Some(view)).send().await), VALIDATION, "{at}");
        }

        let index = |attribute: &str| {
            let create = CreateGlobalSecondaryIndexAction::builder()
                .index_name(format!("by-{attribute}"))
                .key_schema(partition_key(attribute))
                .projection(Projection::builder().projection_type(ProjectionType::All).build())
                .build()
                .unwrap();
            GlobalSecondaryIndexUpdate::builder().create(create).build()
        };
        let two = client
            .update_table()
            .table_name(&name)
            .attribute_definitions(attribute("a"))
            .attribute_definitions(attribute("b"))
            .global_secondary_index_updates(index("a"))
            .global_secondary_index_updates(index("b"));
        assert_eq!(code(two.send().await), "LimitExceededException", "{at}");

        let others = engine.table("others");
        let throughput = || {
            let units = ProvisionedThroughput::builder().read_capacity_units(1);
            units.write_capacity_units(1).build().unwrap()
        };
        let bare_index = GlobalSecondaryIndex::builder()
            .index_name("by-a")
            .key_schema(partition_key("a"))
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()
            .unwrap();
        let unused = table(&client, &others).attribute_definitions(attribute("z"));
        let badly_named = table(&client, "a:b/c");
        let bare_index = table(&client, &others)
            .billing_mode(BillingMode::Provisioned)
            .provisioned_throughput(throughput())
            .attribute_definitions(attribute("a"))
            .global_secondary_indexes(bare_index);
        let viewless = StreamSpecification::builder().stream_enabled(true).build().unwrap();
        let viewless = table(&client, &others).stream_specification(viewless);
        for refused in [unused, badly_named, bare_index, viewless] {
            assert_eq!(code(refused.send().await), VALIDATION, "{at}");
        }

        let kept = engine.table("kept");
        table(&client, &kept).deletion_protection_enabled(true).send().await.unwrap();
        assert_eq!(code(client.delete_table().table_name(&kept).send().await), VALIDATION, "{at}");

        let provisioned = engine.table("provisioned");
        let create = table(&client, &provisioned).billing_mode(BillingMode::Provisioned);
        create.provisioned_throughput(throughput()).send().await.unwrap();
        let same = client.update_table().table_name(&provisioned).provisioned_throughput(throughput());
        assert_eq!(code(same.send().await), VALIDATION, "{at}");

        let unknown = client.describe_continuous_backups().table_name(&name).send().await;
        assert_eq!(code(unknown), "UnknownOperationException", "{at}");
    }
}

#[tokio::test]
async fn the_recorder_sees_every_attempt_and_can_fail_each() {
    for engine in TestEngine::all() {
        let name = engine.table("things");
        table(&engine.client(), &name).send().await.unwrap();
        let throttled =
            Verdict::Error { status: 400, error_type: "ThrottlingException".to_owned(), message: "slow down".to_owned() };
        let recorder = Recorder::of(&engine.client()).failing(move |call| match call.index {
            0 => Verdict::ResetBefore,
            1 => throttled.clone(),
            2 => Verdict::LoseReply,
            _ => Verdict::Pass,
        });
        let client = recorder.attach(&engine.client());
        let put = client.put_item().table_name(&name).item("pk", s("a"));
        put.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
        assert_eq!(recorder.operations(), ["PutItem"; 3], "{}", engine.name());
        // The third attempt was done although nobody heard of it.
        let back = client.get_item().table_name(&name).key("pk", s("a")).send().await.unwrap();
        assert!(back.item.is_some(), "{}", engine.name());
        assert_eq!(recorder.writes().len(), 3);
        assert_eq!(recorder.count(), 4);
        recorder.reset();
        let select = format!(r#"SELECT * FROM "{name}""#);
        let answer = client.execute_statement().statement(select).send().await;
        // Counted from 0 again, the judge fails the first three attempts.
        assert!(answer.is_err());
        assert!(recorder.count() > 0 && recorder.writes().is_empty(), "{}", engine.name());
    }
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_stands_still_while_the_embedded_engine_works() {
    let begin = tokio::time::Instant::now();
    let client = TestEngine::embedded().client();
    table(&client, "things").send().await.unwrap();
    for n in 0..200 {
        let put = client.put_item().table_name("things").item("pk", s(&n.to_string()));
        put.item("v", s(&"x".repeat(10_000))).send().await.unwrap();
    }
    let page = client.scan().table_name("things").send().await.unwrap();
    assert!(page.last_evaluated_key.is_some());
    assert_eq!(begin.elapsed(), std::time::Duration::ZERO);
}

#[test]
fn what_is_not_known_to_read_is_a_write() {
    for read in ["GetItem", "Scan", "DescribeTable", "ListTagsOfResource", "TransactGetItems"] {
        assert!(!is_write(read), "{read}");
    }
    for write in ["PutItem", "UpdateTimeToLive", "BatchWriteItem", "SomethingNew"] {
        assert!(is_write(write), "{write}");
    }
}

/// Over a network an answer comes bit by bit; what a recorder judges and changes is the whole of it.
#[tokio::test]
async fn a_recorder_reads_answers_whole_that_come_over_a_network() {
    let engine = TestEngine::embedded();
    let name = engine.table("users");
    table(&engine.client(), &name).send().await.unwrap();
    let proxy = Proxy::before(&engine.client(), None).await;
    let http = aws_smithy_http_client::Builder::new().build_http();
    let client = Client::from_conf(engine.client().config().to_builder().http_client(http).endpoint_url(proxy.url()).build());
    let recorder = Recorder::of(&client);
    let insert = || {
        let statement = format!(r#"INSERT INTO "{name}" VALUE {{'pk': 'a'}}"#);
        let statement = BatchStatementRequest::builder().statement(statement).build().unwrap();
        recorder.attach(&client).batch_execute_statement().statements(statement).send()
    };
    for accepted in [1, 1] {
        insert().await.unwrap();
        assert_eq!(recorder.accepted().len(), accepted, "the second one was refused");
    }
    let describing = Recorder::of(&client).failing(|call| if call.index == 1 { Verdict::Stale } else { Verdict::Pass });
    for _ in 0..2 {
        let described = describing.attach(&client).describe_table().table_name(&name).send().await.unwrap();
        assert_eq!(described.table().and_then(|table| table.table_name()), Some(name.as_str()));
    }
    let replacing = Recorder::of(&client).failing(|_| Verdict::Replace { from: "\"a\"", to: "\"b\"" });
    let scanned = replacing.attach(&client).scan().table_name(&name).send().await.unwrap();
    assert_eq!(scanned.items()[0]["pk"], s("b"));
}
