//! Saved plans of a guest: they hold its index steps, tell the owner as any run does, and are not made stale by that.

use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::plan::{Place, SavedPlan};
use migrate_core::registry::Sequence;
use migrate_core::schema::{Setting, StreamView};
use migrate_core::{Error, ErrorKind};
use migrate_tests::engine::TestEngine;
use migrate_tests::scenario::{customers, indexes, migrator, with_index};
use migrate_tests::seam::{Call, Recorder, Verdict};

use super::{by_email, guest, marks, of, owner, up};

fn reports() -> Sequence {
    guest("reports", by_email())
}

async fn shops() -> TestEngine {
    let engine = TestEngine::embedded();
    up(&engine, owner(customers())).await;
    engine
}

/// As it comes from a file.
async fn save(engine: &TestEngine, sequence: Sequence) -> SavedPlan {
    let migrator = of(engine, sequence);
    let saved = migrator.prepare(Options::default()).await.expect("a plan").save(&Place::default()).expect("no refusal");
    SavedPlan::decode(saved.encode().as_bytes()).expect("a plan")
}

async fn carry_out(engine: &TestEngine, sequence: Sequence, saved: &SavedPlan) -> Result<Report, Error> {
    of(engine, sequence).prepare_saved(saved.clone(), &Place::default(), Options::default()).await?.apply().await
}

#[tokio::test(start_paused = true)]
async fn it_holds_the_index_and_tells_the_owner() {
    let engine = shops().await;
    let saved = save(&engine, reports()).await;
    assert!(saved.encode().contains("create_global_index"), "{}", saved.encode());
    assert!(marks(&engine).await.is_empty(), "only who carries it out tells");
    let report = carry_out(&engine, reports(), &saved).await.expect("its own mark makes it no other plan");
    assert_eq!((report.outcome, report.steps.len()), (Outcome::Done, 1));
    assert_eq!(marks(&engine).await, ["reports"]);
    assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-email"]);
    let error = carry_out(&engine, reports(), &saved).await.expect_err("it is used up");
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    // The second index, when the owner knows already.
    let both = || guest("reports", with_index(by_email(), "by-name", "name"));
    let saved = save(&engine, both()).await;
    assert_eq!(carry_out(&engine, both(), &saved).await.expect("a run").outcome, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn what_the_owner_or_another_guest_does_meanwhile_is_nobodys_business() {
    let engine = shops().await;
    let saved = save(&engine, reports()).await;
    let mut other = with_index(customers(), "by-city", "city");
    other.stream = Setting::Set(StreamView::KeysOnly);
    up(&engine, owner(other)).await;
    up(&engine, guest("billing", with_index(customers(), "by-day", "day"))).await;
    assert_eq!(carry_out(&engine, reports(), &saved).await.expect("a run").outcome, Outcome::Done);
    assert_eq!(marks(&engine).await, ["billing", "reports"]);
    assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-city", "by-day", "by-email"]);
}

#[tokio::test(start_paused = true)]
async fn an_index_of_that_name_that_came_meanwhile_makes_it_stale() {
    let engine = shops().await;
    let saved = save(&engine, reports()).await;
    up(&engine, guest("billing", by_email())).await;
    let recorder = Recorder::of(&engine.client());
    let late = migrator(&engine, recorder.attach(&engine.client()), reports());
    let error = late.prepare_saved(saved, &Place::default(), Options::default()).await.map(|_| ()).expect_err("a stale plan");
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    assert!(error.to_string().contains("by-email"), "{error:?}");
    assert!(recorder.writes().is_empty(), "{:?}", recorder.operations());
    assert_eq!(marks(&engine).await, ["billing"]);
}

/// What is told before the lock is no record of ours: a run that dies behind it has not used the plan up.
#[tokio::test(start_paused = true)]
async fn a_run_that_dies_after_telling_leaves_the_plan_as_it_is() {
    let engine = shops().await;
    let saved = save(&engine, reports()).await;
    let recorder = Recorder::of(&engine.client());
    let is_mark = |call: &Call| call.operation == "TransactWriteItems" && String::from_utf8_lossy(&call.body).contains("guest#");
    let killed = recorder.failing(move |call| if is_mark(call) { Verdict::HangAfter } else { Verdict::Pass });
    let migrator = migrator(&engine, killed.attach(&engine.client()), reports());
    let prepared = migrator.prepare_saved(saved.clone(), &Place::default(), Options::default()).await.expect("it fits");
    tokio::select! {
        outcome = prepared.apply() => panic!("it was to die: {outcome:?}"),
        () = killed.hung() => {}
    }
    assert_eq!(marks(&engine).await, ["reports"]);
    assert_eq!(carry_out(&engine, reports(), &saved).await.expect("it fits still").outcome, Outcome::Done);
}

/// The owner's plan, when its first guest came after it was approved: from then on its steps take the table's lock.
#[tokio::test(start_paused = true)]
async fn an_owners_plan_outlives_its_first_guest() {
    let engine = shops().await;
    let more = || owner(with_index(customers(), "by-city", "city"));
    let saved = save(&engine, more()).await;
    up(&engine, reports()).await;
    let recorder = Recorder::of(&engine.client());
    let migrator = migrator(&engine, recorder.attach(&engine.client()), more());
    let prepared = migrator.prepare_saved(saved, &Place::default(), Options::default()).await.expect("it fits");
    assert_eq!(prepared.apply().await.expect("a run").outcome, Outcome::Done);
    let locked = recorder.calls().iter().any(|call| String::from_utf8_lossy(&call.body).contains("#table/"));
    assert!(locked, "{:?}", recorder.operations());
    assert_eq!(indexes(&engine.client(), &engine.table("customers")).await, ["by-city", "by-email"]);
}
