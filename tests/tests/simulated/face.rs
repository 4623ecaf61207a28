//! The simulation over TCP, and the binary that shows it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use migrate_tests::engine::TestEngine;
use migrate_tests::simulated::{Face, Null, Simulated, SimulatedTable, sample};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::create;

/// A connection that is kept open.
struct Caller(TcpStream);

impl Caller {
    async fn connect(port: u16) -> Self {
        Self(TcpStream::connect(("127.0.0.1", port)).await.unwrap())
    }

    async fn call(&mut self, target: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let head = format!("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: {target}\r\nContent-Length: {}\r\n\r\n", body.len());
        self.0.write_all((head + &body).as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&answer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                if body.len() == length.parse::<usize>().unwrap() {
                    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                    return (status, serde_json::from_str(body).unwrap());
                }
            }
            assert!(self.0.read_buf(&mut answer).await.unwrap() > 0, "it hung up: {text}");
        }
    }

    async fn dynamodb(&mut self, operation: &str, body: Value) -> Value {
        let (status, answer) = self.call(&format!("DynamoDB_20120810.{operation}"), &body).await;
        assert_eq!(status, 200, "{operation} {answer}");
        answer
    }

    /// Every key of a scan in segments, each once.
    async fn keys(&mut self, table: &str, segments: u64, limit: Option<u64>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for segment in 0..segments {
            let mut request = json!({"TableName": table, "Segment": segment, "TotalSegments": segments, "Limit": limit});
            loop {
                let page = self.dynamodb("Scan", request.clone()).await;
                for item in page["Items"].as_array().unwrap() {
                    assert!(found.insert(item["pk"]["S"].as_str().unwrap().to_owned()), "twice: {item}");
                }
                request["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
                if request["ExclusiveStartKey"].is_null() {
                    break;
                }
            }
        }
        found
    }
}

async fn face(null: bool) -> (Simulated, Caller, String) {
    let engine = TestEngine::embedded();
    let table = engine.table("items");
    create(&engine.client(), &table, false).await;
    let simulated = Simulated::over(&engine.client()).table(SimulatedTable::new(&table)).start();
    simulated.fill(&table, (0..100).map(|n| sample(n, 300))).await;
    let face = Face::listen(&simulated, null.then(|| Null::new(&table, 1003, 300)), 0).await.unwrap();
    let port = face.port();
    tokio::spawn(face.serve());
    (simulated, Caller::connect(port).await, table)
}

fn update(table: &str, pk: &str) -> Value {
    let text = format!(r#"UPDATE "{table}" SET "age"=? WHERE "pk"=?"#);
    json!({"Statement": text, "Parameters": [{"N": "1"}, {"S": pk}]})
}

#[tokio::test]
async fn a_null_table_shows_every_item_and_takes_every_write() {
    let (simulated, mut caller, table) = face(true).await;
    for (segments, limit) in [(1, Some(10)), (8, Some(50)), (3, None), (2000, Some(1))] {
        assert_eq!(caller.keys(&table, segments, limit).await.len(), 1003, "{segments} {limit:?}");
    }
    let statements: Vec<Value> = (0..7).map(|n| update(&table, &format!("nothing-{n}"))).collect();
    let batch = caller.dynamodb("BatchExecuteStatement", json!({"Statements": statements})).await;
    assert_eq!(batch["Responses"], json!(vec![json!({"TableName": table}); 7]));
    let put = json!({"RequestItems": {table.clone(): [{"PutRequest": {"Item": {"pk": {"S": "x"}}}}]}});
    assert_eq!(caller.dynamodb("BatchWriteItem", put).await, json!({"UnprocessedItems": {}}));
    let key = json!({"TableName": table, "Key": {"pk": {"S": "item-0000000007"}}});
    let item: Value = serde_json::from_str(&sample(7, 300)).unwrap();
    assert_eq!(caller.dynamodb("GetItem", key).await["Item"], item);
    assert_eq!(simulated.counts(&table).requests, 0, "nothing got through");
    let tables = caller.dynamodb("ListTables", json!({})).await;
    assert_eq!(tables["TableNames"], json!([table]), "what is not about its items does");
    // A write of another table that only speaks of this one.
    let note = json!({"TableName": "elsewhere", "Item": {"pk": {"S": table}}});
    assert_eq!(caller.call("DynamoDB_20120810.PutItem", &note).await.0, 400, "there is no such table below");
}

#[tokio::test]
async fn a_simulated_table_is_the_same_over_tcp() {
    let (simulated, mut caller, table) = face(false).await;
    assert_eq!(caller.keys(&table, 8, Some(5)).await.len(), 100);
    let statements = [update(&table, "item-0000000007"), update(&table, "missing")];
    let batch = caller.dynamodb("BatchExecuteStatement", json!({"Statements": statements})).await;
    assert!(batch["Responses"][0]["Error"].is_null());
    assert_eq!(batch["Responses"][1]["Error"]["Code"], "ConditionalCheckFailed");
    let key = json!({"TableName": table, "Key": {"pk": {"S": "item-0000000007"}}});
    assert_eq!(caller.dynamodb("GetItem", key).await["Item"]["age"], json!({"N": "1"}));
    let shown = caller.dynamodb("DescribeTable", json!({"TableName": table})).await;
    assert_eq!(shown["Table"]["ItemCount"], 100);
    let (_, counts) = caller.call("Simulated.Counts", &json!({})).await;
    assert_eq!(counts[&table]["operations"]["BatchExecuteStatement"], 1);
    assert_eq!(counts[&table]["writes"], 2);
    assert_eq!(simulated.counts(&table).failed_conditions, 1);
}

#[tokio::test]
async fn the_binary_prints_its_port_and_ends_with_its_input() {
    for mode in ["null", "simulated"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_simulated-dynamodb"));
        command.args(["--mode", mode, "--items", "1000", "--segments", "4", "--limit", "100", "--partitions", "2"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let mut caller = Caller::connect(port.trim().parse().unwrap()).await;
        assert_eq!(caller.keys("items", 4, Some(100)).await.len(), 1000, "{mode}");
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success(), "{mode}");
    }
}

#[cfg(feature = "servers")]
#[tokio::test]
async fn the_sdk_reaches_it_over_tcp() {
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

    let (_, caller, table) = face(false).await;
    let port = caller.0.peer_addr().unwrap().port();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = Client::from_conf(config.build());
    let mut pages = client.scan().table_name(&table).limit(7).into_paginator().items().send();
    let mut seen = 0;
    while let Some(item) = pages.next().await {
        item.unwrap();
        seen += 1;
    }
    assert_eq!(seen, 100);
}
