//! A lock that is taken away by force, too late: somebody else has it by then, or its holder gave it back.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::scenario::{customers, migrator, sequence};
use tokio::time::sleep;

use super::bench::{Bench, nothing, shop};
use super::conditions::{STILL_HELD_EPOCH, STILL_HELD_RELEASED};
use super::gate::Gate;
use super::is_needed;
use super::lock::{held, sleeping, takes};

/// Whether the second migration is on record.
async fn begun(bench: &Bench) -> bool {
    let history = migrator(&bench.engine, bench.engine.client(), shop(0)).history().await.expect("a history");
    history.iter().any(|record| record.text.starts_with("started migration 0002"))
}

/// The holder was replaced after its lease, while the request was on its way.
#[tokio::test(start_paused = true)]
async fn a_lock_that_somebody_else_took_meanwhile() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        held(&bench).await;
        let gate = Gate::before(takes);
        let forced = async {
            sleep(Duration::from_secs(25)).await;
            migrator(&bench.engine, gate.attach(&bench.client), shop(0)).unlock(1, "it hangs").await
        };
        let other = bench.up(&bench.client, sequence([customers()], [nothing(1), sleeping()]));
        // It is at rest by then: what it records next, it records much later.
        let took = async {
            while !begun(&bench).await {
                sleep(Duration::from_secs(1)).await;
            }
        };
        let (forced, _, ()) = tokio::join!(forced, other, gate.meanwhile(took));
        forced.ok().map(|_| "two runs hold the lock under one epoch".to_owned())
    };
    is_needed(STILL_HELD_EPOCH, scenario).await;
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_was_given_back_meanwhile() {
    let scenario = async |blank| {
        let bench = Bench::new(&blank);
        held(&bench).await;
        let gate = Gate::before(takes);
        let forcing = migrator(&bench.engine, gate.attach(&bench.client), shop(0));
        let gives_back = bench.edit_lock("SET released = :true", &[(":true", AttributeValue::Bool(true))]);
        let (forced, ()) = tokio::join!(forcing.unlock(1, "it hangs"), gate.meanwhile(gives_back));
        forced.ok().map(|_| "what nobody held was taken away".to_owned())
    };
    is_needed(STILL_HELD_RELEASED, scenario).await;
}
