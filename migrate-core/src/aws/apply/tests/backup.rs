//! A table is backed up before it is dropped, once, and is left protected where the drop fails.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::settings::described;
use super::*;

/// A table that can be backed up, unprotected and deleted; it notes what it is asked.
#[derive(Default)]
struct Droppable {
    protected: bool,
    gone: bool,
    backups: Vec<Value>,
    looks_at_backup: usize,
    calls: Vec<String>,
}

fn answer(state: &mut Droppable, operation: &str, body: &str, refuse: &dyn Fn(&str) -> Option<&'static str>) -> fake::Reply {
    let reply = |value: Value| json(200, &value.to_string());
    if !operation.starts_with("Describe") {
        state.calls.push(operation.to_owned());
    }
    if let Some(code) = refuse(operation) {
        return refusal(code, "refused");
    }
    match operation {
        "DescribeTable" if state.gone => refusal("ResourceNotFoundException", "gone"),
        "DescribeTable" => reply(described(json!({"DeletionProtectionEnabled": state.protected}), json!({}))),
        "ListBackups" => reply(json!({"BackupSummaries": state.backups})),
        "CreateBackup" => {
            let asked: Value = serde_json::from_str(body).unwrap();
            let made = jiff::Timestamp::now().as_second();
            let backup = json!({"BackupArn": "arn:b", "BackupName": asked["BackupName"], "BackupStatus": "CREATING",
                "BackupType": "USER", "BackupCreationDateTime": made, "TableId": "id"});
            state.backups.push(backup.clone());
            reply(json!({"BackupDetails": backup}))
        }
        "DescribeBackup" => {
            state.looks_at_backup += 1;
            let mut backup = state.backups.last().unwrap().clone();
            if state.looks_at_backup > 3 {
                backup["BackupStatus"] = json!("AVAILABLE");
            }
            reply(json!({"BackupDescription": {"BackupDetails": backup}}))
        }
        "UpdateTable" => {
            state.protected = body.contains("true");
            reply(json!({}))
        }
        "DeleteTable" => {
            state.gone = true;
            reply(json!({}))
        }
        other => refusal("UnknownOperationException", other),
    }
}

fn engine_of(
    state: Droppable,
    refuse: impl Fn(&str) -> Option<&'static str> + Send + Sync + 'static,
) -> (Client, Arc<Mutex<Droppable>>) {
    let state = Arc::new(Mutex::new(state));
    let shared = state.clone();
    let client = fake::client(move |operation, body| answer(&mut shared.lock().unwrap(), operation, body, &refuse));
    (client, state)
}

fn protected() -> Droppable {
    Droppable { protected: true, ..Droppable::default() }
}

fn step(backup: bool) -> Step {
    Step::DropTable { table: name("orders"), backup, table_id: Some("id".to_owned()) }
}

#[tokio::test(start_paused = true)]
async fn backed_up_unprotected_deleted() {
    let (client, state) = engine_of(protected(), |_| None);
    assert_eq!(take_as(&client, &step(true), true).await.unwrap(), Applied::Done);
    assert_eq!(state.lock().unwrap().calls, ["ListBackups", "CreateBackup", "UpdateTable", "DeleteTable"]);
    let (client, state) = engine_of(protected(), |_| None);
    assert_eq!(take_as(&client, &step(false), true).await.unwrap(), Applied::Done);
    assert_eq!(state.lock().unwrap().calls, ["UpdateTable", "DeleteTable"]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_killed_left_a_backup_that_counts() {
    let (client, state) = engine_of(protected(), |operation| (operation == "UpdateTable").then_some("InternalServerError"));
    assert!(take_as(&client, &step(true), true).await.is_err());
    let backups = state.lock().unwrap().backups.clone();
    let (client, state) = engine_of(Droppable { backups, ..protected() }, |_| None);
    assert_eq!(take_as(&client, &step(true), true).await.unwrap(), Applied::Done);
    assert_eq!(state.lock().unwrap().calls, ["ListBackups", "UpdateTable", "DeleteTable"]);
}

#[tokio::test(start_paused = true)]
async fn an_engine_without_backups_drops_without_one() {
    for lacking in ["ListBackups", "CreateBackup"] {
        let (client, state) =
            engine_of(protected(), move |operation| (operation == lacking).then_some("UnknownOperationException"));
        assert_eq!(take(&client, &step(true)).await.unwrap(), Applied::Done);
        assert!(state.lock().unwrap().gone);
        let (client, state) =
            engine_of(protected(), move |operation| (operation == lacking).then_some("UnknownOperationException"));
        assert!(take_as(&client, &step(true), true).await.is_err(), "AWS has them");
        assert!(!state.lock().unwrap().gone);
    }
}

#[tokio::test(start_paused = true)]
async fn without_leave_to_back_up_nothing_is_touched() {
    let (client, state) = engine_of(protected(), |operation| (operation == "CreateBackup").then_some("AccessDeniedException"));
    let error = take_as(&client, &step(true), true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(error.help().iter().any(|help| help.contains("--no-backup")), "{:?}", error.help());
    assert!(state.lock().unwrap().protected);
}

#[tokio::test(start_paused = true)]
async fn a_drop_that_fails_leaves_the_table_protected() {
    let (client, state) = engine_of(protected(), |operation| (operation == "DeleteTable").then_some("AccessDeniedException"));
    assert_eq!(take_as(&client, &step(true), true).await.unwrap_err().kind(), ErrorKind::AccessDenied);
    assert!(state.lock().unwrap().protected);
    let unprotected = Droppable::default();
    let (client, state) = engine_of(unprotected, |operation| (operation == "DeleteTable").then_some("AccessDeniedException"));
    assert!(take_as(&client, &step(false), true).await.is_err());
    assert!(!state.lock().unwrap().protected, "it was not protected before");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_for_a_backup() {
    let (client, state) = engine_of(protected(), |_| None);
    let deadline = tokio::time::Instant::now() + Duration::from_millis(60);
    let wait = Wait { deadline: Some(deadline), ..Wait::default() };
    let applied = apply(&client, &step(true), &wait, true, &mut |_, _| {}).await.unwrap();
    assert_eq!(applied, Applied::StillGoing { status: "the backup is CREATING".to_owned() });
    assert!(state.lock().unwrap().protected);
    assert_eq!(take_as(&client, &step(true), true).await.unwrap(), Applied::Done);
    assert_eq!(state.lock().unwrap().backups.len(), 1);
}
