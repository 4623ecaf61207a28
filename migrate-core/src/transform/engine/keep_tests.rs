//! What a job knows of how far it is, and how long it tries to keep that.

use std::cell::Cell;

use super::*;

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, std::io::Error::other("the table has no capacity"))
}

/// Fails so often, and then no more; how often it was called, and for how many seconds.
async fn tried(kind: ErrorKind, failures: u32) -> (Result<(), ErrorKind>, u32, u64) {
    let (calls, begun) = (Cell::new(0), Instant::now());
    let result = patiently(|| {
        calls.set(calls.get() + 1);
        let fails = calls.get() <= failures;
        async move { if fails { Err(error(kind)) } else { Ok(()) } }
    });
    (result.await.map_err(|error| error.kind()), calls.get(), begun.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_for_a_minute() {
    for kind in [ErrorKind::Throttled, ErrorKind::Unreachable] {
        assert_eq!(tried(kind, 0).await, (Ok(()), 1, 0));
        assert_eq!(tried(kind, 3).await, (Ok(()), 4, 6));
        assert_eq!(tried(kind, 29).await, (Ok(()), 30, 58));
        assert_eq!(tried(kind, 100).await, (Err(kind), 31, 60), "the one after a minute is the last");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_told_at_once() {
    for kind in [ErrorKind::AccessDenied, ErrorKind::LockLost, ErrorKind::Service] {
        assert_eq!(tried(kind, 1).await, (Err(kind), 1, 0));
    }
}

fn new() -> Keeper {
    Keeper::of("update orders 1".to_owned(), from_the_beginning(4))
}

#[test]
fn what_an_earlier_run_read_counts_for_its_own_pass_alone() {
    let counts = Counts { scanned: 10, ..Counts::default() };
    let first = Progress { counts, positions: BTreeMap::from([(1, Position::End)]), ..from_the_beginning(4) };
    let keeper = Keeper::of(String::new(), first.clone());
    assert_eq!((keeper.read(), keeper.is_resumed()), (10, true));
    let mut keeper = Keeper::of(String::new(), Progress { sweep: 2, ..first });
    keeper.add(Counts { scanned: 3, ..Counts::default() });
    assert_eq!((keeper.read(), keeper.is_resumed()), (3, true));
    assert!(!Keeper::of(String::new(), from_the_beginning(4)).is_resumed());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_kept_nowhere_knows_how_far_it_is() {
    let mut keeper = new();
    assert_eq!((keeper.segments(), keeper.sweep(), keeper.is_resumed(), keeper.is_finished()), (4, 1, false, false));
    keeper.add(Counts { scanned: 7, changed: 2, ..Counts::default() });
    keeper.add(Counts { scanned: 3, ..Counts::default() });
    assert_eq!((keeper.read(), keeper.counts().changed), (10, 2));
    // What goes through the table again begins to count anew.
    keeper.next_sweep().await.expect("nothing is written");
    keeper.add(Counts { scanned: 4, ..Counts::default() });
    assert_eq!((keeper.sweep(), keeper.read(), keeper.counts().scanned), (2, 4, 14));
    let now = Instant::now();
    assert!(keeper.keep_if_due(now + EVERY).is_none() && keeper.keep_last(true).await.is_ok());
    let due = [EVERY - Duration::from_nanos(1), EVERY, EVERY * 2].map(|after| keeper.is_due(now + after));
    assert_eq!(due, [false, true, true]);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_kept_is_kept_the_next_time_unless_it_moved_on() {
    let mut keeper = new();
    let letter = |key: &str| DeadLetter { key: key.to_owned(), error: "it failed".to_owned() };
    let unkept = |kind, at: &str| Unkept {
        moved: BTreeMap::from([(1, Position::After(at.to_owned())), (2, Position::End)]),
        letters: vec![letter(at)],
        error: error(kind),
    };
    keeper.moved.insert(1, Position::End);
    keeper.letters.push(letter("b"));
    keeper.take_back(unkept(ErrorKind::Throttled, "a")).expect("it passes");
    assert_eq!(keeper.moved, BTreeMap::from([(1, Position::End), (2, Position::End)]));
    assert_eq!(keeper.letters.iter().map(|letter| letter.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let refused = keeper.take_back(unkept(ErrorKind::AccessDenied, "c")).expect_err("it does not pass");
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
}
