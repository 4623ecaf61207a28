//! Two processes that are started at once, or the second in the middle of the first: each migration is run once.

use migrate_tests::process::Ended;
use migrate_tests::proxy::{Asked, Moment};

use super::TODAY;
use super::bench::{Kind, PATIENCE, World, reference};

/// One did it all, and the other one had nothing left to do.
fn one_of(one: &Ended, two: &Ended, context: &str) {
    let both = format!("{context}: {one:?}, {two:?}");
    assert_eq!((one.code, two.code), (Some(0), Some(0)), "{both}");
    let did = |ended: &Ended| ended.out.contains("Done and read back");
    let idle = |ended: &Ended| ended.out.contains("Nothing to do");
    assert!((did(one) && idle(two)) || (did(two) && idle(one)), "{both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_come_at_once_one_does_it_all() {
    for kind in Kind::ALL.iter().copied() {
        let (_, wanted) = reference(kind).await;
        // Both begin at once; both have seen that the lock is free, and take it.
        for operation in ["", "PutItem"] {
            let world = World::yesterday(kind).await;
            let one = world.held_at(operation, 0, Moment::Before).await.expect("a process that comes so far");
            let two = world.held_at(operation, 0, Moment::Before).await.expect("a process that comes so far");
            let context = format!("{kind:?}, both at {}", one.request.call.operation);
            let _ = tokio::join!(one.hold.release(), two.hold.release());
            let (one, two) = tokio::join!(one.running.ended_within(PATIENCE), two.running.ended_within(PATIENCE));
            one_of(&one, &two, &context);
            world.is(&wanted, &context).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_comes_in_the_middle_waits_and_finds_nothing_left() {
    for kind in Kind::ALL.iter().copied() {
        let (asked, wanted) = reference(kind).await;
        let world = World::yesterday(kind).await;
        let one = world.held(asked.len() / 2, Moment::After).await.expect("a process that comes so far");
        let proxy = world.proxy().await;
        let two = world.start(TODAY, &proxy);
        two.says("waiting for the lock").await;
        let _ = one.hold.release().await;
        let (one, two) = tokio::join!(one.running.ended_within(PATIENCE), two.ended_within(PATIENCE));
        assert!(one.out.contains("Done and read back"), "{one:?}");
        one_of(&one, &two, "in the middle");
        // It took the lock when it was given back, and changed nothing else.
        let changes = proxy.asked().into_iter().filter(Asked::changed);
        let others: Vec<_> = changes
            .filter(|asked| asked.call.json()["Key"]["sk"]["S"] != "lock" && asked.call.json()["Item"]["sk"]["S"] != "lock")
            .collect();
        assert!(others.is_empty(), "{others:?}");
        world.is(&wanted, "in the middle").await;
    }
}
