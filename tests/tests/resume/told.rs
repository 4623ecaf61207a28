//! What a run tells those who watch it: how far it is, how long it takes yet, and that the credentials will not last.

use std::time::{Duration, SystemTime};

use migrate_core::event::{Event, Pass};
use migrate_core::migrator::Outcome;
use migrate_tests::scenario::builder;

use super::bench::Heard;
use super::{Bench, Size, Work};

/// Some 40 seconds.
const SLOW: Size = Size { read: 5, ..Size::LARGE };

/// Goes through a table and returns what it told: each pass that was shown, and the notes.
async fn told(bench: &Bench, credentials_end: Option<SystemTime>) -> (Vec<Pass>, Vec<String>) {
    let heard = Heard::default();
    let listener = heard.clone();
    let builder = builder(&bench.engine, bench.simulated.client(), Work::Lower.sequence()).credentials_end(credentials_end);
    let migrator = builder.on_event(move |event| listener.lock().expect("a list").push(event)).build().expect("a migrator");
    assert_eq!(migrator.up(bench.options()).await.expect("a run").outcome, Outcome::Done);
    let (mut passes, mut notes) = (Vec::new(), Vec::new());
    for event in heard.lock().expect("a list").drain(..) {
        match event {
            Event::MigrationProgress { pass, .. } => passes.push(pass),
            Event::MigrationNote { text, .. } => notes.push(text),
            _ => {}
        }
    }
    (passes, notes)
}

#[tokio::test(start_paused = true)]
async fn progress_tells_how_far_it_is_and_how_long_it_takes_yet() {
    let bench = Bench::new(SLOW).await;
    let (passes, notes) = told(&bench, None).await;
    assert!(notes.is_empty(), "{notes:?}");
    let (all, last) = (SLOW.items, passes.last().expect("progress"));
    assert_eq!((last.items, last.of_items, last.left), (all, Some(all), Some(Duration::ZERO)));
    assert!((20.0..200.0).contains(&last.per_second), "{last:?}");
    let known: Vec<&Pass> = passes.iter().filter(|pass| pass.left.is_some()).collect();
    assert!(known.len() > 30, "a word each quarter of a second, all but the first");
    for pass in known {
        let left = pass.left.expect("it is known").as_secs_f64();
        assert!((left - (all - pass.items) as f64 / pass.per_second).abs() < 1e-6, "{pass:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_will_not_last_are_told_once_after_ten_seconds() {
    let bench = Bench::new(SLOW).await;
    let (_, notes) = told(&bench, Some(SystemTime::now() + Duration::from_secs(15))).await;
    let [note] = &notes[..] else { panic!("{notes:?}") };
    assert!(note.starts_with("the credentials end in 1 minutes, and this takes about 1 more"), "{note}");

    let bench = Bench::new(SLOW).await;
    let (_, notes) = told(&bench, Some(SystemTime::now() + Duration::from_secs(3_600))).await;
    assert!(notes.is_empty(), "{notes:?}");
    // What is done before it is known how fast it goes needs no word.
    let bench = Bench::new(Size::LARGE).await;
    let (_, notes) = told(&bench, Some(SystemTime::now())).await;
    assert!(notes.is_empty(), "{notes:?}");
}
