//! From the first release to today, around a deploy.

use aws_sdk_dynamodb::Client;
use migrate_core::embedded::Engine;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::plan::Phase;
use migrate_core::{Migrator, Table};
use serde::Deserialize;

use super::{indexes, items, migrator, query, ran, today, v1};

/// What the first release asked the index `by-network` for.
#[derive(Deserialize)]
struct Headline {
    title: String,
}

async fn headlines(client: &Client) -> Vec<String> {
    let headlines: Vec<Headline> = query(client, "by-network", "net", "pr").await;
    headlines.into_iter().map(|headline| headline.title).collect()
}

async fn up(migrator: &Migrator, phase: Phase) -> Report {
    migrator.up(Options { phase, ..Options::default() }).await.expect("it goes through")
}

fn steps(report: &Report) -> Vec<String> {
    report.steps.iter().map(|step| step.to_string().split(['(', ' ']).take(3).collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn the_first_release_is_brought_to_today_while_it_serves() {
    let client = Engine::memory().expect("an engine").client();

    let first = today().with_tables([v1::Event::schema()]).up_to(Version::new(v1::LAST));
    let report = up(&migrator(first, &client), Phase::All).await;
    assert_eq!(ran(&report), [1, 2, 3, 4]);
    assert_eq!(indexes(&client, "events").await, ["by-network"]);
    let before = headlines(&client).await;
    assert_eq!(before.len(), 62);

    // Before the deploy: what is new is added, and what the first release needs stays.
    let today = migrator(today(), &client);
    let report = up(&today, Phase::Before).await;
    assert_eq!(steps(&report), ["create table regions", "create index events/by-region"]);
    assert_eq!(ran(&report), [5, 6, 7, 8]);
    assert_eq!(headlines(&client).await, before);
    let events = items(&client, "events", "id").await;
    assert!(
        events.values().all(|event| ["geometry", "coordinates", "depth", "region"].iter().all(|name| event.contains_key(*name)))
    );

    // After it: what only the first release needs goes.
    let report = up(&today, Phase::After).await;
    assert_eq!(ran(&report), [9]);
    assert_eq!(steps(&report), ["drop index events/by-network"]);
    assert_eq!(indexes(&client, "events").await, ["by-region"]);
    let events = items(&client, "events", "id").await;
    assert_eq!(events.len(), 1707);
    assert!(events.values().all(|event| !event.contains_key("geometry") && !event.contains_key("title")));

    assert_eq!(up(&today, Phase::All).await.outcome, Outcome::NothingToDo);
}
