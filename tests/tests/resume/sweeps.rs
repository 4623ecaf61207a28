//! A migration for after the deploy goes through the table again until nothing old is left, wherever it is killed between two times.

use migrate_core::migrator::Outcome;
use migrate_core::registry::Sequence;
use migrate_tests::seam::{Call, Verdict};

use super::bench::shop;
use super::{Bench, Size, Work};

fn after_deploy() -> Sequence {
    let entry = Work::Lower.entry();
    entry.meta.after_deploy = true;
    shop([entry])
}

/// Writes of the job itself: it begins, keeps positions, begins the next sweep, is finished.
fn of_job(call: &Call) -> bool {
    call.operation == "TransactWriteItems" && String::from_utf8_lossy(&call.body).contains("update ")
}

#[tokio::test(start_paused = true)]
async fn killed_between_two_sweeps_it_still_finds_what_old_code_wrote() {
    let bench = Bench::new(Size::SMALL).await;
    let recorder = bench.recorder(|_| Verdict::Pass);
    let report = bench.up_with(recorder.attach(&bench.simulated.client()), after_deploy()).await.unwrap();
    assert_eq!((report.outcome, bench.read()), (Outcome::Done, 2 * bench.size.items), "a second sweep finds nothing");
    let calls = recorder.calls();
    let places: Vec<_> = calls.iter().filter(|call| of_job(call)).map(|call| call.index).collect();
    assert!(places.len() >= 6, "{places:?}");
    let finishes = |call: &&Call| of_job(call) && String::from_utf8_lossy(&call.body).contains(r#""finished":{"BOOL":true}"#);
    let end = calls.iter().find(finishes).expect("its end").index;
    for k in places {
        for verdict in [Verdict::HangBefore, Verdict::HangAfter] {
            let bench = Bench::new(Size::SMALL).await;
            let kill = verdict.clone();
            let recorder = bench.recorder(move |call| if call.index == k { kill.clone() } else { Verdict::Pass });
            tokio::select! {
                outcome = bench.up_with(recorder.attach(&bench.simulated.client()), after_deploy()) => panic!("{outcome:?}"),
                () = recorder.hung() => {}
            }
            // Old code goes on writing until it is replaced.
            let late = (1_000..1_040).map(|number| Work::old(number, 10));
            bench.simulated.fill(&bench.table, late).await;
            let context = format!("killed at call {k} of {end} {verdict:?}");
            let outcome = bench.up(after_deploy()).await.expect(&context).outcome;
            assert_eq!(outcome, if k > end { Outcome::NothingToDo } else { Outcome::Done }, "{context}");
            let is_over = k > end || k == end && verdict == Verdict::HangAfter;
            let found = if is_over { bench.size.items } else { bench.size.items + 40 };
            assert_eq!((bench.done(Work::Lower), bench.written()), (found, found), "{context}");
            assert_eq!(bench.up(after_deploy()).await.expect(&context).outcome, Outcome::NothingToDo, "{context}");
        }
    }
}
