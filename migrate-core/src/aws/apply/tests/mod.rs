//! Every step on the embedded engine, beneath a layer that answers as AWS would at its worst.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::super::fake::{self, json, refusal};
use super::super::inspect::{describe, describe_all, is_empty};
use super::super::layer::{Calls, Fate, layered};
use super::{Applied, Wait, apply};
use crate::embedded::Engine;
use crate::error::{Error, ErrorKind};
use crate::schema::{
    Aspect, Billing, Delta, Encryption, GlobalIndex, IndexKey, IndexName, KeyElement, LiveTable, MaxThroughput, PrimaryKey,
    Projection, ScalarType, Setting, SettingChange, StreamView, TableClass, TableName, TableSchema,
};
use crate::step::Step;

mod answers;
mod backup;
mod settings;
mod waiting;

fn name(name: &'static str) -> TableName {
    TableName::new(name).unwrap()
}

fn index(name: &'static str) -> IndexName {
    IndexName::new(name).unwrap()
}

fn s(name: &str) -> KeyElement {
    KeyElement::new(name, ScalarType::S)
}

fn orders() -> TableSchema {
    let key = PrimaryKey { partition: s("id"), sort: Some(KeyElement::new("at", ScalarType::N)) };
    TableSchema::new(name("orders"), key).with_creation_defaults()
}

fn by_email() -> GlobalIndex {
    let key = IndexKey { partition: vec![s("email")], sort: Vec::new() };
    GlobalIndex::new(key, Projection::Include(["b".to_owned(), "a".to_owned()].into()))
}

fn create() -> Step {
    Step::CreateTable { schema: orders() }
}

fn create_index() -> Step {
    let mut elements: Vec<_> = orders().key_elements().into_iter().cloned().collect();
    elements.push(s("email"));
    Step::CreateGlobalIndex { table: name("orders"), index: index("by-email"), definition: by_email(), elements }
}

fn drop_index() -> Step {
    Step::DropGlobalIndex { table: name("orders"), index: index("by-email") }
}

/// With what the engine tells of every table where nothing was stated.
fn as_found(table: TableSchema) -> TableSchema {
    TableSchema {
        billing: Some(Billing::OnDemand(MaxThroughput::OFF)),
        stream: Setting::Off,
        ttl: Setting::Off,
        table_class: Some(TableClass::Standard),
        encryption: Some(Encryption::AwsOwned),
        replicas: Setting::Off,
        ..table
    }
}

fn index_as_found(index: GlobalIndex) -> GlobalIndex {
    GlobalIndex { billing: Some(Billing::OnDemand(MaxThroughput::OFF)), ..index }
}

fn set(change: SettingChange) -> Step {
    Step::Set { table: name("orders"), change }
}

fn stream(view: StreamView) -> Step {
    set(SettingChange::Stream(Delta::new(Setting::Off, Setting::Set(view))))
}

fn no_stream() -> Step {
    set(SettingChange::Stream(Delta::new(Setting::Set(StreamView::KeysOnly), Setting::Off)))
}

fn ttl_by(attribute: &str) -> Step {
    set(SettingChange::Ttl(Delta::new(Setting::Off, Setting::Set(attribute.to_owned()))))
}

fn ttl() -> Step {
    ttl_by("expires")
}

fn no_ttl() -> Step {
    set(SettingChange::Ttl(Delta::new(Setting::Set("expires".to_owned()), Setting::Off)))
}

fn protect(on: bool) -> Step {
    set(SettingChange::DeletionProtection(Delta::new(!on, on)))
}

fn drop_orders(table_id: Option<String>) -> Step {
    Step::DropTable { table: name("orders"), backup: false, table_id }
}

fn apart(aspects: &[Aspect]) -> BTreeSet<Aspect> {
    aspects.iter().copied().collect()
}

fn engine() -> Client {
    Engine::memory().unwrap().client()
}

async fn take_as(client: &Client, step: &Step, is_aws: bool) -> Result<Applied, Error> {
    apply(client, step, &Wait::default(), is_aws, &mut |_, _| {}).await
}

async fn take(client: &Client, step: &Step) -> Result<Applied, Error> {
    take_as(client, step, false).await
}

/// All of them, each to be done.
async fn after(steps: &[Step]) -> Client {
    let client = engine();
    for step in steps {
        assert_eq!(take(&client, step).await.unwrap(), Applied::Done, "{step}");
    }
    client
}

async fn look(client: &Client) -> LiveTable {
    describe(client, &name("orders"), &apart(&[Aspect::Ttl])).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_step_shows_and_takes_one_call_and_can_be_taken_again() {
    let (client, calls) = layered(&engine(), |_, _| Fate::Pass);
    let writes = |calls: &Calls| {
        ["CreateTable", "UpdateTable", "UpdateTimeToLive", "DeleteTable"].iter().map(|call| calls.count(call)).sum::<usize>()
    };
    let mut wanted = as_found(orders());
    let mut sent = 0;
    let mut check = async |step: Step, change: &dyn Fn(&mut TableSchema)| {
        change(&mut wanted);
        for again in [false, true] {
            assert_eq!(take(&client, &step).await.unwrap(), Applied::Done, "{step}, again: {again}");
            assert_eq!(look(&client).await.schema, wanted, "{step}, again: {again}");
            sent += 1;
            assert_eq!(writes(&calls), sent, "{step}, again: {again}");
        }
    };
    check(create(), &|_| ()).await;
    check(create_index(), &|schema| drop(schema.global_indexes.insert(index("by-email"), index_as_found(by_email())))).await;
    check(stream(StreamView::KeysOnly), &|schema| schema.stream = Setting::Set(StreamView::KeysOnly)).await;
    check(ttl(), &|schema| schema.ttl = Setting::Set("expires".into())).await;
    check(protect(false), &|schema| schema.deletion_protection = Some(false)).await;
    check(protect(true), &|schema| schema.deletion_protection = Some(true)).await;
    check(no_ttl(), &|schema| schema.ttl = Setting::Off).await;
    check(no_stream(), &|schema| schema.stream = Setting::Off).await;
    check(drop_index(), &|schema| schema.global_indexes.clear()).await;

    let before = writes(&calls);
    assert_eq!(take(&client, &Step::AwaitTable { table: name("orders") }).await.unwrap(), Applied::Done);
    assert_eq!(writes(&calls), before);
    for again in [false, true] {
        let step = drop_orders(None);
        assert_eq!(take(&client, &step).await.unwrap(), Applied::Done);
        assert_eq!(describe(&client, &name("orders"), &apart(&[])).await.unwrap(), None);
        assert_eq!(writes(&calls), before + 2, "protection off and delete, again: {again}");
    }
}

/// The SDK repeats it, and learns that it is so already.
#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_no_failure() {
    let steps = [create(), create_index(), drop_index(), stream(StreamView::KeysOnly), no_stream(), ttl(), no_ttl()];
    for fault in ["reset", "500"] {
        let engine = engine();
        for step in steps.iter().chain(&[protect(false), drop_orders(None)]) {
            let (client, calls) = layered(&engine, move |operation, before| match (operation, before, fault) {
                ("DescribeTable" | "DescribeTimeToLive", ..) | (_, 1.., _) => Fate::Pass,
                (_, 0, "reset") => Fate::Afterwards(Err(ConnectorError::io("reset".into()))),
                _ => Fate::Afterwards(refusal("InternalServerError", "oops")),
            });
            let config = client.config().to_builder();
            let retrying = config.retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::standard()).build();
            assert_eq!(take(&Client::from_conf(retrying), step).await.unwrap(), Applied::Done, "{step}, {fault}");
            let sent: usize =
                ["CreateTable", "UpdateTable", "UpdateTimeToLive", "DeleteTable"].map(|call| calls.count(call)).iter().sum();
            assert_eq!(sent, 2, "{step}, {fault}: was the fault met?");
        }
        assert_eq!(describe(&engine, &name("orders"), &apart(&[])).await.unwrap(), None);
    }
}

/// The repeated call is refused, and the table does not show yet why.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_looked_into_before_it_is_believed() {
    const STREAM: &str = r#""StreamEnabled":true"#;
    let engine = after(&[create(), stream(StreamView::KeysOnly)]).await;
    let stale = |looks: usize| {
        move |operation: &str, before: usize| match operation {
            "DescribeTable" if before < looks => Fate::Edit(|body| body.replace(STREAM, r#""StreamEnabled":false"#)),
            _ => Fate::Pass,
        }
    };
    let (client, calls) = layered(&engine, stale(3));
    assert_eq!(take_as(&client, &stream(StreamView::KeysOnly), true).await.unwrap(), Applied::Done);
    assert_eq!(calls.count("UpdateTable"), 1);
    let error = take_as(&layered(&engine, stale(4)).0, &stream(StreamView::KeysOnly), true).await.unwrap_err();
    assert!(error.to_string().contains("already has an enabled stream"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_index_that_vanishes_while_it_is_made_is_no_missing_capability() {
    let engine = after(&[create()]).await;
    let (client, _) = layered(&engine, |operation, before| match (operation, before) {
        ("UpdateTable", _) => Fate::Instead(json(200, "{}")),
        ("DescribeTable", 0) => Fate::Edit(|body| {
            let creating = r#"{"Table":{"GlobalSecondaryIndexes":[{"IndexName":"by-email","IndexStatus":"CREATING","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["a","b"]}}],"#;
            body.replacen(r#"{"Table":{"#, creating, 1)
        }),
        _ => Fate::Pass,
    });
    let mut step = create_index();
    if let Step::CreateGlobalIndex { definition, .. } = &mut step {
        definition.key.partition = vec![s("id")];
    }
    assert_eq!(take(&client, &step).await.unwrap_err().kind(), ErrorKind::NotVerified);
}

#[tokio::test]
async fn time_to_live_that_cannot_be_read_is_unmanaged() {
    let (client, _) = layered(&after(&[create(), ttl()]).await, |operation, _| match operation {
        "DescribeTimeToLive" => Fate::Instead(refusal("UnknownOperationException", "")),
        _ => Fate::Pass,
    });
    assert_eq!(look(&client).await.schema.ttl, Setting::Unmanaged);
}

#[tokio::test]
async fn what_somebody_else_made_meanwhile_is_not_taken_for_ours() {
    let client = after(&[create(), stream(StreamView::KeysOnly), create_index(), ttl()]).await;
    let other_table =
        Step::CreateTable { schema: TableSchema { key: PrimaryKey { partition: s("id"), sort: None }, ..orders() } };
    let mut other_index = create_index();
    if let Step::CreateGlobalIndex { definition, .. } = &mut other_index {
        definition.projection = Projection::All;
    }
    let other_ttl = ttl_by("until");
    for (step, why) in [
        (other_table, "another key: (id S, at N) instead of (id S)"),
        (create(), "with other indexes"),
        (other_index, "with another definition"),
        (stream(StreamView::OldImage), "stream of orders is another one meanwhile: keys_only"),
        (other_ttl, "time to live of orders is another one meanwhile: expires"),
    ] {
        let error = take(&client, &step).await.unwrap_err();
        assert_eq!((error.kind(), error.help().len()), (ErrorKind::StalePlan, 1), "{step}: {error}");
        assert!(error.to_string().contains(why), "{step}: {error}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_true_is_told() {
    let client = engine();
    for step in [create_index(), stream(StreamView::KeysOnly), ttl(), protect(true)] {
        assert_eq!(take(&client, &step).await.unwrap_err().kind(), ErrorKind::NotFound, "{step}");
    }
    let mut wrong = orders();
    wrong.local_indexes.insert(index("by-x"), crate::schema::LocalIndex { sort: s("at"), projection: Projection::All });
    let error = take(&client, &Step::CreateTable { schema: wrong }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(error.to_string().contains("ValidationException"), "{error}");
}

#[tokio::test]
async fn only_the_very_table_is_dropped() {
    let client = after(&[create()]).await;
    let step = drop_orders;
    let id = look(&client).await.table_id;
    assert!(id.is_some());
    let error = take(&client, &step(Some("another".into()))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StalePlan);
    assert_eq!(look(&client).await.schema.deletion_protection, Some(true), "not even its protection was touched");
    assert_eq!(take(&client, &step(id)).await.unwrap(), Applied::Done);
}

#[tokio::test(start_paused = true)]
async fn a_table_is_dropped_only_at_rest_and_waited_for_until_it_is_gone() {
    const ACTIVE: &str = r#""TableStatus":"ACTIVE""#;
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, before| match (operation, before) {
        ("DescribeTable", 0..3) => Fate::Edit(|body| body.replace(ACTIVE, r#""TableStatus":"UPDATING""#)),
        // Protection off is seen late, and DeleteTable sees it later still.
        ("DescribeTable", 3..6) => Fate::Edit(|body| body.replace(r#"Enabled":false"#, r#"Enabled":true"#)),
        ("DeleteTable", 0) => {
            Fate::Instead(refusal("ValidationException", "Resource cannot be deleted as it is currently protected"))
        }
        ("DeleteTable", 1) => Fate::Instead(refusal("ResourceInUseException", "busy")),
        // While it is being deleted, a description need not say more.
        ("DescribeTable", 9..15) => Fate::Instead(json(200, r#"{"Table":{"TableName":"orders","TableStatus":"DELETING"}}"#)),
        _ => Fate::Pass,
    });
    let step = drop_orders(look(&engine).await.table_id);
    assert_eq!(take_as(&client, &step, true).await.unwrap(), Applied::Done);
    assert_eq!((calls.count("UpdateTable"), calls.count("DeleteTable"), calls.count("DescribeTable")), (1, 3, 16));
}

#[tokio::test]
async fn provisioned_tables_and_several_at_once() {
    let client = engine();
    let billing = Billing::Provisioned(crate::schema::Throughput { read: 3, write: 2 });
    let names: Vec<TableName> = (0..40).map(|n| TableName::new(format!("table-{n:02}")).unwrap()).collect();
    for table in &names[..35] {
        let mut schema = TableSchema { billing: Some(billing), ..orders().named(table.clone()) };
        schema.global_indexes.insert(index("by-email"), by_email());
        assert_eq!(take(&client, &Step::CreateTable { schema }).await.unwrap(), Applied::Done);
    }
    let found = describe_all(&client, names.iter().map(|table| (table.clone(), apart(&[])))).await.unwrap();
    assert!(found.keys().eq(&names[..35]));
    assert!(found.values().all(|live| live.schema.billing == Some(billing) && live.schema.ttl == Setting::Unmanaged));
}

#[tokio::test]
async fn emptiness_is_read_to_the_end() {
    let client = after(&[create()]).await;
    assert!(is_empty(&client, &name("orders")).await.unwrap());
    assert_eq!(is_empty(&client, &name("nowhere")).await.unwrap_err().kind(), ErrorKind::NotFound);
    let page = r#"{"Count":0,"ScannedCount":0,"LastEvaluatedKey":{"id":{"S":"x"}}}"#;
    let pages = |last: &'static str| {
        fake::client(move |_, body| {
            assert!(body.contains(r#""ConsistentRead":true"#) && body.contains(r#""Limit":1"#), "{body}");
            if body.contains("ExclusiveStartKey") { json(200, last) } else { json(200, page) }
        })
    };
    assert!(is_empty(&pages(r#"{"Count":0,"ScannedCount":0}"#), &name("orders")).await.unwrap());
    assert!(!is_empty(&pages(r#"{"Count":1,"ScannedCount":1}"#), &name("orders")).await.unwrap());
}
