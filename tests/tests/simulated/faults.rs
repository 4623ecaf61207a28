//! Faults of single statements, and of requests by rule.

use migrate_tests::engine::TestEngine;
use migrate_tests::seam::{Recorder, Verdict};
use migrate_tests::simulated::{Rules, Simulated, SimulatedTable, StatementFault};

use super::{create, n, s, statement};

#[tokio::test]
async fn statements_fail_as_they_are_told() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let simulated = Simulated::over(&engine.client())
        .table(SimulatedTable::new(&table))
        .failing_statements(|number, _| match number {
            1 => Some(StatementFault { code: "TransactionConflict", carried_out: false }),
            2 => Some(StatementFault { code: "InternalServerError", carried_out: true }),
            _ => None,
        })
        .start();
    let client = simulated.client();
    create(&client, &table, false).await;
    let insert = |pk: &str| statement(format!(r#"INSERT INTO "{table}" VALUE {{'pk':?}}"#), &[s(pk)]);
    let batch = client.batch_execute_statement().statements(insert("a")).statements(insert("b")).statements(insert("c"));
    let answer = batch.send().await.unwrap();
    let codes: Vec<_> = answer.responses().iter().map(|one| one.error().map(|error| error.code().unwrap().as_str())).collect();
    assert_eq!(codes, [None, Some("TransactionConflict"), Some("InternalServerError")]);
    let mut there = simulated.items(&table);
    there.sort();
    assert_eq!(there, [r#"{"pk":{"S":"a"}}"#, r#"{"pk":{"S":"c"}}"#]);
}

#[tokio::test(start_paused = true)]
async fn rules_count_the_requests_of_an_operation() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let simulated = Simulated::over(&engine.client()).table(SimulatedTable::new(&table)).start();
    let rules = Rules::new().at("UpdateItem", 2, Verdict::LoseReply).every("Scan", 2, Verdict::ResetBefore);
    let recorder = Recorder::of(&simulated.client()).failing(rules.judge());
    let client = recorder.attach(&simulated.client());
    create(&client, &table, false).await;
    let add = client.update_item().table_name(&table).key("pk", super::attribute(&s("a")));
    let add = add.update_expression("SET n = if_not_exists(n, :none) + :one");
    let add = add.expression_attribute_values(":none", super::attribute(&n(0)));
    let add = add.expression_attribute_values(":one", super::attribute(&n(1)));
    add.clone().send().await.unwrap();
    add.send().await.expect("the SDK tries again");
    assert_eq!(simulated.items(&table), [r#"{"n":{"N":"3"},"pk":{"S":"a"}}"#], "the lost one was carried out");
    for _ in 0..3 {
        client.scan().table_name(&table).send().await.unwrap();
    }
    let counts = simulated.counts(&table);
    assert_eq!((counts.operations["UpdateItem"], counts.operations["Scan"]), (3, 3));
    assert_eq!(recorder.operations().iter().filter(|name| *name == "Scan").count(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_request_may_arrive_twice_and_an_error_come_after_the_deed() {
    let engine = TestEngine::embedded();
    let table = engine.table("things");
    let simulated = Simulated::over(&engine.client()).table(SimulatedTable::new(&table)).start();
    let error = Verdict::ErrorAfter;
    let rules = Rules::new().at("PutItem", 1, Verdict::Twice).at("PutItem", 2, error);
    let recorder = Recorder::of(&simulated.client()).failing(rules.judge());
    let client = recorder.attach(&simulated.client());
    create(&client, &table, false).await;
    for pk in ["a", "b"] {
        let put = client.put_item().table_name(&table).item("pk", super::attribute(&s(pk)));
        let refused = put.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err().into_service_error();
        assert!(refused.is_conditional_check_failed_exception(), "it meets itself: {refused:?}");
    }
    assert_eq!((simulated.len(&table), simulated.counts(&table).operations["PutItem"]), (2, 4));
    assert_eq!(recorder.operations().iter().filter(|name| *name == "PutItem").count(), 3);
}
