//! Where a batch of statements will not do, each item is written by itself: chosen by the error, and said once.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::event::Event;
use migrate_core::migrator::Options;
use migrate_core::schema::Prefix;
use migrate_core::{ErrorKind, Migrator};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, migration, sequence};
use migrate_tests::seam::{Recorder, Verdict};
use serde::{Deserialize, Serialize};

use super::bench::{App, NULL, benches, benches_with, item, m, n, s, ss};

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

fn refused(error_type: &str) -> Verdict {
    Verdict::Error { status: 400, error_type: error_type.to_owned(), message: "not like this".to_owned() }
}

#[tokio::test]
async fn where_statements_are_refused_each_item_is_written_by_itself() {
    for error_type in ["AccessDeniedException", "UnknownOperationException", "ValidationException"] {
        let judge = move |call: &migrate_tests::seam::Call, _: &_, _: &str| match call.operation.as_str() {
            "BatchExecuteStatement" => refused(error_type),
            _ => Verdict::Pass,
        };
        for bench in benches_with(judge).await {
            bench.fill(60, |_| item([("email", s("A"))])).await;
            let counts = bench.cx.table::<App>().of::<Email>().update(|item| item.email = "a".to_owned()).await.unwrap();
            assert_eq!((counts.changed, counts.conflicts), (60, 0), "{error_type}");
            assert!(bench.items().await.values().all(|item| *item == super::bench::item([("email", s("a"))])));
            let batches = bench.recorder.operations().iter().filter(|name| *name == "BatchExecuteStatement").count();
            assert!((1..=3).contains(&batches), "{error_type}: {batches} batches");

            let new = (61..=70).map(|number| item([("pk", s("item")), ("sk", n(&number.to_string()))]));
            let counts = bench.cx.items::<App>().put_all(new.collect::<Vec<_>>()).await.unwrap();
            assert_eq!(counts.inserted, 10, "{error_type}");
            let counts = bench.cx.items::<App>().delete_where(|item| item.len() == 2).await.unwrap();
            assert_eq!((counts.deleted, counts.unchanged), (10, 60), "{error_type}");
            assert_eq!(bench.items().await.len(), 60);
        }
    }
}

#[tokio::test]
async fn a_statement_that_is_refused_alone_does_not_keep_the_others() {
    for code in ["ValidationError", "AccessDenied", "InternalServerError"] {
        let refusal = Arc::new(Mutex::new(std::collections::BTreeSet::new()));
        let judge = move |call: &migrate_tests::seam::Call, _: &_, table: &str| {
            let first = call.operation == "BatchExecuteStatement" && refusal.lock().unwrap().insert(table.to_owned());
            if first { Verdict::Statements { at: vec![0, 7], code } } else { Verdict::Pass }
        };
        for bench in benches_with(judge).await {
            bench.fill(20, |_| item([("email", s("A"))])).await;
            let counts = bench.cx.table::<App>().of::<Email>().update(|item| item.email = "a".to_owned()).await.unwrap();
            assert_eq!((counts.changed, counts.conflicts), (20, 0), "{code}");
            assert!(bench.items().await.values().all(|item| item["email"] == s("a")));
        }
    }
}

#[tokio::test]
async fn it_is_said_once_why_it_is_slower() {
    for engine in TestEngine::all() {
        let notes = Arc::new(Mutex::new(Vec::new()));
        let recorder = Recorder::of(&engine.client()).failing(|call| match call.operation.as_str() {
            "BatchExecuteStatement" => refused("AccessDeniedException"),
            _ => Verdict::Pass,
        });
        let put = migration(1, "put", |cx| {
            Box::pin(async move {
                let row = |number: u64| item([("id", s(&number.to_string()))]);
                cx.items::<Customers>().put_all((0..100).map(row).collect::<Vec<_>>()).await?;
                Ok(())
            })
        });
        let heard = notes.clone();
        let migrator = Migrator::builder(sequence([customers()], [put]), recorder.attach(&engine.client()))
            .prefix(Prefix::new(engine.prefix()).unwrap())
            .local_engine()
            .on_event(move |event| {
                if let Event::MigrationNote { text, .. } = event {
                    heard.lock().unwrap().push(text);
                }
            });
        migrator.build().unwrap().up(Options::default()).await.unwrap();
        let notes = notes.lock().unwrap();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("item by item") && notes[0].contains("dynamodb:PartiQL"), "{notes:?}");
    }
}

/// Many attributes with long names: too long for a statement, and not for an expression with placeholders.
#[tokio::test]
async fn what_is_too_long_for_a_statement_is_written_by_itself() {
    for bench in benches().await {
        let names: Vec<String> =
            (0..110).map(|number| format!("an_attribute_with_a_name_that_goes_on_{}_{number}", "and_on_".repeat(6))).collect();
        let large = || names.iter().map(|name| (name.clone(), n("1"))).collect::<super::bench::Item>();
        bench.put([large(), item([("small", s("x"))])]).await;
        let counts = bench.cx.items::<App>().update(|item| drop(item.insert("new", s("x")))).await.unwrap();
        assert_eq!((counts.changed, counts.conflicts), (2, 0));
        let items = bench.items().await;
        assert_eq!((items[&1].len(), items[&2].len()), (111, 2));
        let operations: Vec<String> = bench.recorder.writes().into_iter().map(|call| call.operation).collect();
        assert!(operations.contains(&"UpdateItem".to_owned()) && operations.contains(&"BatchExecuteStatement".to_owned()));
        // With fewer conditions it fits.
        bench.recorder.reset();
        let counts = bench.cx.items::<App>().depends_on(["small"]).update(|item| drop(item.insert("new", s("y"))));
        assert_eq!(counts.await.unwrap().changed, 2);
        assert!(bench.recorder.writes().iter().all(|call| call.operation == "BatchExecuteStatement"));
        let gone = bench.cx.items::<App>().delete_where(|item| item.len() > 100).await.unwrap();
        assert_eq!(gone.deleted, 1);
    }
}

#[tokio::test]
async fn more_conditions_than_an_expression_holds_is_told_with_the_item() {
    for bench in benches().await {
        let large = (0..300).map(|number| (format!("an_attribute_with_a_name_of_some_length_{number}"), n("1"))).collect();
        bench.put([large]).await;
        let update = bench.cx.items::<App>().update(|item| drop(item.insert("new", s("x")))).await;
        // The embedded engine is more patient than DynamoDB.
        if let Err(error) = update {
            assert_eq!(error.kind(), ErrorKind::Service);
            let start = format!("item (\"item\", 1) of table `{}` could not be written", bench.table);
            assert!(error.to_string().starts_with(&start), "{error}");
        }
        let narrow = bench.cx.items::<App>().depends_on(["none"]).update(|item| drop(item.insert("newer", s("x"))));
        assert_eq!(narrow.await.unwrap().changed, 1);
    }
}

#[tokio::test]
async fn names_that_look_like_placeholders_are_written_by_themselves() {
    for bench in benches().await {
        let odd = || item([("#x", s("old")), (":y", n("1")), ("plain", s("old"))]);
        bench.put([odd(), item([("plain", s("old"))])]).await;
        let counts = bench.cx.items::<App>().update(|item| {
            if item.remove("#x").is_some() {
                item.insert(":y", NULL);
                item.insert("#z", ss(&["a"]));
            }
            item.insert("plain", m([("#in", s("side"))]));
        });
        assert_eq!(counts.await.unwrap().changed, 2);
        let items = bench.items().await;
        assert_eq!(items[&1], item([(":y", NULL), ("#z", ss(&["a"])), ("plain", m([("#in", s("side"))]))]));
        assert_eq!(items[&2], item([("plain", m([("#in", s("side"))]))]));
        let new = item([("pk", s("item")), ("sk", n("3")), ("#", AttributeValue::Bool(true)), (":", s(""))]);
        assert_eq!(bench.cx.items::<App>().put_all([new.clone()]).await.unwrap().inserted, 1);
        assert_eq!(bench.cx.items::<App>().put_all([new]).await.unwrap().unchanged, 1);
        assert_eq!(bench.cx.items::<App>().delete_where(|item| item.contains_key("#")).await.unwrap().deleted, 1);
    }
}
