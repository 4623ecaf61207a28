//! What going through a table takes, against numbers that were worked out by hand.

use super::*;
use crate::budget::Allowance;
use crate::schema::{
    GlobalIndex, IndexKey, IndexName, KeyElement, LocalIndex, PrimaryKey, Projection, ScalarType, TableSchema, Throughput,
};

/// 1,200,000 items of 400 bytes, which are 480,000,000 bytes.
fn live(billing: Billing) -> LiveTable {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    let mut schema = TableSchema::new(TableName::checked("orders"), key);
    schema.billing = Some(billing);
    LiveTable { item_count: 1_200_000, size_bytes: 480_000_000, ..LiveTable::new(schema) }
}

fn of(live: &LiveTable) -> Passage {
    Passage::of(live, Budget::default(), false).unwrap()
}

#[test]
fn on_demand_at_five_hundred_units_a_second() {
    // 480,000,000 / 4,096 = 117,187.5; 1,200,000 × $0.625 and 117,188 × $0.125 a million.
    let expected = Passage {
        items: 1_200_000,
        write_units: 1_200_000,
        read_units: 117_188,
        pace: Some(Pace { seconds: 2_400, per_second: 500, of: Limit::WriteUnits }),
        once_microdollars: Some(764_648),
    };
    assert_eq!(of(&live(Billing::ON_DEMAND)), expected);
    let nothing = LiveTable { item_count: 0, size_bytes: 0, ..live(Billing::ON_DEMAND) };
    assert_eq!(Passage::of(&nothing, Budget::default(), false), None);
}

#[test]
fn every_index_and_every_region_is_written_too() {
    let mut live = live(Billing::ON_DEMAND);
    let key = IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
    live.schema.global_indexes.insert(IndexName::checked("by-email"), GlobalIndex::new(key, Projection::KeysOnly));
    let sort = KeyElement::new("at", ScalarType::N);
    live.schema.local_indexes.insert(IndexName::checked("by-at"), LocalIndex { sort, projection: Projection::All });
    live.schema.replicas = Setting::Set(["us-east-1".to_owned()].into());
    live.size_bytes = 1_200_000 * 1_025;
    // Of 1,025 bytes each is two units, three times; in two regions $9.00. 300,293 read units are $0.0375.
    let Passage { write_units, read_units, once_microdollars, .. } = of(&live);
    assert_eq!((write_units, read_units, once_microdollars), (7_200_000, 300_293, Some(9_037_536)));
}

#[test]
fn a_quarter_of_what_is_provisioned_and_no_request_is_charged() {
    let live = live(Billing::Provisioned(Throughput { read: 4, write: 4_000 }));
    // A read unit a second for 117,188; writing would take 1,200 seconds.
    let Passage { pace, once_microdollars, .. } = of(&live);
    assert_eq!((pace, once_microdollars), (Some(Pace { seconds: 117_188, per_second: 1, of: Limit::ReadUnits }), None));
}

#[test]
fn the_budget_decides() {
    let live = live(Billing::ON_DEMAND);
    let pace = |budget, local| Passage::of(&live, budget, local).unwrap().pace;
    assert_eq!(pace(Budget::default(), true), None, "an engine of one's own has no limit");
    let unlimited = Budget { write: Some(Allowance::Unlimited), read: Some(Allowance::Unlimited), ..Budget::default() };
    assert_eq!(pace(unlimited, false), None);
    let few = Budget { changes: Some(100), ..unlimited };
    assert_eq!(pace(few, false), Some(Pace { seconds: 12_000, per_second: 100, of: Limit::Changes }));
}
