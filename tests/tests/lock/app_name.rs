//! Every request of a run carries the run's id in its user agent.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::AppName;
use migrate_core::migrator::Options;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, migration, migrator, put_customer};

use super::seam::{Late, line, of_lock, operation};
use super::{shop, shop_and};

/// The applications that the user agents of a run's requests name, what was asked for, and the run's id.
async fn run(callers: Option<&'static str>) -> (BTreeSet<Option<String>>, BTreeSet<String>, String) {
    let engine = TestEngine::embedded();
    migrator(&engine, engine.client(), shop()).up(Options::default()).await.expect("yesterday");
    put_customer(&engine.client(), &engine.table("customers"), "1", "a@example.com").await;
    let seen = Arc::new(Mutex::new((BTreeSet::new(), BTreeSet::new())));
    let client = line(&engine.client(), {
        let seen = seen.clone();
        move |request| {
            let agent = request.headers().get("user-agent").unwrap_or_default().to_owned();
            let app = agent.split(' ').find_map(|part| part.strip_prefix("app/")).map(str::to_owned);
            let mut what = operation(request);
            if of_lock(&what, request.body().bytes().unwrap_or_default()) {
                what.push_str(" of the lock");
            }
            let mut seen = seen.lock().unwrap();
            seen.0.insert(app);
            seen.1.insert(what);
            Late::default()
        }
    });
    let mut config = client.config().to_builder();
    config.set_app_name(callers.map(|name| AppName::new(name).expect("a name")));
    let changes = migration(2, "changes", |cx| {
        Box::pin(async move {
            cx.client().list_tables().send().await?;
            let add = |item: &mut migrate_core::transform::Item| {
                item.insert("seen", aws_sdk_dynamodb::types::AttributeValue::Bool(true));
            };
            cx.items::<Customers>().update(add).await?;
            Ok(())
        })
    });
    let migrator = migrator(&engine, Client::from_conf(config.build()), shop_and(changes));
    migrator.up(Options::default()).await.expect("a run");
    migrator.status().await.expect("a status");
    let run_id = migrator.history().await.expect("a history").pop().expect("a record").run.run_id;
    let seen = seen.lock().unwrap();
    (seen.0.clone(), seen.1.clone(), run_id)
}

#[tokio::test]
async fn the_runs_id_is_in_the_user_agent_of_every_request() {
    let (apps, asked, run_id) = run(None).await;
    assert_eq!(apps, [Some(run_id)].into());
    let of_all_clients = ["PutItem of the lock", "GetItem of the lock", "UpdateItem of the lock", "ListTables", "Scan"];
    for operation in of_all_clients.into_iter().chain(["DescribeTable", "TransactWriteItems"]) {
        assert!(asked.contains(operation), "{operation}: {asked:?}");
    }
}

#[tokio::test]
async fn behind_the_callers_own_name_where_there_is_room() {
    let (apps, _, run_id) = run(Some("shop-deploys")).await;
    assert_eq!(apps, [Some(format!("shop-deploys-{run_id}"))].into());
    let (apps, _, _) = run(Some("fourteen-chars")).await;
    assert_eq!(apps, [Some("fourteen-chars".to_owned())].into());
}
