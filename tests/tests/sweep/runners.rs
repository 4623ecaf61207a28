//! Many runners on one engine, by a seed: slow ones, some that stand still for longer than their lease, and an application that writes and
//! deletes beside them. Every migration takes effect once, and no write of the application is lost.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::ErrorKind;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{Customers, customers, migration, migrator, sequence};
use migrate_tests::seam::{Call, Recorder, Verdict};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

/// Of `cargo test`; `.ci/run` takes 1,000.
const SEEDS: Range<u64> = 1..101;
/// Who has seen so many failures knows enough.
const ENOUGH: usize = 3;
const ITEMS: u64 = 4;

#[derive(Serialize, Deserialize)]
struct Points {
    points: u64,
}

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

/// Numbers that look like chance, the same for each seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn millis(&mut self, below: u64) -> Duration {
        Duration::from_millis(self.below(below))
    }
}

fn yesterday() -> Sequence {
    sequence([customers()], [migration(1, "nothing", |_| Box::pin(async { Ok(()) }))])
}

fn today() -> Sequence {
    let nothing = migration(1, "nothing", |_| Box::pin(async { Ok(()) }));
    let count = migration(2, "count", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Points>().exactly_once().update(|customer| customer.points += 1).await?;
            Ok(())
        })
    });
    let lower = migration(3, "lower", |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|customer| customer.email.make_ascii_lowercase()).await?;
            Ok(())
        })
    });
    sequence([customers()], [nothing, count, lower])
}

/// A runner's way to the engine: each call takes its time, and perhaps everything stands still once.
fn slowly(seed: u64, pauses: bool) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
    let mut chance = Chance(seed);
    let (pauses_at, pause) = (4 + chance.below(40), Duration::from_secs(20 + chance.below(60)));
    let state = Mutex::new((chance, None::<Instant>));
    move |call| {
        let (chance, until) = &mut *state.lock().expect("no judge panics");
        let now = Instant::now();
        if pauses && until.is_none() && call.index as u64 >= pauses_at {
            *until = Some(now + pause);
        }
        let paused = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        Verdict::Delay(paused + chance.millis(300))
    }
}

fn key(number: u64) -> AttributeValue {
    AttributeValue::S(number.to_string())
}

/// The application counts visits, and one customer leaves. Tells how often it counted whom.
async fn application(client: Client, table: String, seed: u64) -> (BTreeMap<u64, u64>, u64) {
    let mut chance = Chance(seed);
    let (leaves, at) = (chance.below(ITEMS), chance.below(12));
    let mut visits = BTreeMap::new();
    for turn in 0..12 {
        sleep(chance.millis(2_000)).await;
        if turn == at {
            client.delete_item().table_name(&table).key("id", key(leaves)).send().await.expect("a delete");
        }
        let who = chance.below(ITEMS);
        let update = client.update_item().table_name(&table).key("id", key(who)).update_expression("ADD visits :one");
        let update = update.expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        if update.condition_expression("attribute_exists(id)").send().await.is_ok() {
            *visits.entry(who).or_default() += 1;
        }
    }
    (visits, leaves)
}

async fn one(seed: u64) -> Result<(), String> {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let engine = TestEngine::embedded();
    let (client, table) = (engine.client(), engine.table("customers"));
    migrator(&engine, client.clone(), yesterday()).up(Options::default()).await.map_err(|error| format!("{error:?}"))?;
    for number in 0..ITEMS {
        let put = client.put_item().table_name(&table).item("id", key(number)).item("points", AttributeValue::N("7".to_owned()));
        put.item("email", AttributeValue::S(format!("{number}@EXAMPLE.COM")))
            .send()
            .await
            .map_err(|error| format!("{error:?}"))?;
    }
    let runners = (0..2 + chance.below(7)).map(|_| {
        let pauses = chance.below(2) == 0;
        let recorder = Recorder::of(&client).failing(slowly(chance.below(1 << 31), pauses));
        let (begins, runner) = (chance.millis(20_000), migrator(&engine, recorder.attach(&client), today()));
        tokio::spawn(async move {
            sleep(begins).await;
            let options = Options { segments: Some(1), lock_wait: Duration::from_hours(1), ..Options::default() };
            (pauses, runner.up(options).await.map(|report| report.outcome))
        })
    });
    let runners: Vec<_> = runners.collect();
    let (visits, left) = application(client.clone(), table.clone(), chance.below(1 << 31)).await;
    let mut done = 0;
    for runner in runners {
        match runner.await.map_err(|panic| panic.to_string())? {
            (_, Ok(Outcome::Done)) => done += 1,
            (_, Ok(Outcome::NothingToDo)) => {}
            (_, Ok(other)) => return Err(format!("a runner ended by {other:?}")),
            // It stood still: somebody else went on, or what it had asked for was not answered in time.
            (true, Err(error)) if [ErrorKind::LockLost, ErrorKind::Unreachable].contains(&error.kind()) => {}
            (_, Err(error)) => return Err(format!("a runner failed: {error:?}")),
        }
    }
    let last = migrator(&engine, client.clone(), today());
    let outcome = last.up(Options::default()).await.map_err(|error| format!("a last run: {error:?}"))?.outcome;
    if done > 0 && outcome != Outcome::NothingToDo {
        return Err(format!("one was done, and a last run found something to do: {outcome:?}"));
    }
    let history = last.history().await.map_err(|error| format!("{error:?}"))?;
    if !history.is_sorted_by_key(|record| record.epoch) {
        return Err(format!("one wrote under an epoch that was over: {:?}", history.iter().map(|r| r.epoch).collect::<Vec<_>>()));
    }
    for number in [2, 3] {
        let applied = history.iter().filter(|record| record.text.starts_with(&format!("applied migration {number:04}"))).count();
        if applied != 1 {
            return Err(format!("migration {number} was applied {applied} times"));
        }
    }
    items_are_right(&client, &table, &visits, left).await
}

async fn items_are_right(client: &Client, table: &str, visits: &BTreeMap<u64, u64>, left: u64) -> Result<(), String> {
    for number in 0..ITEMS {
        let found =
            client.get_item().table_name(table).key("id", key(number)).send().await.map_err(|error| format!("{error:?}"))?;
        let Some(item) = found.item else {
            if number == left {
                continue;
            }
            return Err(format!("item {number} is gone"));
        };
        let text = |name: &str| item.get(name).map(|value| value.as_n().or(value.as_s()).cloned().unwrap_or_default());
        let wanted = |name: &str| match name {
            "points" => Some("8".to_owned()),
            "email" => Some(format!("{number}@example.com")),
            _ => visits.get(&number).map(ToString::to_string),
        };
        if number == left {
            return Err(format!("item {number} came back: {item:?}"));
        }
        if let Some(wrong) = ["points", "email", "visits"].into_iter().find(|name| text(name) != wanted(name)) {
            return Err(format!("item {number}: {wrong} is {:?} and not {:?}", text(wrong), wanted(wrong)));
        }
        // Its key, its three attributes, and the mark of what was to be done once.
        let known = ["id", "points", "email", "visits", "_migration_shop"];
        if item.keys().any(|name| !known.contains(&name.as_str())) {
            return Err(format!("something is left in item {number}: {item:?}"));
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a person asks for other seeds, or for one again")]
fn seeds() -> Range<u64> {
    let Ok(said) = std::env::var("MIGRATE_TEST_SEEDS") else { return SEEDS };
    let number = |text: &str| text.trim().parse::<u64>().expect("MIGRATE_TEST_SEEDS is a number or a range such as 1..1001");
    match said.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => number(&said)..number(&said) + 1,
    }
}

#[test]
fn whatever_they_do_to_each_other_each_migration_takes_effect_once() {
    let Range { start, end } = seeds();
    let (next, failures) = (AtomicU64::new(start), Mutex::new(Vec::new()));
    let work = || {
        while failures.lock().unwrap().len() < ENOUGH {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
            if let Err(why) = runtime.block_on(one(seed)) {
                let repeat = format!("MIGRATE_TEST_SEEDS={seed} cargo test -p migrate-tests --test sweep runners");
                failures.lock().unwrap().push(format!("seed {seed}: {why}\n  repeat it: {repeat}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
