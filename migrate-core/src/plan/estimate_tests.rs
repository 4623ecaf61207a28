//! Estimates against numbers that were worked out by hand.

use super::*;
use crate::schema::{
    Encryption, IndexKey, KeyElement, LiveTable, MaxThroughput, PrimaryKey, Recovery, ScalarType, StreamView, TableName,
};

const ITEMS: u64 = 2_000_000;

/// 2,000,000 items of 1,500 bytes: 3,000,000,000 bytes, which are 2.793967 GB.
fn live() -> LiveTable {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    let mut schema = TableSchema::new(TableName::new("orders").unwrap(), key);
    schema.billing = Some(Billing::ON_DEMAND);
    LiveTable { item_count: ITEMS, size_bytes: 3_000_000_000, ..LiveTable::new(schema) }
}

fn index(projection: Projection) -> GlobalIndex {
    let key = IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
    GlobalIndex::new(key, projection)
}

fn building(live: &LiveTable, definition: GlobalIndex) -> Estimate {
    let (table, index) = (live.schema.name.clone(), IndexName::new("by-email").unwrap());
    let step = Step::CreateGlobalIndex { table, index, definition, elements: Vec::new() };
    estimate(&step, Some(live)).unwrap()
}

fn set(change: SettingChange, live: Option<&LiveTable>) -> Option<Estimate> {
    estimate(&Step::Set { table: TableName::new("orders").unwrap(), change }, live)
}

const fn units(read: u64, write: u64) -> Throughput {
    Throughput { read, write }
}

const fn provisioned(read: u64, write: u64) -> Billing {
    Billing::Provisioned(units(read, write))
}

fn costs(once: Option<u64>, monthly: Option<i64>) -> Option<Estimate> {
    Some(Estimate { once_microdollars: once, monthly_microdollars: monthly, ..Estimate::default() })
}

#[test]
fn an_index_on_all_attributes() {
    // 1,500 bytes are 2 write units: 4,000,000 of them, at 4,000 a second and $0.625 a million.
    // 2,000,000 × 1,600 bytes = 2.980232 GB at $0.25.
    let expected = Estimate {
        items: Some(ITEMS),
        seconds: Some(1_000),
        once_microdollars: Some(2_500_000),
        monthly_microdollars: Some(745_058),
    };
    assert_eq!(building(&live(), index(Projection::All)), expected);
}

#[test]
fn an_index_on_some_attributes_is_smaller() {
    // Two key attributes of 100 bytes: 1 write unit an item, at least 5 minutes, and 2,000,000 × 300 bytes = 0.558794 GB.
    let keys = building(&live(), index(Projection::KeysOnly));
    assert_eq!((keys.seconds, keys.once_microdollars, keys.monthly_microdollars), (Some(500), Some(1_250_000), Some(139_698)));
    let three = Projection::Include(["a", "b", "c"].map(str::to_owned).into());
    // 2,000,000 × 600 bytes.
    assert_eq!(building(&live(), index(three)).monthly_microdollars, Some(279_396));
    // Never more than the whole item.
    let small = LiveTable { size_bytes: ITEMS * 50, ..live() };
    // 2,000,000 × 150 bytes.
    assert_eq!(building(&small, index(Projection::KeysOnly)).monthly_microdollars, Some(69_849));
}

#[test]
fn a_provisioned_index_is_built_as_fast_as_it_is_paid_for() {
    let mut definition = index(Projection::All);
    definition.billing = Some(provisioned(10, 50));
    // 4,000,000 units at 50 a second; $0.949 + $23.725 for the capacity and $0.745058 for storage; no request is charged.
    let built = building(&live(), definition);
    assert_eq!((built.seconds, built.once_microdollars, built.monthly_microdollars), (Some(80_000), None, Some(25_419_058)));
}

#[test]
fn an_empty_index_takes_minutes_and_costs_nothing() {
    let empty = LiveTable { item_count: 0, size_bytes: 0, ..live() };
    let expected = Estimate { items: Some(0), seconds: Some(300), ..Estimate::default() };
    assert_eq!(building(&empty, index(Projection::All)), expected);
}

#[test]
fn a_new_table_costs_what_it_reserves() {
    let mut schema = live().schema;
    assert_eq!(estimate(&Step::CreateTable { schema: schema.clone() }, None), None, "on demand nothing is reserved");
    schema.warm_throughput = Setting::Set(units(40_000, 100_000));
    // As in the prices' own test.
    assert_eq!(estimate(&Step::CreateTable { schema: schema.clone() }, None), costs(Some(66_040_000), None));
    schema.billing = Some(provisioned(10, 5));
    let by_email = GlobalIndex { billing: schema.billing, ..index(Projection::All) };
    schema.global_indexes.insert(IndexName::new("by-email").unwrap(), by_email);
    schema.warm_throughput = Setting::Set(units(10, 105));
    // Twice $3.3215 a month; 100 write units more than provisioned at $0.00065.
    assert_eq!(estimate(&Step::CreateTable { schema }, None), costs(Some(65_000), Some(6_643_000)));
}

#[test]
fn dropping_saves_what_was_paid() {
    let mut live = live();
    let name = IndexName::new("by-email").unwrap();
    live.schema.global_indexes.insert(name.clone(), index(Projection::All));
    live.schema.point_in_time_recovery = Setting::Set(Recovery::default());
    let table = live.schema.name.clone();
    let drop_index = Step::DropGlobalIndex { table: table.clone(), index: name };
    assert_eq!(estimate(&drop_index, Some(&live)), costs(None, Some(-745_058)));
    let drop = |backup| Step::DropTable { table: table.clone(), backup, table_id: None };
    // Storage $0.698491 + $0.745058, recovery $0.558793; a backup keeps $0.279396 of it.
    assert_eq!(estimate(&drop(false), Some(&live)), costs(None, Some(-2_002_342)));
    assert_eq!(estimate(&drop(true), Some(&live)), costs(None, Some(-1_722_946)));
    assert_eq!(estimate(&drop(true), None), None);
}

#[test]
fn settings() {
    let live = live();
    let class = |from, to| SettingChange::TableClass(Delta::new(from, to));
    // $0.698491 becomes $0.279396.
    let infrequent = class(TableClass::Standard, TableClass::StandardInfrequentAccess);
    assert_eq!(set(infrequent, Some(&live)), costs(None, Some(-419_095)));
    let recovery = |from: Setting<Recovery>, to| SettingChange::PointInTimeRecovery(Delta::new(from, to));
    let on = Setting::Set(Recovery::default());
    assert_eq!(set(recovery(Setting::Off, on), Some(&live)), costs(None, Some(558_793)));
    assert_eq!(set(recovery(on, Setting::Off), Some(&live)), costs(None, Some(-558_793)));
    assert_eq!(set(recovery(on, Setting::Set(Recovery { days: Some(7) })), Some(&live)), None, "its period costs nothing");
    assert_eq!(set(recovery(Setting::Off, on), None), None);
    let replica = |to: bool| SettingChange::Replica { region: "eu-west-1".to_owned(), present: Delta::new(!to, to) };
    assert_eq!(set(replica(true), Some(&live)), costs(None, Some(698_491)));
    assert_eq!(set(replica(false), Some(&live)), costs(None, Some(-698_491)));
    let warm =
        |from: Setting<Throughput>, to| SettingChange::WarmThroughput { index: None, units: Delta::new(from, Setting::Set(to)) };
    // 8,000 × $0.00013 and 1,000 × $0.00065.
    assert_eq!(set(warm(Setting::Off, units(20_000, 5_000)), Some(&live)), costs(Some(1_690_000), None));
    assert_eq!(set(warm(Setting::Set(units(20_000, 4_000)), units(20_000, 5_000)), Some(&live)), costs(Some(650_000), None));
    assert_eq!(set(SettingChange::Stream(Delta::new(Setting::Off, Setting::Set(StreamView::KeysOnly))), Some(&live)), None);
    let key = Encryption::Customer("arn".to_owned());
    assert_eq!(set(SettingChange::Encryption(Delta::new(Encryption::AwsOwned, key)), Some(&live)), None);
}

#[test]
fn capacity_that_is_reserved_and_given_back() {
    let capacity = |from, to| {
        let index = IndexName::new("by-email").unwrap();
        SettingChange::Capacity { table: Some(Delta::new(from, to)), indexes: [(index, Delta::new(from, to))].into() }
    };
    let on_demand = Billing::OnDemand(MaxThroughput::OFF);
    assert_eq!(set(capacity(on_demand, provisioned(10, 5)), None), costs(None, Some(6_643_000)));
    assert_eq!(set(capacity(provisioned(10, 5), provisioned(10, 15)), None), costs(None, Some(9_490_000)));
    assert_eq!(set(capacity(provisioned(10, 15), provisioned(10, 5)), None), costs(None, Some(-9_490_000)));
    assert_eq!(set(capacity(provisioned(10, 5), on_demand), None), None, "requests will cost, and nobody knows how much");
}
