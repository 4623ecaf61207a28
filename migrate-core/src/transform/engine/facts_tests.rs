//! What is known of a table, as figures.

use super::*;
use crate::schema::{GlobalIndex, IndexKey, IndexName, KeyElement, PrimaryKey, ScalarType, TableSchema};

fn facts(item_count: u64, size_bytes: u64, billing: Option<Billing>, table_class: Option<TableClass>) -> Facts {
    let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
    let mut schema = TableSchema::new(TableName::new("orders").unwrap(), key);
    (schema.billing, schema.table_class) = (billing, table_class);
    Facts { live: LiveTable { item_count, size_bytes, ..LiveTable::new(schema) } }
}

#[test]
fn an_item_is_as_large_as_the_others_on_average() {
    let bytes = |items, bytes| facts(items, bytes, None, None).bytes_of_an_item();
    assert_eq!(bytes(20, 50_000), 2_500.0);
    assert_eq!(bytes(20, 3), 1.0, "never less than a byte");
    // Counts are hours old: where one is nothing, nobody knows.
    assert_eq!((bytes(0, 50_000), bytes(20, 0), bytes(0, 0)), (400.0, 400.0, 400.0));
    assert_eq!((facts(0, 9, None, None).items(), facts(1, 9, None, None).items()), (None, Some(1)));
}

#[test]
fn each_index_may_be_written_too() {
    let mut facts = facts(1, 1, None, None);
    assert_eq!(facts.indexes(), 0);
    for name in ["by-email", "by-day", "by-name"] {
        let key = IndexKey { partition: vec![KeyElement::new("email", ScalarType::S)], sort: Vec::new() };
        facts.live.schema.global_indexes.insert(IndexName::new(name).unwrap(), GlobalIndex::new(key, Projection::KeysOnly));
    }
    assert_eq!(facts.indexes(), 3);
}

#[test]
fn only_what_is_paid_for_by_request_has_a_price() {
    let class = |billing, class| facts(1, 1, billing, class).paid_by_request();
    let provisioned = Billing::Provisioned(Throughput { read: 5, write: 5 });
    assert_eq!(class(Some(provisioned), None), None);
    assert_eq!(class(Some(Billing::ON_DEMAND), None), Some(TableClass::Standard));
    assert_eq!(class(None, Some(TableClass::StandardInfrequentAccess)), Some(TableClass::StandardInfrequentAccess));
}

#[test]
fn a_table_has_four_segments_a_partition_and_as_many_as_dynamodb_takes() {
    let facts_of = |bytes, billing| facts(1, bytes, billing, None);
    let provisioned = |read, write| Some(Billing::Provisioned(Throughput { read, write }));
    assert_eq!(facts_of(1, None).segments(None, false), 8, "at least");
    assert_eq!(facts_of(25 << 30, None).segments(None, false), 12, "25 GiB are three partitions");
    assert_eq!(facts_of(1, provisioned(3_001, 1)).segments(None, false), 8);
    assert_eq!(facts_of(1, provisioned(9_001, 1)).segments(None, false), 16);
    assert_eq!(facts_of(1, provisioned(1, 5_000)).segments(None, false), 20);
    assert_eq!(facts_of(u64::MAX, None).segments(None, false), 1_000_000);
    assert_eq!(facts_of(25 << 30, None).segments(None, true), 1, "a local engine");
    // More would be written down, and then read by nobody.
    let asked = |segments| facts_of(1, None).segments(Some(segments), true);
    assert_eq!((asked(0), asked(7), asked(2_000_000), asked(u32::MAX)), (1, 7, 1_000_000, 1_000_000));
}
