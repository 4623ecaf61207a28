//! What people say to runs, and what was put aside, through the library and on every engine: who is asked for it, and what it costs who is not.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::budget::{Allowance, Control, InForce};
use migrate_core::error::ErrorKind;
use migrate_core::event::Event;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_core::{Migrator, schema::Prefix};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, migration, migrator, sequence};
use migrate_tests::seam::Recorder;
use std::sync::{Arc, Mutex};

fn shop(last: u32) -> Sequence {
    sequence([customers()], (1..=last).map(|number| migration(number, "nothing", |_| Box::pin(async { Ok(()) }))))
}

/// An `up`, and what it said to be in force.
async fn up(engine: &TestEngine, client: Client, sequence: Sequence) -> (Outcome, Vec<InForce>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = heard.clone();
    let builder = Migrator::builder(sequence, client).prefix(Prefix::new(engine.prefix()).expect("a prefix")).local_engine();
    let builder = builder.on_event(move |event| {
        if let Event::InForce { said } = event {
            listener.lock().expect("a list").push(said);
        }
    });
    let report = builder.build().expect("a migrator").up(Options::default()).await.expect("a run");
    let heard = heard.lock().expect("a list").clone();
    (report.outcome, heard)
}

#[tokio::test]
async fn it_is_said_without_the_lock_and_heard_by_who_has_something_to_do() {
    for engine in TestEngine::all() {
        assert_eq!(up(&engine, engine.client(), shop(1)).await, (Outcome::Done, Vec::new()));
        let recorder = Recorder::of(&engine.client());
        let person = migrator(&engine, recorder.attach(&engine.client()), shop(2));
        let units = Some(Allowance::PerSecond(7));
        person.throttle(units, None).await.unwrap();
        let said = person.pause().await.unwrap();
        assert_eq!(said.control(), Control { paused: true, write: units, read: None });
        assert_eq!(recorder.operations(), ["Query", "UpdateItem", "Query", "UpdateItem"], "{}", engine.name());
        assert!(recorder.writes().iter().all(|write| write.json()["Key"]["sk"]["S"] == "control"), "{}", engine.name());

        recorder.reset();
        let status = person.status().await.unwrap();
        assert_eq!((status.in_force, recorder.operations()), (said.clone(), vec!["Query".to_owned(); 2]));
        assert!(status.lock.expect("a lock").released, "nobody took it");

        // Nothing to do: it is not asked for.
        recorder.reset();
        let client = recorder.attach(&engine.client());
        assert_eq!(up(&engine, client.clone(), shop(1)).await, (Outcome::NothingToDo, Vec::new()));
        assert_eq!(recorder.operations(), ["Query", "DescribeTable"], "{}", engine.name());
        assert_eq!(up(&engine, client.clone(), shop(2)).await, (Outcome::Done, vec![said]));
        person.resume().await.unwrap();
        assert!(person.throttle(None, None).await.unwrap().is_empty());
        assert_eq!(up(&engine, client, shop(3)).await, (Outcome::Done, Vec::new()));
    }
}

#[tokio::test]
async fn where_nothing_was_ever_run_there_is_nobody_to_speak_to() {
    for engine in TestEngine::all() {
        let recorder = Recorder::of(&engine.client());
        let person = migrator(&engine, recorder.attach(&engine.client()), shop(1));
        for said in [person.pause().await, person.resume().await, person.throttle(None, None).await] {
            let error = said.expect_err("a refusal");
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(error.to_string().contains(&format!("`{}`", person.management_table())), "{error}");
            assert!(error.to_string().contains("nothing was ever run here"), "{error}");
        }
        assert!(person.status().await.unwrap().in_force.is_empty());
        assert!(person.dead_letters(Version::new(1)).await.unwrap().1.is_empty());
        assert_eq!(recorder.operations(), vec!["Query"; 5], "{}", engine.name());
    }
}

#[tokio::test]
async fn what_was_put_aside_is_shown_by_its_key() {
    for engine in TestEngine::all() {
        up(&engine, engine.client(), shop(2)).await;
        let recorder = Recorder::of(&engine.client());
        let person = migrator(&engine, recorder.attach(&engine.client()), shop(2));
        let long = "x".repeat(60);
        let keys = [
            ("customers", format!(r#"{{"id":{{"S":"{long}"}}}}"#)),
            // Of a table that the code does not declare any more.
            ("gone", r#"{"when":{"N":"5"},"id":{"B":"AP8="}}"#.to_owned()),
        ];
        for (number, (table, key)) in keys.into_iter().enumerate() {
            let s = |text: String| AttributeValue::S(text);
            let put = engine.client().put_item().table_name(person.management_table().as_str());
            let put = put.item("pk", s(format!("{}#data", person.sequence().name())));
            let put = put.item("sk", s(format!("0002/update {table} 1/dead/{number}")));
            let put = put.item("place", s(format!("update {table} 1"))).item("table", s(engine.table(table)));
            let put = put.item("fingerprint", s("f".into())).item("key", s(key)).item("error", s("no total".into()));
            put.item("at", s(format!("2026-01-02T03:04:0{number}Z"))).send().await.unwrap();
        }
        let (migration, letters) = person.dead_letters(Version::new(2)).await.unwrap();
        assert_eq!(migration.to_string(), "0002 nothing");
        let seen: Vec<_> = letters.iter().map(|letter| (&*letter.key, &*letter.error, &*letter.job)).collect();
        let cut = format!("\"{}…\"", "x".repeat(48));
        assert_eq!(seen, [(&*cut, "no total", "update customers 1"), ("(0x00ff, 5)", "no total", "update gone 1")]);
        assert_eq!(letters[0].table, engine.table("customers"));
        assert!(person.dead_letters(Version::new(1)).await.unwrap().1.is_empty(), "they are another migration's");
        let error = person.dead_letters(Version::new(3)).await.expect_err("there is no third");
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("no migration 3"), "{error}");
        assert!(recorder.writes().is_empty());
    }
}
