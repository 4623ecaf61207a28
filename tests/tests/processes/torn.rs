//! The embedded engine's log, torn at any byte after its process was killed, as a machine tears it that loses its power: the file opens, no item
//! is half written, and the next run goes on from what is left.

use super::bench::every;
use super::file::{Point, Post, reference};

/// Numbers that look like chance, the same in each run.
fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_torn_anywhere_leaves_whole_items_and_the_next_run_goes_on() {
    let yesterday = Post::yesterday();
    let (transactions, wanted) = reference(&yesterday).await;
    let (kills, cuts) = if every() { (20, 40) } else { (4, 8) };
    let mut torn = 0;
    for kill in 1..=kills {
        let killed = yesterday.copy(u64::MAX);
        let point = Point::Within(transactions * kill / (kills + 1));
        assert!(killed.killed(point), "{point:?} of {transactions}: it was faster");
        let mut log = killed.log();
        let (kept, length) = (log.kept(), log.length());
        assert!(kept < log.committed(), "{point:?}: nothing is left to tear");
        let mut chance = chance(u64::from(kill));
        for cut in 0..cuts {
            let at = kept + chance(length - kept);
            let post = killed.copy(at);
            let context = format!("{point:?} of {transactions}, log of {length} bytes torn at {at}");
            post.opens(&context).await;
            torn += 1;
            if every() || cut % 4 == 0 {
                post.goes_on(&wanted, &context).await;
            }
        }
    }
    println!("{torn} torn logs");
}
