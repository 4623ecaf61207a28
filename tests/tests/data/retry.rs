use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_core::Table;
use migrate_core::error::ErrorKind;
use migrate_core::migration::{OnInterrupt, Version};
use migrate_core::migrator::{Options, Outcome};
use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableSchema};
use migrate_tests::scenario::table_name;

use super::*;

const WAIT: Duration = Duration::from_secs(9);

/// Customers by another key, with a version.
#[derive(Serialize, Deserialize)]
struct Account {
    name: String,
    version: u64,
}

impl Table for Account {
    const VERSION: Option<&'static str> = Some("version");

    fn schema() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("name", ScalarType::S), sort: None };
        TableSchema::new(table_name("accounts"), key)
    }
}

#[derive(Deserialize)]
struct Customer {
    id: String,
    email: String,
}

fn copying() -> Sequence {
    let copies = migration(1, "copies", |cx| {
        Box::pin(async move {
            let customers = cx.table::<Customers>().of::<Customer>().dead_letter().allow_failures(9);
            customers
                .copy_each_to(|it| match it.email.as_str() {
                    "bad" => Err(Failure::msg("it is bad")),
                    _ => Ok([Account { name: it.id, version: 5 }]),
                })
                .await?;
            Ok(())
        })
    });
    sequence([customers(), Account::schema()], [copies])
}

/// What stands where a copy goes is judged as in the first pass.
#[tokio::test]
async fn a_copy_that_is_tried_again_replaces_what_is_older_and_leaves_what_is_not() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["bad", "bad", "bad", "bad"]).await;
        let (migrator, _) = heard(&engine, engine.client(), copying());
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::Done);
        let accounts = engine.table("accounts");
        for (name, version) in [("key-00", "4"), ("key-01", "6"), ("key-02", "5")] {
            let put = engine.client().put_item().table_name(&accounts).item("name", AttributeValue::S(name.to_owned()));
            put.item("version", AttributeValue::N(version.to_owned())).send().await.unwrap();
        }
        for number in 0..4 {
            put_customer(&engine.client(), &engine.table("customers"), &format!("key-{number:02}"), "mended").await;
        }
        let again = migrator.retry_dead_letters(Version::new(1), WAIT).await.unwrap();
        let counts = again.counts;
        assert_eq!((again.tried, again.left.len()), (4, 0), "{}", engine.name());
        assert_eq!((counts.changed, counts.existing, counts.unchanged, counts.inserted), (1, 1, 1, 1), "{counts:?}");
        let found = engine.client().scan().table_name(&accounts).consistent_read(true).send().await.unwrap();
        let mut versions: Vec<String> = found.items().iter().map(|item| item["version"].as_n().unwrap().clone()).collect();
        versions.sort();
        assert_eq!(versions, ["5", "5", "5", "6"]);
    }
}

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

/// Its function as a whole would go past what was never done: here the originals would be gone, and the copies never made.
#[tokio::test]
async fn what_a_failed_one_put_aside_is_tried_again_by_up_alone() {
    async fn moves(cx: &MigrationContext) -> migrate_core::Result {
        careful(cx, 0).await?;
        cx.table::<Customers>().of::<Customer>().copy_to(|it| Account { name: it.id, version: 5 }).await?;
        cx.table::<Customers>().of::<Customer>().delete_where(|_| true).await?;
        Ok(())
    }
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "bad"]).await;
        let one = migration(1, "moves", |cx| Box::pin(async move { Ok(moves(cx).await?) }));
        let (migrator, _) = heard(&engine, engine.client(), sequence([customers(), Account::schema()], [one]));
        assert_eq!(migrator.up(Options::default()).await.unwrap_err().kind(), ErrorKind::DeadLetters);
        mend(&engine).await;
        let error = migrator.retry_dead_letters(Version::new(1), WAIT).await.expect_err("the copies are still to be made");
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        assert!(error.help().join("\n").contains("run `migrate up`: these are tried first"), "{error:?}");
        assert_eq!(items(&engine.client(), &engine.table("customers")).await.len(), 2, "{}", engine.name());
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::Done);
        let count = async |table: &str| engine.client().scan().table_name(engine.table(table)).send().await.unwrap().count();
        assert_eq!((count("customers").await, count("accounts").await), (0, 2), "{}", engine.name());
    }
}

#[tokio::test]
async fn what_cannot_be_tried_again_is_refused() {
    let engine = TestEngine::embedded();
    with_customers(&engine, &["bad"]).await;
    let (migrator, _) = heard(&engine, engine.client(), allowing(true));
    migrator.up(Options { to: Some(Version::new(1)), ..Options::default() }).await.unwrap();
    let refused = async |migrator: &Migrator, number| {
        let error = migrator.retry_dead_letters(Version::new(number), WAIT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    };
    assert!(refused(&migrator, 2).await.contains("neither applied nor did it fail"));
    assert!(refused(&migrator, 3).await.contains("no migration 3"));
    let edited = migration(1, "careful", |cx| Box::pin(async move { Ok(careful(cx, 1).await?) }));
    edited.meta.fingerprint = "text-2";
    let (other, _) = heard(&engine, engine.client(), shop([edited]));
    assert!(refused(&other, 1).await.contains("was changed since"));
    assert_eq!(migrator.dead_letters(Version::new(1)).await.unwrap().1.len(), 1, "nothing was lost");
}

/// Only the items are tried again by themselves; all else in the function would be done once more.
#[tokio::test]
async fn one_that_asks_is_not_called_again_for_its_dead_letters() {
    static LETTERS: AtomicUsize = AtomicUsize::new(0);
    let engine = TestEngine::embedded();
    let one = migration(1, "letters", |cx| {
        Box::pin(async move {
            LETTERS.fetch_add(1, Ordering::Relaxed);
            let careful = cx.items::<Customers>().dead_letter().allow_failures(9);
            careful.try_update(|_| Err(Failure::msg("it is bad"))).await?;
            Ok(())
        })
    });
    one.meta.on_interrupt = OnInterrupt::Ask;
    with_customers(&engine, &["bad"]).await;
    let (migrator, _) = heard(&engine, engine.client(), sequence([customers()], [one]));
    assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::Done);
    let error = migrator.retry_dead_letters(Version::new(1), WAIT).await.expect_err("nobody was asked");
    assert_eq!((LETTERS.load(Ordering::Relaxed), error.kind()), (1, ErrorKind::Usage), "{error}");
    assert!(error.to_string().contains("says `on_interrupt = ask`"), "{error}");
    assert!(error.help().join("\n").contains("write a new migration for these items"), "{error:?}");
}
