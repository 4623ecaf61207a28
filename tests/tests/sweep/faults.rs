//! One run that does everything, under every fault at every call; killed at every call, and killed again while it recovers.

use migrate_core::testing::{Fault, Sweep, TestDb};
use migrate_tests::scenario::Customers;
use serde_json::{Value, json};

use super::shop::{Archived, given, options, today};

fn sweep() -> Sweep {
    Sweep::with(today()).options(options("")).strictly()
}

#[tokio::test(start_paused = true)]
async fn what_is_swept_does_everything() {
    let db = TestDb::with(today()).unwrap();
    given(&db).await.unwrap();
    let recorder = migrate_core::testing::Recorder::of(&db.client());
    let migrator = db.migrator_of(today(), recorder.attach(&db.client())).unwrap();
    let report = migrator.up(options("")).await.unwrap();
    let steps: Vec<String> = report.steps.iter().map(ToString::to_string).collect();
    for part in
        ["create table archive", "create index customers/by-domain", "stream", "expires", "drop index", "drop table orders"]
    {
        assert!(steps.iter().any(|step| step.contains(part)), "no {part} in {steps:#?}");
    }
    let left: Vec<Value> = db.items::<Customers, _>().await.unwrap();
    let one = |id: &str, email: &str| {
        let mark = "0003/update customers 1";
        json!({"id": id, "email": email, "points": 8, "expires": 4_000_000_000_u64, "domain": "example.com", "_migration_shop": mark})
    };
    assert_eq!(left, [one("1", "a@example.com"), one("3", "c@example.com")]);
    assert_eq!(db.items::<Archived, Value>().await.unwrap().len(), 4);
    let operations = recorder.operations();
    for operation in ["UpdateTable", "DeleteTable", "UpdateTimeToLive", "BatchExecuteStatement", "TransactWriteItems", "Scan"] {
        assert!(operations.iter().any(|one| one == operation), "no {operation}");
    }
    assert!(operations.len() > 80, "{} calls are too few to mean anything", operations.len());
}

#[test]
fn a_fault_at_any_call_changes_nothing_in_the_end() {
    sweep().only(Fault::ALL.into_iter().filter(|fault| !fault.is_crash())).run(given);
}

#[test]
fn a_run_killed_at_any_call_is_finished_by_the_next_one() {
    sweep().only(Fault::ALL.into_iter().filter(|fault| fault.is_crash())).run(given);
}

#[test]
fn a_run_killed_twice_is_finished_by_the_third_one() {
    sweep().crashing_twice(1).run(given);
}
