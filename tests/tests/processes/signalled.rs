//! A process that is asked to stop at a counted request: it ends at a safe point, gives the lock back, and the next one goes on at once.

use migrate_tests::proxy::Moment;

use super::bench::{Caught, Kind, World, each, reference, spread};
use super::dump::{Dump, are_whole, lock_is_free};

/// Whether it stopped before it was done.
async fn asked_at(kind: Kind, at: usize, signal: &str, wanted: &Dump) -> bool {
    let world = World::yesterday(kind).await;
    let (client, prefix) = (world.engine.client(), world.engine.prefix());
    let Some(Caught { running, request, proxy: _proxy, hold }) = world.held(at, Moment::Before).await else {
        world.is(wanted, &format!("{kind:?}, not asked at {at}")).await;
        return false;
    };
    let context = format!("{kind:?}, SIG{signal} at request {at}, {}", request.call.operation);
    running.signal(signal);
    running.says("stopping at the next safe point").await;
    let _ = hold.release().await;
    let ended = running.ended().await;
    are_whole(&client, prefix, &context).await;
    assert!(lock_is_free(&client, prefix).await, "{context}: {ended:?}");
    if ended.code == Some(0) {
        // It was past its last safe point.
        world.is(wanted, &context).await;
        return false;
    }
    let _ = ended.exits(130).says(&["error[M0901]", "help: run the same command again"]);
    // No lease has to run out.
    let (again, _) = world.run().await;
    let _ = again.succeeds().hides("took the lock");
    world.is(wanted, &context).await;
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_asked_to_stop_ends_at_a_safe_point_and_the_next_one_goes_on() {
    for kind in Kind::ALL.iter().copied() {
        let (asked, wanted) = reference(kind).await;
        let points = spread(asked.len(), kind.points());
        let at_least = points.len() / 2;
        let points = points.into_iter().enumerate();
        let points = points.map(|(number, at)| (at, if number % 2 == 0 { "TERM" } else { "INT" }));
        let stopped = each(points, wanted, move |(at, signal), wanted| async move { asked_at(kind, at, signal, &wanted).await });
        let stopped = stopped.await.into_iter().filter(|stopped| *stopped).count();
        println!("{kind:?}: {stopped} processes stopped before they were done");
        assert!(stopped >= at_least, "{stopped}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_asked_twice_ends_at_once_and_is_gone_on_with() {
    for kind in Kind::ALL.iter().copied() {
        let (asked, wanted) = reference(kind).await;
        let world = World::yesterday(kind).await;
        let caught = world.held(asked.len() / 2, Moment::After).await.expect("a process that comes so far");
        let Caught { running, proxy: _proxy, hold, .. } = caught;
        running.signal("TERM");
        running.says("once more stops at once").await;
        running.signal("INT");
        let _ = running.ended().await.exits(130);
        drop(hold);
        are_whole(&world.engine.client(), world.engine.prefix(), "asked twice").await;
        world.shorten_the_lease().await;
        let (again, _) = world.run().await;
        let _ = again.succeeds().says(&["took the lock over"]);
        world.is(&wanted, "asked twice").await;
    }
}
