//! Settings that UpdateTable changes; it never knows what has an operation of its own.

use crate::answer::{Answer, Refusal};
use crate::bench::{Bench, Note, attribute, capacity, everything, key, maximum, warm};
use crate::seen;
use aws_sdk_dynamodb::types::{
    BillingMode, CreateGlobalSecondaryIndexAction, CreateReplicationGroupMemberAction, DeleteGlobalSecondaryIndexAction,
    DeleteReplicationGroupMemberAction, GlobalSecondaryIndexUpdate, KeyType, ReplicationGroupUpdate, SseSpecification, SseType,
    StreamSpecification, StreamViewType, TableClass, TableDescription, UpdateGlobalSecondaryIndexAction,
};
use std::time::{Duration, Instant};

/// A key of one's own.
pub const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

pub async fn billing(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create_provisioned()).await;
    let units = bench.update().provisioned_throughput(capacity(2, 3));
    bench.updated("update: throughput", units.clone(), "2/3", seen::throughput).await;
    bench.updated("update: throughput, the same again", units, "2/3", seen::throughput).await;
    let index = changed_index().provisioned_throughput(capacity(4, 5)).build().expect("an index");
    let index = bench.update().global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().update(index).build());
    bench.updated("update: throughput of an index", index.clone(), "4/5", seen::index_throughput).await;
    bench.updated("update: throughput of an index, the same again", index, "4/5", seen::index_throughput).await;

    let demand = bench.update().billing_mode(BillingMode::PayPerRequest);
    bench.updated("update: to on demand", demand.clone(), "PAY_PER_REQUEST", seen::billing).await;
    bench.updated("update: to on demand, again", demand, "PAY_PER_REQUEST", seen::billing).await;
    let units = bench.update().on_demand_throughput(maximum(50, 60));
    bench.updated("update: on-demand maximum", units, "50/60", seen::maximum).await;
    let units = bench.update().on_demand_throughput(maximum(-1, -1));
    let gone =
        |table: &TableDescription| Some(seen::maximum(table).filter(|shown| shown != "-1/-1").unwrap_or("none".to_owned()));
    bench.updated("update: on-demand maximum taken away (-1)", units, "none", gone).await;
    let index = changed_index().on_demand_throughput(maximum(70, 80)).build().expect("an index");
    let index = bench.update().global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().update(index).build());
    bench.updated("update: on-demand maximum of an index", index, "70/80", seen::index_maximum).await;
    let units = bench.update().warm_throughput(warm(15_000, 7_000));
    bench.updated("update: warm throughput", units, "15000/7000", seen::warm).await;
    let index = changed_index().warm_throughput(warm(16_000, 8_000)).build().expect("an index");
    let index = bench.update().global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().update(index).build());
    bench.updated("update: warm throughput of an index", index, "16000/8000", seen::index_warm).await;

    let back = bench.update().billing_mode(BillingMode::Provisioned).provisioned_throughput(capacity(6, 7));
    bench.updated("update: to provisioned, no word of the index", back.clone(), "6/7", seen::throughput).await;
    let index = changed_index().provisioned_throughput(capacity(8, 9)).build().expect("an index");
    let back = back.global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().update(index).build());
    bench.updated("update: to provisioned with the index", back, "PROVISIONED", seen::billing).await;
    bench.notes()
}

fn changed_index() -> aws_sdk_dynamodb::types::builders::UpdateGlobalSecondaryIndexActionBuilder {
    UpdateGlobalSecondaryIndexAction::builder().index_name("by-a")
}

pub async fn stream(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let stream = |view: Option<StreamViewType>| {
        let stream = StreamSpecification::builder().stream_enabled(view.is_some());
        bench.update().stream_specification(stream.set_stream_view_type(view).build().expect("a stream"))
    };
    let (off, images, keys) = (stream(None), stream(Some(StreamViewType::NewImage)), stream(Some(StreamViewType::KeysOnly)));
    bench.updated("update: stream off, while off", off.clone(), "off", seen_stream).await;
    bench.updated("update: stream on", images.clone(), "NEW_IMAGE", seen_stream).await;
    bench.updated("update: stream on, again", images, "NEW_IMAGE", seen_stream).await;
    bench.updated("update: stream with another view, while on", keys, "KEYS_ONLY", seen_stream).await;
    bench.updated("update: stream off", off, "off", seen_stream).await;
    bench.notes()
}

fn seen_stream(table: &TableDescription) -> Option<String> {
    Some(seen::stream(table).unwrap_or_else(|| "off".to_owned()))
}

pub async fn class_and_protection(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let rare = bench.update().table_class(TableClass::StandardInfrequentAccess);
    bench.updated("update: infrequent access", rare.clone(), "STANDARD_INFREQUENT_ACCESS", seen::class).await;
    bench.updated("update: infrequent access, again", rare, "STANDARD_INFREQUENT_ACCESS", seen::class).await;
    let standard = bench.update().table_class(TableClass::Standard);
    bench.updated("update: standard class", standard, "STANDARD", seen::class).await;

    let both = bench.update().table_class(TableClass::StandardInfrequentAccess).deletion_protection_enabled(false);
    let rare = "STANDARD_INFREQUENT_ACCESS";
    bench.updated("update: infrequent access beside another setting", both, rare, seen::class).await;

    let protect = |on| bench.update().deletion_protection_enabled(on);
    let (on, off) = (protect(true), protect(false));
    bench.updated("update: deletion protection on", on.clone(), "true", seen::protection).await;
    bench.updated("update: deletion protection on, again", on, "true", seen::protection).await;
    let deleted = bench.client.delete_table().table_name(&bench.table).send().await;
    bench.note("delete: a protected table", deleted.map(|_| Answer::Ignores("deletes it".to_owned())).map_err(Into::into));
    bench.updated("update: deletion protection off", off, "false", seen::protection).await;
    let told = match bench.client.delete_table().table_name(&bench.table).send().await {
        Ok(_) => Ok(gone(&bench).await),
        Err(error) => Err(error.into()),
    };
    bench.note("delete: a table", told);
    bench.notes()
}

/// What is seen right after a deletion.
async fn gone(bench: &Bench) -> Answer {
    match bench.describe().await {
        Ok(table) => Answer::of(format!("then {}", table.table_status().map_or("no state", |status| status.as_str()))),
        Err(_) => Answer::of("gone at once"),
    }
}

pub async fn encryption(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let encrypt = |on| SseSpecification::builder().enabled(on);
    let amazon = bench.update().sse_specification(encrypt(true).sse_type(SseType::Kms).build());
    bench.updated("update: encryption, Amazon's key", amazon, "ENABLED, KMS, a key", seen::encryption).await;
    let own = bench.update().sse_specification(encrypt(true).sse_type(SseType::Kms).kms_master_key_id(KEY).build());
    bench.updated("update: encryption, a key of one's own", own, "ENABLED, KMS, my key", seen::encryption).await;
    let off = bench.update().sse_specification(encrypt(false).build());
    bench.updated("update: encryption off", off, "off", |table| Some(seen::encryption(table).unwrap_or("off".to_owned()))).await;
    bench.notes()
}

pub async fn indexes(mut bench: Bench) -> Vec<Note> {
    bench.ready(bench.create()).await;
    let create = |name: &str, hashes: &[&str], ranges: &[&str]| {
        let index = CreateGlobalSecondaryIndexAction::builder().index_name(name).projection(everything());
        let index = hashes.iter().fold(index, |index, name| index.key_schema(key(name, KeyType::Hash)));
        let index = ranges.iter().fold(index, |index, name| index.key_schema(key(name, KeyType::Range)));
        GlobalSecondaryIndexUpdate::builder().create(index.build().expect("an index")).build()
    };
    let drop = |name: &str| {
        let index = DeleteGlobalSecondaryIndexAction::builder().index_name(name).build().expect("an index");
        GlobalSecondaryIndexUpdate::builder().delete(index).build()
    };
    let with = |updates: Vec<GlobalSecondaryIndexUpdate>| {
        let update = bench.update().set_global_secondary_index_updates(Some(updates));
        ["a", "b", "c", "d"]
            .iter()
            .fold(update.attribute_definitions(attribute("pk")), |update, name| update.attribute_definitions(attribute(name)))
    };
    let one = bench.update().attribute_definitions(attribute("pk")).attribute_definitions(attribute("a"));
    let one = one.global_secondary_index_updates(create("by-a", &["a"], &[]));
    let two = with(vec![create("by-b", &["b"], &[]), create("by-c", &["c"], &[])]);
    let many = with(vec![create("by-many", &["a", "b"], &["c", "d"])]);
    let (gone, lost) = (bench.update().global_secondary_index_updates(drop("by-a")), drop("by-nothing"));
    let lost = bench.update().global_secondary_index_updates(lost);

    let told = match one.send().await {
        Ok(_) => states(&bench).await.map(Answer::of),
        Err(error) => Err(error.into()),
    };
    bench.note("update: index created, its states", told);
    bench.updated("update: index with many key attributes", many, "a HASH, b HASH, c RANGE, d RANGE", seen::index_keys).await;
    bench.updated("update: two indexes at once", two, "by-a by-b by-c by-many", seen::indexes).await;
    bench.updated("update: index deleted, that is not there", lost, "", seen::indexes).await;
    let told = match gone.send().await {
        Ok(_) => states(&bench).await.map(Answer::of),
        Err(error) => Err(error.into()),
    };
    bench.note("update: index deleted, its states", told);
    bench.notes()
}

/// Every state of the table and the index by-a until both are at rest, and which of them last.
async fn states(bench: &Bench) -> Result<String, Refusal> {
    let mut states: Vec<(String, Instant)> = Vec::new();
    for _ in 0..1200 {
        let table = bench.describe().await?;
        let index = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some("by-a"));
        let state = table.table_status().map_or("no state", |status| status.as_str());
        let backfill = if index.is_some_and(|index| index.backfilling() == Some(true)) { " backfilling" } else { "" };
        let now = match index {
            Some(index) => format!("{state}/{}{backfill}", index.index_status().map_or("no state", |status| status.as_str())),
            None => format!("{state}/no index"),
        };
        let rests = ["ACTIVE/ACTIVE", "ACTIVE/no index"].contains(&now.as_str());
        if states.last().is_none_or(|(state, _)| *state != now) {
            states.push((now, Instant::now()));
        }
        if rests {
            return Ok(told(&states));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Refusal::waiting("the index does not come to rest"))
}

/// A short state is seen by luck only.
fn told(states: &[(String, Instant)]) -> String {
    let ends = states.iter().skip(1).map(|(_, begun)| *begun);
    let ends = ends.chain(states.last().map(|(_, begun)| *begun));
    let mut told: Vec<String> = Vec::new();
    for (number, ((state, begun), end)) in states.iter().zip(ends).enumerate() {
        if end.duration_since(*begun) > Duration::from_secs(8) {
            told.push(format!("{state} for long"));
        } else if number + 1 == states.len() {
            told.push(state.clone());
        }
    }
    told.join(", ")
}

pub async fn replicas(mut bench: Bench) -> Vec<Note> {
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
    bench.ready(bench.create().stream_specification(stream.build().expect("a stream"))).await;
    let create = CreateReplicationGroupMemberAction::builder().region_name("eu-west-1").build().expect("a replica");
    let create = bench.update().replica_updates(ReplicationGroupUpdate::builder().create(create).build());
    bench.updated("update: replica created", create, "eu-west-1", seen::replicas).await;
    let delete = DeleteReplicationGroupMemberAction::builder().region_name("eu-west-1").build().expect("a replica");
    let delete = bench.update().replica_updates(ReplicationGroupUpdate::builder().delete(delete).build());
    let none = |table: &_| Some(seen::replicas(table).unwrap_or("none".to_owned()));
    bench.updated("update: replica deleted", delete.clone(), "none", none).await;
    bench.updated("update: replica deleted, that is not there", delete, "none", none).await;
    bench.notes()
}
