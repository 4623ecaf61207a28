//! What people say to runs.

use super::*;
use crate::budget::Allowance;

#[tokio::test]
async fn only_what_is_said_changes() {
    let store = store().await;
    let (control, run) = (ControlStore::new(&store), jobs(&store, 1));
    assert!(control.read().await.unwrap().is_empty());
    assert_eq!(run.control().await.unwrap(), Control::default());
    let said = control.pause("alice").await.unwrap();
    assert_eq!(said.control(), Control { paused: true, ..Control::default() });
    // It is hers, whoever says it again.
    assert_eq!(control.pause("bob").await.unwrap(), said);
    let (two, ten) = (Some(Allowance::PerSecond(200)), Some(Allowance::PerSecond(10)));
    let said = control.throttle(two, None, "bob").await.unwrap();
    assert_eq!(said.control(), Control { paused: true, write: two, read: None });
    assert_eq!((&*said.paused.unwrap().by, &*said.throttled.unwrap().by), ("alice", "bob"));
    let said = control.throttle(None, ten, "carol").await.unwrap();
    assert_eq!(
        (said.control(), said.rates()),
        (
            Control { paused: true, write: two, read: ten },
            Some("write units 200 per second, read units 10 per second".to_owned()),
        )
    );
    assert_eq!(said.throttled.as_ref().unwrap().by, "carol");
    assert_eq!((control.read().await.unwrap(), run.control().await.unwrap()), (said.clone(), said.control()));
    let said = control.resume().await.unwrap();
    assert_eq!(said.control(), Control { paused: false, write: two, read: ten });
    control.throttle(Some(Allowance::Unlimited), None, "carol").await.unwrap();
    assert_eq!(run.control().await.unwrap().write, Some(Allowance::Unlimited));
    let said = control.throttle(None, None, "dave").await.unwrap();
    assert_eq!((said, run.control().await.unwrap()), (Default::default(), Control::default()));
    // Taken back twice it is taken back.
    assert!(control.resume().await.unwrap().is_empty());
}

/// One sequence's are not another's, and a job that is forgotten takes none along.
#[tokio::test]
async fn it_holds_for_one_sequence_and_until_it_is_taken_back() {
    let store = store().await;
    ControlStore::new(&store).pause("alice").await.unwrap();
    let run = jobs(&store, 1);
    run.open(&job("f"), 1).await.unwrap();
    run.forget().await.unwrap();
    lock(&store, 2).await;
    assert!(jobs(&store, 2).control().await.unwrap().paused);
    assert!(!jobs(&store.part("billing"), 1).control().await.unwrap().paused);
    // Nor does it come with the history.
    assert!(store.read().await.unwrap().history.records().is_empty());
}
