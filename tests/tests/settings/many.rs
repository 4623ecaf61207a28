//! 200 tables made together, each of which DynamoDB takes a while to make: waves of tables, and few calls for each.

use crate::play::Stand;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::schema::TableSchema;
use migrate_tests::model::{Model, Quirks};
use migrate_tests::scenario::{customers, table_name};
use migrate_tests::seam::{Call, Recorder, Verdict};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const TABLES: usize = 200;
/// As many are made at once.
const AT_ONCE: usize = 100;

/// What it took, in the paused clock's time: only waiting counts.
struct Taken {
    wall: Duration,
    /// Calls about a table until it was ready.
    most: usize,
    /// The same of all tables but one.
    few: usize,
    calls: BTreeMap<String, usize>,
}

fn table_of(call: &Call) -> String {
    call.json().get("TableName").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
}

/// Descriptions say `CREATING` until each table had its time.
async fn create(latency: Duration) -> Taken {
    let stand = Stand::of_model(&Model::with(Quirks::instant()));
    let begun: Arc<Mutex<BTreeMap<String, Instant>>> = Arc::default();
    // Calls while it is being made, with the one that first says that it is ready.
    let during: Arc<Mutex<BTreeMap<String, (usize, bool)>>> = Arc::default();
    let (clock, count) = (begun.clone(), during.clone());
    let recorder = Recorder::of(&stand.engine.client()).failing(move |call| {
        let (table, mut begun, mut during) = (table_of(call), clock.lock().unwrap(), count.lock().unwrap());
        match call.operation.as_str() {
            "CreateTable" => {
                begun.insert(table.clone(), Instant::now());
                during.insert(table, (1, false));
                Verdict::Pass
            }
            "DescribeTable" => {
                let Some(since) = begun.get(&table) else { return Verdict::Pass };
                let ready = since.elapsed() >= latency;
                if let Some((calls, over)) = during.get_mut(&table).filter(|(_, over)| !over) {
                    (*calls, *over) = (*calls + 1, ready);
                }
                let creating = Verdict::Replace { from: r#""TableStatus":"ACTIVE""#, to: r#""TableStatus":"CREATING""# };
                if ready { Verdict::Pass } else { creating }
            }
            _ => Verdict::Pass,
        }
    });
    let tables: Vec<TableSchema> = (0..TABLES).map(|n| customers().named(table_name(&format!("table-{n}")))).collect();
    // The management table is made before: it is none of them.
    stand.up([customers()], Options::default()).await.unwrap();
    let start = Instant::now();
    let migrator = stand.migrator(recorder.attach(&stand.engine.client()), tables.into_iter().chain([customers()]));
    let report = migrator.up(Options::default()).await.unwrap();
    assert_eq!((report.outcome, report.steps.len()), (Outcome::Done, TABLES));
    let mut calls = BTreeMap::new();
    for operation in recorder.operations() {
        *calls.entry(operation).or_default() += 1;
    }
    let most = during.lock().unwrap().values().map(|(calls, _)| *calls).max().unwrap_or_default();
    let mut each: Vec<usize> = during.lock().unwrap().values().map(|(calls, _)| *calls).collect();
    each.sort_unstable();
    let few = each[each.len() - 2];
    Taken { wall: start.elapsed(), most, few, calls }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_tables_are_made_in_waves_and_by_few_calls_each() {
    let waves = u32::try_from(TABLES.div_ceil(AT_ONCE)).unwrap();
    for latency in [1, 10].map(Duration::from_secs) {
        let Taken { wall, most, few, calls } = create(latency).await;
        let ratio = wall.as_secs_f64() / (latency * waves).as_secs_f64();
        println!(
            "create.many, {latency:?} a table: {wall:?}, {ratio:.2} × {waves} waves; {few} calls a table, {most} for the one that leads; {calls:?}"
        );
        assert!(ratio <= 1.3, "{latency:?}: {ratio:.2} × the waves");
        // One table of all is looked at often, for the others.
        assert!(few <= 3, "{latency:?}: {} calls for a table", few);
        assert!(most <= 40, "{latency:?}: {most} calls for the one that leads");
    }
}
