//! Jobs that are taken up, and those that are not.

use super::*;

#[tokio::test]
async fn the_next_run_goes_on_where_this_one_stopped() {
    let store = store().await;
    let new = Progress { segments: 8, sweep: 1, finished: false, counts: Counts::default(), positions: BTreeMap::new() };
    let first = jobs(&store, 1);
    assert_eq!(first.open(&job("f"), 8).await.unwrap(), new);
    first.save(PLACE, &BTreeMap::from([(3, at(30)), (7, at(70))]), changed(1)).await.unwrap();
    first.save(PLACE, &BTreeMap::from([(7, Position::End)]), changed(2)).await.unwrap();
    lock(&store, 2).await;
    let second = jobs(&store, 2);
    // Into how many segments it is split was decided when it began.
    let found = second.open(&job("f"), 99).await.unwrap();
    let positions = BTreeMap::from([(3, at(30)), (7, Position::End)]);
    assert_eq!(found, Progress { counts: changed(2), positions: positions.clone(), ..new.clone() });
    second.finish(PLACE, changed(3)).await.unwrap();
    let found = jobs(&store, 2).open(&job("f"), 8).await.unwrap();
    assert_eq!(found, Progress { counts: changed(3), finished: true, positions, ..new });
    // What is read for the history is another part.
    assert!(store.read().await.unwrap().history.records().is_empty());
}

#[tokio::test]
async fn what_differs_is_another_job_and_begins_anew() {
    let others = [
        job("g"),
        Job { table_id: Some("t-2".to_owned()), ..job("f") },
        Job { table_id: None, ..job("f") },
        Job { table: "prod-orders".to_owned(), ..job("f") },
    ];
    for other in others {
        let store = store().await;
        let jobs = jobs(&store, 1);
        jobs.open(&job("f"), 4).await.unwrap();
        jobs.save(PLACE, &positions(0..4), changed(4)).await.unwrap();
        jobs.put_aside(PLACE, &[letter(r#"{"id":{"S":"a"}}"#, "no")]).await.unwrap();
        let begun = jobs.open(&other, 2).await.unwrap();
        let new = Progress { segments: 2, sweep: 1, finished: false, counts: Counts::default(), positions: BTreeMap::new() };
        assert_eq!(begun, new);
        assert_eq!(kept(&store).await, [format!("0001/{PLACE}")], "{other:?}");
        assert_eq!(jobs.open(&other, 9).await.unwrap(), new);
    }
}

#[tokio::test]
async fn a_job_touches_no_other() {
    let store = store().await;
    let all = [(1, "update orders 1"), (1, "update orders 10"), (1, "update orders-1 1"), (10, "update orders 1")];
    let all = all.map(|(version, place)| (JobStore::new(&store, Version::new(version), Turn::default(), 1), place));
    for (jobs, place) in &all {
        jobs.open(&Job { place: (*place).to_owned(), ..job("f") }, 4).await.unwrap();
        jobs.save(place, &positions(0..3), changed(3)).await.unwrap();
        jobs.put_aside(place, &[letter(r#"{"id":{"S":"a"}}"#, "no")]).await.unwrap();
    }
    assert_eq!(kept(&store).await.len(), 20);
    all[0].0.open(&job("g"), 4).await.unwrap();
    assert_eq!(kept(&store).await.len(), 16);
    for (jobs, place) in &all[1..] {
        let found = jobs.open(&Job { place: (*place).to_owned(), ..job("f") }, 4).await.unwrap();
        assert_eq!((found.positions, found.counts), (positions(0..3), changed(3)));
        assert_eq!(jobs.aside(place).await.unwrap().len(), 1);
    }
    // All jobs of migration 1, and only what it put aside stays.
    all[0].0.forget().await.unwrap();
    let left = kept(&store).await;
    let of_first: Vec<&String> = left.iter().filter(|sort| sort.starts_with("0001/")).collect();
    assert!(of_first.len() == 2 && of_first.iter().all(|sort| sort.contains("/dead/")), "{left:?}");
    assert_eq!(left.len(), 2 + 5);
}

/// Each way there and back begins at the beginning, and takes away what the others left.
#[tokio::test]
async fn a_turn_touches_no_other_until_it_is_done() {
    let store = store().await;
    let there = Turn::default();
    let turns = [there, there.back(), Turn { round: 1, ..there }, Turn { round: 1, ..there }.back(), Turn { round: 10, ..there }];
    let of = |version, turn| JobStore::new(&store, Version::new(version), turn, 1);
    for turn in turns {
        let jobs = of(1, turn);
        assert_eq!(jobs.open(&job("f"), 4).await.unwrap().positions, BTreeMap::new(), "«{turn}»");
        jobs.save(PLACE, &positions(0..3), changed(3)).await.unwrap();
        jobs.put_aside(PLACE, &[letter(r#"{"id":{"S":"a"}}"#, "no")]).await.unwrap();
        jobs.finish(PLACE, changed(3)).await.unwrap();
    }
    for turn in turns {
        assert_eq!(of(1, turn).open(&job("f"), 4).await.unwrap().positions, positions(0..3), "«{turn}»");
        assert_eq!(of(1, turn).all_aside().await.unwrap().len(), 1, "«{turn}»");
    }
    // A number that begins like it is another one.
    for version in [10, 1_000, 10_000] {
        of(version, there).open(&job("f"), 4).await.unwrap();
    }
    of(1_000, there).forget().await.unwrap();
    of(1, turns[3]).forget().await.unwrap();
    let left = kept(&store).await;
    assert!(left.len() == 2 && left[0].starts_with("0001 back 1/update orders 1/dead/"), "{left:?}");
    assert_eq!(left[1], "0010/update orders 1");
    assert_eq!(of(1, there).keys("1").await.unwrap(), ["10000/update orders 1"]);
}

#[tokio::test]
async fn the_next_sweep_begins_at_the_beginning() {
    let store = store().await;
    let first = jobs(&store, 1);
    first.open(&job("f"), 4).await.unwrap();
    first.save(PLACE, &positions(0..4), changed(4)).await.unwrap();
    first.next_sweep(PLACE, 2, changed(5)).await.unwrap();
    let found = jobs(&store, 1).open(&job("f"), 4).await.unwrap();
    assert_eq!((found.sweep, found.counts, found.positions.len()), (2, changed(5), 0));
    first.save(PLACE, &BTreeMap::from([(2, Position::End)]), changed(6)).await.unwrap();
    let found = jobs(&store, 1).open(&job("f"), 4).await.unwrap();
    assert_eq!((found.sweep, found.positions), (2, BTreeMap::from([(2, Position::End)])));
}

#[tokio::test]
async fn more_segments_than_one_transaction_takes() {
    let store = store().await;
    let first = jobs(&store, 1);
    first.open(&job("f"), 400).await.unwrap();
    // With the head and the check of the lock just one, and just two transactions.
    for upto in [98, 99, 197, 198, 350] {
        first.save(PLACE, &positions(0..upto), changed(u64::from(upto))).await.unwrap();
        let found = jobs(&store, 1).open(&job("f"), 400).await.unwrap();
        assert_eq!((found.positions, found.counts), (positions(0..upto), changed(u64::from(upto))));
    }
    first.forget().await.unwrap();
    assert!(kept(&store).await.is_empty());
    // Nothing is left to forget, and nothing is sent for it.
    first.forget().await.unwrap();
}

/// A page of a query ends at 1 MB.
#[tokio::test]
async fn more_positions_than_one_page_brings() {
    let store = store().await;
    let first = jobs(&store, 1);
    first.open(&job("f"), 600).await.unwrap();
    let long = "x".repeat(2_000);
    let far = |number: u32| (number, Position::After(format!(r#"{{"id":{{"S":"{long}{number}"}}}}"#)));
    let all: BTreeMap<u32, Position> = (0..600).map(far).collect();
    first.save(PLACE, &all, changed(1)).await.unwrap();
    assert!(jobs(&store, 1).open(&job("f"), 600).await.unwrap().positions == all);
    assert_eq!(kept(&store).await.len(), 601);
}

#[tokio::test]
async fn the_key_of_a_position_comes_back_as_it_was() {
    let store = store().await;
    let keys = [r#"{"id":{"B":"AP/+"},"at":{"N":"-1.5E+3"}}"#, r#"{ "id" : {"S":"a\"\u0000\n🦀"} }"#, r#"{"id":{"B":""}}"#];
    let all: BTreeMap<u32, Position> = (0..).zip(keys).map(|(number, key)| (number, Position::After(key.to_owned()))).collect();
    let first = jobs(&store, 1);
    first.open(&job("f"), 3).await.unwrap();
    first.save(PLACE, &all, changed(1)).await.unwrap();
    assert_eq!(jobs(&store, 1).open(&job("f"), 3).await.unwrap().positions, all);
}
