use migrate_core::error::ErrorKind;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, Outcome};
use std::time::Duration;

use super::*;

const WAIT: Duration = Duration::from_secs(9);

fn allowing(allowed: bool) -> Sequence {
    let one = match allowed {
        true => migration(1, "careful", |cx| Box::pin(async move { Ok(careful(cx, 1).await?) })),
        false => migration(1, "careful", |cx| Box::pin(async move { Ok(careful(cx, 0).await?) })),
    };
    shop([one, migration(2, "behind", |_| Box::pin(async { Ok(()) }))])
}

/// Mends the item that fails.
async fn mend(engine: &TestEngine) {
    put_customer(&engine.client(), &engine.table("customers"), "key-01", "MENDED").await;
}

#[tokio::test]
async fn what_an_applied_migration_put_aside_is_tried_again() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "bad", "B"]).await;
        let (migrator, _) = heard(&engine, engine.client(), allowing(true));
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::Done);
        assert_eq!(migrator.dead_letters(Version::new(1)).await.unwrap().1.len(), 1);
        let records = migrator.history().await.unwrap();

        let again = migrator.retry_dead_letters(Version::new(1), WAIT).await.unwrap();
        assert_eq!((again.tried, again.left.len(), again.is_allowed), (1, 1, true), "{}", engine.name());
        assert!(again.left[0].error.contains("it is bad"));
        mend(&engine).await;
        // Others are none of its business.
        put_customer(&engine.client(), &engine.table("customers"), "key-00", "LIVE").await;
        let again = migrator.retry_dead_letters(Version::new(1), WAIT).await.unwrap();
        assert_eq!((again.tried, again.left.len(), again.counts.changed), (1, 0, 1), "{}", engine.name());
        let all = items(&engine.client(), &engine.table("customers")).await;
        let text = format!("{all:?}");
        assert!(text.contains("mended") && text.contains("LIVE"), "{text}");
        assert_eq!(kept(&engine).await, Vec::<String>::new());
        assert_eq!(migrator.history().await.unwrap(), records);
        let nothing = migrator.retry_dead_letters(Version::new(1), WAIT).await.unwrap();
        assert_eq!((nothing.tried, nothing.is_allowed), (0, true));
    }
}

#[tokio::test]
async fn what_a_failed_one_put_aside_is_tried_again_and_the_next_run_goes_on() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "bad"]).await;
        let (migrator, _) = heard(&engine, engine.client(), allowing(false));
        assert_eq!(migrator.up(Options::default()).await.unwrap_err().kind(), ErrorKind::DeadLetters);
        let again = migrator.retry_dead_letters(Version::new(1), WAIT).await.unwrap();
        assert_eq!((again.left.len(), again.is_allowed), (1, false));
        mend(&engine).await;
        let again = migrator.retry_dead_letters(Version::new(1), WAIT).await.unwrap();
        assert_eq!((again.left.len(), again.is_allowed, again.counts.changed), (0, true, 1));
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::Done);
    }
}

#[tokio::test]
async fn what_cannot_be_tried_again_is_refused() {
    let engine = TestEngine::embedded();
    with_customers(&engine, &["bad"]).await;
    let (migrator, _) = heard(&engine, engine.client(), allowing(false));
    migrator.up(Options::default()).await.unwrap_err();
    let refused = async |migrator: &Migrator, number| {
        let error = migrator.retry_dead_letters(Version::new(number), WAIT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    };
    assert!(refused(&migrator, 2).await.contains("neither applied nor did it fail"));
    assert!(refused(&migrator, 3).await.contains("no migration 3"));
    let edited = migration(1, "careful", |cx| Box::pin(async move { Ok(careful(cx, 0).await?) }));
    edited.meta.fingerprint = "text-2";
    let (other, _) = heard(&engine, engine.client(), shop([edited]));
    assert!(refused(&other, 1).await.contains("was changed since"));
    assert_eq!(migrator.dead_letters(Version::new(1)).await.unwrap().1.len(), 1, "nothing was lost");
}
