//! Files: damaged, unwritable, and open twice.

#![expect(
    clippy::disallowed_methods,
    reason = "processes are told their file by the environment, and killed at moments that differ"
)]

use super::{attribute, key, s, table};
use crate::embedded::{Engine, EngineError};
use aws_sdk_dynamodb::types::{
    AttributeValue, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex, GlobalSecondaryIndexUpdate, KeyType, Projection,
    ProjectionType,
};
use std::path::Path;
use std::process::Command;

#[tokio::test]
async fn a_file_keeps_its_tables_and_its_directories_are_made() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/er/shop.db");
    let client = Engine::open(&path).unwrap().client();
    table(&client, "things").send().await.unwrap();
    drop(client);
    let client = Engine::open(&path).unwrap().client();
    let tables = client.list_tables().send().await.unwrap();
    assert_eq!(tables.table_names(), ["things"]);
}

#[test]
fn garbage_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.db");
    let garbage = vec![42; 8192];
    std::fs::write(&path, &garbage).unwrap();
    let error = Engine::open(&path).unwrap_err();
    assert!(matches!(error, EngineError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("shop.db"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), garbage);
}

#[tokio::test]
async fn a_truncated_database_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.db");
    let client = Engine::open(&path).unwrap().client();
    for name in ["one", "two", "three"] {
        table(&client, name).send().await.unwrap();
    }
    drop(client);
    let whole = std::fs::read(&path).unwrap();
    for cut in [100, 5_000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let error = Engine::open(&path).unwrap_err();
        assert!(matches!(error, EngineError::Corrupt { .. }), "{cut}: {error:?}");
        assert_eq!(std::fs::read(&path).unwrap(), whole[..cut], "{cut}");
    }
}

#[test]
fn paths_that_cannot_be_written_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let error = Engine::open(dir.path()).unwrap_err();
    assert!(matches!(error, EngineError::IsDirectory { .. }), "{error:?}");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Engine::open(file.join("shop.db")).unwrap_err();
    assert!(matches!(error, EngineError::NotDirectory { .. }), "{error:?}");
    assert!(error.to_string().contains("file"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_takes_no_files_is_an_error() {
    // Not even root can make a file here.
    let error = Engine::open("/proc/self/shop.db").unwrap_err();
    let refused = matches!(error, EngineError::NotWritable { .. } | EngineError::Io { .. });
    assert!(refused, "{error:?}");
}

#[tokio::test]
async fn a_second_engine_learns_what_the_first_one_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.db");
    let one = Engine::open(&path).unwrap().client();
    let two = Engine::open(&path).unwrap().client();
    table(&one, "things").send().await.unwrap();
    // Now both have the table's definition in memory.
    two.put_item().table_name("things").item("pk", s("1")).item("a", s("x")).send().await.unwrap();
    let index = CreateGlobalSecondaryIndexAction::builder()
        .index_name("by-a")
        .key_schema(key("a", KeyType::Hash))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .unwrap();
    one.update_table()
        .table_name("things")
        .attribute_definitions(attribute("a"))
        .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(index).build())
        .send()
        .await
        .unwrap();
    two.put_item().table_name("things").item("pk", s("2")).item("a", s("x")).send().await.unwrap();
    let found = one.scan().table_name("things").index_name("by-a").send().await.unwrap();
    assert_eq!(found.count, 2, "a write went past the new index");
    one.delete_table().table_name("things").send().await.unwrap();
    let gone = two.describe_table().table_name("things").send().await.unwrap_err();
    assert!(gone.as_service_error().unwrap().is_resource_not_found_exception());
}

const WORKERS: usize = 3;
const ROUNDS: usize = 40;
const DATABASE: &str = "EMBEDDED_TEST_DATABASE";

/// Adds to one counter, each time on the condition that nobody else did meanwhile.
async fn count(path: &Path) {
    let client = Engine::open(path).unwrap().client();
    for _ in 0..ROUNDS {
        loop {
            let item = client.get_item().table_name("things").key("pk", s("counter")).send().await.unwrap();
            let old = item.item.unwrap()["n"].as_n().unwrap().clone();
            let new = (old.parse::<usize>().unwrap() + 1).to_string();
            let written = client
                .update_item()
                .table_name("things")
                .key("pk", s("counter"))
                .update_expression("SET n = :new")
                .condition_expression("n = :old")
                .expression_attribute_values(":new", AttributeValue::N(new))
                .expression_attribute_values(":old", AttributeValue::N(old))
                .send()
                .await;
            match written.map_err(|error| error.into_service_error()) {
                Ok(_) => break,
                Err(error) => assert!(error.is_conditional_check_failed_exception(), "{error:?}"),
            }
        }
    }
}

#[tokio::test]
#[ignore = "started as a process of its own by processes_share_a_file"]
async fn worker() {
    let path = std::env::var_os(DATABASE).expect("the database's path");
    count(Path::new(&path)).await;
}

#[tokio::test]
async fn processes_share_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.db");
    let client = Engine::open(&path).unwrap().client();
    table(&client, "things").send().await.unwrap();
    let zero = AttributeValue::N("0".to_owned());
    client.put_item().table_name("things").item("pk", s("counter")).item("n", zero).send().await.unwrap();
    let processes: Vec<_> = (0..WORKERS)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "embedded::tests::files::worker", "--ignored"])
                .env(DATABASE, &path)
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    count(&path).await;
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let item = client.get_item().table_name("things").key("pk", s("counter")).send().await.unwrap();
    let total = ((WORKERS + 1) * ROUNDS).to_string();
    assert_eq!(item.item.unwrap()["n"], AttributeValue::N(total));
}

/// Creates and deletes one table for ever.
#[tokio::test]
#[ignore = "started as a process of its own by a_killed_process_leaves_whole_tables"]
async fn churn() {
    let path = std::env::var_os(DATABASE).expect("the database's path");
    let client = Engine::open(path).unwrap().client();
    loop {
        // Either may be refused at first, since a killed process came before.
        let index = GlobalSecondaryIndex::builder()
            .index_name("by-a")
            .key_schema(key("a", KeyType::Hash))
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()
            .unwrap();
        let create = table(&client, "things").attribute_definitions(attribute("a"));
        let _ = create.global_secondary_indexes(index).send().await;
        let _ = client.delete_table().table_name("things").send().await;
    }
}

#[tokio::test]
async fn a_killed_process_leaves_whole_tables() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("shop.db");
    let client = Engine::open(&path).unwrap().client();
    for round in 0..20 {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "embedded::tests::files::churn", "--ignored"])
            .env(DATABASE, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Wherever it is then: the moments differ from round to round.
        std::thread::sleep(std::time::Duration::from_micros(30_000 + 1_700 * round));
        process.kill().unwrap();
        process.wait().unwrap();
        let listed = client.list_tables().send().await.unwrap();
        if listed.table_names().is_empty() {
            table(&client, "things").send().await.unwrap();
        }
        client.put_item().table_name("things").item("pk", s("1")).item("a", s("x")).send().await.unwrap();
        client.delete_table().table_name("things").send().await.unwrap();
    }
}
