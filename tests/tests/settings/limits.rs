//! What DynamoDB takes only so often: the run says so and does the rest, and a later one finishes.

use crate::case::{plain, provisioned};
use crate::play::Stand;
use crate::seen;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::schema::{Aspect, Billing, Encryption, Hazard, Setting, TableClass, TableSchema};
use migrate_tests::model::Model;
use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A setting that changes in each of many runs.
struct Limit {
    aspect: Aspect,
    /// How it is declared in the n-th run.
    declare: fn(usize, &mut TableSchema),
    /// How many runs come through.
    free: usize,
    /// After how long the next one does.
    wait: Duration,
    fact: &'static str,
    shows: &'static str,
}

fn limits() -> Vec<Limit> {
    vec![
        Limit {
            aspect: Aspect::TableClass,
            declare: |n, table| {
                table.table_class = Some([TableClass::Standard, TableClass::StandardInfrequentAccess][n % 2]);
            },
            free: 2,
            wait: 30 * DAY,
            fact: "class",
            shows: "STANDARD_INFREQUENT_ACCESS",
        },
        Limit {
            aspect: Aspect::Encryption,
            declare: |n, table| table.encryption = Some([Encryption::AwsOwned, Encryption::AwsManaged][n % 2].clone()),
            free: 4,
            wait: 6 * HOUR,
            fact: "encryption",
            shows: "KMS",
        },
        Limit {
            aspect: Aspect::Billing,
            declare: |n, table| table.billing = Some(provisioned(100 - n as u64, 50)),
            free: 4,
            wait: HOUR,
            fact: "units",
            shows: "95/50",
        },
        Limit {
            aspect: Aspect::Ttl,
            declare: |n, table| table.ttl = [Setting::Off, Setting::Set("expires".to_owned())][n % 2].clone(),
            free: 1,
            wait: HOUR,
            fact: "ttl",
            shows: "off",
        },
        // Each second run is one to on demand.
        Limit {
            aspect: Aspect::Billing,
            declare: |n, table| table.billing = Some([Billing::ON_DEMAND, provisioned(5, 5)][n % 2]),
            free: 9,
            wait: DAY,
            fact: "mode",
            shows: "PAY_PER_REQUEST",
        },
    ]
}

fn declared(limit: &Limit, run: usize) -> TableSchema {
    let mut table = plain();
    (limit.declare)(run, &mut table);
    table.tags.insert("run".to_owned(), Setting::Set(run.to_string()));
    table.handling.accept.insert(Hazard::KeyChange);
    table
}

async fn fact(stand: &Stand, fact: &'static str) -> String {
    let seen = seen::facts(&stand.engine.client(), &stand.engine.table("customers"), &[(fact, "")]).await;
    seen[0].1.clone()
}

#[tokio::test(start_paused = true)]
async fn a_change_too_many_is_not_now_the_rest_is_done_and_a_later_run_finishes() {
    for limit in limits() {
        let model = Model::new();
        let stand = Stand::of_model(&model);
        let what = format!("{} ({})", limit.aspect, limit.fact);
        for run in 0..=limit.free {
            let report = stand.up([declared(&limit, run)], Options::default()).await.unwrap();
            assert_eq!((report.outcome, report.not_now), (Outcome::Done, vec![]), "{what}, run {run}");
        }
        let last = declared(&limit, limit.free + 1);
        for try_ in 1..=2 {
            let report = stand.up([last.clone()], Options::default()).await.unwrap();
            let aspects: Vec<_> = report.not_now.iter().map(|postponed| postponed.step.aspect()).collect();
            assert_eq!(aspects, [Some(limit.aspect)], "{what}, too early, try {try_}: {report:?}");
            assert_eq!(report.steps.len(), usize::from(try_ == 1), "{what}: the tag, once: {:?}", report.steps);
            assert_eq!(fact(&stand, "tag run").await, (limit.free + 1).to_string(), "{what}: the rest goes on");
            assert_ne!(fact(&stand, limit.fact).await, limit.shows, "{what}");
        }
        stand.wait(limit.wait);
        let report = stand.up([last.clone()], Options::default()).await.unwrap();
        assert_eq!((report.outcome, report.not_now), (Outcome::Done, vec![]), "{what}, later");
        assert_eq!(fact(&stand, limit.fact).await, limit.shows, "{what}");
        let report = stand.up([last], Options::default()).await.unwrap();
        assert_eq!(report.outcome, Outcome::NothingToDo, "{what}");
        assert!(model.violations().is_empty(), "{what}: {:?}", model.violations());
    }
}

/// Where DynamoDB tells when things were changed, the plan knows the limit by itself, and until when.
#[tokio::test(start_paused = true)]
async fn a_decrease_too_many_is_not_even_tried_today() {
    let model = Model::new();
    let stand = Stand::of_model(&model);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    stand.wait(now - Duration::from_secs(model.clock().now()));
    let with = |read| TableSchema { billing: Some(provisioned(read, 50)), ..plain() };
    for read in (95..=99).rev() {
        let report = stand.up([with(read)], Options::default()).await.unwrap();
        assert_eq!(report.not_now, [], "{read}");
    }
    model.forget();
    let report = stand.up([with(90)], Options::default()).await.unwrap();
    assert!(report.not_now.len() == 1 && report.not_now[0].until.is_some(), "{:?}", report.not_now);
    assert_eq!(model.changes(), Vec::<String>::new(), "the plan knows");

    let table = stand.engine.table("customers");
    let earlier = |state: &mut migrate_tests::model::State| {
        let past = state.tables.get_mut(&table).unwrap().past.decreases.values_mut().flatten();
        past.for_each(|when| *when -= 3600);
    };
    model.edit(earlier);
    let report = stand.up([with(90)], Options::default()).await.unwrap();
    assert_eq!((report.outcome, report.not_now), (Outcome::Done, vec![]));
    assert_eq!(fact(&stand, "units").await, "90/50");
    assert!(model.violations().is_empty(), "{:?}", model.violations());
}
