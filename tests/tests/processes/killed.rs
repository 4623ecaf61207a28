//! A process that is killed by SIGKILL at a counted request: the next one finishes what it began.

use migrate_tests::proxy::Moment;
use tokio::time::Instant;

use super::bench::{Caught, Kind, World, each, reference, spread};
use super::dump::{Dump, are_whole};

/// Whether the process came to that request.
async fn killed_at(kind: Kind, at: usize, moment: Moment, wanted: &Dump) -> bool {
    let world = World::yesterday(kind).await;
    let Some(Caught { mut running, request, proxy: _proxy, hold }) = world.held(at, moment).await else {
        world.is(wanted, &format!("{kind:?}, not killed at {at}")).await;
        return false;
    };
    let context = format!("{kind:?}, killed at request {at}, {moment:?} {}", request.call.operation);
    running.kill();
    // What was on its way is lost, and an answer finds nobody.
    drop(hold);
    assert_eq!(running.ended().await.code, None, "{context}");
    are_whole(&world.engine.client(), world.engine.prefix(), &context).await;
    world.shorten_the_lease().await;
    let (again, _) = world.run().await;
    assert_eq!(again.code, Some(0), "{context}: {again:?}");
    world.is(wanted, &context).await;
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_request_is_finished_by_the_next_one() {
    for kind in Kind::ALL.iter().copied() {
        let begun = Instant::now();
        let (asked, wanted) = reference(kind).await;
        let points = spread(asked.len(), kind.points()).into_iter().flat_map(|at| [(at, Moment::Before), (at, Moment::After)]);
        let all =
            each(points, wanted, move |(at, moment), wanted| async move { killed_at(kind, at, moment, &wanted).await }).await;
        let (reached, all) = (all.iter().filter(|reached| **reached).count(), all.len());
        println!("{kind:?}: killed at {reached} of {all} points of a run of {} requests, in {:?}", asked.len(), begun.elapsed());
        // Looks that wait for something may be fewer in one run than in another.
        assert!(reached * 10 >= all * 9, "{reached} of {all}");
    }
}
