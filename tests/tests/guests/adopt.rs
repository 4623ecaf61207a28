//! Indexes that were there before: whose they come to be, whose they stay, and that nobody takes one behind another's back.

use std::time::Duration;

use migrate_core::history::{History, IndexState};
use migrate_core::migration::Version;
use migrate_core::migrator::{Adoption, Options, Outcome};
use migrate_core::registry::Sequence;
use migrate_core::{Error, ErrorKind};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, index_name, indexes, migrator, table_name, with_index, words};
use migrate_tests::seam::{Recorder, Verdict};

use super::{by_email, guest, marks, of, owner, up};

const NOW: Duration = Duration::ZERO;

fn reports(engine: &TestEngine) -> migrate_core::Migrator {
    of(engine, guest("reports", by_email()))
}

/// The owner made its table with an index that the guest declares.
async fn with_by_email() -> TestEngine {
    let engine = TestEngine::embedded();
    up(&engine, owner(by_email())).await;
    engine
}

/// Whether each index comes under ownership.
fn told(adoptions: &[Adoption]) -> Vec<(String, bool)> {
    adoptions.iter().map(|one| (one.index.as_ref().expect("an index").to_string(), one.adopted)).collect()
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>, kind: ErrorKind, part: &str) {
    let error = outcome.expect_err("a refusal");
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.to_string().contains(part), "no «{part}»: {error:?}");
}

#[tokio::test(start_paused = true)]
async fn an_index_is_adopted_as_its_refusal_says() {
    let engine = with_by_email().await;
    let error = reports(&engine).up(Options::default()).await.expect_err("a refusal");
    assert_eq!(error.kind(), ErrorKind::NotOwned);
    assert!(error.help().iter().any(|help| help.contains("`migrate adopt customers`")), "{error:?}");

    let recorder = Recorder::of(&engine.client());
    let looking = migrator(&engine, recorder.attach(&engine.client()), guest("reports", by_email()));
    let planned = looking.plan_adopt(&[table_name("customers")]).await.expect("what would be adopted");
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    let adopted = reports(&engine).adopt(&[table_name("customers")], NOW).await.expect("an adoption");
    assert_eq!(told(&adopted), [("by-email".to_owned(), true)], "the very command that the refusal names must adopt it");
    assert_eq!((&planned, &adopted[0].differences), (&adopted, &Vec::new()));
    let table = engine.table("customers");
    let history = reports(&engine).history().await.unwrap();
    let said = [format!("shares table {table}, which sequence shop owns"), format!("adopted index {table}/by-email")];
    assert_eq!(words(&history), said);
    assert_eq!(marks(&engine).await, ["reports"], "the owner was told");

    let again = reports(&engine).adopt(&[], NOW).await.expect("nothing to adopt");
    assert_eq!(again, []);
    assert_eq!(up(&engine, guest("reports", by_email())).await, Outcome::NothingToDo);
    // It is the guest's now: the owner neither reports nor drops it.
    let idle = of(&engine, owner(customers())).up(Options::default()).await.expect("a run");
    assert!(idle.notices.is_empty() && idle.outcome == Outcome::NothingToDo, "{idle:?}");
}

#[tokio::test(start_paused = true)]
async fn one_of_another_shape_is_shown_and_not_adopted() {
    let engine = TestEngine::embedded();
    up(&engine, owner(with_index(with_index(customers(), "by-email", "domain"), "by-name", "name"))).await;
    let both = || guest("reports", with_index(by_email(), "by-name", "name"));
    let adopted = of(&engine, both()).adopt(&[], NOW).await.expect("an adoption");
    assert_eq!(told(&adopted), [("by-email".to_owned(), false), ("by-name".to_owned(), true)]);
    assert!(adopted[0].differences[0].to_string().contains("(domain S)"), "{adopted:?}");
    // What is left alone needs no lock.
    let recorder = Recorder::of(&engine.client());
    let again = migrator(&engine, recorder.attach(&engine.client()), both()).adopt(&[], NOW).await.expect("nothing to adopt");
    assert_eq!(told(&again), [("by-email".to_owned(), false)]);
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    // As its recipe says: declared as it is, adopted, then changed.
    refused(of(&engine, both()).up(Options::default()).await, ErrorKind::NotOwned, "by-email");
    let as_it_is = || guest("reports", with_index(with_index(customers(), "by-email", "domain"), "by-name", "name"));
    assert_eq!(told(&of(&engine, as_it_is()).adopt(&[], NOW).await.expect("an adoption")), [("by-email".to_owned(), true)]);
    let mut changed = with_index(by_email(), "by-name", "name");
    changed.handling.accept = [migrate_core::schema::Hazard::IndexReplaced].into();
    assert_eq!(up(&engine, guest("reports", changed)).await, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn one_of_another_sequence_is_refused_with_its_name() {
    let engine = TestEngine::embedded();
    up(&engine, owner(customers())).await;
    up(&engine, guest("billing", by_email())).await;
    for names in [vec![], vec![table_name("customers")]] {
        refused(reports(&engine).plan_adopt(&names).await, ErrorKind::NotOwned, "sequence `billing`");
        refused(reports(&engine).adopt(&names, NOW).await, ErrorKind::NotOwned, "by-email");
    }
    refused(reports(&engine).baseline(Version::new(0), NOW).await, ErrorKind::NotOwned, "sequence `billing`");
    assert_eq!(marks(&engine).await, ["billing"]);
    assert!(reports(&engine).history().await.unwrap().is_empty());
    // Once it is given up there, and is made by somebody else, it is free.
    let index = migrate_core::plan::Droppable::Index(table_name(&engine.table("customers")), index_name("by-email"));
    let dropping = Options { consent: [index].into(), ..Options::default() };
    of(&engine, guest("billing", customers())).up(dropping).await.expect("its own");
    up(&engine, owner(by_email())).await;
    assert_eq!(told(&reports(&engine).adopt(&[], NOW).await.expect("an adoption")), [("by-email".to_owned(), true)]);
}

#[tokio::test(start_paused = true)]
async fn a_table_that_is_not_the_owners_gives_no_index() {
    let engine = TestEngine::embedded();
    assert_eq!(reports(&engine).adopt(&[], NOW).await.expect("nothing is there"), []);
    refused(reports(&engine).adopt(&[table_name("customers")], NOW).await, ErrorKind::NotFound, "sequence `shop` owns it");
    let by_hand = Sequence::of_tables("other", [by_email()]).expect("a legal sequence");
    up(&engine, by_hand).await;
    refused(reports(&engine).adopt(&[], NOW).await, ErrorKind::NotOwned, "not on record as sequence `shop`'s");
    // And the table itself never comes under a guest's ownership.
    let named = of(&engine, guest("reports", customers())).adopt(&[table_name("customers")], NOW).await;
    assert_eq!(named.expect("no index is meant"), []);
}

#[tokio::test(start_paused = true)]
async fn a_baseline_takes_indexes_too() {
    let engine = with_by_email().await;
    let planned = reports(&engine).plan_baseline(Version::new(0)).await.expect("a plan");
    assert_eq!(told(&planned.tables), [("by-email".to_owned(), true)]);
    let done = reports(&engine).baseline(Version::new(0), NOW).await.expect("a baseline");
    assert_eq!(done.tables, planned.tables);
    assert_eq!(marks(&engine).await, ["reports"]);
    assert_eq!(up(&engine, guest("reports", by_email())).await, Outcome::NothingToDo);
    assert!(reports(&engine).plan_baseline(Version::new(0)).await.expect("a plan").is_empty());
}

/// Two guests at once: whoever comes second under the table's lock finds it taken.
#[tokio::test(start_paused = true)]
async fn two_guests_do_not_adopt_one_index() {
    for seed in 0..20 {
        let engine = with_by_email().await;
        let turns = migrate_tests::turns::Turns::of(&engine.client(), seed);
        let minute = Duration::from_secs(60);
        let adopt = |name| {
            let migrator = migrator(&engine, turns.attach(&engine.client()), guest(name, by_email()));
            async move { migrator.adopt(&[], minute).await }
        };
        let (one, other) = tokio::join!(adopt("reports"), adopt("billing"));
        assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1, "seed {seed}: {one:?} {other:?}");
        refused(one.and(other), ErrorKind::NotOwned, "by-email");
    }
}

/// A crash anywhere is finished by the same command.
#[tokio::test(start_paused = true)]
async fn an_adoption_that_is_killed_at_any_call_is_finished_by_the_next() {
    let engine = with_by_email().await;
    let recorder = Recorder::of(&engine.client());
    let adopt = |client| migrator(&engine, client, guest("reports", by_email()));
    adopt(recorder.attach(&engine.client())).adopt(&[], NOW).await.expect("the reference");
    for k in 0..recorder.count() {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter, Verdict::LoseReply] {
            let engine = with_by_email().await;
            let at = verdict.clone();
            let killed =
                Recorder::of(&engine.client()).failing(move |call| if call.index == k { at.clone() } else { Verdict::Pass });
            let migrator = migrator(&engine, killed.attach(&engine.client()), guest("reports", by_email()));
            tokio::select! {
                outcome = migrator.adopt(&[], NOW) => { outcome.unwrap_or_else(|error| panic!("call {k} {verdict:?}: {error:?}")); }
                () = killed.hung() => {}
            }
            let wait = Duration::from_secs(300);
            reports(&engine).adopt(&[], wait).await.unwrap_or_else(|error| panic!("call {k} {verdict:?}: {error:?}"));
            let history = History::from_records(reports(&engine).history().await.unwrap()).expect("a history that follows");
            let claims: Vec<IndexState> = history.indexes().values().map(|claim| claim.state).collect();
            assert_eq!(
                (claims, marks(&engine).await),
                (vec![IndexState::Owned], vec!["reports".to_owned()]),
                "call {k} {verdict:?}"
            );
            assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-email"]);
        }
    }
}
