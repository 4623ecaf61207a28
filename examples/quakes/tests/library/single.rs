//! Single migrations on a few items as they were then, and what they survive.

use migrate_core::migration::Version;
use migrate_core::migrator::Options;
use migrate_core::testing::{Past, Sweep, TestDb};
use quakes::tables::{Event, Region};
use serde_json::{Value, json};

/// A database in which migration `next` is due, with two events as they were then: the file with the whole week is not read.
async fn given(db: &TestDb, next: u32) -> migrate_core::Result {
    db.given((1..next).map(Past::Applied)).await?;
    db.put::<Event>(json!({"id": "ci1", "region": "CA", "mag": 4.1, "time": 1, "title": "M 4.1"})).await?;
    db.put::<Event>(json!({"id": "ak1", "region": "Alaska", "mag": 2.5, "time": 2, "title": "M 2.5"})).await?;
    Ok(())
}

#[tokio::test]
async fn a_region_has_one_name_and_then_a_sum() -> migrate_core::Result {
    let db = TestDb::of(quakes::Migrations)?;
    given(&db, 7).await?;
    db.up().await?;
    let events: Vec<Value> = db.items::<Event, _>().await?;
    assert_eq!(
        events,
        [
            json!({"id": "ak1", "region": "Alaska", "mag": 2.5, "time": 2}),
            json!({"id": "ci1", "region": "California", "mag": 4.1, "time": 1}),
        ]
    );
    let california = Region { region: "California".to_owned(), events: 1, strongest: 4.1, latest: 1 };
    assert_eq!(db.items::<Region, Region>().await?[1], california);
    for migration in 7..=9 {
        db.assert_idempotent(migration).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_run_that_died_while_it_summed_up_is_finished_by_the_next_one() -> migrate_core::Result {
    let db = TestDb::of(quakes::Migrations)?;
    given(&db, 8).await?;
    db.given([Past::Started(8)]).await?;
    assert_eq!(db.states().await?[7..], ["0008 sum_up_regions: started", "0009 drop_geometry_and_title: pending"]);
    db.up().await?;
    assert_eq!(db.items::<Region, Region>().await?.len(), 2);
    assert_eq!(db.states().await?[7..], ["0008 sum_up_regions: applied", "0009 drop_geometry_and_title: applied"]);
    Ok(())
}

#[test]
fn one_name_per_region_survives_every_fault() {
    let only = Options { to: Some(Version::new(7)), ..Options::default() };
    Sweep::of(quakes::Migrations).options(only).run(async |db| given(db, 7).await);
}
