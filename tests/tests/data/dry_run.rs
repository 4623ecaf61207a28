use migrate_core::Table;
use migrate_core::migrator::{DryRun, Options, TriedEnd};
use migrate_core::schema::TableSchema;
use migrate_tests::scenario::{migration, with_index};
use migrate_tests::seam::Recorder;

use super::*;

const ALL: DryRun = DryRun { items: None, show: 0 };

#[tokio::test]
async fn it_says_what_would_change_and_writes_nothing() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["A@CANARY", "B@CANARY", "c@canary"]).await;
        let before = items(&engine.client(), &engine.table("customers")).await;
        let recorder = Recorder::of(&engine.client());
        let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), shop([lower()]));
        let history = migrator.history().await.unwrap();

        let report = migrator.dry_run(Options::default(), ALL).await.unwrap();
        let [tried] = &report.migrations[..] else { panic!("{report:?}") };
        assert_eq!((&tried.end, tried.migration.to_string()), (&TriedEnd::Whole, "0001 lower".to_owned()));
        let [job] = &tried.jobs[..] else { panic!("{tried:?}") };
        assert_eq!((job.looked_at, job.counts.changed, job.counts.unchanged, job.in_all), (3, 2, 1, None), "{}", engine.name());
        assert_eq!((job.job.as_str(), &job.estimate), (format!("update {} 1", engine.table("customers")).as_str(), &None));
        let text = format!("{report:?}");
        assert!(!text.contains("CANARY") && !text.contains("key-0"), "{text}");

        let shown = migrator.dry_run(Options::default(), DryRun { show: 1, ..ALL }).await.unwrap();
        let [sample] = &shown.migrations[0].samples[..] else { panic!("{shown:?}") };
        let [attribute] = &sample.attributes[..] else { panic!("{sample:?}") };
        let stored = attribute.before.clone().unwrap();
        assert!(sample.key.starts_with("\"key-0") && stored.contains("@CANARY"), "{sample:?}");
        let changed = stored.replace("A@CANARY", "a@canary").replace("B@CANARY", "b@canary");
        assert_eq!((attribute.name.as_str(), attribute.after.as_deref()), ("email", Some(changed.as_str())));

        assert!(recorder.writes().is_empty(), "{}: {:?}", engine.name(), recorder.operations());
        assert_eq!(items(&engine.client(), &engine.table("customers")).await, before);
        assert_eq!(migrator.history().await.unwrap(), history);
    }
}

#[tokio::test]
async fn where_nothing_is_it_makes_nothing() {
    for engine in TestEngine::all() {
        let recorder = Recorder::of(&engine.client());
        let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), shop([lower()]));
        let report = migrator.dry_run(Options::default(), ALL).await.unwrap();
        let tried = &report.migrations[0];
        assert!(matches!(&tried.end, TriedEnd::Absent { text } if text.contains("is not there")), "{tried:?}");
        assert!(tried.without.iter().any(|step| step.contains("create table")), "{tried:?}");
        assert!(!report.has_failed());
        assert!(recorder.writes().is_empty(), "{}: {:?}", engine.name(), recorder.operations());
        let tables = engine.client().list_tables().send().await.unwrap();
        let ours = tables.table_names().iter().filter(|name| name.starts_with(engine.prefix()));
        assert_eq!(ours.count(), 0, "{}", engine.name());
    }
}

#[tokio::test]
async fn a_part_stands_for_the_whole() {
    let engine = TestEngine::embedded();
    let emails: Vec<String> = (0..40).map(|number| format!("{}@x", if number % 2 == 0 { "A" } else { "a" })).collect();
    with_customers(&engine, &emails.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (migrator, _) = heard(&engine, engine.client(), shop([lower()]));
    let report = migrator.dry_run(Options::default(), DryRun { items: Some(10), show: 0 }).await.unwrap();
    let job = &report.migrations[0].jobs[0];
    assert_eq!((job.looked_at, job.of_items, job.counts.scanned), (10, Some(40), 10));
    assert_eq!(job.in_all.map(|all| (all.scanned, all.changed)), Some((40, job.counts.changed * 4)));
}

#[tokio::test]
async fn what_writes_by_itself_is_stopped_there_and_the_others_go_on() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "bad"]).await;
        let own = migration(1, "own", |cx| {
            Box::pin(async move {
                let table = cx.table_name::<Customers>();
                let key = aws_sdk_dynamodb::types::AttributeValue::S("new".to_owned());
                cx.client().put_item().table_name(table).item("id", key).send().await?;
                Ok(())
            })
        });
        let fails = migration(2, "fails", |cx| Box::pin(async move { Ok(careful(cx, 0).await?) }));
        let bears = migration(3, "bears", |cx| Box::pin(async move { Ok(careful(cx, 1).await?) }));
        let checks = migration(4, "checks", |cx| {
            Box::pin(async move {
                cx.table::<Customers>().of::<Email>().update(|item| item.email.make_ascii_lowercase()).await?;
                cx.table::<Customers>().of::<Email>().verify(|item| item.email == item.email.to_lowercase()).await?;
                Ok(())
            })
        });
        let panics = migration(5, "panics", |_| Box::pin(async { panic!("the printer is on fire") }));
        let recorder = Recorder::of(&engine.client());
        let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), shop([own, fails, bears, checks, panics]));
        let report = migrator.dry_run(Options::default(), ALL).await.unwrap();
        let ends: Vec<&TriedEnd> = report.migrations.iter().map(|tried| &tried.end).collect();
        assert!(matches!(ends[0], TriedEnd::Wrote { text } if text.contains("PutItem would write")), "{ends:?}");
        let TriedEnd::Failed { code, text } = ends[1] else { panic!("{ends:?}") };
        assert!(*code == "M0707" && text.contains("1 of the items") && text.contains("it is bad"), "{code} {text}");
        assert_eq!(ends[2..4], [&TriedEnd::Whole, &TriedEnd::Whole]);
        assert_eq!((report.migrations[2].jobs[0].counts.failed, report.migrations[2].jobs[0].counts.changed), (1, 1));
        assert!(matches!(ends[4], TriedEnd::Failed { code: "M0702", .. }), "{ends:?}");
        assert!(report.has_failed() && recorder.writes().is_empty(), "{}", engine.name());
    }
}

#[tokio::test]
async fn tables_are_taken_as_they_are() {
    let engine = TestEngine::embedded();
    with_customers(&engine, &["A"]).await;
    let indexed = with_index(customers(), "by-email", "email");
    let (migrator, _) = heard(&engine, engine.client(), sequence([indexed], [lower()]));
    let report = migrator.dry_run(Options::default(), ALL).await.unwrap();
    let tried = &report.migrations[0];
    assert!(matches!(&tried.without[..], [step] if step.contains("create index")), "{tried:?}");
    assert_eq!((&tried.end, tried.jobs[0].counts.changed), (&TriedEnd::Whole, 1));
}

/// Two migrations go through one table: the second is for what the first leaves behind.
#[tokio::test]
async fn what_is_behind_another_one_is_not_called_failed_for_items_that_do_not_fit() {
    #[derive(Serialize, Deserialize)]
    struct Mail {
        mail: String,
    }
    for engine in TestEngine::all() {
        with_customers(&engine, &["A"]).await;
        let renames = migration(1, "renames", |cx| {
            Box::pin(async move {
                cx.table::<Customers>().of::<Mail>().transform::<Email>(|old| Mail { mail: old.email }).await?;
                Ok(())
            })
        });
        let goes_on = migration(2, "goes_on", |cx| {
            Box::pin(async move {
                cx.table::<Customers>().of::<Mail>().update(|item| item.mail.make_ascii_lowercase()).await?;
                Ok(())
            })
        });
        let (migrator, _) = heard(&engine, engine.client(), shop([renames, goes_on]));
        let report = migrator.dry_run(Options::default(), ALL).await.unwrap();
        assert!(!report.has_failed(), "{report:?}");
        let TriedEnd::Behind { behind, text } = &report.migrations[1].end else { panic!("{report:?}") };
        assert_eq!(behind.iter().map(ToString::to_string).collect::<Vec<_>>(), ["0001 renames"]);
        assert!(text.contains("`mail` is missing"), "{text}");
        // Without the first, it is one that fails.
        let only = migration(1, "goes_on", |cx| {
            Box::pin(async move {
                cx.table::<Customers>().of::<Mail>().update(|item| item.mail.make_ascii_lowercase()).await?;
                Ok(())
            })
        });
        let (migrator, _) = heard(&engine, engine.client(), shop([only]));
        assert!(migrator.dry_run(Options::default(), ALL).await.unwrap().has_failed());
    }
}

/// The same table, by the name of another type.
#[derive(Serialize, Deserialize)]
struct Copied {
    id: String,
}

impl Table for Copied {
    fn schema() -> TableSchema {
        Customers::schema()
    }
}

#[tokio::test]
async fn what_would_be_put_copied_and_deleted_is_counted() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["a", "b", "c"]).await;
        let puts = migration(1, "puts", |cx| {
            Box::pin(async move {
                let row = |number: u64| Copied { id: format!("new-{number}") };
                cx.table::<Copied>().of::<Copied>().put_all((0..7).map(row).collect::<Vec<_>>()).await?;
                let copies = |old: Email| Ok((0..2).map(move |part| Copied { id: format!("{}-{part}", old.email) }));
                cx.table::<Customers>().of::<Email>().copy_each_to(copies).await?;
                cx.table::<Customers>().of::<Email>().delete_where(|old| old.email != "b").await?;
                Ok(())
            })
        });
        let recorder = Recorder::of(&engine.client());
        let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), shop([puts]));
        let report = migrator.dry_run(Options::default(), ALL).await.unwrap();
        let counted = report.migrations[0].jobs.iter().map(|job| (job.looked_at, job.counts.inserted, job.counts.deleted));
        assert_eq!(counted.collect::<Vec<_>>(), [(0, 7, 0), (3, 6, 0), (3, 0, 2)], "{}", engine.name());
        assert!(recorder.writes().is_empty(), "{}: {:?}", engine.name(), recorder.operations());
    }
}
