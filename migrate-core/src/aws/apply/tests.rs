//! Every step on the embedded engine, beneath a layer that answers as AWS would at its worst.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::super::fake::{self, Calls, Fate, json, layered, refusal};
use super::super::inspect::{describe, describe_all, is_empty};
use super::{Applied, Wait, apply};
use crate::embedded::Engine;
use crate::error::{Error, ErrorKind};
use crate::schema::{
    Billing, GlobalIndex, IndexKey, IndexName, KeyElement, LiveTable, PrimaryKey, Projection, ScalarType, Setting, StreamView,
    TableName, TableSchema,
};
use crate::step::Step;

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
    GlobalIndex { key, projection: Projection::Include(["b".to_owned(), "a".to_owned()].into()) }
}

fn create() -> Step {
    Step::CreateTable { schema: orders() }
}

fn create_index() -> Step {
    let mut elements: Vec<_> = orders().key_elements().into_iter().cloned().collect();
    elements.push(s("email"));
    Step::CreateGlobalIndex {
        table: name("orders"),
        index: index("by-email"),
        definition: by_email(),
        elements,
        throughput: None,
    }
}

fn drop_index() -> Step {
    Step::DropGlobalIndex { table: name("orders"), index: index("by-email") }
}

fn stream(view: StreamView) -> Step {
    Step::EnableStream { table: name("orders"), view }
}

fn no_stream() -> Step {
    Step::DisableStream { table: name("orders") }
}

fn ttl() -> Step {
    Step::EnableTtl { table: name("orders"), attribute: "expires".into() }
}

fn no_ttl() -> Step {
    Step::DisableTtl { table: name("orders"), attribute: "expires".into() }
}

fn protect(enabled: bool) -> Step {
    Step::SetDeletionProtection { table: name("orders"), enabled }
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
    describe(client, &name("orders"), true).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_step_shows_and_takes_one_call_and_can_be_taken_again() {
    let (client, calls) = layered(&engine(), |_, _| Fate::Pass);
    let writes = |calls: &Calls| {
        ["CreateTable", "UpdateTable", "UpdateTimeToLive", "DeleteTable"].iter().map(|call| calls.count(call)).sum::<usize>()
    };
    let mut wanted = orders();
    (wanted.stream, wanted.ttl) = (Setting::Off, Setting::Off);
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
    check(create_index(), &|schema| drop(schema.global_indexes.insert(index("by-email"), by_email()))).await;
    check(stream(StreamView::NewImage), &|schema| schema.stream = Setting::Set(StreamView::NewImage)).await;
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
        let step = Step::DropTable { table: name("orders"), table_id: None };
        assert_eq!(take(&client, &step).await.unwrap(), Applied::Done);
        assert_eq!(describe(&client, &name("orders"), true).await.unwrap(), None);
        assert_eq!(writes(&calls), before + 2, "protection off and delete, again: {again}");
    }
}

/// The SDK repeats it, and learns that it is so already.
#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_no_failure() {
    let steps = [create(), create_index(), drop_index(), stream(StreamView::KeysOnly), no_stream(), ttl(), no_ttl()];
    for fault in ["reset", "500"] {
        let engine = engine();
        for step in steps.iter().chain(&[protect(false), Step::DropTable { table: name("orders"), table_id: None }]) {
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
        assert_eq!(describe(&engine, &name("orders"), false).await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_is_done_when_it_is_active_and_may_be_unknown_at_first() {
    let (client, calls) = layered(&engine(), |operation, before| match (operation, before) {
        ("DescribeTable", 0..2) => Fate::Instead(refusal("ResourceNotFoundException", "not yet")),
        ("DescribeTable", 2..20) => Fate::Edit(|body| body.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"CREATING""#)),
        _ => Fate::Pass,
    });
    let mut heard = Vec::new();
    let (step, wait) = (create(), Wait::default());
    let mut hear = |elapsed: Duration, status: &str| heard.push((elapsed, status.to_owned()));
    let applied = apply(&client, &step, &wait, true, &mut hear);
    assert_eq!(applied.await.unwrap(), Applied::Done);
    assert_eq!((calls.count("CreateTable"), calls.count("DescribeTable")), (1, 21));
    assert_eq!(heard.len(), 20);
    assert_eq!((heard[0].1.as_str(), heard[19].1.as_str()), ("the table is not there", "the table is CREATING"));
    // 50 ms doubling to 3.2 s are seven pauses; twelve of 5 s follow.
    assert!((heard[19].0.as_millis()).abs_diff(66_350) < 500, "{:?}", heard[19].0);
}

#[tokio::test(start_paused = true)]
async fn an_index_is_waited_for_itself_and_for_hours() {
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, before| match (operation, before) {
        ("DescribeTable", 0) => Fate::Edit(|body| body.replace(r#""TableStatus":"ACTIVE""#, r#""TableStatus":"UPDATING""#)),
        // Seven hours: the table is ACTIVE all the time.
        ("DescribeTable", 1..5000) => {
            Fate::Edit(|body| body.replace(r#""IndexStatus":"ACTIVE""#, r#""IndexStatus":"CREATING","Backfilling":true"#))
        }
        _ => Fate::Pass,
    });
    assert_eq!(take_as(&client, &create_index(), true).await.unwrap(), Applied::Done);
    assert_eq!((calls.count("UpdateTable"), calls.count("DescribeTable")), (1, 5001));
}

#[tokio::test(start_paused = true)]
async fn what_is_busy_is_waited_for_and_asked_again() {
    let engine = after(&[create()]).await;
    let (client, calls) = layered(&engine, |operation, before| match (operation, before) {
        ("UpdateTable", 0..5) => {
            Fate::Instead(refusal("ResourceInUseException", "Attempt to change a resource which is still in use"))
        }
        ("UpdateTable", 5..9) => Fate::Instead(refusal("LimitExceededException", "Only 1 online index can be created")),
        ("UpdateTable", 9) | ("DescribeTable", 10) => Fate::Instead(refusal("ThrottlingException", "slower")),
        _ => Fate::Pass,
    });
    assert_eq!(take_as(&client, &create_index(), true).await.unwrap(), Applied::Done);
    assert_eq!(calls.count("UpdateTable"), 11);
}

#[tokio::test(start_paused = true)]
async fn time_runs_out_with_the_last_word_of_the_engine() {
    let engine = after(&[create()]).await;
    let (client, _) = layered(&engine, |operation, _| match operation {
        "UpdateTable" => Fate::Instead(refusal("ResourceInUseException", "still in use")),
        _ => Fate::Pass,
    });
    let wait = Wait { limit: Duration::from_secs(100), ..Wait::default() };
    let error = apply(&client, &protect(false), &wait, true, &mut |_, _| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotVerified);
    assert_eq!(error.to_string(), "after 100 s it does not show yet: switch deletion protection of orders off (still in use)");
}

#[tokio::test(start_paused = true)]
async fn a_missing_capability_is_unsupported_here_and_an_error_on_aws() {
    let engine = after(&[create()]).await;
    let unknown = |operation: &str, _| match operation {
        "UpdateTimeToLive" | "UpdateTable" => Fate::Instead(refusal("UnknownOperationException", "")),
        _ => Fate::Pass,
    };
    // Says yes and does nothing.
    let ignores = |operation: &str, _| match operation {
        "UpdateTimeToLive" | "UpdateTable" => Fate::Instead(json(200, "{}")),
        _ => Fate::Pass,
    };
    for step in [ttl(), stream(StreamView::KeysOnly), protect(false)] {
        for (client, calls, kind, sent) in [
            {
                let (client, calls) = layered(&engine, unknown);
                (client, calls, ErrorKind::NotSupported, 1)
            },
            {
                let (client, calls) = layered(&engine, ignores);
                (client, calls, ErrorKind::NotVerified, 1)
            },
        ] {
            let applied = take(&client, &step).await.unwrap();
            assert!(matches!(applied, Applied::Unsupported { .. }), "{step}: {applied:?}");
            assert_eq!(calls.count("UpdateTable") + calls.count("UpdateTimeToLive"), sent, "{step}: never asked twice");
            assert_eq!(take_as(&client, &step, true).await.unwrap_err().kind(), kind, "{step}");
        }
    }
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
    let other_ttl = Step::EnableTtl { table: name("orders"), attribute: "until".into() };
    for step in [other_table, other_index, stream(StreamView::OldImage), other_ttl] {
        let error = take(&client, &step).await.unwrap_err();
        assert_eq!((error.kind(), error.help().len()), (ErrorKind::StalePlan, 1), "{step}: {error}");
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
    let step = |id: Option<String>| Step::DropTable { table: name("orders"), table_id: id };
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
    let step = Step::DropTable { table: name("orders"), table_id: look(&engine).await.table_id };
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
    let found = describe_all(&client, names.iter().map(|table| (table.clone(), false))).await.unwrap();
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
