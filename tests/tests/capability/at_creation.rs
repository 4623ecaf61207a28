//! Settings that a table is created with; it never knows how they change later.

use crate::answer::{Answer, read_back};
use crate::bench::{Bench, Note, attribute, capacity, everything, index, key, maximum, warm};
use crate::{beside, by_update, seen};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndex, KeyType, SseSpecification, SseType, StreamSpecification, StreamViewType, TableClass,
    TableDescription, Tag,
};
use migrate_tests::engine::TestEngine;

type See = fn(&TableDescription) -> Option<String>;
type Change = fn(CreateTableFluentBuilder) -> CreateTableFluentBuilder;

/// Each with a table of its own.
const SETTINGS: &[(&str, Change, &str, See)] = &[
    ("create: on demand", |create| create, "PAY_PER_REQUEST", seen::billing),
    ("create: provisioned", provisioned, "5/6", seen::throughput),
    ("create: provisioned, the mode shown", provisioned, "PROVISIONED", seen::billing),
    (
        "create: provisioned index",
        |create| indexed(provisioned(create), |new| new.provisioned_throughput(capacity(7, 8))),
        "7/8",
        seen::index_throughput,
    ),
    ("create: on-demand maximum", |create| create.on_demand_throughput(maximum(50, 60)), "50/60", seen::maximum),
    (
        "create: on-demand maximum of an index",
        |create| indexed(create, |new| new.on_demand_throughput(maximum(70, 80))),
        "70/80",
        seen::index_maximum,
    ),
    ("create: warm throughput", |create| create.warm_throughput(warm(13_000, 5_000)), "13000/5000", seen::warm),
    (
        "create: warm throughput of an index",
        |create| indexed(create, |new| new.warm_throughput(warm(14_000, 6_000))),
        "14000/6000",
        seen::index_warm,
    ),
    ("create: stream", |create| create.stream_specification(stream()), "NEW_IMAGE", seen::stream),
    (
        "create: infrequent access",
        |create| create.table_class(TableClass::StandardInfrequentAccess),
        "STANDARD_INFREQUENT_ACCESS",
        seen::class,
    ),
    ("create: standard class, shown", |create| create.table_class(TableClass::Standard), "STANDARD", seen::class),
    (
        "create: encryption, Amazon's key",
        |create| create.sse_specification(encryption().build()),
        "ENABLED, KMS, a key",
        seen::encryption,
    ),
    (
        "create: encryption, a key of one's own",
        |create| create.sse_specification(encryption().kms_master_key_id(by_update::KEY).build()),
        "ENABLED, KMS, my key",
        seen::encryption,
    ),
    ("create: deletion protection", |create| create.deletion_protection_enabled(true), "true", seen::protection),
    ("create: no deletion protection, shown", |create| create, "false", seen::protection),
    ("create: index with many key attributes", many, "a HASH, b HASH, c RANGE, d RANGE", seen::index_keys),
];

fn provisioned(create: CreateTableFluentBuilder) -> CreateTableFluentBuilder {
    create.billing_mode(BillingMode::Provisioned).provisioned_throughput(capacity(5, 6))
}

fn indexed(
    create: CreateTableFluentBuilder,
    change: fn(
        aws_sdk_dynamodb::types::builders::GlobalSecondaryIndexBuilder,
    ) -> aws_sdk_dynamodb::types::builders::GlobalSecondaryIndexBuilder,
) -> CreateTableFluentBuilder {
    create.attribute_definitions(attribute("a")).global_secondary_indexes(change(index("by-a")).build().expect("an index"))
}

fn many(create: CreateTableFluentBuilder) -> CreateTableFluentBuilder {
    let index = GlobalSecondaryIndex::builder().index_name("by-many").projection(everything());
    let index = index.key_schema(key("a", KeyType::Hash)).key_schema(key("b", KeyType::Hash));
    let index = index.key_schema(key("c", KeyType::Range)).key_schema(key("d", KeyType::Range));
    let create = ["a", "b", "c", "d"].iter().fold(create, |create, name| create.attribute_definitions(attribute(name)));
    create.global_secondary_indexes(index.build().expect("an index"))
}

fn stream() -> StreamSpecification {
    let stream = StreamSpecification::builder().stream_enabled(true);
    stream.stream_view_type(StreamViewType::NewImage).build().expect("a stream")
}

fn encryption() -> aws_sdk_dynamodb::types::builders::SseSpecificationBuilder {
    SseSpecification::builder().enabled(true).sse_type(SseType::Kms)
}

/// Tries each.
pub async fn run(engine: TestEngine) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut tables = Vec::new();
    for (number, (setting, change, want, see)) in SETTINGS.iter().enumerate() {
        let mut bench = Bench::new(&engine, &format!("create-{number}"));
        tables.push(tokio::spawn(async move {
            let create = change(bench.create());
            bench.created(setting, create, want, see).await;
            bench.notes()
        }));
    }
    for table in tables {
        notes.extend(table.await.expect("notes"));
    }
    notes.extend(first(Bench::new(&engine, "first")).await);
    notes.extend(shown_elsewhere(Bench::new(&engine, "elsewhere")).await);
    notes
}

/// What is seen right after a creation.
async fn first(mut bench: Bench) -> Vec<Note> {
    let told = match bench.create_provisioned().send().await {
        Ok(_) => bench.describe().await.map(|table| {
            let index = table.global_secondary_indexes().first();
            let index = index.and_then(|index| index.index_status()).map_or("no state", |status| status.as_str());
            let state = table.table_status().map_or("no state", |status| status.as_str());
            Answer::of(format!("table {state}, index {index}"))
        }),
        Err(error) => Err(error.into()),
    };
    bench.note("create: states right after", told);
    let told = bench.rest().await.map(|table| {
        let given = |there: bool| if there { "yes" } else { "no" };
        let (id, arn) = (given(table.table_id().is_some()), given(table.table_arn().is_some()));
        Answer::of(format!("id {id}, ARN {arn}"))
    });
    bench.note("create: TableId and TableArn", told);
    bench.notes()
}

/// What is created with a table and not shown by its description.
async fn shown_elsewhere(mut bench: Bench) -> Vec<Note> {
    let tag = Tag::builder().key("team").value("red").build().expect("a tag");
    let told = read_back(bench.create().tags(tag).send().await, beside::tags(&bench), "team=red").await;
    bench.note("create: tags", told);
    bench.table.push_str("-policy");
    let told = read_back(
        bench.create().resource_policy(beside::policy(&bench.table, "GetItem")).send().await,
        beside::get_policy(&bench),
        "GetItem",
    )
    .await;
    bench.note("create: resource policy", told);
    bench.notes()
}
