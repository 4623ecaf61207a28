//! A migration that blocks every thread of its runtime keeps its lock, and one that is dropped leaves none: in real time.

use std::future::Future;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use migrate_core::event::Event;
use migrate_core::migrator::{Builder, Options, Outcome};
use migrate_core::registry::{RunFn, Sequence};
use migrate_core::schema::Prefix;
use migrate_core::{ErrorKind, Migrator};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, migration, sequence};
use migrate_tests::simulated::{Face, Simulated};

/// Two thirds of it is more than a busy machine withholds from a thread.
const LEASE: Duration = Duration::from_secs(6);
const BEAT: Duration = Duration::from_millis(400);

fn shop(run: RunFn) -> Sequence {
    sequence([customers()], [migration(1, "blocks", run)])
}

fn builder(engine: &TestEngine, client: Client, sequence: Sequence) -> Builder {
    let builder = Migrator::builder(sequence, client).prefix(Prefix::new(engine.prefix()).expect("a prefix"));
    builder.local_engine().lease(LEASE, BEAT)
}

/// On a thread of its own with a runtime of its own, as another process would.
fn elsewhere<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> std::thread::JoinHandle<T> {
    std::thread::spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work))
}

/// Blocks the thread that it is called on for longer than the lease.
#[expect(clippy::disallowed_methods, reason = "this is what is tested")]
fn block() {
    std::thread::sleep(LEASE + Duration::from_secs(1));
}

#[tokio::test]
async fn a_migration_that_blocks_its_executor_keeps_the_lock() {
    static RIVAL: std::sync::Mutex<Option<Migrator>> = std::sync::Mutex::new(None);
    let engine = TestEngine::embedded();
    let blocks = || {
        shop(|cx| {
            Box::pin(async move {
                // No thread of this runtime is free from here on, and somebody else would like to have the lock.
                let rival = RIVAL.lock().unwrap().take().expect("a rival");
                let options = Options { lock_wait: Duration::ZERO, ..Options::default() };
                let error = elsewhere(async move { rival.up(options).await }).join().unwrap().expect_err("it is held");
                assert_eq!(error.kind(), ErrorKind::LockHeld, "{error:?}");
                block();
                cx.client().list_tables().send().await?;
                Ok(())
            })
        })
    };
    *RIVAL.lock().unwrap() = Some(builder(&engine, engine.client(), blocks()).build().unwrap());
    let report = builder(&engine, engine.client(), blocks()).build().unwrap().up(Options::default()).await;
    assert_eq!(report.expect("the lock is kept").outcome, Outcome::Done);
}

#[tokio::test]
async fn on_the_runtime_that_is_blocked_it_would_be_lost() {
    let engine = TestEngine::embedded();
    let blocks = shop(|cx| {
        Box::pin(async move {
            block();
            cx.client().list_tables().send().await?;
            Ok(())
        })
    });
    let migrator = builder(&engine, engine.client(), blocks).beat_on_callers_runtime().build().unwrap();
    let error = migrator.up(Options::default()).await.expect_err("nothing beats");
    assert_eq!(error.kind(), ErrorKind::LockLost, "{error:?}");
}

/// A DynamoDB behind a port: connections are driven by the runtime that opened them.
fn behind_a_port(engine: &TestEngine) -> aws_sdk_dynamodb::config::Builder {
    let (tell, told) = std::sync::mpsc::channel();
    let client = engine.client();
    elsewhere(async move {
        let face = Face::listen(&Simulated::over(&client).start(), None, 0).await.expect("a port");
        tell.send(face.port()).expect("somebody who listens");
        face.serve().await
    });
    let url = format!("http://127.0.0.1:{}", told.recv().expect("a port"));
    let config = aws_sdk_dynamodb::Config::builder().behavior_version(BehaviorVersion::latest()).region(Region::new("local"));
    config.credentials_provider(Credentials::new("none", "none", None, None, "tests")).endpoint_url(url)
}

async fn keeps_its_lock_over(config: aws_sdk_dynamodb::config::Builder, engine: &TestEngine) {
    let blocks = shop(|cx| {
        Box::pin(async move {
            // Connections that are open and idle, whose runtime is about to be blocked.
            let several = (0..16).map(|_| cx.client().list_tables().send());
            for answer in futures(several).await {
                answer?;
            }
            block();
            cx.client().list_tables().send().await?;
            Ok(())
        })
    });
    let report = builder(engine, Client::from_conf(config.build()), blocks).build().unwrap().up(Options::default()).await;
    assert_eq!(report.expect("the lock is kept").outcome, Outcome::Done);
}

/// All at once.
async fn futures<F: Future + Send + 'static>(all: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F::Output: Send,
{
    let mut done = Vec::new();
    for task in all.map(tokio::spawn).collect::<Vec<_>>() {
        done.push(task.await.expect("no panic"));
    }
    done
}

#[tokio::test]
async fn over_connections_of_its_own() {
    let engine = TestEngine::embedded();
    keeps_its_lock_over(behind_a_port(&engine), &engine).await;
}

/// The SDK's HTTP client, which a caller named itself, keeps connections apart by their timeouts.
#[cfg(feature = "servers")]
#[tokio::test]
async fn over_connections_of_its_own_from_the_callers_http_client() {
    let engine = TestEngine::embedded();
    let http = aws_smithy_http_client::Builder::new().build_http();
    keeps_its_lock_over(behind_a_port(&engine).http_client(http), &engine).await;
}

#[tokio::test]
async fn a_run_that_is_dropped_beats_no_more() {
    let engine = TestEngine::embedded();
    let hangs = shop(|_| Box::pin(std::future::pending()));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let first = builder(&engine, engine.client(), hangs).on_event(move |event| {
        if matches!(event, Event::MigrationStarted { .. }) {
            tell.send(()).expect("somebody who listens");
        }
    });
    let first = first.build().unwrap();
    tokio::select! {
        outcome = first.up(Options::default()) => panic!("should hang: {outcome:?}"),
        _ = told.recv() => {}
    }
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let next = builder(&engine, engine.client(), shop(|_| Box::pin(async { Ok(()) }))).on_event(move |event| {
        if let Event::LockTaken { epoch, over_from } = event {
            tell.send((epoch, over_from.is_some())).expect("somebody who listens");
        }
    });
    let begun = Instant::now();
    // With a beat in between it would be told that somebody alive holds it.
    let options = Options { lock_wait: Duration::ZERO, ..Options::default() };
    assert_eq!(next.build().unwrap().up(options).await.expect("a lock that ran out").outcome, Outcome::Done);
    assert_eq!(told.recv().await, Some((2, true)));
    assert!(begun.elapsed() >= LEASE, "it was left, not given back: {:?}", begun.elapsed());
}
