//! Somebody else at work, somebody who died at work, and somebody who is asked to stop.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::process::{Folder, edit_lock};

use super::{NEWER, SHOP, TROUBLED};

/// Leaves the shop's lock as if somebody held it, with a lease of this length.
async fn held(folder: &Folder, lease: Duration) -> Client {
    folder.run(SHOP, &[]).succeeds();
    let client = folder.client();
    let values = [
        (":false", AttributeValue::Bool(false)),
        (":lease", AttributeValue::N(lease.as_millis().to_string())),
        (":doing", AttributeValue::S("migration 0009 slow".to_owned())),
        (":caller", AttributeValue::S("arn:aws:iam::123456789012:user/berta".to_owned())),
        (":since", AttributeValue::S("2026-01-02T03:04:05Z".to_owned())),
    ];
    let update = "SET released = :false, lease_ms = :lease, doing = :doing, holder.caller = :caller, since = :since";
    edit_lock(&client, "shop", update, &values).await;
    client
}

#[tokio::test]
async fn a_held_lock_says_who_holds_it_and_since_when() {
    let folder = Folder::default();
    let client = held(&folder, Duration::from_secs(30)).await;
    folder.run(SHOP, &["lock"]).succeeds().prints(&["held since 2026-01-02 03:04:05Z by ", "user/berta", "migration 0009 slow"]);
    folder.run(SHOP, &["status"]).succeeds().prints(&["held since 2026-01-02 03:04:05Z by ", "user/berta"]);
    // Whoever has nothing to do needs no lock.
    folder.run(SHOP, &["up"]).succeeds().prints(&["Nothing to do"]);

    let alive = tokio::spawn(async move {
        for beat in 100_u32.. {
            edit_lock(&client, "shop", "SET beat = :beat", &[(":beat", AttributeValue::N(beat.to_string()))]).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let begun = Instant::now();
    let ended = folder.start(NEWER, &["up", "--lock-wait", "0s"]).ended().await.exits(3);
    ended.says(&["error[M0501]", "berta", "2026-01-02", "migration 0009 slow", "help:", "--lock-wait"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "it does not wait: {:?}", begun.elapsed());
    let json = folder.start(NEWER, &["up", "--lock-wait", "0s", "--format", "json"]).ended().await.exits(3).json();
    assert_eq!(json["error"]["code"], "M0501");
    alive.abort();
}

#[tokio::test]
async fn a_lock_whose_holder_is_gone_is_taken_over() {
    let folder = Folder::default();
    held(&folder, Duration::from_millis(500)).await;
    let ended = folder.run(NEWER, &["up", "--lock-wait", "0s"]).succeeds();
    ended.says(&["berta"]).prints(&["0004 break_with_the_past"]);
    folder.run(NEWER, &["lock"]).succeeds().prints(&["lock: free, epoch 2"]);
}

#[tokio::test]
async fn of_two_at_once_each_migration_is_run_by_one() {
    let folder = Folder::default();
    let (one, two) = (folder.start(TROUBLED, &["up"]), folder.start(TROUBLED, &["up"]));
    one.ended().await.succeeds();
    two.ended().await.succeeds();
    assert_eq!(folder.read("ran"), "1\n2\n3\n");
    folder.run(TROUBLED, &["check"]).succeeds();
}

#[tokio::test]
async fn one_that_is_killed_is_gone_on_with() {
    let folder = Folder::default();
    folder.write("trouble", "wait");
    let running = folder.start(TROUBLED, &["up"]);
    folder.awaits("waiting").await;
    running.signal("KILL");
    assert_eq!(running.ended().await.code, None);
    folder.run(TROUBLED, &["status"]).succeeds().prints(&["0002", "started", "held since", "next: migrate lock"]);

    // Nobody waits half a minute here for what was tested with a clock that stands still.
    edit_lock(&folder.client(), "troubled", "SET lease_ms = :ms", &[(":ms", AttributeValue::N("500".to_owned()))]).await;
    folder.write("go", "");
    folder.run(TROUBLED, &["up"]).succeeds().says(&["0002 trouble"]).prints(&["0002 trouble", "0003 behind"]).hides("0001");
    assert_eq!(folder.read("ran"), "1\n2\n2\n3\n");
    folder.run(TROUBLED, &["check"]).succeeds();
}

#[tokio::test]
async fn one_that_is_asked_to_stop_stops_at_a_safe_point() {
    for signal in ["TERM", "INT"] {
        let folder = Folder::default();
        folder.write("trouble", "wait");
        let running = folder.start(TROUBLED, &["up"]);
        folder.awaits("waiting").await;
        running.signal(signal);
        let ended = running.ended().await.exits(130);
        ended.says(&[
            "stopping at the next safe point",
            "error[M0901]",
            "stopped at a safe point",
            "help: run the same command again",
        ]);
        folder.run(TROUBLED, &["lock"]).succeeds().prints(&["lock: free"]);
        folder.run(TROUBLED, &["status"]).succeeds().prints(&["safe to run again: yes", "next: migrate up"]);
        folder.write("go", "");
        folder.run(TROUBLED, &["up"]).succeeds();
        assert_eq!(folder.read("ran"), "1\n2\n2\n3\n", "{signal}");
    }
}

#[tokio::test]
async fn one_that_waits_for_a_lock_can_be_stopped() {
    let folder = Folder::default();
    held(&folder, Duration::from_secs(30)).await;
    let running = folder.start(NEWER, &["up"]);
    running.says("berta").await;
    running.signal("TERM");
    let begun = Instant::now();
    let _ = running.ended().await.exits(130);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    folder.run(SHOP, &["lock"]).succeeds().prints(&["held since"]);
}
