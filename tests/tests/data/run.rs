use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use migrate_core::ErrorKind;
use migrate_core::budget::{Allowance, Budget, Dollars};
use migrate_core::history::MigrationStatus;
use migrate_core::migrator::{Options, Outcome, RowState};
use migrate_core::schema::Projection;
use migrate_tests::scenario::with_index;
use migrate_tests::seam::{Recorder, Verdict};

use super::*;

#[tokio::test]
async fn what_is_finished_is_forgotten_and_a_second_run_writes_nothing() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "B"]).await;
        let recorder = Recorder::of(&engine.client());
        let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), shop([lower()]));
        let report = migrator.up(Options::default()).await.unwrap();
        assert_eq!((report.outcome, report.migrations[0].counts.changed), (Outcome::Done, 2));
        assert_eq!(report.migrations[0].cost_microdollars, None, "it is not paid for");
        assert_eq!(kept(&engine).await, Vec::<String>::new(), "{}", engine.name());
        recorder.reset();
        assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::NothingToDo);
        assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    }
}

#[tokio::test]
async fn what_cannot_be_forgotten_is_told_and_no_more() {
    let engine = TestEngine::embedded();
    with_customers(&engine, &["A"]).await;
    let recorder = Recorder::of(&engine.client()).failing(|call| {
        let asks_all = call.operation == "Query" && call.json().to_string().contains("\"0001\"");
        match asks_all {
            true => Verdict::Error { status: 400, error_type: "ValidationException".to_owned(), message: "no".to_owned() },
            false => Verdict::Pass,
        }
    });
    let (migrator, heard) = heard(&engine, recorder.attach(&engine.client()), shop([lower()]));
    assert_eq!(migrator.up(Options::default()).await.unwrap().outcome, Outcome::Done);
    let heard = heard.lock().unwrap().clone();
    let told = heard.iter().any(|event| {
        matches!(event, Event::MigrationNote { text, .. } if text.contains("it is done") && text.contains("could not be taken away"))
    });
    assert!(told, "{heard:?}");
    assert!(!kept(&engine).await.is_empty());
}

#[tokio::test]
async fn the_budget_and_the_segments_reach_the_engine() {
    let engine = TestEngine::embedded();
    with_customers(&engine, &["A", "B"]).await;
    let recorder = Recorder::of(&engine.client());
    let (migrator, heard) = heard(&engine, recorder.attach(&engine.client()), shop([lower()]));
    let budget = Budget { write: Some(Allowance::PerSecond(700)), ..Budget::default() };
    migrator.up(Options { budget, segments: Some(4), ..Options::default() }).await.unwrap();
    let heard = heard.lock().unwrap();
    let limits: Vec<_> = heard
        .iter()
        .filter_map(|event| match event {
            Event::MigrationProgress { pass, .. } => Some((pass.write_limit, pass.read_limit)),
            _ => None,
        })
        .collect();
    assert!(!limits.is_empty() && limits.iter().all(|limits| *limits == (Some(700.0), None)), "{limits:?}");
    let scans: Vec<_> = recorder.calls().into_iter().filter(|call| call.operation == "Scan").collect();
    let segments: std::collections::BTreeSet<_> = scans.iter().map(|call| call.json()["Segment"].as_u64()).collect();
    assert_eq!(segments, (0..4).map(Some).collect(), "{scans:?}");
    assert!(scans.iter().all(|call| call.json()["TotalSegments"] == 4));
}

#[tokio::test]
async fn what_it_may_cost_stops_it_and_the_next_run_goes_on() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "B"]).await;
        let (migrator, _) =
            heard(&engine, engine.client(), shop([lower(), migration(2, "behind", |_| Box::pin(async { Ok(()) }))]));
        let budget = Budget { max_cost: Some(Dollars(0)), ..Budget::default() };
        let report = migrator.up(Options { budget, ..Options::default() }).await.unwrap();
        let Outcome::Incomplete { why } = &report.outcome else { panic!("{report:?}") };
        assert!(why.contains("$0.00"), "{why}");
        assert_eq!(report.waiting.len(), 2, "{report:?}");
        let report = migrator.up(Options::default()).await.unwrap();
        assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 2), "{}", engine.name());
    }
}

/// Wherever it happens: in the function's own call, or in the record that it is applied.
#[tokio::test]
async fn credentials_that_run_out_stop_it_and_the_next_run_goes_on() {
    static ENDS: AtomicBool = AtomicBool::new(false);
    async fn own(cx: &MigrationContext) -> migrate_core::Result {
        cx.client().describe_table().table_name(cx.table_name::<Customers>()).send().await?;
        Ok(())
    }
    for name in ["own", "applied"] {
        let migrations = || {
            let run: migrate_core::registry::RunFn = match name {
                "own" => |cx| {
                    Box::pin(async move {
                        ENDS.store(true, Ordering::Relaxed);
                        Ok(own(cx).await?)
                    })
                },
                _ => |_| {
                    Box::pin(async {
                        ENDS.store(true, Ordering::Relaxed);
                        Ok(())
                    })
                },
            };
            shop([lower(), migration(2, "ends", run)])
        };
        for engine in TestEngine::all() {
            with_customers(&engine, &["A", "B"]).await;
            let recorder = Recorder::of(&engine.client()).failing(|_| match ENDS.swap(false, Ordering::Relaxed) {
                true => Verdict::Error {
                    status: 400,
                    error_type: "ExpiredTokenException".to_owned(),
                    message: "The security token included in the request is expired".to_owned(),
                },
                false => Verdict::Pass,
            });
            let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), migrations());
            let report = migrator.up(Options::default()).await.unwrap();
            let Outcome::Incomplete { why } = &report.outcome else { panic!("{name}: {report:?}") };
            assert!(why.contains("the credentials have expired"), "{why}");
            let status = migrator.status().await.unwrap();
            let RowState::Recorded(state) = &status.migrations[1].record else { panic!("{status:?}") };
            assert_eq!(state.status, MigrationStatus::Started, "{name}: it did not fail");
            let (migrator, _) = heard(&engine, engine.client(), migrations());
            let report = migrator.up(Options::default()).await.unwrap();
            assert_eq!((report.outcome, report.migrations.len()), (Outcome::Done, 1), "{name} on {}", engine.name());
            ENDS.store(false, Ordering::Relaxed);
        }
    }
}

/// Nothing was written before it, and still the next run must not go on behind it.
#[tokio::test]
async fn an_item_that_stops_a_run_is_met_again_by_the_next() {
    for engine in TestEngine::all() {
        with_customers(&engine, &["bad"]).await;
        let strict = || {
            shop([migration(1, "strict", |cx| {
                Box::pin(async move {
                    let customers = cx.table::<Customers>().of::<Email>();
                    let judged = |item: &mut Email| if item.email == "bad" { Err(Failure::msg("it is bad")) } else { Ok(()) };
                    customers.try_update(judged).await?;
                    Ok(())
                })
            })])
        };
        for _ in 0..2 {
            let (migrator, _) = heard(&engine, engine.client(), strict());
            let error = migrator.up(Options::default()).await.unwrap_err();
            assert!(format!("{error:?}").contains("it is bad"), "{error:?}");
        }
    }
}

/// A function may drop the error of a verb, or cut the verb off: the migration is not applied for that.
#[tokio::test]
async fn a_verb_that_did_not_come_to_its_end_is_not_applied_whatever_the_function_returns() {
    fn dropped() -> &'static mut MigrationEntry {
        migration(1, "dropped", |cx| {
            Box::pin(async move {
                let refuses = |_: &mut Email| Err(Failure::msg("not this one"));
                let _ = cx.table::<Customers>().of::<Email>().try_update(refuses).await;
                Ok(())
            })
        })
    }
    fn cut_off() -> &'static mut MigrationEntry {
        migration(1, "cut_off", |cx| {
            Box::pin(async move {
                let update = cx.table::<Customers>().of::<Email>().update(|item| item.email.make_ascii_lowercase());
                assert!(tokio::time::timeout(std::time::Duration::ZERO, update).await.is_err());
                Ok(())
            })
        })
    }
    for entry in [dropped, cut_off] {
        let engine = TestEngine::embedded();
        with_customers(&engine, &["A"]).await;
        let (migrator, _) = heard(&engine, engine.client(), shop([entry()]));
        let error = migrator.up(Options::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MigrationFailed);
        assert!(error.to_string().contains("did not come to its end"), "{error}");
        let status = migrator.status().await.unwrap();
        let RowState::Recorded(state) = &status.migrations[0].record else { panic!("{status:?}") };
        assert!(matches!(state.status, MigrationStatus::Failed { .. }), "{status:?}");
    }
}

/// A name in `depends_on` that no item has watches nothing: it may be misspelled.
#[tokio::test]
async fn a_name_that_no_item_has_is_told_where_something_was_written() {
    async fn update(cx: &MigrationContext, name: &str, email: &str) -> migrate_core::Result {
        cx.items::<Customers>()
            .depends_on([name])
            .update(|item| drop(item.insert("email", aws_sdk_dynamodb::types::AttributeValue::S(email.to_owned()))))
            .await?;
        Ok(())
    }
    let migrations = || {
        [
            migration(1, "right", |cx| Box::pin(async move { update(cx, "email", "b").await.map_err(Into::into) })),
            migration(2, "misspelled", |cx| Box::pin(async move { update(cx, "emial", "c").await.map_err(Into::into) })),
            migration(3, "nothing to do", |cx| Box::pin(async move { update(cx, "emial", "c").await.map_err(Into::into) })),
            migration(4, "deletes", |cx| {
                Box::pin(async move {
                    cx.items::<Customers>().depends_on(["mail"]).delete_where(|item| item.contains_key("email")).await?;
                    Ok(())
                })
            }),
        ]
    };
    for engine in TestEngine::all() {
        with_customers(&engine, &["A", "B"]).await;
        let (migrator, heard) = heard(&engine, engine.client(), shop(migrations()));
        migrator.up(Options::default()).await.unwrap();
        let heard = heard.lock().unwrap();
        let notes = heard.iter().filter_map(|event| match event {
            Event::MigrationNote { migration, text } => {
                Some((migration.version.get(), text.contains("`emial`"), text.contains("`mail`")))
            }
            _ => None,
        });
        assert_eq!(notes.collect::<Vec<_>>(), [(2, true, false), (4, false, true)], "{}", engine.name());
    }
}

/// Where an index holds keys alone, each item is looked at by its key: that counts as well.
#[tokio::test]
async fn a_name_that_items_have_is_not_told_where_an_index_names_the_items() {
    let index = || {
        let mut table = with_index(customers(), "by-email", "email");
        table.global_indexes.values_mut().for_each(|index| index.projection = Projection::KeysOnly);
        table
    };
    for engine in TestEngine::all() {
        let first = migration(1, "nothing", |_| Box::pin(async { Ok(()) }));
        let (migrator, _) = heard(&engine, engine.client(), sequence([index()], [first]));
        migrator.up(Options::default()).await.unwrap();
        put_customer(&engine.client(), &engine.table("customers"), "key-01", "A").await;
        let first = migration(1, "nothing", |_| Box::pin(async { Ok(()) }));
        let marks = migration(2, "marks", |cx| {
            Box::pin(async move {
                let items = cx.items::<Customers>().index("by-email").depends_on(["id", "emial"]);
                items.update(|item| drop(item.insert("new", aws_sdk_dynamodb::types::AttributeValue::Bool(true)))).await?;
                Ok(())
            })
        });
        let (migrator, heard) = heard(&engine, engine.client(), sequence([index()], [first, marks]));
        migrator.up(Options::default()).await.unwrap();
        let heard = heard.lock().unwrap();
        let notes: Vec<_> = heard
            .iter()
            .filter_map(|event| if let Event::MigrationNote { text, .. } = event { Some(text) } else { None })
            .collect();
        assert_eq!((notes.len(), notes[0].contains("`emial`")), (1, true), "{notes:?}");
    }
}

/// A local engine does one thing at a time: what waits there would keep the lock's own beat waiting.
#[tokio::test]
async fn a_local_engine_is_asked_two_things_at_once() {
    for (segments, at_once) in [(1, 1), (8, 2)] {
        let engine = TestEngine::embedded();
        with_customers(&engine, &["A", "B"]).await;
        let pages: Arc<Mutex<Vec<bool>>> = Arc::default();
        let asked = pages.clone();
        let recorder = Recorder::of(&engine.client()).failing(move |call| {
            // Not the one that looks whether the table holds anything.
            if call.operation != "Scan" || call.json()["Limit"] == 1 {
                return Verdict::Pass;
            }
            asked.lock().unwrap().push(call.json()["Segment"].is_null());
            Verdict::Delay(Duration::from_millis(300))
        });
        let (migrator, _) = heard(&engine, recorder.attach(&engine.client()), shop([lower()]));
        let run = migrator.up(Options { segments: Some(segments), ..Options::default() });
        let first = async {
            while pages.lock().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // The first answer is still to come.
            tokio::time::sleep(Duration::from_millis(100)).await;
            pages.lock().unwrap().clone()
        };
        let (done, first) = tokio::join!(run, first);
        assert_eq!(done.unwrap().outcome, Outcome::Done);
        assert_eq!(first, vec![segments == 1; at_once], "whether each is of no segment");
    }
}
