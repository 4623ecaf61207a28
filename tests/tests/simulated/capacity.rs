//! Buckets of tokens, in virtual time.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use migrate_tests::engine::TestEngine;
use migrate_tests::simulated::{Access, Simulated, SimulatedTable};
use tokio::time::Instant;

use super::{attribute, create, n, s, statement};

/// A simulation with items `0` to `1999`, and a client that does not try again.
async fn simulation(setup: impl FnOnce(SimulatedTable) -> SimulatedTable) -> (Simulated, Client, String) {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let simulated = Simulated::over(&engine.client()).table(setup(SimulatedTable::new(&table))).start();
    let client = simulated.client();
    let client = Client::from_conf(client.config().to_builder().retry_config(RetryConfig::disabled()).build());
    create(&client, &table, false).await;
    simulated.fill(&table, (0..2000).map(|n| format!(r#"{{"pk":{{"S":"{n}"}},"v":{{"N":"0"}}}}"#))).await;
    (simulated, client, table)
}

/// Sends a batch of 10 statements every `every` for a while; gives back the codes of what was refused.
async fn write(client: &Client, table: &str, every: Duration, time: Duration) -> Vec<String> {
    let (start, mut sent, mut refused) = (Instant::now(), 0_u32, Vec::new());
    while start.elapsed() < time {
        let update = |at: u32| {
            let text = format!(r#"UPDATE "{table}" SET "v"=? WHERE "pk"=?"#);
            statement(text, &[n(sent), s(((sent * 10 + at) % 2000).to_string())])
        };
        let batch = client.batch_execute_statement().set_statements(Some((0..10).map(update).collect()));
        for answer in batch.send().await.unwrap().responses() {
            refused.extend(answer.error().map(|error| error.code().unwrap().as_str().to_owned()));
        }
        sent += 1;
        tokio::time::sleep_until(start + every * sent).await;
    }
    refused
}

#[tokio::test(start_paused = true)]
async fn a_writer_at_capacity_is_not_throttled_and_a_faster_one_is_by_half() {
    let (simulated, client, table) = simulation(|table| table.provisioned(1000.0, 100.0)).await;
    let from = Instant::now();
    assert_eq!(write(&client, &table, Duration::from_millis(100), Duration::from_secs(20)).await.len(), 0);
    let counts = simulated.counts_between(&table, from, Instant::now());
    assert_eq!((counts.requests, counts.writes, counts.write_units), (200, 2000, 2000.0));
    let from = Instant::now();
    let refused = write(&client, &table, Duration::from_millis(50), Duration::from_secs(20)).await;
    assert!((1850..=2000).contains(&refused.len()), "{}", refused.len());
    assert!(refused.iter().all(|code| code == "ProvisionedThroughputExceeded"));
    let counts = simulated.counts_between(&table, from, Instant::now());
    assert_eq!(counts.throttled_writes, refused.len() as u64);
    assert!((2000.0..=2150.0).contains(&counts.write_units), "{counts:?}");
    assert!(counts.throttled_requests > 300, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn capacity_is_halved_shared_and_taken_away_while_it_runs() {
    let (simulated, client, table) = simulation(|table| table.capacity(Access::Write, 100.0)).await;
    let slow = Duration::from_millis(100);
    let time = Duration::from_secs(20);
    simulated.halve(&table, Access::Write);
    let refused = write(&client, &table, slow, time).await;
    assert!((950..=1000).contains(&refused.len()), "half of 2000, less a second's burst: {}", refused.len());
    assert!(refused.iter().all(|code| code == "ThrottlingError"), "paid on demand");
    simulated.set_capacity(&table, Access::Write, 100.0);
    simulated.set_application(&table, Access::Write, 75.0);
    let refused = write(&client, &table, slow, time).await;
    assert!((1400..=1500).contains(&refused.len()), "{}", refused.len());
    simulated.set_application(&table, Access::Write, 0.0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(write(&client, &table, slow, time).await.len(), 0);
    simulated.throttle_everything(&table, Duration::from_secs(5));
    let refused = write(&client, &table, slow, time).await;
    assert_eq!(refused.len(), 500);
}

#[tokio::test(start_paused = true)]
async fn a_partition_is_throttled_alone_and_a_segment_lies_in_one() {
    let (_, client, table) = simulation(|table| table.partitions(4, 1000.0, 50.0)).await;
    let mut parts = Vec::new();
    for segment in 0..4 {
        let page = client.scan().table_name(&table).segment(segment).total_segments(4).send().await.unwrap();
        parts.push(page.items.unwrap());
    }
    let put = async |part: usize, at: usize| {
        let item = parts[part][at].clone();
        client.put_item().table_name(&table).set_item(Some(item)).send().await.is_ok()
    };
    for at in 0..50 {
        assert!(put(0, at).await, "{at}");
    }
    assert!(!put(0, 50).await, "the first partition has given what it had");
    for part in 1..4 {
        assert!(put(part, 0).await, "{part} has not");
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    for at in 0..50 {
        assert!(put(0, at).await, "{at}: full again, and no fuller");
    }
    assert!(!put(0, 50).await);
}

#[tokio::test(start_paused = true)]
async fn reads_have_their_own_capacity_and_single_requests_are_refused_as_a_whole() {
    let (simulated, client, table) = simulation(|table| table.provisioned(10.0, 1.0).index_writes(2.0)).await;
    let scan = client.scan().table_name(&table).consistent_read(true);
    // 2000 items of less than 10 bytes, 4 pages: the last one empties the bucket, and what comes next finds nothing.
    let mut pages = 0;
    let refused = loop {
        match scan.clone().send().await {
            Ok(_) => pages += 1,
            Err(error) => break error.into_service_error(),
        }
        assert!(pages < 10, "nothing holds it");
    };
    assert!(refused.is_provisioned_throughput_exceeded_exception());
    assert_eq!(pages, 3, "4 units each, until the bucket of 10 is empty");
    let put = client.put_item().table_name(&table).item("pk", attribute(&s("new"))).return_consumed_capacity("TOTAL".into());
    let done = put.clone().send().await.expect("writes are apart from reads");
    assert_eq!(done.consumed_capacity.unwrap().capacity_units, Some(3.0), "one, and two of indexes");
    assert!(put.send().await.unwrap_err().into_service_error().is_provisioned_throughput_exceeded_exception());
    assert_eq!(simulated.counts(&table).operations["PutItem"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_conditions_hands_back_what_it_could_not_write() {
    let (simulated, client, table) = simulation(|table| table.capacity(Access::Write, 10.0)).await;
    let put = |pk: i32| {
        let put = PutRequest::builder().item("pk", attribute(&s(format!("new-{pk}")))).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    let batch = client.batch_write_item().request_items(&table, (0..25).map(put).collect());
    let answer = batch.clone().send().await.unwrap();
    assert_eq!(answer.unprocessed_items.unwrap()[&table].len(), 15);
    assert_eq!(simulated.len(&table), 2010);
    let refused = batch.send().await.unwrap_err().into_service_error();
    assert!(!refused.is_provisioned_throughput_exceeded_exception() && simulated.len(&table) == 2010, "on demand: {refused:?}");
}

#[tokio::test(start_paused = true)]
async fn requests_take_their_time() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let (fixed, jitter) = (Duration::from_millis(40), Duration::from_millis(20));
    let simulated = Simulated::over(&engine.client()).table(SimulatedTable::new(&table)).latency(fixed, jitter, 1).start();
    let client = simulated.client();
    create(&client, &table, false).await;
    let mut times = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        client.scan().table_name(&table).send().await.unwrap();
        times.push(start.elapsed());
    }
    assert!(times.iter().all(|time| (fixed..=fixed + jitter + Duration::from_millis(2)).contains(time)), "{times:?}");
    times.dedup();
    assert!(times.len() > 10, "{times:?}");
}
